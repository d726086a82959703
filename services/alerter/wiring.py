"""Wiring: puts the alerter together, for the all-in-one process and for a process of its own."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import structlog
from starlette.types import ASGIApp

from services.alerter.channels.email import Mailing
from services.alerter.channels.registry import Outside
from services.alerter.control.app import control_app
from services.alerter.control.explain import explain_route
from services.alerter.control.preview import preview_routes
from services.alerter.control.rereading import rereading_route
from services.alerter.control.trial import trial_route
from services.alerter.database import keys, suppressions
from services.alerter.database.connections import Database
from services.alerter.database.lock import ActiveLock
from services.alerter.database.retention import Retention
from services.alerter.database.search import index_missing
from services.alerter.life import ProofsOfLife
from services.alerter.links import Links
from services.alerter.operator import Operator
from services.alerter.preview import PlannedMessages, Span
from services.alerter.rehearsal import Rehearsal, rehearsed
from services.alerter.reloading import Reloading, following_of
from services.alerter.rereading import Rereader
from services.alerter.roots import Roots
from services.alerter.sender import Sender
from services.alerter.service import AlerterService, Handled
from services.alerter.subscriptions import SubscriptionBook
from services.alerter.web.access import AccessRules
from services.alerter.web.app import Web
from services.alerter.web.entrance import Entrance
from services.alerter.web.feed_health import FeedHealths
from services.alerter.web.pages.unsubscribe import Unsubscribing
from services.alerter.web.sources import Rehearse, Sources
from services.alerter.web.token import AdminToken, login_url, offer_login
from services.alerter.worker import SERVICE, Worker
from services.common.breaker import Breaker
from services.common.bus.port import Bus
from services.common.clock import Clock, SystemClock
from services.common.config.configuration import Configuration, process_environment
from services.common.config.watcher import ConfigurationWatcher
from services.common.contracts.codec import decode
from services.common.control_socket import serve_control
from services.common.dead_letter_routes import dead_letter_routes
from services.common.dead_letters import LetterBox
from services.common.errors import ConfigurationError
from services.common.http.client import guarded_client
from services.common.ids import ChannelId, SubscriptionId
from services.common.lifecycle import Process, Server, Task
from services.common.settings import Settings
from services.common.stop import Stop
from services.common.telemetry.disk import DiskWatch
from services.common.telemetry.health import STANDBY, Health, health_routes
from services.common.wiring import shared_bus

DEFAULT_PORT = 8700

_PREVIEW_ON_PAGE_WITHIN = timedelta(seconds=30)
_LOOK_FOR_LOCK_EVERY = timedelta(seconds=1)  # the promise is to take over within ten

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the alerter of a process stands in. `breakers` are those of its other services."""

    settings: Settings
    bus: Bus
    clock: Clock
    health: Health
    watcher: ConfigurationWatcher
    breakers: Sequence[Breaker] = ()


class Alerter:
    """The alerter of one process: one task, and what its port answers.

    The task waits until no other process is the active alerter of the data directory, as a standby;
    with `waits` false it refuses instead. Only then it opens the database and does its work.
    """

    def __init__(self, around: Surroundings, *, waits: bool) -> None:
        self._around = around
        self._waits = waits
        self._active = around.health.gate("alerter", reason="starting")
        self.breaker = Breaker(service=SERVICE, gate=around.health.gate("alerter_breaker"))
        self.entrance = Entrance(around.health)

    @property
    def task(self) -> Task:
        """Return the task that is all of the alerter."""
        return Task("alerter", self.run)

    @property
    def server(self) -> Server:
        """Return the page and the API, and the probes from the first moment on."""
        settings = self._around.settings
        return Server(app=self.entrance, host=settings.host, port=settings.port or DEFAULT_PORT)

    async def run(self, stop: Stop) -> None:
        """Be the active alerter until `stop` is asked, once no other process is.

        Raises:
            ConfigurationError: another process is and this one does not wait, or the data directory
                or the configuration cannot be used.
        """
        self._around.settings.data.mkdir(parents=True, exist_ok=True)
        with ActiveLock(self._around.settings.data) as lock:
            if not lock.try_acquire() and not await self._stand_by(lock, stop):
                return
            async with _opened(self._around, self.breaker) as active:
                self.entrance.open_to(active.web.app)
                self._active.open()
                log.info("alerter_active")
                async with asyncio.TaskGroup() as works:
                    for task in active.tasks:
                        works.create_task(_work(task, stop), name=task.name)

    async def _stand_by(self, lock: ActiveLock, stop: Stop) -> bool:
        """Return whether the lock is ours; False when the end was asked for before."""
        data = self._around.settings.data
        if not self._waits:
            raise ConfigurationError(
                f"Another kabar runs on {data}: stop it, or choose another directory with --data."
            )
        self._active.shut(f"{STANDBY}: another alerter is active on {data}")
        log.info("alerter_standby")
        while not stop.is_asked:
            await stop.pause(_LOOK_FOR_LOCK_EVERY)
            if lock.try_acquire():
                return True
        return False


