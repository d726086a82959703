"""Reckoned: times that a clock had reckoned before it was set back, reckoned anew.

A machine may start with a clock that is a year ahead. What waits for a time of that year would wait for a
year once the clock is right: a digest, the end of quiet hours, another try, a channel's wish.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Mapping
from datetime import datetime
from functools import cache, partial
from typing import NamedTuple

from services.alerter.database.connections import forget_kept
from services.alerter.database.lives import reckon_lives_again
from services.alerter.database.outages import forget_wishes
from services.alerter.database.outbox import WAITS, release_held_in_order
from services.alerter.database.times import stamp
from services.alerter.departure import leaves_at
from services.alerter.hours import next_digest_at
from services.common.contracts.delivery import DeliveryKind
from services.common.contracts.subscription import Send, Subscription
from services.common.ids import ChannelId, DeliveryId, SubscriptionId

Subscriptions = Mapping[SubscriptionId, Subscription]


def reckon_again(
    connection: sqlite3.Connection, subscriptions: Subscriptions, *, now: datetime
) -> Collection[ChannelId]:
    """Have what waits for a time that was reckoned later than `now` wait as from `now` on.

    What waited for its pace or another try goes at once, together where it was to go together; quiet
    hours and digests are those of `subscriptions`. Returns the channels whose wishes to be left alone
    are forgotten.
    """
    # Once for all that tell the same people: a night may hold many thousands.
    leaves = cache(partial(leaves_for, subscriptions=subscriptions, now=now))
    for one in _reckoned_ahead(connection, now=now):
        is_ahead = one.planned_at > stamp(now)
        until = leaves(one.channel, one.told) if one.is_quiet else now
        if until is None and not is_ahead:
            continue  # nobody says any more when it is quiet: it goes when it was to go
        begins = min(one.begins, stamp(until or now))
        if begins < one.begins or is_ahead:
            _begin(connection, one, begins, now=now)
    release_held_in_order(connection)
    _try_again(connection, now=now)
    _silence_again(connection, now=now)
    connection.execute("UPDATE threads SET edited_at = ?1 WHERE edited_at > ?1", (stamp(now),))
    _gather_again(connection, subscriptions, now=now)
    reckon_lives_again(connection, subscriptions.values(), now=now)
    changed = _forget_wishes(connection, now=now)
    # So that what a channel wishes from now on is not forgotten at the next start.
    connection.execute("UPDATE attempts SET at = ?1 WHERE at > ?1", (stamp(now),))
    return changed


class _Ahead(NamedTuple):
    """A delivery that waits, its times as the database has them; `told` are its subscriptions, as JSON."""

    name: DeliveryId
    channel: ChannelId
    held_until: int | None
    next_at: int
    planned_at: int
    told: str

    @property
    def is_quiet(self) -> bool:
        """Return whether quiet hours hold it."""
        return self.held_until == self.next_at

    @property
    def begins(self) -> int:
        """Return from when on it was to go, and its fallback's time counts."""
        return self.planned_at if self.held_until is None else self.held_until


def _reckoned_ahead(connection: sqlite3.Connection, *, now: datetime) -> list[_Ahead]:
    """Return what was planned later than now, and all that quiet hours hold: a digest counts as planned
    when its time came, and may have been held from a later one on.
    """
    rows = connection.execute(
        "SELECT delivery_id, channel_id, held_until, next_at, planned_at, iif(subscription_id <> '',"  # noqa: S608  own text
        "  json_array(subscription_id), (SELECT json_group_array(DISTINCT alerts.subscription_id)"
        "   FROM delivery_alerts JOIN alerts USING (alert_id) WHERE delivery_id = it.delivery_id))"
        f" FROM deliveries AS it WHERE {WAITS}"
        " AND (planned_at > ?1 OR (held_until > ?1 AND next_at = held_until))",
        (stamp(now),),
    ).fetchall()
    return [_Ahead(*row) for row in rows]


def leaves_for(
    channel: ChannelId, told: str, *, subscriptions: Subscriptions, now: datetime
) -> datetime | None:
    """Return when what is told through the channel may go; None where nobody is told that way now."""
    every = (send_of(subscriptions, SubscriptionId(name), channel) for name in json.loads(told))
    sends = [send for send in every if send is not None]
    return (leaves_at(sends, now=now) or now) if sends else None


