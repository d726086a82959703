"""Sources: where page and API read what they show."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from services.alerter.database import queries
from services.alerter.links import Links
from services.alerter.operator import Operator
from services.alerter.preview import PlannedMessages, Span
from services.alerter.subscription_book import SubscriptionBook
from services.common.clock import Clock, SystemClock
from services.common.config.configuration import Configuration
from services.common.config.findings import Finding
from services.common.contracts.event import EventChange
from services.common.ids import SubscriptionId

P = ParamSpec("P")
T = TypeVar("T")


Rehearse = Callable[[SubscriptionId, Configuration, Span], Awaitable[PlannedMessages]]
"""Returns what a subscription of a configuration would have been sent within a span.

TimeoutError: it takes longer than somebody waits before a page. RehearsalFailedError: see the log.
"""


class Reader(Protocol):
    """The database, as far as it is read."""

    async def read(
        self, query: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kw: P.kwargs
    ) -> T:
        """Return what `query(connection, …)` returns, in one snapshot."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """What page and API are made from, asked anew for each request.

    `configuration` gives the one in use, with the subscriptions that were made here; `findings` what
    the newest reading of the files found: with an error among it, that one is not in use. `feeds`
    gives the body of GET /api/v1/feeds. Without a `book` subscriptions are only read, without an
    `operator` nothing is muted, acknowledged or sent again. `links` makes the addresses of feeds. With
    `rehearse` the page shows what a subscription would have been sent.
    """

    database: Reader
    configuration: Callable[[], Configuration]
    findings: Callable[[], Sequence[Finding]]
    feeds: Callable[[], Awaitable[Mapping[str, Any]]]
    book: SubscriptionBook | None = None
    operator: Operator | None = None
    clock: Clock = field(default_factory=SystemClock)
    links: Links | None = None
    rehearse: Rehearse | None = None

    @property
    def errors(self) -> list[Finding]:
        """Return because of what the configuration on disk is not the one in use; mostly nothing."""
        return [finding for finding in self.findings() if finding.is_error]


class DatabaseHistory:
    """The history of events in the database, for the live stream."""

    def __init__(self, database: Reader) -> None:
        self._database = database

    async def changes_after(self, seq: int, *, limit: int) -> Sequence[EventChange]:
        """Return up to `limit` changes behind `seq`, in order."""
        return await self._database.read(queries.changes_after, seq, limit=limit)

    async def last_seq(self) -> int:
        """Return the number of the newest change, 0 where there is none yet."""
        return await self._database.read(queries.last_seq)
