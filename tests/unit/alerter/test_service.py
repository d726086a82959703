from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from services.alerter import service as service_module
from services.alerter import telling
from services.alerter.database import retention
from services.alerter.database.tracked import TrackedBatch
from services.alerter.matching import match as real_match
from services.alerter.tracking.changes import Tracked
from services.alerter.tracking.changes import track as real_track
from services.common.bus.port import Record
from services.common.contracts.codec import decode
from services.common.contracts.dead_letter import DeadLetter
from services.common.contracts.delivery import DeliveryState
from services.common.contracts.reading import Reading
from services.common.contracts.topics import DEAD_LETTERS, READINGS
from services.common.errors import MalformedRecordError
from tests.support.alerting import Alerter, a_subscription, an_alerter, record_of, told_by
from tests.support.builders import NOON


async def offset_of(alerter: Alerter) -> int | None:
    rows = await alerter.database.read(
        lambda c: c.execute('SELECT "offset" FROM positions').fetchall()
    )
    return rows[0][0] if rows else None


def tracking_fails_on(monkeypatch: pytest.MonkeyPatch, *, every: int) -> None:
    """Let tracking raise on every so manieth record, after it has written something."""
    count = 0

    def track(reading: Reading, **asked: object) -> Tracked:
        nonlocal count
        count += 1
        if count % every == 0:
            raise RuntimeError("a bug on this record")
        return real_track(reading, **asked)  # type: ignore[arg-type]  # handed through as it is

    monkeypatch.setattr(service_module, "track", track)


async def test_a_record_that_fails_leaves_those_before_it_durable_and_nothing_of_itself(
    tmp_path: Path,
) -> None:
    good, bad = told_by("One"), told_by("Two", "Deal", target="bytedance")
    broken = Record(
        topic=READINGS.name, topic_id="topic", partition=0, offset=8, key="k", value=b"{", at=NOON
    )
    async with an_alerter(tmp_path) as alerter:
        handled = await alerter.service.handle(
            [record_of(good, offset=7), broken, record_of(bad, offset=9)]
        )

        assert handled.count == 1
        assert isinstance(handled.failure, MalformedRecordError)
        assert await offset_of(alerter) == 8
        assert len(await alerter.events()) == 1

        await alerter.service.skip(broken)
        assert await offset_of(alerter) == 9


async def test_when_tracking_fails_on_every_tenth_record_the_other_nine_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tracking_fails_on(monkeypatch, every=10)
    async with an_alerter(tmp_path) as alerter:
        await alerter.tell(
            *(told_by("One", f"{n} banned", target=f"company-{n}", minute=n) for n in range(50))
        )

        letters = [decode(DeadLetter, it.value) for it in await alerter.bus.read_all(DEAD_LETTERS)]
        assert len(alerter.recorded().messages) == 45
        assert len(letters) == 5
        assert {letter.error for letter in letters} == {"RuntimeError: a bug on this record"}
        assert len({letter.traceback_hash for letter in letters}) == 1
        assert not alerter.breaker.is_open


async def test_when_everything_fails_the_breaker_stops_the_intake(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tracking_fails_on(monkeypatch, every=1)
    async with an_alerter(tmp_path) as alerter:
        await alerter.publish(*(told_by("One", f"{n} banned", minute=n) for n in range(40)))
        await alerter.intake()

        assert alerter.breaker.is_open
        assert len(await alerter.bus.read_all(DEAD_LETTERS)) == 21


async def test_a_failing_disk_is_not_the_records_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    async with an_alerter(tmp_path) as alerter:
        monkeypatch.setattr(TrackedBatch, "write", full)

        with pytest.raises(sqlite3.OperationalError, match="full"):
            await alerter.service.handle([record_of(told_by("One"), offset=3)])

        assert await offset_of(alerter) is None


async def test_a_subscription_on_which_matching_fails_leaves_the_others_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def match(change: object, *, subscriptions: object, **asked: object) -> object:
        asked_for = list(subscriptions)  # type: ignore[call-overload]  # handed through
        if any(one.id == "broken" for one in asked_for):
            raise RuntimeError("a bug on this subscription")
        return real_match(change, subscriptions=asked_for, **asked)  # type: ignore[arg-type]

    monkeypatch.setattr(telling, "match", match)
    async with an_alerter(tmp_path, a_subscription("broken"), a_subscription("sound")) as alerter:
        await alerter.tell(told_by("One"))

        assert [message.subscriptions for message in alerter.recorded().messages] == [("sound",)]


async def test_an_alert_that_cannot_be_planned_stands_in_the_log_as_dead(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def plan(*_: object, **__: object) -> None:
        raise RuntimeError("a bug in planning")

    monkeypatch.setattr(telling, "plan", plan)
    async with an_alerter(tmp_path) as alerter:
        await alerter.tell(told_by("One"))

        [dead] = await alerter.deliveries(DeliveryState.DEAD)
        assert dead.note == "It could not be planned: RuntimeError."
        assert len(dead.alerts) == 1


async def test_what_is_kept_long_enough_is_removed_and_the_rest_stays(tmp_path: Path) -> None:
    async with an_alerter(tmp_path) as alerter:
        await alerter.tell(told_by("One"))
        alerter.clock.move(timedelta(days=399))
        since = alerter.clock.now()
        await alerter.tell(told_by("Two", "Deal", target="bytedance", since=since))
        now = alerter.clock.now() + timedelta(days=2)
        limits = await alerter.database.read(retention.limits_of, now=now)

        while await alerter.database.write(retention.expire, limits):
            pass

        [event] = await alerter.events()
        assert event.companies[0].id == "bytedance"
        [delivery] = await alerter.deliveries()
        assert delivery.alerts
        counts = await alerter.database.read(
            lambda c: [
                c.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608  names
                for table in ("event_changes", "sightings", "readings", "event_companies")
            ]
        )
        assert counts == [1, 1, 1, 1]
