"""Proofs of life: when each is to be looked at next, and what was told and read in the week before."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.alerter.database.outbox import keep_deliveries
from services.alerter.database.silence import mutes_at
from services.alerter.database.times import moment, stamp
from services.alerter.hours import next_weekly_at, quiet_until
from services.alerter.suppression import pause_of
from services.common.contracts.delivery import Delivery, DeliveryKind, DeliveryState
from services.common.contracts.subscription import Digest, Send, Subscription, WhenEmpty
from services.common.ids import ChannelId, SubscriptionId, delivery_id

WEEK = timedelta(days=7)

Sends = Mapping[tuple[SubscriptionId, ChannelId], tuple[Subscription, Send, Digest]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """What was read in the last week."""

    stories: int


def weekly_sends(subscriptions: Iterable[Subscription]) -> Sends:
    """Return the sends whose digest says once a week that there was nothing."""
    return {
        (subscription.id, send.to): (subscription, send, send.digest)
        for subscription in subscriptions
        for send in subscription.sends
        if send.digest is not None and send.digest.empty is WhenEmpty.WEEKLY
    }


def first_at(connection: sqlite3.Connection, sends: Sends) -> datetime | None:
    """Return when one of `sends` is to be looked at next; None where one has no time yet."""
    times = _times(connection)
    if not sends or not times.keys() >= sends.keys():
        return None
    return min(times[key] for key in sends)


def plan_lives(
    connection: sqlite3.Connection,
    sends: Sends,
    *,
    said: Callable[[Week], str],
    now: datetime,
) -> datetime | None:
    """Plan the proofs of life that are due; return when to look again, None for never.

    A send that is new here is looked at first when its week ends: nothing is said of a time in which
    nobody watched.
    """
    times = _times(connection)
    week = _week(connection, now=now)
    for key, (subscription, send, digest) in sends.items():
        at = times.get(key)
        if at is not None and at > now:
            continue
        is_silent = at is not None and _was_silent(connection, *key, now=now)
        if at is not None and is_silent and _may_go(connection, subscription, send, now=now):
            keep_deliveries(connection, [_life(key, send, at, said(week), now)])
        following = next_weekly_at(digest, now=now)
        connection.execute("REPLACE INTO proofs_of_life VALUES (?, ?, ?)", (*key, stamp(following)))
    for key in times.keys() - sends.keys():
        connection.execute(
            "DELETE FROM proofs_of_life WHERE subscription_id = ? AND channel_id = ?", key
        )
    return first_at(connection, sends)


def reckon_lives_again(
    connection: sqlite3.Connection, subscriptions: Iterable[Subscription], *, now: datetime
) -> None:
    """Look at each no later than its next week begins: a clock that was set back reckoned otherwise."""
    connection.executemany(
        "UPDATE proofs_of_life SET next_at = min(next_at, ?)"
        " WHERE subscription_id = ? AND channel_id = ?",
        [
            (stamp(next_weekly_at(digest, now=now)), *key)
            for key, (_, _, digest) in weekly_sends(subscriptions).items()
        ],
    )


def _times(
    connection: sqlite3.Connection,
) -> dict[tuple[SubscriptionId, ChannelId], datetime]:
    rows = connection.execute("SELECT subscription_id, channel_id, next_at FROM proofs_of_life")
    return {(SubscriptionId(name), ChannelId(to)): moment(at) for name, to, at in rows}


def _week(connection: sqlite3.Connection, *, now: datetime) -> Week:
    (stories,) = connection.execute(
        "SELECT count(*) FROM readings WHERE read_at > ? AND read_at <= ?",
        (stamp(now - WEEK), stamp(now)),
    ).fetchone()
    return Week(stories=stories)


def _was_silent(
    connection: sqlite3.Connection,
    subscription: SubscriptionId,
    channel: ChannelId,
    *,
    now: datetime,
) -> bool:
    """Return whether nothing with an alert was planned for the send in the last week. What a clock that
    was ahead planned later than now was not.
    """
    # CROSS: from the deliveries of a week, not from all that the subscription was ever told.
    (is_told,) = connection.execute(
        "SELECT EXISTS (SELECT 1 FROM deliveries CROSS JOIN delivery_alerts USING (delivery_id)"
        " CROSS JOIN alerts USING (alert_id) WHERE planned_at > ? AND planned_at <= ? AND channel_id = ?"
        " AND alerts.subscription_id = ? AND state <> 'suppressed')",
        (stamp(now - WEEK), stamp(now), channel, subscription),
    ).fetchone()
    (is_waiting,) = connection.execute(
        "SELECT EXISTS (SELECT 1 FROM gathered WHERE channel_id = ? AND subscription_id = ?)",
        (channel, subscription),
    ).fetchone()
    return not is_told and not is_waiting


def _may_go(
    connection: sqlite3.Connection, subscription: Subscription, send: Send, *, now: datetime
) -> bool:
    """Return whether the subscription is neither paused nor muted as a whole."""
    is_muted = any(
        mute.company is None
        and mute.event is None
        and mute.subscription in {None, subscription.id}
        and mute.channel in {None, send.to}
        for mute in mutes_at(connection, now=now)
    )
    return not is_muted and pause_of(subscription, now=now) is None


def _life(
    key: tuple[SubscriptionId, ChannelId], send: Send, at: datetime, text: str, now: datetime
) -> Delivery:
    subscription, channel = key
    quiet = quiet_until(send.quiet, now=now) if send.quiet else None
    return Delivery(
        id=delivery_id(channel, DeliveryKind.PROOF_OF_LIFE, subscription, at.isoformat()),
        channel=channel,
        kind=DeliveryKind.PROOF_OF_LIFE,
        state=DeliveryState.DUE if quiet is None else DeliveryState.HELD,
        subscriptions=(subscription,),
        alerts=(),
        planned_at=at,
        next_at=quiet or at,
        note=text,
    )
