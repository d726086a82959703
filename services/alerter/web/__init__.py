"""The page and /api/v1.

`services/alerter/wiring.py` puts them together: an `Entrance` answers the port from the first moment;
once the lock is held, `AdminToken`, `Sources` and `AccessRules` make a `Web`, whose `app` the entrance
opens to, whose `live` runs as a task and is woken after every commit of changes.
"""
