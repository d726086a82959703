"""The page over a database of its own, filled by hand."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx

from services.alerter.database.connections import Database
from services.alerter.database.outbox import keep_deliveries, update
from services.alerter.database.told import keep_alerts
from services.alerter.database.tracked import TrackedBatch
from services.alerter.operator import Operator
from services.alerter.preview import PlannedMessages, Span, preview
from services.alerter.reloading import following_of
from services.alerter.subscription_book import SubscriptionBook
from services.alerter.tracking.changes import ChangeDraft, Tracked
from services.alerter.tracking.sighting import HeldReading, Rank
from services.alerter.web.access import AccessRules
from services.alerter.web.app import Web
from services.alerter.web.sources import Sources
from services.alerter.web.token import AdminToken
from services.common.clock import ManualClock
from services.common.config.configuration import Configuration
from services.common.config.findings import Finding
from services.common.contracts.alert import Alert
from services.common.contracts.codec import encode
from services.common.contracts.delivery import Delivery
from services.common.contracts.event import ChangeKind, Event
from services.common.contracts.reading import Reading
from services.common.ids import StoryId, SubscriptionId
from tests.support.builders import NOON, a_reading, a_watchlist

PORT = 8700


@dataclass
class World:
    """What the page shows, as a test sets it."""

    database: Database
    data: Path
    configuration: Configuration = field(
        default_factory=lambda: Configuration(watchlist=a_watchlist(), hash="5f2c9a01")
    )
    findings: tuple[Finding, ...] = ()
    feeds: list[Mapping[str, Any]] = field(default_factory=list)
    clock: ManualClock = field(default_factory=lambda: ManualClock(NOON))
    preview_error: Exception | None = None
    book: SubscriptionBook = field(init=False)

    def __post_init__(self) -> None:
        self.book = SubscriptionBook(
            self.database, (), configuration=lambda: self.configuration, clock=self.clock
        )

    @property
    def sources(self) -> Sources:
        """Return the ports over this world."""

        async def feeds() -> Mapping[str, Any]:
            return {"feeds": self.feeds}

        return Sources(
            database=self.database,
            configuration=lambda: self.book.now.configuration,
            findings=lambda: self.findings,
            feeds=feeds,
            book=self.book,
            operator=Operator(
                database=self.database,
                clock=self.clock,
                configuration=lambda: self.book.now.configuration,
            ),
            clock=self.clock,
            rehearse=self.rehearse,
        )

    async def rehearse(
        self, name: SubscriptionId, configuration: Configuration, span: Span
    ) -> PlannedMessages:
        """Return what a subscription would have been sent; in a thread, where kabar has a process."""
        if self.preview_error is not None:
            raise self.preview_error
        following = following_of(configuration)
        return await asyncio.to_thread(preview, self.data, name, span=span, following=following)

    async def tell(
        self, event: Event, *, kind: ChangeKind = ChangeKind.OPENED, **changes: Any
    ) -> None:
        """Write a change that leaves its event as `event`."""
        await self.database.write(_write_change, event, kind, changes)

    async def decide(self, *alerts: Alert) -> None:
        """Write alerts."""
        await self.database.write(keep_alerts, alerts)

    async def plan(self, *deliveries: Delivery) -> None:
        """Write deliveries with their attempts."""
        await self.database.write(_write_deliveries, deliveries)

    async def read(self, *readings: Reading) -> None:
        """Write what the classifier read."""
        await self.database.write(_write_readings, readings)


@asynccontextmanager
async def a_world(directory: Path) -> AsyncIterator[World]:
    """Give an empty world whose database stands in `directory`."""
    database = await Database.open(directory)
    try:
        yield World(database, directory)
    finally:
        await database.close()


def a_web(world: World, directory: Path, *, rules: AccessRules | None = None, **more: Any) -> Web:
    """Return page and API over `world`, on loopback unless told; `more` is what else a Web takes."""
    return Web(
        world.sources,
        sessions=AdminToken.of(directory, clock=ManualClock(NOON)),
        rules=rules or AccessRules.of(bound_host="127.0.0.1", public_url=None),
        **more,
    )


def a_browser(web: Web) -> httpx.AsyncClient:
    """Return a client that asks `web` in this process."""
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(web.app), base_url=f"http://127.0.0.1:{PORT}"
    )


def _write_change(
    connection: sqlite3.Connection, event: Event, kind: ChangeKind, changes: dict[str, Any]
) -> None:
    fields: dict[str, Any] = {
        "at": NOON,
        "kind": kind,
        "cause": event.stories[0].id if event.stories else StoryId("st_none"),
        "is_old": False,
        "is_reread": False,
        "event": event,
    }
    draft = ChangeDraft(**{**fields, **changes})
    batch = TrackedBatch(connection)
    batch.keep(Tracked(changes=(draft,)), reading=a_reading(), record=b"", now=draft.at)
    batch.write()


def _write_deliveries(connection: sqlite3.Connection, deliveries: Iterable[Delivery]) -> None:
    for delivery in deliveries:
        keep_deliveries(connection, [replace(delivery, attempts=())])
        update(connection, delivery)


def _write_readings(connection: sqlite3.Connection, readings: Iterable[Reading]) -> None:
    for reading in readings:
        held = HeldReading(
            rank=Rank(revised_at=reading.story.revised_at, position=0),
            content_hash=reading.story.content_hash,
            rules_hash=reading.rules_hash,
            watchlist_hash=reading.watchlist_hash,
        )
        batch = TrackedBatch(connection)
        batch.keep(
            Tracked(held=held),
            reading=reading,
            record=encode(reading),
            now=reading.story.revised_at,
        )
        batch.write()
