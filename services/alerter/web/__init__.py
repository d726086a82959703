"""The page and /api/v1.

How the composition root puts them together:

    entrance = Entrance(health)                      # on the port from the first moment
    # … with the lock held and the database open:
    token = AdminToken.of(settings.data, clock=clock)
    sources = Sources(database=database, configuration=lambda: watcher.active,
                      findings=lambda: watcher.findings, feeds=FeedHealths(bus, clock, …).body)
    rules = AccessRules.of(bound_host=settings.host, public_url=settings.public_url)
    web = Web(sources, sessions=token, rules=rules, public_url=settings.public_url,
              routes=health_routes(health))
    entrance.open_to(web.app)
    offer_login(token, public_url=settings.public_url, port=port)
    control = control_app(sources, fresh_login_url=…, routes=dead_letter_routes(box))
    # tasks: web.live.run and partial(serve_control, control, settings.data);
    # web.live.wake() after every commit that wrote changes
"""
