"""The restore drill: back up, lose everything, put it back."""

from __future__ import annotations

import asyncio
import json
import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kabar.cli import main
from services.alerter.database.connections import FILE_NAME
from services.alerter.database.lock import ActiveLock
from services.common.bus.port import Outgoing
from services.common.bus.sqlite import SqliteBus
from services.common.clock import ManualClock, SystemClock
from services.common.contracts.codec import decode, encode
from services.common.contracts.delivery import DeliveryState
from services.common.contracts.event import EventChange
from services.common.contracts.reading import Stage
from services.common.contracts.topics import READINGS, STORIES, TOPICS
from services.common.ids import event_id
from tests.support.alerting import an_alerter, told_by
from tests.support.builders import NOON, a_story

RUMOUR = told_by("One", stage=Stage.RUMOURED)
CONFIRMED = told_by("Two", stage=Stage.CONFIRMED, minute=5)


def kabar(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [*map(str, arguments)])


def lived_in(data: Path) -> None:
    """Have a kabar run on `data` that told of a rumour, with a thread in its channel."""
    data.mkdir()

    async def live() -> None:
        async with an_alerter(data) as alerter:
            await alerter.tell(RUMOUR)
        bus = SqliteBus(data / "bus.db", SystemClock())
        await bus.ensure_topics(TOPICS)
        await bus.publish(STORIES, [Outgoing(key="fd_one", value=encode(a_story("Kept")))])
        await bus.close()

    asyncio.run(live())


def test_after_a_restore_the_next_stage_finds_its_thread_and_nothing_is_sent_again(
    tmp_path: Path,
) -> None:
    data, file = tmp_path / "data", tmp_path / "backup.tar.gz"
    lived_in(data)
    assert kabar("backup", file, "--data", data).exit_code == 0
    assert file.stat().st_mode & 0o777 == 0o600
    with closing(sqlite3.connect(data / FILE_NAME)) as connection:
        (root,) = connection.execute("SELECT root FROM threads").fetchone()
    shutil.rmtree(data)
    assert kabar("restore", file, "--data", data).exit_code == 0

    async def live_on() -> list[str]:
        clock = ManualClock(NOON + timedelta(days=1))
        async with an_alerter(data, clock=clock) as alerter:
            await alerter.send()
            assert alerter.said() == [], "nothing is sent again"
            await alerter.tell(RUMOUR, CONFIRMED)
            (thread,) = alerter.recorded().replies
            assert thread is not None, "the next stage lands in the old thread"
            assert thread.root == root
        bus = SqliteBus(data / "bus.db", SystemClock())
        stories = await bus.read_all(STORIES)
        await bus.close()
        assert len(stories) == 1, "no story is lost"
        return alerter.said()

    assert asyncio.run(live_on()) == ["TikTok banned (rumoured → confirmed; 2 outlets)"]


def test_what_the_backup_caught_on_its_way_is_not_sent_again(tmp_path: Path) -> None:
    data, file = tmp_path / "data", tmp_path / "backup.tar.gz"
    data.mkdir()

    async def decide() -> None:
        async with an_alerter(data) as alerter:
            await alerter.publish(RUMOUR)
            await alerter.intake()

    asyncio.run(decide())
    assert kabar("backup", file, "--data", data).exit_code == 0
    shutil.rmtree(data)
    assert kabar("restore", file, "--data", data).exit_code == 0

    async def look() -> None:
        async with an_alerter(data) as alerter:
            await alerter.send()
            (delivery,) = await alerter.deliveries()
            assert alerter.said() == []
            assert delivery.state is DeliveryState.DEAD
            assert "redeliver" in delivery.attempts[-1].reason

    asyncio.run(look())


def test_a_backup_is_taken_while_kabar_writes(tmp_path: Path) -> None:
    data, file, again = tmp_path / "data", tmp_path / "backup.tar.gz", tmp_path / "again"
    data.mkdir()

    async def live() -> None:
        async with an_alerter(data) as alerter:
            await alerter.tell(RUMOUR)
            done = await asyncio.to_thread(kabar, "backup", file, "--data", data)
            assert done.exit_code == 0, done.output
            await alerter.tell(CONFIRMED)

    asyncio.run(live())
    assert kabar("restore", file, "--data", again).exit_code == 0

    with closing(sqlite3.connect(again / FILE_NAME)) as connection:
        (changes,) = connection.execute("SELECT count(*) FROM event_changes").fetchone()
    assert changes == 1


def test_a_directory_in_use_is_not_restored_into(tmp_path: Path) -> None:
    data, file, other = tmp_path / "data", tmp_path / "backup.tar.gz", tmp_path / "other"
    lived_in(data)
    kabar("backup", file, "--data", data)
    other.mkdir()

    with ActiveLock(other) as lock:
        assert lock.try_acquire()
        used = kabar("restore", file, "--data", other)
    full = kabar("restore", file, "--data", data)

    assert (used.exit_code, full.exit_code) == (2, 2)
    assert "A kabar runs on" in used.output
    assert "already has" in full.output


@pytest.mark.parametrize("content", [b"", b"not a backup"])
def test_what_is_no_backup_changes_nothing(tmp_path: Path, content: bytes) -> None:
    data, file = tmp_path / "data", tmp_path / "backup.tar.gz"
    file.write_bytes(content)

    done = kabar("restore", file, "--data", data)

    assert done.exit_code == 2
    assert "no backup" in done.output
    assert not (data / FILE_NAME).exists()


