"""The states of a delivery."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.alerter import delivery as states
from services.alerter.delivery import ChannelVerdict
from services.alerter.outcome import Denied, Gone, Outcome, Refused, Taken, Unavailable, outcome_of
from services.common.contracts.delivery import Delivery, DeliveryKind, DeliveryState
from services.common.errors import ChannelRefusedError, ChannelUnavailableError
from services.common.ids import AlertId, ChannelId, DeliveryId, SubscriptionId
from tests.support.builders import NOON

SECOND = timedelta(seconds=1)


def a_delivery(**changes: object) -> Delivery:
    usual = Delivery(
        id=DeliveryId("dl_one"),
        channel=ChannelId("hook"),
        kind=DeliveryKind.MESSAGE,
        state=DeliveryState.DUE,
        subscriptions=(SubscriptionId("team"),),
        alerts=(AlertId("al_one"),),
        planned_at=NOON,
        next_at=NOON,
    )
    return replace(usual, **changes)  # type: ignore[arg-type]  # any field


def tried(delivery: Delivery, outcome: Outcome, at: datetime) -> states.Settlement:
    return states.settle(states.claim(delivery, now=at), outcome, now=at)


def test_what_the_channel_takes_is_sent() -> None:
    settled = tried(a_delivery(), Taken(status=200), NOON)

    assert settled.delivery.state is DeliveryState.SENT
    assert [(one.at, one.status, one.reason) for one in settled.delivery.attempts] == [
        (NOON, 200, "")
    ]


def test_a_held_delivery_waits_for_its_time() -> None:
    held = a_delivery(state=DeliveryState.HELD, next_at=NOON + SECOND)

    assert not states.is_claimable(held, now=NOON)
    assert states.is_claimable(held, now=NOON + SECOND)


def test_nobody_claims_what_somebody_sends() -> None:
    claimed = states.claim(a_delivery(), now=NOON)

    with pytest.raises(ValueError, match="sending"):
        states.claim(claimed, now=NOON + timedelta(days=1))


def test_a_channel_that_stays_away_is_tried_on_schedule_and_then_given_up() -> None:
    delivery, now, waits = a_delivery(), NOON, []
    while delivery.state is DeliveryState.DUE:
        delivery = tried(delivery, Unavailable(reason="503", status=503), now).delivery
        waits.append(delivery.next_at - now)
        now = delivery.next_at

    assert delivery.state is DeliveryState.DEAD
    assert len(delivery.attempts) == 10
    for wait, planned in zip(waits, states.WAITS, strict=False):
        assert 0.8 * planned <= wait <= 1.2 * planned


@given(st.integers(min_value=0, max_value=9), st.integers(min_value=0, max_value=200_000))
@settings(max_examples=50)
def test_the_channels_own_wish_is_never_undercut(failures: int, seconds: int) -> None:
    wish = timedelta(seconds=seconds)
    delivery = a_delivery(failures=failures)

    settled = tried(
        delivery, Unavailable(reason="429", status=429, retry_after=wish), NOON
    ).delivery

    assert settled.state is DeliveryState.DEAD or settled.next_at >= NOON + wish


def test_jitter_differs_between_deliveries_and_stays_for_one() -> None:
    waits = {states.wait_before(DeliveryId(f"dl_{n}"), failures=3) for n in range(20)}

    assert len(waits) == 20
    assert states.wait_before(DeliveryId("dl_1"), failures=3) in waits


def test_a_refused_message_is_dead_and_its_channel_lives() -> None:
    settled = tried(a_delivery(), Refused(reason="too long", status=400), NOON)

    assert settled.delivery.state is DeliveryState.DEAD
    assert settled.delivery.attempts[-1].reason == "too long"
    assert settled.channel is ChannelVerdict.KEEP


def test_a_wrong_key_pauses_the_channel_and_keeps_the_delivery() -> None:
    settled = tried(a_delivery(), Denied(reason="invalid_auth", status=401), NOON)

    assert (settled.delivery.state, settled.delivery.failures) == (DeliveryState.HELD, 0)
    assert settled.channel is ChannelVerdict.PAUSE


def test_a_channel_that_is_gone_is_disabled() -> None:
    settled = tried(a_delivery(), Gone(reason="410", status=410), NOON)

    assert settled.delivery.state is DeliveryState.DEAD
    assert settled.channel is ChannelVerdict.DISABLE


def test_a_lease_that_ran_out_leaves_the_delivery_unknown_until_it_is_resolved() -> None:
    claimed = states.claim(a_delivery(), now=NOON)
    assert not states.is_lost(claimed, now=NOON + states.LEASE - SECOND)
    assert states.is_lost(claimed, now=NOON + states.LEASE)

    unknown = states.lose(claimed, now=NOON + states.LEASE)

    assert unknown.state is DeliveryState.UNKNOWN
    assert states.found(unknown, now=NOON).state is DeliveryState.SENT
    again = states.resend(unknown, now=NOON)
    assert (again.state, again.note, again.id) == (
        DeliveryState.DUE,
        "possibly repeated",
        unknown.id,
    )


def test_an_answer_after_the_lease_is_refused() -> None:
    unknown = states.lose(states.claim(a_delivery(), now=NOON), now=NOON + states.LEASE)

    with pytest.raises(ValueError, match="unknown"):
        states.settle(unknown, Taken(status=200), now=NOON + states.LEASE)


def test_a_message_that_kills_its_sender_ends_too() -> None:
    delivery = a_delivery()
    while delivery.state is DeliveryState.DUE:
        delivery = states.lose(states.claim(delivery, now=NOON), now=NOON)
        delivery = states.resend(delivery, now=NOON)

    assert delivery.state is DeliveryState.DEAD
    assert len(delivery.attempts) == 10


def test_a_dead_delivery_goes_again_under_its_id() -> None:
    dead = states.kill(a_delivery(failures=10), reason="could not be rendered", now=NOON)

    again = states.redeliver(dead, now=NOON)

    assert (again.id, again.state, again.failures) == (dead.id, DeliveryState.DUE, 0)
    assert again.attempts[-1].reason == "could not be rendered"


def test_what_was_sent_cannot_be_suppressed() -> None:
    sent = tried(a_delivery(), Taken(status=200), NOON).delivery

    assert states.suppress(a_delivery(), reason="muted").note == "muted"
    with pytest.raises(ValueError, match="sent"):
        states.suppress(sent, reason="muted")


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (ChannelUnavailableError("slow", status=503), Unavailable(reason="slow", status=503)),
        (ChannelUnavailableError("no answer"), Unavailable(reason="no answer")),
        (ChannelRefusedError("bad", status=400), Refused(reason="bad", status=400)),
        (ChannelRefusedError("key", status=401), Denied(reason="key", status=401)),
        (ChannelRefusedError("key", status=403), Denied(reason="key", status=403)),
        (ChannelRefusedError("over", status=410), Gone(reason="over", status=410)),
    ],
)
def test_errors_of_channels_are_read(
    error: ChannelUnavailableError | ChannelRefusedError, outcome: Outcome
) -> None:
    assert outcome_of(error) == outcome