async def _work(task: Task, stop: Stop) -> None:
    await task.work(stop)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Active:
    """The parts of an active alerter."""

    web: Web
    tasks: tuple[Task, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
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


@asynccontextmanager
async def _opened(around: Surroundings, breaker: Breaker) -> AsyncIterator[_Active]:
    """Open the database and build everything over it; close it at the end."""
    settings, clock = around.settings, around.clock
    token = AdminToken.of(settings.data, clock=clock)
    http = guarded_client(
        allowed_networks=settings.allow_networks, proxy=settings.proxy, contact=settings.contact
    )
    database = await Database.open(settings.data)
    try:
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
        links = Links(
            key=await database.write(keys.key_of, keys.LINKS), public_url=settings.public_url
        )
        outside = Outside(
            http=http,
            clock=clock,
            smtp=settings.smtp,
            mail_from=settings.mail_from,
            mailing=_mailing(database, links),
        )
        reloading = Reloading(service, sender, outside=outside, book=book)
        await reloading.use(around.watcher.active)
        around.watcher.follow(reloading.use_or_keep)
        book.on_change = reloading.use_again
        parts = _Parts(
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
        offer_login(token, fresh_login_url=parts.fresh_login_url)
        yield _assembled(parts)
    finally:
        await database.close()
        await http.aclose()


def _assembled(parts: _Parts) -> _Active:
    around, database, sender = parts.around, parts.database, parts.sender
    sources = _sources(parts)
    web = _web(parts, sources)
    roots = Roots(database, sender, clock=around.clock)

    def wake(handled: Handled) -> None:
        web.live.wake()
        roots.wake()
        if handled.alerts:
            sender.wake()

    control = _control(parts, sources)
    return _Active(
        web=web,
        tasks=(
            Task("intake", _worker(parts, on_handled=wake).run),
            Task("send", sender.run),
            Task("roots", roots.run),
            Task("live", web.live.run),
            Task("control", lambda stop: serve_control(control, around.settings.data, stop)),
            Task("index", lambda stop: _index(database, stop)),
            Task("reread", _rereader(parts).run),
            Task("disk", _disk_watch(around).run),
            Task("retention", Retention(database, clock=around.clock).run),
        ),
    )


def _sources(parts: _Parts) -> Sources:
    """Return what page, API and control socket show and change."""
    around = parts.around
    return Sources(
        database=parts.database,
        configuration=parts.configuration,
        findings=lambda: around.watcher.findings,
        feeds=parts.feeds.body,
        book=parts.book,
        operator=Operator(
            database=parts.database,
            clock=around.clock,
            configuration=parts.configuration,
            on_change=parts.sender.wake,
        ),
        clock=around.clock,
        links=parts.links,
        rehearse=_rehearse(around.settings.data),
    )


def _rehearse(data: Path) -> Rehearse:
    """Return what works out the preview beside the form of a subscription."""

    async def rehearse(
        name: SubscriptionId, configuration: Configuration, span: Span
    ) -> PlannedMessages:
        following = following_of(configuration)
        asked = Rehearsal(data=data, subscription=name, span=span, following=following)
        answer = await rehearsed(asked, within=_PREVIEW_ON_PAGE_WITHIN)
        return await asyncio.to_thread(decode, PlannedMessages, answer)

    return rehearse


def _web(parts: _Parts, sources: Sources) -> Web:
    """Return page and API."""
    around, settings = parts.around, parts.around.settings
    unsubscribing = Unsubscribing(
        parts.database, parts.links, configuration=parts.configuration, clock=around.clock
    )
    return Web(
        sources,
        sessions=parts.token,
        rules=AccessRules.of(bound_host=settings.host, public_url=settings.public_url),
        public_url=settings.public_url,
        routes=[*health_routes(around.health), unsubscribing.route],
        links=parts.links,
    )


def _control(parts: _Parts, sources: Sources) -> ASGIApp:
    """Return what answers the command line on this machine."""
    around = parts.around
    box = LetterBox(around.bus, around.clock, breakers=(parts.breaker, *around.breakers))
    return control_app(
        sources,
        fresh_login_url=parts.fresh_login_url,
        routes=[
            *dead_letter_routes(box),
            explain_route(sources),
            *preview_routes(
                parts.database,
                around.settings.data,
                lambda: following_of(parts.configuration()),
            ),
            rereading_route(around.bus),
            trial_route(parts.database, lambda: parts.sender.ways.channels, clock=around.clock),
        ],
    )


def _worker(parts: _Parts, *, on_handled: Callable[[Handled], None]) -> Worker:
    """Return what takes readings from the bus."""
    around = parts.around
    return Worker(
        parts.service,
        parts.database,
        around.bus,
        breaker=parts.breaker,
        health=around.health,
        clock=around.clock,
        on_handled=on_handled,
    )


def _rereader(parts: _Parts) -> Rereader:
    """Return what has older stories read again for companies that are new."""
    around = parts.around
    rereader = Rereader(
        parts.database,
        companies=around.watcher.active.watchlist.companies.keys(),
        command=_replay_command(around.settings),
        clock=around.clock,
    )

    async def read_again(configuration: Configuration) -> None:
        rereader.use(configuration.watchlist.companies.keys())

    around.watcher.follow(read_again)
    return rereader


async def _index(database: Database, stop: Stop) -> None:
    """Make the events searchable that an older kabar wrote, a few at a time; then there are none."""
    while not stop.is_asked:
        indexed = await database.write(index_missing)
        if indexed == 0:
            await stop.wait()


def _disk_watch(around: Surroundings) -> DiskWatch:
    settings = around.settings
    return DiskWatch(settings.data, least_bytes=settings.disk_low, health=around.health)


def _replay_command(settings: Settings) -> tuple[str, ...]:
    """Return the command that reads older stories again; a module of the package that starts us."""
    directories = ("--config", str(settings.config), "--data", str(settings.data))
    return (sys.executable, "-m", "kabar", "replay", "--companies", "-", *directories)


def _mailing(database: Database, links: Links) -> Callable[[ChannelId], Mailing]:
    """Return who of a channel's addresses asked for no more mail, and the links that ask for it."""

    def of(channel: ChannelId) -> Mailing:
        return Mailing(
            suppressed=lambda: database.read(suppressions.suppressed_in, channel),
            unsubscribe_url=lambda address: links.unsubscribe_url(address, channel),
        )

    return of


@asynccontextmanager
async def build(settings: Settings) -> AsyncIterator[Process]:
    """Yield the alerter as a process of its own, on a bus that others share.

    Raises:
        ConfigurationError: the bus is a file, or the configuration has mistakes.
    """
    clock = SystemClock()
    watcher = ConfigurationWatcher(
        settings.config, allow_networks=settings.allow_networks, environment=process_environment()
    )
    await asyncio.to_thread(watcher.load)
    async with shared_bus(settings) as bus:
        around = Surroundings(
            settings=settings, bus=bus, clock=clock, health=Health(clock), watcher=watcher
        )
        alerter = Alerter(around, waits=True)
        yield Process(
            health=around.health,
            tasks=(alerter.task, Task("reload", watcher.run)),
            servers=(alerter.server,),
        )
