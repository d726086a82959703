"""What becomes of old rows, and of databases of an earlier version."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import datetime, time, timedelta
from importlib.resources import files
from pathlib import Path

import pytest

from services.alerter.database.connections import FILE_NAME, open_alone, transaction
from services.alerter.database.fallbacks import next_stand_in
from services.alerter.database.outbox import oldest_due
from services.alerter.database.queries import deliveries_page, event_of
from services.alerter.database.reached import keep_reached
from services.alerter.database.retention import HISTORY_KEPT, expire, give_back, limits_of
from services.alerter.database.schema import APPLICATION_ID, version_of
from services.alerter.database.threads import stale_roots
from services.common.bus.memory import MemoryBus
from services.common.clock import ManualClock
from services.common.contracts.delivery import Delivery, DeliveryState
from services.common.contracts.reading import Reading, Stage
from services.common.contracts.subscription import Digest
from services.common.ids import ChannelId
from tests.support.alerting import a_subscription, an_alerter, told_by
from tests.support.builders import NOON
from tests.support.tracker import told

MIGRATIONS = files("services.alerter.database").joinpath("migrations")


def rows(connection: sqlite3.Connection) -> dict[str, int]:
    return {
        table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608  own names
        for table in (
            "events",
            "event_changes",
            "sightings",
            "alerts",
            "deliveries",
            "threads",
            "reached",
        )
    }


async def test_after_400_days_nothing_is_left_and_the_file_is_small_again(tmp_path: Path) -> None:
    async with an_alerter(tmp_path) as alerter:
        await alerter.tell(*(told_by(f"Outlet{n}", minute=n) for n in range(30)))
    with closing(open_alone(tmp_path)) as connection:
        (full,) = connection.execute("PRAGMA page_count").fetchone()
        keep_reached(connection, ChannelId("archive"), [("al_1", "a@example.org")], now=NOON)
        later = NOON + HISTORY_KEPT + timedelta(days=1)
        _run(connection, now=later)
        while _written(connection, lambda: give_back(connection)):
            pass
        (left,) = connection.execute("PRAGMA page_count").fetchone()
        (free,) = connection.execute("PRAGMA freelist_count").fetchone()
        assert set(rows(connection).values()) == {0}

    assert free == 0
    assert left < full


async def test_a_clock_that_is_years_ahead_for_an_hour_takes_no_history_but_its_oldest_day(
    tmp_path: Path,
) -> None:
    clock, ahead = ManualClock(NOON), NOON + timedelta(days=2_000)
    async with an_alerter(tmp_path, clock=clock) as alerter:
        await alerter.tell(told_by("One", "India bans Figma", target="figma"))
        clock.move(timedelta(days=30))
        await alerter.tell(told_by("One", since=clock.now()))

    with closing(open_alone(tmp_path)) as connection:
        _run(connection, now=ahead)
        left = rows(connection)

    assert (left["events"], left["alerts"], left["deliveries"]) == (1, 1, 1)


async def test_nor_does_it_take_attempts_and_readings_but_their_oldest_day(tmp_path: Path) -> None:
    clock, ahead = ManualClock(NOON), NOON + timedelta(days=390)
    async with an_alerter(tmp_path, clock=clock) as alerter:
        for day in range(3):
            about_nothing = replace(told("Quiet", minute=day), reports=())
            await alerter.tell(told_by("One", f"{day}", target=f"c{day}", since=clock.now()))
            await alerter.tell(about_nothing)
            clock.move(timedelta(days=2))

    with closing(open_alone(tmp_path)) as connection:
        _run(connection, now=ahead)
        attempts, readings = (
            connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608  own names
            for table in ("attempts", "readings")
        )

    assert (attempts, readings) == (2, 3 + 2)


def _run(connection: sqlite3.Connection, *, now: datetime) -> None:
    """Remove what one hour's run removes."""
    limits = limits_of(connection, now=now)
    while _written(connection, lambda: expire(connection, limits)):
        pass


def _written(connection: sqlite3.Connection, work: object) -> int:
    assert callable(work)
    with transaction(connection):
        return int(work())


# Version 2 had the event in its own row, too.
_EVENTS_OF_VERSION_2 = """
    SELECT events.*, CAST(json_extract(CAST(record AS TEXT), '$.event') AS BLOB) AS record
    FROM new.events AS events JOIN new.event_changes ON seq = changed_seq"""


@pytest.fixture
def bus() -> MemoryBus:
    return MemoryBus(ManualClock(NOON + timedelta(hours=1)))