def _begin(connection: sqlite3.Connection, one: _Ahead, begins: int, *, now: datetime) -> None:
    """Write that `one` begins then, sooner than it was to, and its fallback as much sooner."""
    connection.execute(
        "UPDATE deliveries SET planned_at = min(planned_at, ?1), next_at = min(next_at, ?2),"
        " held_until = min(held_until, ?2), fallback_at = fallback_at + ?3 WHERE delivery_id = ?4",
        (stamp(now), begins, begins - one.begins, one.name),
    )


def _try_again(connection: sqlite3.Connection, *, now: datetime) -> None:
    """Have tried now what failed later than now, and what never failed: it waits for nothing else."""
    connection.execute(
        f"UPDATE deliveries AS it SET next_at = ?1 WHERE {WAITS} AND state IN ('held', 'due')"  # noqa: S608  own text
        " AND next_at > ?1 AND next_at IS NOT held_until AND (failures = 0 OR EXISTS"
        " (SELECT 1 FROM attempts WHERE attempts.delivery_id = it.delivery_id AND at > ?1))",
        (stamp(now),),
    )


def _silence_again(connection: sqlite3.Connection, *, now: datetime) -> None:
    """Have what was muted and seen later than now be so from now on, for as long as it was to be."""
    connection.execute(
        "UPDATE mutes SET ends_at = ends_at - created_at + ?1, created_at = ?1 WHERE created_at > ?1",
        (stamp(now),),
    )
    connection.execute("UPDATE acknowledgements SET at = ?1 WHERE at > ?1", (stamp(now),))
    forget_kept(connection)


def _gather_again(
    connection: sqlite3.Connection, subscriptions: Subscriptions, *, now: datetime
) -> None:
    """Close now what was gathered later than now, with its group, and a digest at its next time.

    What exceeds the limit of an hour is gathered as a digest too, and its note says so.
    """
    connection.execute(
        "UPDATE gathered SET closes_at = ?1 WHERE (kind <> ?2 OR note <> '')"
        " AND (channel_id, kind, closes_at) IN"
        " (SELECT channel_id, kind, closes_at FROM gathered WHERE gathered_at > ?1)",
        (stamp(now), DeliveryKind.DIGEST),
    )
    digests = connection.execute(
        "SELECT DISTINCT subscription_id, channel_id FROM gathered"
        " WHERE kind = ? AND note = '' AND gathered_at > ?",
        (DeliveryKind.DIGEST, stamp(now)),
    ).fetchall()
    for subscription, channel in digests:
        send = send_of(subscriptions, subscription, channel)
        digest = None if send is None else send.digest
        at = now if digest is None else next_digest_at(digest, now=now)
        connection.execute(
            "UPDATE gathered SET closes_at = min(closes_at, ?) WHERE kind = ? AND note = ''"
            " AND gathered_at > ? AND subscription_id = ? AND channel_id = ?",
            (stamp(at), DeliveryKind.DIGEST, stamp(now), subscription, channel),
        )
    # A digest that is changed later goes after what it has was gathered.
    connection.execute("UPDATE gathered SET gathered_at = ?1 WHERE gathered_at > ?1", (stamp(now),))


def _forget_wishes(connection: sqlite3.Connection, *, now: datetime) -> list[ChannelId]:
    """Forget what channels wished for that were tried later than now; return those."""
    rows = connection.execute(
        "SELECT channel_id FROM channel_outages WHERE not_before IS NOT NULL AND EXISTS"
        " (SELECT 1 FROM attempts JOIN deliveries USING (delivery_id)"
        "  WHERE at > ? AND deliveries.channel_id = channel_outages.channel_id)",
        (stamp(now),),
    ).fetchall()
    for (channel,) in rows:
        forget_wishes(connection, channel)
    return [channel for (channel,) in rows]


def send_of(
    subscriptions: Subscriptions, subscription: SubscriptionId, channel: ChannelId
) -> Send | None:
    """Return how `subscription` is told through `channel`; None where it is not."""
    known = subscriptions.get(subscription)
    sends = () if known is None else known.sends
    return next((send for send in sends if send.to == channel), None)
