"""A batch of readings, tracked in memory and written at once, is as its readings one by one."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import islice, repeat
from pathlib import Path
from typing import Any

import pytest

from services.alerter import service as service_module
from services.alerter.database import silence
from services.alerter.database.connections import Database
from services.alerter.service import AlerterService
from services.alerter.telling import Following
from services.alerter.tracking.changes import Tracked
from services.alerter.tracking.changes import track as real_track
from services.common.bus.port import Record
from services.common.clock import ManualClock
from services.common.contracts.mute import Mute
from services.common.contracts.reading import Focus, Reading, Stage
from services.common.contracts.subscription import Conditions, Send, Subscription
from services.common.ids import ChannelId, CompanyId, SubscriptionId, mute_id
from tests.support.alerting import a_subscription, records_of
from tests.support.builders import NOON
from tests.support.happenings import World, a_world
from tests.support.tracker import revised

Tables = dict[str, list[tuple[object, ...]]]


def told_badly(world: World, draw: random.Random) -> Iterator[Reading]:
    """Yield the readings of a world: some repeated, revised, emptied, about history, or old."""
    for told in world.told:
        reading, chance = told.reading, draw.random()
        if chance < 0.15:
            [report] = reading.reports
            name = draw.choice((report.type, "fine"))
            history = replace(report, type=name, focus=Focus.BACKGROUND)
            reading = replace(reading, reports=(history,))
        elif chance < 0.2:
            reading = replace(reading, story=replace(reading.story, backfill=True))
        yield reading
        [report] = reading.reports
        again = draw.random()
        if again < 0.05:
            yield reading
        elif again < 0.1:
            yield revised(reading, replace(report, stage=draw.choice(list(Stage))))
        elif again < 0.15:
            yield revised(reading)


def subscriptions() -> list[Subscription]:
    """Return one whose alerts go at once, one that is paced, and one to a company that is muted."""
    paced = Send(to=ChannelId("chat"), burst=timedelta(minutes=10), max_per_hour=2)
    return [
        a_subscription(to=["archive"]),
        Subscription(id=SubscriptionId("paced"), name="paced", sends=(paced,)),
        a_subscription("firm", to=["chat"], when=Conditions(companies=("firm0", "firm3"))),
    ]


async def tables_after(
    directory: Path, records: Sequence[Record], world: World, *, sizes: Iterator[int]
) -> Tables:
    """Return every row of every table after `records` were handled, in batches of `sizes`.

    Those that cannot be handled are skipped.
    """
    clock = ManualClock(NOON + timedelta(days=12))
    following = Following.of(world.watchlist, subscriptions(), [ChannelId("archive")])
    horizon = timedelta(days=9)
    database = await Database.open(directory)
    service = AlerterService(database, following=following, clock=clock, horizon=horizon)
    muted = Mute(
        id=mute_id("all"),
        company=CompanyId("firm3"),
        created_at=NOON,
        ends_at=NOON + timedelta(days=30),
        who="Ana",
    )
    await database.write(silence.mute, muted, watchlist=world.watchlist)
    left = deque(records)
    while left:
        some = list(islice(left, next(sizes)))
        handled = await service.handle(some)
        for _ in range(handled.count):
            left.popleft()
        if handled.failure is not None:
            await service.skip(left.popleft())
    found = await database.read(tables)
    await database.close()
    return found


def tables(connection: sqlite3.Connection) -> Tables:
    """Return the rows of all tables, in order of what they hold."""
    names = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
    return {
        name: sorted(connection.execute(f'SELECT * FROM "{name}"').fetchall(), key=repr)  # noqa: S608  names from the schema
        for (name,) in names
    }


def ones() -> Iterator[int]:
    """Yield the size of a batch of one for ever."""
    while True:
        yield 1


def many(draw: random.Random) -> Iterator[int]:
    """Yield sizes of batches for ever."""
    while True:
        yield draw.choice((1, 2, 7, 40, 400))


@pytest.mark.parametrize("seed", range(2))
async def test_readings_change_the_database_alike_in_batches_of_any_size(
    tmp_path: Path, seed: int
) -> None:
    draw = random.Random(seed)
    world = a_world(seed, singles=3, pairs=1)
    records = records_of(told_badly(world, draw), at=NOON)

    (one, other) = (tmp_path / "alone", tmp_path / "together")
    await asyncio.to_thread(one.mkdir)
    await asyncio.to_thread(other.mkdir)
    alone = await tables_after(one, records, world, sizes=ones())
    together = await tables_after(other, records, world, sizes=many(draw))

    assert together == alone
    for name in ("events", "alerts", "deliveries", "gathered", "waiting_companies"):
        assert alone[name], name
    assert {row[4] for row in alone["deliveries"]} >= {"due", "suppressed"}


async def test_records_that_fail_change_nothing_of_the_others_in_their_batch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(reading: Reading, *, position: int, **rest: Any) -> Tracked:
        if position in untrackable:
            raise ValueError(position)
        return real_track(reading, position=position, **rest)

    world = a_world(2, singles=3, pairs=1)
    records = records_of(told_badly(world, random.Random(2)), at=NOON)[:60]
    unreadable = [replace(records[place], value=b"{}") for place in (0, 59)]
    untrackable = {records[place].offset for place in (12, 25, 41)}
    failed = untrackable | {record.offset for record in unreadable}
    good = [record for record in records if record.offset not in failed]
    mixed = sorted(
        [*good, *unreadable, *(one for one in records if one.offset in untrackable)],
        key=lambda record: record.offset,
    )
    monkeypatch.setattr(service_module, "track", failing)

    (one, other) = (tmp_path / "good", tmp_path / "mixed")
    await asyncio.to_thread(one.mkdir)
    await asyncio.to_thread(other.mkdir)
    alone = await tables_after(one, good, world, sizes=ones())
    together = await tables_after(other, mixed, world, sizes=repeat(40))

    assert alone.pop("positions") != together.pop("positions")
    assert together == alone
