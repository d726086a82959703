"""Which message carries an alert, and when it goes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from services.alerter.gathering import Gathered, close, next_close_at
from services.alerter.matching import match
from services.alerter.planning import Outbox, plan
from services.common.contracts.alert import Alert
from services.common.contracts.delivery import Delivery, DeliveryKind, DeliveryState
from services.common.contracts.event import EventChange
from services.common.contracts.reading import Reading, Stage
from services.common.contracts.subscription import Digest, Quiet, Send, Subscription
from services.common.ids import AlertId, ChannelId, EventId, SubscriptionId
from tests.support.builders import NOON, a_watchlist
from tests.support.tracker import Tracker, told

MINUTE = timedelta(minutes=1)
EVERY_DAY = frozenset(range(1, 8))
OPS = ChannelId("ops")
HOOK = ChannelId("hook")


def a_send(to: ChannelId = OPS, **changes: object) -> Send:
    usual = Send(to=to, burst=MINUTE, max_per_hour=None)
    return replace(usual, **changes)  # type: ignore[arg-type]  # any field


def a_subscription(*sends: Send, name: str = "team") -> Subscription:
    return Subscription(id=SubscriptionId(name), name=name, sends=sends or (a_send(),))


def a_gathered(alert: str, *, channel: ChannelId = OPS, **changes: object) -> Gathered:
    """Return an alert on an event of its own that waits for a digest which closes at noon."""
    usual = Gathered(
        alert=AlertId(alert),
        event=EventId(f"ev_{alert}"),
        subscription=SubscriptionId("team"),
        channel=channel,
        kind=DeliveryKind.DIGEST,
        gathered_at=NOON,
        closes_at=NOON,
    )
    return replace(usual, **changes)  # type: ignore[arg-type]  # any field


class Desk:
    """Matches and plans changes as they come and keeps what was planned."""

    def __init__(self, *subscriptions: Subscription) -> None:
        self.subscriptions = {one.id: one for one in subscriptions}
        self.deliveries: list[Delivery] = []
        self.gathered: list[Gathered] = []
        self.alerts: list[Alert] = []

    def take(self, changes: Iterable[EventChange], *, now: datetime | None = None) -> None:
        """Plan `changes`, each at its own time unless told, closing what is due before it."""
        for change in changes:
            at = now or change.at
            self.wait_until(at)
            alerts = match(
                change,
                subscriptions=self.subscriptions.values(),
                told={name: self._told(name, change) for name in self.subscriptions},
                watchlist=a_watchlist(),
            )
            planned = plan(
                change, alerts, subscriptions=self.subscriptions, outbox=self._outbox(), now=at
            )
            self.alerts.extend(alerts)
            self.deliveries.extend(planned.deliveries)
            waiting = [one for one in self.gathered if one not in planned.overtaken]
            self.gathered = [*waiting, *planned.gathered]

    def wait_until(self, moment: datetime) -> None:
        """Close whatever closes until `moment`, each when its time comes."""
        while (at := next_close_at(self.gathered, single_channels={HOOK})) and at <= moment:
            closed, carried = close(
                self.gathered,
                subscriptions=self.subscriptions,
                single_channels={HOOK},
                sizes={},
                now=at,
            )
            assert closed
            self.deliveries.extend(closed)
            self.gathered = [one for one in self.gathered if one not in carried]

    def _told(self, name: SubscriptionId, change: EventChange) -> list[Alert]:
        of_event = (one for one in self.alerts if one.event == change.event.id)
        return [one for one in of_event if one.subscription == name]

    def _outbox(self) -> Outbox:
        return Outbox(recent=self.deliveries, gathered=self.gathered, single_channels={HOOK})


def events(*seconds: float, start: datetime = NOON) -> list[EventChange]:
    """Return the openings of as many events, each so long after `start`."""
    tracker = Tracker()
    return [
        change
        for number, second in enumerate(seconds)
        for change in tracker.read(
            told("A", minute=number, countries=(f"{chr(65 + number)}A",)),
            now=start + timedelta(seconds=second),
        )
    ]


def sizes(deliveries: Sequence[Delivery]) -> list[tuple[float, int]]:
    """Return when each was planned, in seconds after noon, with how many alerts."""
    return [((one.planned_at - NOON).total_seconds(), len(one.alerts)) for one in deliveries]


def test_the_first_goes_at_once_and_those_of_the_next_minute_together() -> None:
    desk = Desk(a_subscription())

    desk.take(events(0, 10, 20, 59))
    desk.wait_until(NOON + 5 * MINUTE)

    assert sizes(desk.deliveries) == [(0, 1), (60, 3)]


def test_a_burst_that_goes_on_is_collected_minute_by_minute() -> None:
    desk = Desk(a_subscription())

    desk.take(events(0, 30, 70, 90, 190))
    desk.wait_until(NOON + 9 * MINUTE)

    assert sizes(desk.deliveries) == [(0, 1), (60, 1), (120, 2), (190, 1)]


def test_without_a_burst_each_alert_is_a_message_of_its_own() -> None:
    desk = Desk(a_subscription(a_send(burst=timedelta())))

    desk.take(events(0, 0, 1, 2))

    assert sizes(desk.deliveries) == [(0, 1), (0, 1), (1, 1), (2, 1)]


def test_subscriptions_share_a_message_to_a_channel_but_not_to_a_webhook() -> None:
    both = a_send(OPS), a_send(HOOK)
    desk = Desk(a_subscription(*both, name="one"), a_subscription(*both, name="two"))

    desk.take(events(0))

    assert [(one.channel, one.subscriptions) for one in desk.deliveries] == [
        (OPS, ("one", "two")),
        (HOOK, ("one",)),
        (HOOK, ("two",)),
    ]


def test_one_change_is_one_message_even_where_one_of_its_readers_would_wait() -> None:
    desk = Desk(a_subscription(name="one"), a_subscription(a_send(burst=timedelta()), name="two"))

    desk.take(events(0, 10))

    assert [one.subscriptions for one in desk.deliveries] == [("one", "two"), ("one", "two")]
    assert desk.gathered == []


def test_quiet_hours_hold_until_their_end() -> None:
    quiet = Quiet(days=EVERY_DAY, begins=time(11), ends=time(13), zone="UTC")
    desk = Desk(a_subscription(a_send(quiet=quiet)))

    desk.take(events(0))

    [held] = desk.deliveries
    assert (held.state, held.next_at) == (DeliveryState.HELD, NOON + 60 * MINUTE)


def test_a_digest_gathers_until_its_time() -> None:
    digest = Digest(days=EVERY_DAY, at=time(13), zone="UTC")
    desk = Desk(a_subscription(a_send(digest=digest)))

    desk.take(events(0, 100, 200))
    assert desk.deliveries == []
    desk.wait_until(NOON + 61 * MINUTE)

    assert sizes(desk.deliveries) == [(3600, 3)]
    assert desk.deliveries[0].kind is DeliveryKind.DIGEST


def test_what_exceeds_the_hour_becomes_a_digest_that_says_so() -> None:
    desk = Desk(a_subscription(a_send(burst=timedelta(), max_per_hour=2)))

    desk.take(events(0, 60, 120, 180, 240))
    desk.wait_until(NOON + 90 * MINUTE)

    assert sizes(desk.deliveries) == [(0, 1), (60, 1), (3600, 3)]
    assert desk.deliveries[-1].kind is DeliveryKind.DIGEST
    assert desk.deliveries[-1].note == "more than 2 messages in an hour"


def old(*readings: Reading) -> list[Reading]:
    """Return the readings as a first fetch brings them."""
    return [replace(one, story=replace(one.story, backfill=True)) for one in readings]


def test_old_news_goes_in_one_summary() -> None:
    tracker = Tracker()
    desk = Desk(a_subscription())
    for number in range(6):
        reading = told("A", minute=number, countries=(f"{chr(65 + number)}A",))
        desk.take(tracker.read(*old(reading), now=NOON + number * MINUTE))

    desk.wait_until(NOON + 30 * MINUTE)

    assert sizes(desk.deliveries) == [(600, 6)]
    assert desk.deliveries[0].kind is DeliveryKind.SUMMARY


def test_an_old_story_that_turns_an_event_told_before_alerts() -> None:
    tracker = Tracker()
    desk = Desk(a_subscription())
    desk.take(tracker.read(told("A", stage=Stage.RUMOURED)))

    desk.take(tracker.read(*old(told("B", minute=1)), now=NOON + 5 * MINUTE))

    assert sizes(desk.deliveries) == [(0, 1), (300, 1)]


def test_a_back_fill_that_tells_every_stage_of_an_event_is_one_summary_too() -> None:
    tracker = Tracker()
    desk = Desk(a_subscription())
    for minute, stage in enumerate((Stage.RUMOURED, Stage.PROPOSED, Stage.CONFIRMED)):
        desk.take(tracker.read(*old(told("A", minute=minute, stage=stage))))

    desk.wait_until(NOON + 30 * MINUTE)

    assert [(one.kind, len(one.alerts)) for one in desk.deliveries] == [(DeliveryKind.SUMMARY, 3)]


def test_what_waits_for_a_summary_that_goes_on_goes_along_with_what_follows_it() -> None:
    tracker = Tracker()
    desk = Desk(a_subscription(a_send(burst=10 * MINUTE)))
    desk.take(tracker.read(*old(told("A", stage=Stage.PROPOSED, countries=("EE",)))))
    desk.take(tracker.read(told("A", minute=1, countries=("NO",))), now=NOON + MINUTE)
    for minute in (3, 7, 11):
        reading = told("A", minute=minute, countries=(f"{chr(65 + minute)}A",))
        desk.take(tracker.read(*old(reading)), now=NOON + minute * MINUTE)
        if minute == 3:
            desk.take(tracker.read(told("B", minute=4, countries=("EE",))), now=NOON + 4 * MINUTE)

    desk.wait_until(NOON + 30 * MINUTE)

    of_event = {
        alert.id: alert.stage for alert in desk.alerts if alert.event == desk.alerts[0].event
    }
    told_in_order = [alert for one in desk.deliveries for alert in one.alerts if alert in of_event]
    assert [of_event[alert] for alert in told_in_order] == [Stage.PROPOSED, Stage.CONFIRMED]


def test_being_listed_in_a_summary_counts_as_told() -> None:
    tracker = Tracker()
    desk = Desk(a_subscription())
    desk.take(tracker.read(*old(told("A"))))
    desk.wait_until(NOON + 30 * MINUTE)

    desk.take(tracker.read(told("B", minute=1)), now=NOON + 31 * MINUTE)

    assert len(desk.deliveries) == 1


def test_what_was_read_again_alerts_nobody_singly() -> None:
    tracker = Tracker()
    desk = Desk(a_subscription())

    desk.take(tracker.read(replace(told("A"), reread=True)))

    assert desk.deliveries == []
    assert [one.kind for one in desk.gathered] == [DeliveryKind.SUMMARY]


def test_what_closed_while_nobody_was_there_goes_in_the_order_of_its_times() -> None:
    digest, summary, hour = DeliveryKind.DIGEST, DeliveryKind.SUMMARY, timedelta(hours=1)
    waiting = [
        a_gathered("al_a", kind=digest, gathered_at=NOON, closes_at=NOON + 4 * hour),
        a_gathered("al_b", kind=summary, gathered_at=NOON + hour, closes_at=NOON + hour),
        a_gathered("al_c", kind=digest, gathered_at=NOON + 2 * hour, closes_at=NOON + 4 * hour),
    ]

    closed, _ = close(waiting, subscriptions={}, single_channels=(), sizes={}, now=NOON + 9 * hour)

    assert [one.alerts for one in closed] == [("al_b",), ("al_a", "al_c")]


def test_what_a_program_gets_of_much_old_news_is_parted_and_what_people_get_is_not() -> None:
    waiting = [
        a_gathered(f"al_{number:03}", channel=channel, kind=DeliveryKind.SUMMARY)
        for channel in (HOOK, OPS)
        for number in range(250)
    ]

    closed, carried = close(waiting, subscriptions={}, single_channels={HOOK}, sizes={}, now=NOON)

    assert [(one.channel, len(one.alerts)) for one in closed] == [
        (HOOK, 100),
        (HOOK, 100),
        (HOOK, 50),
        (OPS, 250),
    ]
    assert len({one.id for one in closed}) == 4
    assert sorted(name for one in closed for name in one.alerts) == sorted(
        one.alert for one in waiting
    )
    assert carried == waiting


def test_what_a_program_gets_is_parted_by_its_bytes_too_and_tells_an_event_in_order() -> None:
    waiting = [a_gathered(name, channel=HOOK) for name in ("al_a", "al_b", "al_c", "al_d", "al_e")]
    told = {"al_e": 300_000, "al_c": 500_000, "al_a": 2_000_000, "al_d": 899_999, "al_b": 1}
    sizes = {AlertId(name): size for name, size in told.items()}

    closed, _ = close(waiting, subscriptions={}, single_channels={HOOK}, sizes=sizes, now=NOON)

    assert [one.alerts for one in closed] == [("al_e", "al_c"), ("al_a",), ("al_d", "al_b")]


def test_a_message_is_planned_for_when_its_time_came_even_after_an_outage() -> None:
    desk = Desk(a_subscription())
    desk.take(events(0, 10))

    closed, _ = close(
        desk.gathered,
        subscriptions=desk.subscriptions,
        single_channels=(),
        sizes={},
        now=NOON + 600 * MINUTE,
    )

    assert sizes(closed) == [(60, 1)]


@given(
    st.lists(st.integers(min_value=0, max_value=7200), min_size=1, max_size=20),
    st.sampled_from([0, 1, 60, 600]),
    st.sampled_from([None, 1, 3]),
)
@settings(max_examples=60, deadline=None)
def test_every_alert_is_carried_exactly_once(
    seconds: list[int], burst: int, max_per_hour: int | None
) -> None:
    send = a_send(burst=timedelta(seconds=burst), max_per_hour=max_per_hour)
    desk = Desk(a_subscription(send))

    desk.take(events(*sorted(seconds)))
    desk.wait_until(datetime(2027, 1, 1, tzinfo=UTC))

    carried = [alert for delivery in desk.deliveries for alert in delivery.alerts]
    assert sorted(carried) == sorted(alert.id for alert in desk.alerts)
    assert len(desk.alerts) == len(seconds)
    assert len({delivery.id for delivery in desk.deliveries}) == len(desk.deliveries)


def test_what_was_planned_before_the_clock_was_set_back_holds_nothing_up() -> None:
    desk = Desk(a_subscription(Send(to=OPS, burst=timedelta(minutes=1), max_per_hour=30)))
    first, second = events(9 * 3_600, 0)

    desk.take([first])
    desk.take([second], now=NOON)

    assert desk.gathered == []
    assert [one.planned_at for one in desk.deliveries] == [first.at, NOON]


def test_what_was_read_again_of_an_event_that_waits_for_a_digest_does_not_overtake_it() -> None:
    tracker = Tracker()
    digest = Digest(days=EVERY_DAY, at=time(8), zone="UTC")
    desk = Desk(a_subscription(a_send(digest=digest)))
    desk.take(tracker.read(told("A", stage=Stage.PROPOSED)))

    desk.take(tracker.read(replace(told("B", minute=1), reread=True)))
    desk.wait_until(NOON + timedelta(days=1))

    assert [(one.kind, len(one.alerts)) for one in desk.deliveries] == [(DeliveryKind.DIGEST, 2)]
