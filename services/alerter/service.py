"""AlerterService: readings come in; changes of events, alerts and planned messages are written."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from services.alerter.database import gathered, rereadings, silence
from services.alerter.database.connections import Database, forget_kept
from services.alerter.database.positions import keep_positions
from services.alerter.database.quiet import QuietHours
from services.alerter.database.rescheduled import reschedule
from services.alerter.database.telling import ToldBatch
from services.alerter.database.tracked import TrackedBatch
from services.alerter.overlooked import tell_overlooked
from services.alerter.telling import Following, close_gathered, tell
from services.alerter.tracking.changes import Tracked, all_around, track
from services.common.bus.port import Record
from services.common.clock import Clock
from services.common.contracts.alert import Alert
from services.common.contracts.codec import decode
from services.common.contracts.event import EventChange
from services.common.contracts.reading import Reading
from services.common.contracts.subscription import Subscription
from services.common.errors import ConfigurationError, DiskFailedError
from services.common.garbage import collector_paused
from services.common.ids import ChannelId, CompanyId, SubscriptionId
from services.common.telemetry import metrics
from services.common.watchlist import Watchlist

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Handled:
    """How far a batch came: `count` records are durable; `failure` is why the next one is not.

    `alerts` are those of the durable ones.
    """

    count: int
    alerts: tuple[Alert, ...]
    failure: Exception | None = None


@dataclass(frozen=True, slots=True)
class _Taken:
    """What one record changed, and the new alerts."""

    changes: Sequence[EventChange]
    alerts: Sequence[Alert]


class AlerterService:
    """Handles records in the database's writer thread, as many as it is given in one transaction.

    `configure` may be called at any time; it holds from the next transaction on.
    """

    def __init__(
        self, database: Database, *, following: Following, clock: Clock, horizon: timedelta
    ) -> None:
        self._database = database
        self._following = following
        self._clock = clock
        self._horizon = horizon

    async def handle(self, records: Sequence[Record]) -> Handled:
        """Return how far `records` came, in their order, each wholly or not at all.

        It stops at the first that cannot be handled: `skip` that one when the bus has its letter,
        then go on behind it.

        Raises:
            DiskFailedError, ConfigurationError: the file failed; nothing of the batch is kept.
        """
        try:
            return await self._database.write(self._take_together, records)
        except (DiskFailedError, ConfigurationError):
            raise
        except Exception as error:
            if _is_of_the_disk(error):
                raise
        return await self._database.write(self._take_one_by_one, records)

    async def skip(self, record: Record) -> None:
        """Move the position behind a record whose dead letter is safe."""
        await self._database.write(keep_positions, [record])

    async def close_gathered(self) -> datetime | None:
        """Plan the messages whose time has come; return when to ask again, None for nothing waits."""
        first, now = await self._database.read(gathered.first_closing), self._clock.now()
        if first is None or first > now:
            return first
        return await self._database.write(close_gathered, following=self._following, now=now)

    def configure(self, following: Following) -> None:
        """Follow this from the next transaction on."""
        self._following = following

    async def hold_back_paused(self) -> silence.HeldBack:
        """Suppress what waits for subscriptions that are paused now; return how many messages."""
        return await self._database.write(
            silence.hold_back_paused, self.subscriptions, now=self._clock.now()
        )

    async def reschedule(self) -> int:
        """Have what waits for quiet hours or digests wait for those of now; return how much of it."""
        return await self._database.write(
            reschedule, self.subscriptions_by_id, now=self._clock.now()
        )

    async def meet(self, companies: Collection[CompanyId]) -> None:
        """Take in which companies are watched: of those that are new the older stories are asked for, and
        who follows them is told what was tracked of them while they were not known.
        """
        new, alerts = await self._database.write(self._meet, companies)
        if new:
            log.info("rereading_asked", companies=len(new), first=new[0], alerts=len(alerts))
        _count(alerts)

    @property
    def subscriptions(self) -> tuple[Subscription, ...]:
        """Return the subscriptions in use."""
        return tuple(self._following.subscriptions.values())

    @property
    def quiet_hours(self) -> QuietHours:
        """Return the quiet hours of the subscriptions in use."""
        following = self._following
        return QuietHours(subscriptions=following.subscriptions, watchlist=following.watchlist)

    @property
    def subscriptions_by_id(self) -> Mapping[SubscriptionId, Subscription]:
        """Return the subscriptions in use, each by its id."""
        return self._following.subscriptions

    @property
    def single_channels(self) -> frozenset[ChannelId]:
        """Return the channels whose messages belong to one subscription each."""
        return self._following.single_channels

    def _meet(
        self, connection: sqlite3.Connection, companies: Collection[CompanyId]
    ) -> tuple[list[CompanyId], list[Alert]]:
        now = self._clock.now()
        # With 200,000 companies a collection would hold the whole process for 0.4 s.
        with collector_paused():
            since = rereadings.unknown_since(connection)
            new = rereadings.ask_for_new(connection, companies, now=now)
            alerts = tell_overlooked(
                connection,
                new,
                after=since,
                following=self._following,
                now=now,
                horizon=self._horizon,
            )
        return new, alerts

    def _take_together(self, connection: sqlite3.Connection, records: Sequence[Record]) -> Handled:
        """Take all records, or raise: then nothing of the transaction is kept.

        Without a savepoint, since within one SQLite copies every page that is touched, and each later
        statement that may fail walks through these copies: a fifth of the time of a batch.
        """
        with collector_paused():
            return _handled(connection, records, self._take(connection, records))

    def _take_one_by_one(
        self, connection: sqlite3.Connection, records: Sequence[Record]
    ) -> Handled:
        """Take the records up to the first that cannot be handled."""
        taken: list[_Taken] = []
        for record in records:
            try:
                with _savepoint(connection):
                    taken += self._take(connection, [record])
            except Exception as error:  # decision 13: whatever pure code raises on one record
                if _is_of_the_disk(error):
                    raise
                return _handled(connection, records, taken, failure=error)
        return _handled(connection, records, taken)

    def _take(self, connection: sqlite3.Connection, records: Sequence[Record]) -> list[_Taken]:
        """Track records one after the other, decide who is told, and write all of it at the end."""
        following = self._following
        readings = [decode(Reading, record.value) for record in records]
        tracked, told = TrackedBatch(connection), ToldBatch(connection)
        tracked.lay_out(readings, watchlist=following.watchlist)
        told.lay_out(tracked.events)
        taken: list[_Taken] = []
        for record, reading in zip(records, readings, strict=True):
            now = self._clock.now()
            result = self._track(tracked, record, reading, watchlist=following.watchlist, now=now)
            changes = tracked.keep(result, reading=reading, record=record.value, now=now)
            alerts = [
                alert
                for change in changes
                for alert in tell(told, change, following=following, now=now)
            ]
            taken.append(_Taken(changes, alerts))
        tracked.write()
        told.write()
        return taken

    def _track(
        self,
        batch: TrackedBatch,
        record: Record,
        reading: Reading,
        *,
        watchlist: Watchlist,
        now: datetime,
    ) -> Tracked:
        asked = batch.searches(reading, watchlist)
        return track(
            reading,
            position=record.offset,
            earlier=batch.held_reading(reading.story.story_id),
            around=all_around(asked, look=batch.look, watchlist=watchlist),
            watchlist=watchlist,
            now=now,
            horizon=self._horizon,
        )


def _handled(
    connection: sqlite3.Connection,
    records: Sequence[Record],
    taken: Sequence[_Taken],
    *,
    failure: Exception | None = None,
) -> Handled:
    """Move behind the records that were `taken`, the first ones, and count what they changed."""
    keep_positions(connection, records[: len(taken)])
    alerts = tuple(alert for one in taken for alert in one.alerts)
    for kind, count in Counter(change.kind for one in taken for change in one.changes).items():
        metrics.EVENT_CHANGES.labels(kind).inc(count)
    _count(alerts)
    return Handled(count=len(taken), alerts=alerts, failure=failure)


def _count(alerts: Iterable[Alert]) -> None:
    for reason, count in Counter(alert.reason for alert in alerts).items():
        metrics.ALERTS.labels(reason).inc(count)


@contextmanager
def _savepoint(connection: sqlite3.Connection) -> Iterator[None]:
    """Keep what is done inside, or nothing of it when it raises."""
    connection.execute("SAVEPOINT record")
    try:
        yield
    except BaseException:
        forget_kept(connection)
        # A full disk may have ended the whole transaction already.
        if connection.in_transaction:
            connection.execute("ROLLBACK TO record")
            connection.execute("RELEASE record")
        raise
    connection.execute("RELEASE record")


def _is_of_the_disk(error: Exception) -> bool:
    """Return whether SQLite could not read or write, rather than the record being at fault."""
    return isinstance(error, sqlite3.Error) and not isinstance(
        error, sqlite3.IntegrityError | sqlite3.DataError
    )
