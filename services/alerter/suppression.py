"""Suppression: what is decided and not told, since somebody muted, acknowledged or paused it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time

from services.common.contracts.alert import Alert, Reason
from services.common.contracts.delivery import Delivery, DeliveryKind, DeliveryState
from services.common.contracts.event import Event
from services.common.contracts.mute import Acknowledgement, Mute
from services.common.contracts.subscription import Subscription
from services.common.ids import AlertId, ChannelId, SubscriptionId, delivery_id

MUTED, PAUSED, REMOVED, ACKNOWLEDGED = "muted", "paused", "removed", "acknowledged"
"""How the notes of suppressed deliveries begin. Who was not told for one of `UNTOLD` was not told at
all; who acknowledged knows."""
UNTOLD = (MUTED, PAUSED, REMOVED)

# Who was told something wrong is told so, even if they had seen it.
_OWED = frozenset({Reason.CORRECTION, Reason.WITHDRAWN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """The mutes that hold and the acknowledgements of an event."""

    mutes: Sequence[Mute] = ()
    acknowledgements: Sequence[Acknowledgement] = ()

    def reason(
        self,
        alert: Alert,
        event: Event,
        *,
        channel: ChannelId,
        followed: Collection[str],
        now: datetime,
    ) -> str | None:
        """Return why `alert` on `event` does not go to `channel`; None where it does.

        `followed` are the ids and tags by which the event's companies are followed, so that a mute
        of an owner covers what it owns.
        """
        for mute in self.mutes:
            if mute.created_at <= now < mute.ends_at and _covers(
                mute, alert, event, channel, followed
            ):
                return _muted(mute)
        if alert.reason in _OWED:
            return None
        for one in self.acknowledgements:
            is_of_it = one.stage == alert.stage and one.event in {event.id, *event.absorbed}
            # A preview asks at a time at which nobody had seen it yet.
            if is_of_it and one.at <= now:
                said = f": {one.note}" if one.note else ""
                return f"{ACKNOWLEDGED} at {one.stage} by {one.who}{said}"
        return None


def pause_of(subscription: Subscription, *, now: datetime) -> str | None:
    """Return why nothing goes to a subscription that is paused; None where it is not."""
    until = subscription.paused_until
    if until is None or now >= datetime.combine(until, time(), tzinfo=UTC):
        return None
    return f"{PAUSED}: {subscription.id} is paused until {until.isoformat()}"


def suppressed(
    alert: AlertId, subscription: SubscriptionId, channel: ChannelId, reason: str, now: datetime
) -> Delivery:
    """Return the message of an alert that is not told, with the reason as its note."""
    return Delivery(
        id=delivery_id(channel, DeliveryKind.MESSAGE, alert),
        channel=channel,
        kind=DeliveryKind.MESSAGE,
        state=DeliveryState.SUPPRESSED,
        subscriptions=(subscription,),
        alerts=(alert,),
        planned_at=now,
        next_at=now,
        note=reason,
    )


def _covers(
    mute: Mute, alert: Alert, event: Event, channel: ChannelId, followed: Collection[str]
) -> bool:
    events = {event.id, *event.absorbed}
    return (
        (mute.company is None or mute.company in followed)
        and (mute.event is None or mute.event in events)
        and (mute.subscription is None or mute.subscription == alert.subscription)
        and (mute.channel is None or mute.channel == channel)
    )


def _muted(mute: Mute) -> str:
    until = mute.ends_at.astimezone(UTC)
    why = f": {mute.why}" if mute.why else ""
    return f"{MUTED} until {until:%Y-%m-%d %H:%M} UTC by {mute.who}{why}"
