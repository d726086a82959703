"""Assembly: an active alerter put together from its parts: page, control socket, tasks."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from starlette.types import ASGIApp

from services.alerter.control.app import control_app
from services.alerter.control.explain import explain_route
from services.alerter.control.preview import preview_routes
from services.alerter.control.rereading import rereading_route
from services.alerter.control.trial import trial_route
from services.alerter.database.connections import Database
from services.alerter.database.retention import Retention
from services.alerter.database.search import index_missing
from services.alerter.operator import Operator
from services.alerter.parts import Parts, Surroundings, parts_over
from services.alerter.preview import PlannedMessages, Span
from services.alerter.rehearsal import Rehearsal, rehearsed
from services.alerter.reloading import following_of
from services.alerter.rereading import Rereader
from services.alerter.roots import Roots
from services.alerter.service import Handled
from services.alerter.web.access import AccessRules
from services.alerter.web.app import Web
from services.alerter.web.pages.unsubscribe import Unsubscribing
from services.alerter.web.sources import Rehearse, Sources
from services.alerter.web.token import AdminToken, offer_login
from services.alerter.worker import Worker
from services.common.breaker import Breaker
from services.common.config.configuration import Configuration
from services.common.contracts.codec import decode
from services.common.control_socket import serve_control
from services.common.dead_letter_routes import dead_letter_routes
from services.common.dead_letters import LetterBox
from services.common.http.client import guarded_client
from services.common.ids import SubscriptionId
from services.common.lifecycle import Task
from services.common.settings import Settings
from services.common.stop import Stop
from services.common.telemetry.disk import DiskWatch
from services.common.telemetry.health import health_routes

_PREVIEW_ON_PAGE_WITHIN = timedelta(seconds=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Active:
    """The parts of an active alerter."""

    web: Web
    tasks: tuple[Task, ...]


@asynccontextmanager
async def opened(around: Surroundings, breaker: Breaker) -> AsyncIterator[Active]:
    """Open the database and build everything over it; close it at the end.

    Raises:
        ConfigurationError: the data directory or the configuration cannot be used.
    """
    settings = around.settings
    token = AdminToken.of(settings.data, clock=around.clock)
    http = guarded_client(
        allowed_networks=settings.allow_networks, proxy=settings.proxy, contact=settings.contact
    )
    database = await Database.open(settings.data, gate=around.health.gate("database"))
    try:
        parts = await parts_over(around, breaker, database, token=token, http=http)
        offer_login(token, fresh_login_url=parts.fresh_login_url)
        yield _assembled(parts)
    finally:
        await database.close()
        await http.aclose()


def _assembled(parts: Parts) -> Active:
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
    return Active(
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


def _sources(parts: Parts) -> Sources:
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


def _web(parts: Parts, sources: Sources) -> Web:
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


def _control(parts: Parts, sources: Sources) -> ASGIApp:
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
            trial_route(
                parts.database,
                lambda: parts.sender.ways.channels,
                clock=around.clock,
                on_taken=parts.sender.reopen,
            ),
        ],
    )


def _worker(parts: Parts, *, on_handled: Callable[[Handled], None]) -> Worker:
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


def _rereader(parts: Parts) -> Rereader:
    """Return what has older stories read again for companies that are new."""
    around = parts.around
    rereader = Rereader(
        parts.database,
        command=_replay_command(around.settings),
        clock=around.clock,
    )

    async def read_again(_: Configuration) -> None:
        rereader.wake()

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
