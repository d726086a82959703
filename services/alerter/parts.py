"""Parts: what stands over the database of an active alerter, before page, tasks and control socket."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from services.alerter.channels.email import Mailing
from services.alerter.channels.registry import Outside
from services.alerter.database import keys, reached, suppressions
from services.alerter.database.connections import Database
from services.alerter.life import ProofsOfLife
from services.alerter.links import Links
from services.alerter.reloading import Reloading, following_of
from services.alerter.sender import Sender
from services.alerter.service import AlerterService
from services.alerter.subscription_book import SubscriptionBook
from services.alerter.web.feed_health import FeedHealths
from services.alerter.web.token import AdminToken, login_url
from services.common.breaker import Breaker
from services.common.bus.port import Bus
from services.common.clock import Clock
from services.common.config.configuration import Configuration
from services.common.config.watcher import ConfigurationWatcher
from services.common.http.client import HttpClient
from services.common.ids import ChannelId
from services.common.settings import Settings
from services.common.telemetry.health import Health

DEFAULT_PORT = 8700


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the alerter of a process stands in. `breakers` are those of its other services."""

    settings: Settings
    bus: Bus
    clock: Clock
    health: Health
    watcher: ConfigurationWatcher
    breakers: Sequence[Breaker] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What stands when the database is open: the rest is put together from these."""

    around: Surroundings
    breaker: Breaker
    database: Database
    service: AlerterService
    sender: Sender
    token: AdminToken
    links: Links
    feeds: FeedHealths
    book: SubscriptionBook

    def configuration(self) -> Configuration:
        """Return the configuration in use, with the subscriptions that were made here."""
        return self.book.now.configuration

    def fresh_login_url(self) -> str:
        """Return an address that lets somebody in once."""
        settings = self.around.settings
        port = settings.port or DEFAULT_PORT
        return login_url(self.token.fresh_link(), public_url=settings.public_url, port=port)


async def parts_over(
    around: Surroundings,
    breaker: Breaker,
    database: Database,
    *,
    token: AdminToken,
    http: HttpClient,
) -> Parts:
    """Return what stands over an open database, following the configuration as it changes.

    Raises:
        ConfigurationError: the configuration cannot be used.
    """
    settings, clock = around.settings, around.clock
    book = await SubscriptionBook.open(
        database, configuration=lambda: around.watcher.active, clock=clock
    )
    service = AlerterService(
        database,
        following=following_of(book.now.configuration),
        clock=clock,
        horizon=settings.alert_horizon,
    )
    feeds = FeedHealths(around.bus, clock, feeds=lambda: around.watcher.active.feeds)
    lives = ProofsOfLife(database=database, service=service, feeds=feeds.fares, clock=clock)
    sender = Sender(database, service, clock=clock, lives=lives)
    links = Links(key=await database.write(keys.key_of, keys.LINKS), public_url=settings.public_url)
    outside = Outside(
        http=http,
        clock=clock,
        smtp=settings.smtp,
        mail_from=settings.mail_from,
        mailing=_mailing(database, links, clock=clock),
    )
    reloading = Reloading(service, sender, outside=outside, book=book)
    # In this order: one that becomes active while the first is taken into use is not missed.
    around.watcher.follow(reloading.use)
    await reloading.use(around.watcher.active)
    book.on_change = reloading.use_again
    return Parts(
        around=around,
        breaker=breaker,
        database=database,
        service=service,
        sender=sender,
        token=token,
        links=links,
        feeds=feeds,
        book=book,
    )


def _mailing(database: Database, links: Links, *, clock: Clock) -> Callable[[ChannelId], Mailing]:
    """Return who of a channel's addresses asked for no more mail, who has what others wait for, and the
    links that stand in its mails.
    """

    def of(channel: ChannelId) -> Mailing:
        async def keep(these: Iterable[tuple[str, str]]) -> None:
            await database.write(reached.keep_reached, channel, these, now=clock.now())

        return Mailing(
            suppressed=lambda: database.read(suppressions.suppressed_in, channel),
            reached=lambda: database.read(reached.reached_in, channel),
            keep_reached=keep,
            unsubscribe_url=lambda address: links.unsubscribe_url(address, channel),
            page_url=links.delivery_url,
        )

    return of