@pytest.fixture
async def version_2(tmp_path: Path, bus: MemoryBus) -> Path:
    """Make a database of version 2 with what part of a life left in it."""
    new, old = tmp_path / "new", tmp_path / "old"
    new.mkdir()
    old.mkdir()
    async with an_alerter(new, bus=bus) as alerter:
        await alerter.tell(told_by("One"), told_by("Two", minute=1))
    with closing(sqlite3.connect(old / FILE_NAME)) as connection:
        for name in ("0001_first.sql", "0002_failing_deliveries.sql"):
            connection.executescript(MIGRATIONS.joinpath(name).read_text(encoding="utf-8"))
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute("PRAGMA user_version = 2")
        connection.execute("ATTACH ? AS new", (str(new / FILE_NAME),))
        tables = connection.execute(
            "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        ).fetchall()
        for (table,) in tables:
            columns = [row[1] for row in connection.execute(f"PRAGMA main.table_info({table})")]
            names = ", ".join(f'"{column}"' for column in columns)
            source = "newest" if table == "events" else f"new.{table}"
            connection.execute(
                f"WITH newest AS ({_EVENTS_OF_VERSION_2})"  # noqa: S608  own names
                f" INSERT INTO main.{table} ({names}) SELECT {names} FROM {source}"
            )
        connection.commit()
    return old


async def test_a_database_of_version_2_goes_on_with_all_that_is_in_it(
    version_2: Path, bus: MemoryBus
) -> None:
    with closing(open_alone(version_2)) as connection:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        (mode,) = connection.execute("PRAGMA auto_vacuum").fetchone()
        (delivery,) = deliveries_page(connection).deliveries
        (event_id,) = connection.execute("SELECT event_id FROM events").fetchone()
        event = event_of(connection, event_id)
        assert version == version_of(connection) >= 3
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert mode == 2, "its free pages can be given back"
    assert delivery.state is DeliveryState.SENT
    assert event is not None
    assert event.outlets == 2

    async with an_alerter(version_2, bus=bus) as alerter:
        await alerter.tell(told_by("Three", minute=2))
        assert alerter.said() == [], "what was told is not told again"
        (event,) = await alerter.events()
        assert event.outlets == 3


MOVED = "confirmed → reversed"


def lifted(country: str, *, minute: int) -> list[Reading]:
    """Return what two outlets tell of the end of a ban in one country."""
    return [
        told(outlet, minute=minute + n, stage=Stage.REVERSED, countries=(country,))
        for n, outlet in enumerate("AB")
    ]


async def test_what_was_told_before_alerts_kept_where_it_ended_is_gone_on_from(
    tmp_path: Path, bus: MemoryBus
) -> None:
    banned = [told(outlet, minute=n, countries=("IN", "PK")) for n, outlet in enumerate("AB")]
    async with an_alerter(tmp_path, bus=bus) as alerter:
        for reading in (*banned, *lifted("IN", minute=10)):
            await alerter.tell(reading)
        assert alerter.said()[1:] == [
            f"Correction: Ban on TikTok in India lifted ({MOVED}; still confirmed in Pakistan; 2 outlets)"
        ]
    with closing(open_alone(tmp_path)) as connection, transaction(connection):
        connection.execute(
            "UPDATE alerts SET record = CAST(json_remove("
            "CAST(record AS TEXT), '$.ended_in', '$.other_stage') AS BLOB)"
        )

    async with an_alerter(tmp_path, bus=bus) as alerter:
        await alerter.tell(told("C", minute=20, countries=("PK",)))
        assert alerter.said() == [], "what was told is not told again"
        await alerter.tell(*lifted("PK", minute=30))
        assert alerter.said() == [
            f"Correction: Ban on TikTok in India and Pakistan lifted ({MOVED}; 3 outlets)"
        ]


async def test_a_digest_is_shown_whole_for_as_long_as_it_is_kept(tmp_path: Path) -> None:
    weekly = Digest(days=frozenset({7}), at=time(8), zone="UTC")
    send = replace(a_subscription().sends[0], digest=weekly)
    async with an_alerter(tmp_path, replace(a_subscription(), sends=(send,))) as alerter:
        await alerter.tell(told_by("One"))
        alerter.clock.move(timedelta(days=7))
        await alerter.send()
        [sent] = await alerter.deliveries()
    with closing(open_alone(tmp_path)) as connection:

        def deliveries_after(days: int) -> tuple[Delivery, ...]:
            _run(connection, now=NOON + HISTORY_KEPT + timedelta(days=days))
            return deliveries_page(connection).deliveries

        between, later = deliveries_after(1), deliveries_after(8)
        left = rows(connection)

    assert [one.alerts for one in between] == [sent.alerts]
    assert later == ()
    assert left["alerts"] == left["deliveries"] == 0


def test_what_is_asked_at_each_step_goes_through_no_history(tmp_path: Path) -> None:
    asked: list[str] = []
    with closing(open_alone(tmp_path)) as connection:
        connection.set_trace_callback(asked.append)
        next_stand_in(connection, [ChannelId("archive")], now=NOON)
        stale_roots(connection, {ChannelId("archive"): "it"}, now=NOON)
        oldest_due(connection)
        connection.set_trace_callback(None)

        steps = [
            step[3]
            for statement in asked
            for step in connection.execute(f"EXPLAIN QUERY PLAN {statement}")
        ]

    whole = (
        "SCAN deliveries",
        "SCAN threads",
        "SCAN events",
        "deliveries_by_age",
        "threads USING PRI",
    )
    assert [step for step in steps if any(part in step for part in whole)] == []


async def test_what_a_publisher_dates_years_back_is_kept_from_when_it_was_read(
    tmp_path: Path,
) -> None:
    """Else an event forgets within the hour who told it, and how it stands."""
    async with an_alerter(tmp_path) as alerter:
        await alerter.tell(_dated_back(told_by("One")))
        limits = await alerter.database.read(limits_of, now=NOON + timedelta(hours=1))
        while await alerter.database.write(expire, limits):
            pass
        await alerter.tell(_dated_back(told_by("Two", stage=Stage.RUMOURED, minute=70)))
        [event] = await alerter.events()

    assert (event.stage, len(event.stories)) == (Stage.CONFIRMED, 2)


async def test_they_go_400_days_after_it_whatever_their_date(tmp_path: Path) -> None:
    async with an_alerter(tmp_path) as alerter:
        ahead = told_by("Three", since=NOON + timedelta(days=900))
        await alerter.tell(_dated_back(told_by("One")), told_by("Two", minute=1), ahead)
        later = alerter.clock.now() + HISTORY_KEPT + timedelta(minutes=1)
        limits = await alerter.database.read(limits_of, now=later)
        while await alerter.database.write(expire, limits):
            pass

        assert set((await alerter.database.read(rows)).values()) == {0}


def _dated_back(reading: Reading) -> Reading:
    story = reading.story
    published = story.seen_at - HISTORY_KEPT - timedelta(days=300)
    return replace(reading, story=replace(story, published=published))
