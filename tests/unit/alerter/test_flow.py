"""Readings in, messages out, through the real database."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from services.common.contracts.alert import Reason
from services.common.contracts.codec import decode
from services.common.contracts.dead_letter import DeadLetter
from services.common.contracts.delivery import DeliveryState
from services.common.contracts.reading import Stage
from services.common.contracts.topics import DEAD_LETTERS
from tests.support.alerting import a_subscription, an_alerter, told_by


async def test_one_event_that_three_outlets_tell_is_told_once(tmp_path: Path) -> None:
    async with an_alerter(tmp_path) as alerter:
        await alerter.tell(told_by("One"), told_by("Two", minute=5), told_by("Three", minute=9))

        assert alerter.said() == ["TikTok banned (confirmed; 1 outlet)"]
        [event] = await alerter.events()
        assert event.outlets == 3
        [delivery] = await alerter.deliveries()
        assert delivery.state is DeliveryState.SENT
        assert [attempt.status for attempt in delivery.attempts] == [200]


async def test_one_false_reversal_corrects_nobody_and_true_ones_do(tmp_path: Path) -> None:
    async with an_alerter(tmp_path) as alerter:
        await alerter.tell(*(told_by(f"Outlet {n}", minute=n) for n in range(9)))
        await alerter.tell(told_by("Wrong", "Ban lifted", stage=Stage.REVERSED, minute=20))
        [event] = await alerter.events()

        assert event.disputed is Stage.REVERSED
        assert len(alerter.said()) == 1

        await alerter.tell(
            *(
                told_by(f"Right {n}", "Ban lifted", stage=Stage.REVERSED, minute=30 + n)
                for n in range(3)
            )
        )

        assert [section.alert.reason for section in alerter.recorded().sections] == [
            Reason.NEW,
            Reason.CORRECTION,
        ]
        assert alerter.said()[-1].startswith(
            "Correction: Ban on TikTok lifted (confirmed → reversed"
        )


async def test_reading_records_again_delivers_nothing_again(tmp_path: Path) -> None:
    readings = [
        told_by("Wire", f"{n} bans TikTok", target=f"company-{n}", minute=n) for n in range(20)
    ]
    async with an_alerter(tmp_path) as alerter:
        await alerter.tell(*readings)
        before = await alerter.deliveries()

        await alerter.database.write(
            lambda c: c.execute('UPDATE positions SET "offset" = max("offset" - 15, 0)')
        )
        await alerter.intake()
        await alerter.send()

        assert len(before) == 20
        assert await alerter.deliveries() == before
        assert len(alerter.recorded().messages) == 20


async def test_a_record_that_is_no_reading_is_set_aside_and_the_stream_goes_on(
    tmp_path: Path,
) -> None:
    async with an_alerter(tmp_path) as alerter:
        await alerter.publish(told_by("One"))
        await alerter.publish_bytes("st_bad", b'{"story": 1}')
        await alerter.tell(told_by("Two", "Deal", target="bytedance", minute=9))

        assert len(alerter.recorded().messages) == 2
        [letter] = [decode(DeadLetter, r.value) for r in await alerter.bus.read_all(DEAD_LETTERS)]
        assert letter.origin.topic == "kabar.readings.v1"
        assert letter.record == b'{"story": 1}'
        assert letter.error.startswith("MalformedRecordError")


async def test_readings_of_an_earlier_run_are_not_told_again_after_a_restart(
    tmp_path: Path,
) -> None:
    async with an_alerter(tmp_path) as alerter:
        await alerter.tell(told_by("One"))
        bus, clock = alerter.bus, alerter.clock

    async with an_alerter(tmp_path, bus=bus, clock=clock) as alerter:
        await alerter.tell(told_by("Two", minute=5))

        assert alerter.said() == []
        [event] = await alerter.events()
        assert event.outlets == 2


async def test_old_news_is_tracked_and_goes_into_one_summary(tmp_path: Path) -> None:
    async with an_alerter(tmp_path) as alerter:
        old = [
            told_by("Wire", f"{n}", target=f"company-{n}", minute=n, backfill=True)
            for n in range(5)
        ]
        await alerter.tell(*old)
        assert alerter.said() == []
        assert len(await alerter.events()) == 5

        alerter.clock.move(timedelta(minutes=10))
        await alerter.send()

        [message] = alerter.recorded().messages
        assert message.kind == "summary"
        assert len(message.sections) == 5


async def test_two_subscriptions_on_one_webhook_get_a_message_each(tmp_path: Path) -> None:
    async with an_alerter(tmp_path, a_subscription("policy"), a_subscription("press")) as alerter:
        await alerter.tell(told_by("One"))

        assert sorted(m.subscriptions for m in alerter.recorded().messages) == [
            ("policy",),
            ("press",),
        ]
