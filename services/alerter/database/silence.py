"""Mutes and acknowledgements: what people said is not to be told."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from services.alerter.database import gathered, outbox
from services.alerter.database.among import among
from services.alerter.database.connections import forget_kept, kept_by
from services.alerter.database.outbox import Told
from services.alerter.database.recent import recent
from services.alerter.database.times import moment, stamp
from services.alerter.delivery import suppress
from services.alerter.gathering import Gathered
from services.alerter.matching import followed_by
from services.alerter.suppression import REMOVED, Silence, pause_of, suppressed
from services.common.contracts.alert import Alert
from services.common.contracts.delivery import Delivery, DeliveryState
from services.common.contracts.event import EventChange
from services.common.contracts.mute import Acknowledgement, Mute
from services.common.contracts.reading import Stage
from services.common.contracts.subscription import Subscription
from services.common.ids import AlertId, ChannelId, CompanyId, EventId, MuteId, SubscriptionId
from services.common.watchlist import Watchlist

_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_ON_ITS_WAY = (DeliveryState.HELD, DeliveryState.DUE, DeliveryState.UNKNOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldBack:
    """How many messages that waited are held back, and how many are being sent right now: these may
    arrive, and are not tried again should they not.
    """

    waiting: int = 0
    leaving: int = 0


def mutes_kept(connection: sqlite3.Connection) -> tuple[Mute, ...]:
    """Return every mute, those that ended too, as the writer remembers them."""
    return kept_by(connection, _Mutes).every(connection)


def acknowledgements_among(
    connection: sqlite3.Connection, events: Collection[EventId]
) -> list[Acknowledgement]:
    """Return who has seen any of `events`, at which stage."""
    is_of_it, ids = among("event_id", events)
    rows = connection.execute(
        f"SELECT event_id, stage, who, note, at FROM acknowledgements WHERE {is_of_it}",  # noqa: S608  own text
        ids,
    )
    return [_acknowledgement(row) for row in rows]


def mutes_at(connection: sqlite3.Connection, *, now: datetime) -> tuple[Mute, ...]:
    """Return the mutes that hold, those that end first first."""
    rows = connection.execute(
        "SELECT mute_id, company_id, event_id, subscription_id, channel_id, created_at, ends_at,"
        " who, why FROM mutes WHERE ends_at > ? ORDER BY ends_at, mute_id",
        (stamp(now),),
    )
    return tuple(_mute(row) for row in rows)


class _Mutes:
    """Every mute, those that ended too: a few, asked for with every alert."""

    def __init__(self) -> None:
        self._every: tuple[Mute, ...] | None = None

    def every(self, connection: sqlite3.Connection) -> tuple[Mute, ...]:
        if self._every is None:
            self._every = mutes_at(connection, now=_BEGINNING)
        return self._every


def mute(connection: sqlite3.Connection, one: Mute, *, watchlist: Watchlist) -> HeldBack:
    """Write a mute; return how many messages that were on their way it holds back."""
    connection.execute(
        "REPLACE INTO mutes (mute_id, company_id, event_id, subscription_id, channel_id, ends_at,"
        " who, why, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            one.id,
            one.company or "",
            one.event or "",
            one.subscription or "",
            one.channel or "",
            stamp(one.ends_at),
            one.who,
            one.why,
            stamp(one.created_at),
        ),
    )
    forget_kept(connection)
    silence = Silence(mutes=(one,))
    return _hold_back_silenced(connection, silence, watchlist=watchlist, now=one.created_at)


def unmute(connection: sqlite3.Connection, name: MuteId, *, now: datetime) -> bool:
    """End a mute now; return False where none of this id holds. What it held back stays so."""
    ended = connection.execute(
        "UPDATE mutes SET ends_at = ? WHERE mute_id = ? AND ends_at > ?",
        (stamp(now), name, stamp(now)),
    )
    forget_kept(connection)
    return ended.rowcount == 1


def acknowledge(
    connection: sqlite3.Connection, one: Acknowledgement, *, watchlist: Watchlist
) -> HeldBack:
    """Write an acknowledgement; return how many messages on their way it holds back."""
    connection.execute(
        "REPLACE INTO acknowledgements (event_id, stage, who, note, at) VALUES (?, ?, ?, ?, ?)",
        (one.event, one.stage, one.who, one.note, stamp(one.at)),
    )
    silence = Silence(acknowledgements=(one,))
    return _hold_back_silenced(connection, silence, watchlist=watchlist, now=one.at)


def hold_back_paused(
    connection: sqlite3.Connection, subscriptions: Iterable[Subscription], *, now: datetime
) -> HeldBack:
    """Suppress what waits for those of `subscriptions` that are paused; return how many messages."""
    pauses = {
        one.id: pause for one in subscriptions if (pause := pause_of(one, now=now)) is not None
    }
    if not pauses:
        return HeldBack()
    return _hold_back(connection, lambda told, _: pauses.get(told.alert.subscription), now=now)


def hold_back_removed(
    connection: sqlite3.Connection, name: SubscriptionId, *, now: datetime
) -> HeldBack:
    """Suppress what waits for a subscription that somebody removed; return how many messages."""
    why = f"{REMOVED}: {name} was removed"
    return _hold_back(
        connection, lambda told, _: why if told.alert.subscription == name else None, now=now
    )


def acknowledgements_of(
    connection: sqlite3.Connection, event: EventId
) -> tuple[Acknowledgement, ...]:
    """Return who has seen an event, at which stage; in order."""
    rows = connection.execute(
        "SELECT event_id, stage, who, note, at FROM acknowledgements WHERE event_id = ? ORDER BY at",
        (event,),
    )
    return tuple(_acknowledgement(row) for row in rows)


def _hold_back_silenced(
    connection: sqlite3.Connection, silence: Silence, *, watchlist: Watchlist, now: datetime
) -> HeldBack:
    """Suppress what waits and `silence` covers."""

    def reason(told: Told, channel: ChannelId) -> str | None:
        event = told.change.event
        followed = followed_by(event, watchlist)
        return silence.reason(told.alert, event, channel=channel, followed=followed, now=now)

    return _hold_back(connection, reason, now=now)


def _hold_back(
    connection: sqlite3.Connection,
    reason: Callable[[Told, ChannelId], str | None],
    *,
    now: datetime,
) -> HeldBack:
    """Suppress what waits for a `reason`: whole messages, alerts of a message with others, and alerts that
    wait for one. Of what is being sent it is noted, for `hold_back_returned`.
    """
    waiting = leaving = 0
    for delivery in outbox.deliveries_in(connection, (*_ON_ITS_WAY, DeliveryState.SENDING)):
        told = outbox.what_it_tells(connection, delivery)
        silent = {
            one.alert.id: why for one in told if (why := reason(one, delivery.channel)) is not None
        }
        if silent and delivery.state is DeliveryState.SENDING:
            outbox.note_silenced(connection, delivery.id, silent)
            leaving += 1
        elif silent:
            waiting += _hold_back_of(connection, delivery, silent, now=now)
    for one in gathered.waiting_for(connection):
        of_it = _told(connection, one)
        if of_it is not None and (why := reason(of_it, one.channel)) is not None:
            gathered.forget(connection, [one])
            of = suppressed(one.alert, one.subscription, one.channel, why, now)
            _keep_suppressed(connection, of)
            waiting += 1
    return HeldBack(waiting=waiting, leaving=leaving)


def hold_back_returned(
    connection: sqlite3.Connection, delivery: Delivery, *, now: datetime
) -> None:
    """Suppress what somebody silenced of `delivery` while it was being sent, where that did not arrive and
    would be tried again. Of what is dead it stays noted: no fallback tells it.
    """
    if delivery.state is DeliveryState.DEAD:
        return
    silent = outbox.silenced_meanwhile(connection, delivery.id)
    if silent:
        outbox.forget_silenced(connection, delivery.id)
    if silent and delivery.state in _ON_ITS_WAY:
        _hold_back_of(connection, delivery, silent, now=now)


def _hold_back_of(
    connection: sqlite3.Connection,
    delivery: Delivery,
    silent: Mapping[AlertId, str],
    *,
    now: datetime,
) -> int:
    """Suppress the `silent` alerts of a message that waits, each for its reason; return how many messages
    that is: the whole one where it has no others.
    """
    if len(silent) == len(delivery.alerts):
        why = next(iter(silent.values()))
        outbox.update(connection, suppress(delivery, reason=why))
        return 1
    outbox.take_out(connection, delivery.id, silent)
    subscriptions = outbox.subscriptions_of(connection, silent)
    for alert, why in silent.items():
        of = suppressed(alert, subscriptions[alert], delivery.channel, why, now)
        _keep_suppressed(connection, of)
    return len(silent)


def _keep_suppressed(connection: sqlite3.Connection, one: Delivery) -> None:
    """Write `one`; why it is not told now stands before that another message was to carry it."""
    if not outbox.keep_deliveries(connection, [one]):
        connection.execute(
            "UPDATE deliveries SET note = ? WHERE delivery_id = ? AND state = ?",
            (one.note, one.id, DeliveryState.SUPPRESSED),
        )


def _told(connection: sqlite3.Connection, one: Gathered) -> Told | None:
    row = connection.execute(
        "SELECT alerts.record, event_changes.record FROM alerts"
        " JOIN event_changes ON seq = change_seq WHERE alert_id = ?",
        (one.alert,),
    ).fetchone()
    if row is None:
        return None
    return Told(alert=recent.decoded(Alert, row[0]), change=recent.decoded(EventChange, row[1]))


def _mute(row: Sequence[str | int]) -> Mute:
    name, company, event, subscription, channel, created_at, ends_at, who, why = row
    return Mute(
        id=MuteId(str(name)),
        company=CompanyId(str(company)) if company else None,
        event=EventId(str(event)) if event else None,
        subscription=SubscriptionId(str(subscription)) if subscription else None,
        channel=ChannelId(str(channel)) if channel else None,
        created_at=moment(int(created_at)),
        ends_at=moment(int(ends_at)),
        who=str(who),
        why=str(why),
    )


def _acknowledgement(row: Sequence[str | int]) -> Acknowledgement:
    event, stage, who, note, at = row
    return Acknowledgement(
        event=EventId(str(event)),
        stage=Stage(str(stage)),
        at=moment(int(at)),
        who=str(who),
        note=str(note),
    )