def test_a_backup_of_nothing_is_refused(tmp_path: Path) -> None:
    assert kabar("backup", tmp_path / "file", "--data", tmp_path).exit_code == 2


def test_a_rebuilt_database_has_the_events_and_sends_nothing(tmp_path: Path) -> None:
    data, config = tmp_path / "data", tmp_path / "config"
    data.mkdir()
    config.mkdir()
    (config / "companies.yml").write_text("companies:\n  - {id: tiktok, name: TikTok}\n")
    (config / "subscriptions.yml").write_text(
        "channels:\n  archive: {type: console}\n"
        "subscriptions:\n  - {id: everything, name: Everything, send: [{to: archive}]}\n"
    )

    async def fill() -> None:
        bus = SqliteBus(data / "bus.db", ManualClock(NOON + timedelta(hours=1)))
        await bus.ensure_topics(TOPICS)
        records = [Outgoing(key=r.story.story_id, value=encode(r)) for r in (RUMOUR, CONFIRMED)]
        await bus.publish(READINGS, [*records, Outgoing(key="st_poison", value=b"{}")])
        await bus.close()

    asyncio.run(fill())
    done = kabar("rebuild", "--config", config, "--data", data)
    again = kabar("rebuild", "--config", config, "--data", data)

    assert done.exit_code == 0, done.output
    assert "2 readings tracked, 2 changes of events, 1 readings failed" in done.output
    assert again.exit_code == 2
    assert "not empty" in again.output
    with closing(sqlite3.connect(data / FILE_NAME)) as connection:
        states = {state for (state,) in connection.execute("SELECT state FROM deliveries")}
        (told,) = connection.execute("SELECT count(*) FROM alerts").fetchone()
    assert states == {"suppressed"}
    assert told == 2


def test_a_rebuild_gives_events_the_ids_and_the_order_that_they_had(tmp_path: Path) -> None:
    data, config = tmp_path / "data", tmp_path / "config"
    data.mkdir()
    config.mkdir()
    names = [f"firm-{number}" for number in range(12)]
    listed = "".join(f"  - {{id: {name}, name: {name}}}\n" for name in names)
    (config / "companies.yml").write_text(f"companies:\n{listed}")
    opening = [told_by("One", f"India bans {name}", target=name) for name in names]
    # A second outlet tells of the same: read first, it would have opened the event.
    following = [told_by("Two", f"India bans {name}", target=name, minute=5) for name in names]
    clock = ManualClock(NOON)

    async def fill() -> None:
        bus = SqliteBus(data / "bus.db", clock)
        await bus.ensure_topics(TOPICS)
        for reading in (*opening, *following):
            clock.move(timedelta(minutes=2))
            record = Outgoing(key=reading.story.story_id, value=encode(reading))
            await bus.publish(READINGS, [record])
        await bus.close()

    asyncio.run(fill())
    done = kabar("rebuild", "--config", config, "--data", data)
    events = kabar("events", "--json", "--config", config, "--data", data)

    assert done.exit_code == 0, done.output
    assert [event["id"] for event in json.loads(events.stdout)["events"]] == [
        event_id(reading.reports[0].report_id) for reading in reversed(opening)
    ]
    with closing(sqlite3.connect(data / FILE_NAME)) as connection:
        rows = connection.execute("SELECT record FROM event_changes ORDER BY seq").fetchall()
    opened = [decode(EventChange, record).at for (record,) in rows[: len(names)]]
    assert opened == [NOON + timedelta(minutes=2 * n) for n in range(1, 13)]


def test_a_rebuild_where_nothing_ran_is_refused_and_makes_no_directory(tmp_path: Path) -> None:
    config, data = tmp_path / "config", tmp_path / "data"
    config.mkdir()
    (config / "companies.yml").write_text(
        "companies: [{id: tiktok, name: TikTok}]\n", encoding="utf-8"
    )

    done = kabar("rebuild", "--config", config, "--data", data)

    assert done.exit_code == 2
    assert "There is no bus" in done.output
    assert not data.exists()


def test_a_backup_that_is_cut_short_is_named_and_changes_nothing(tmp_path: Path) -> None:
    data, file = tmp_path / "data", tmp_path / "backup.tar.gz"
    lived_in(data)
    kabar("backup", file, "--data", data)
    file.write_bytes(file.read_bytes()[:1_500])

    done = kabar("restore", file, "--data", tmp_path / "other")

    assert done.exit_code == 2, done.output
    assert "no backup" in done.output
    assert not list((tmp_path / "other").glob("*.db"))


def test_an_older_backup_is_not_overwritten(tmp_path: Path) -> None:
    data, file = tmp_path / "data", tmp_path / "backup.tar.gz"
    lived_in(data)
    file.write_bytes(b"yesterday's")

    done = kabar("backup", file, "--data", data)

    assert done.exit_code == 2
    assert "is there already" in done.output
    assert file.read_bytes() == b"yesterday's"


@pytest.mark.parametrize(
    "flags", [("--from", "2026-01-01"), ("--planned", "--subscription", "a", "--state", "dead")]
)
def test_flags_of_deliveries_that_do_not_go_together_are_refused(flags: tuple[str, ...]) -> None:
    done = kabar("deliveries", *flags)

    assert done.exit_code == 2
    assert "--planned" in done.output
