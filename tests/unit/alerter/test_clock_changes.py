"""Quiet hours and digests over both clock changes: one digest a day, nothing at a forbidden minute."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from services.common.contracts.delivery import Delivery
from services.common.contracts.subscription import Digest, Quiet, Send
from services.common.ids import ChannelId
from tests.unit.alerter.test_planning import EVERY_DAY, Desk, a_subscription, events

MAIL, OPS = ChannelId("mail"), ChannelId("ops")
EVERY = timedelta(hours=3)


def a_desk(zone: str) -> Desk:
    quiet = Quiet(days=EVERY_DAY, begins=time(22), ends=time(7), zone=zone)
    digest = Digest(days=EVERY_DAY, at=time(2, 30), zone=zone)
    usual = Send(to=OPS, burst=timedelta(), max_per_hour=None)
    return Desk(a_subscription(replace(usual, quiet=quiet), replace(usual, to=MAIL, digest=digest)))


def sent_at(delivery: Delivery, zone: str) -> datetime:
    """Return what the clocks of `zone` show when it may go."""
    return delivery.next_at.astimezone(ZoneInfo(zone))


@pytest.mark.parametrize(
    ("zone", "around", "digest_then"),
    [
        ("Europe/Berlin", date(2026, 3, 29), "2026-03-29T03:00:00+02:00"),
        ("Europe/Berlin", date(2026, 10, 25), "2026-10-25T02:30:00+02:00"),
        ("Asia/Kathmandu", date(2026, 3, 29), "2026-03-29T02:30:00+05:45"),
        ("Asia/Kathmandu", date(2026, 10, 25), "2026-10-25T02:30:00+05:45"),
    ],
)
def test_one_digest_a_day_nothing_in_quiet_hours_and_nothing_dropped(
    zone: str, around: date, digest_then: str
) -> None:
    desk = a_desk(zone)
    start = datetime.combine(around - timedelta(days=2), time(12), tzinfo=UTC)
    count = 26
    changes = events(*(number * EVERY.total_seconds() for number in range(count)), start=start)
    desk.take(replace(change, is_old=False) for change in changes)
    desk.wait_until(start + timedelta(days=5))

    digests = [sent_at(one, zone) for one in desk.deliveries if one.channel == MAIL]
    assert digest_then in [at.isoformat() for at in digests]
    days = [at.date() for at in digests]
    assert len(days) == len(set(days))
    assert {at.time() for at in digests} <= {time(2, 30), time(3)}
    singles = [sent_at(one, zone) for one in desk.deliveries if one.channel == OPS]
    assert all(time(7) <= at.time() < time(22) for at in singles)
    for channel in (MAIL, OPS):
        told = [alert for one in desk.deliveries if one.channel == channel for alert in one.alerts]
        assert len(told) == len(set(told)) == count
