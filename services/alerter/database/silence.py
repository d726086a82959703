"""Mutes and acknowledgements: what people said is not to be told."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import UTC, datetime

from services.alerter.database import outbox
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
from services.common.ids import ChannelId, CompanyId, EventId, MuteId, SubscriptionId
from services.common.watchlist import Watchlist

_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_ON_ITS_WAY = (DeliveryState.HELD, DeliveryState.DUE, DeliveryState.UNKNOWN)


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


def mute(connection: sqlite3.Connection, one: Mute, *, watchlist: Watchlist) -> int:
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
) -> int:
    """Write an acknowledgement; return how many messages on their way it holds back."""
    connection.execute(
        "REPLACE INTO acknowledgements (event_id, stage, who, note, at) VALUES (?, ?, ?, ?, ?)",
        (one.event, one.stage, one.who, one.note, stamp(one.at)),
    )
    silence = Silence(acknowledgements=(one,))
    return _hold_back_silenced(connection, silence, watchlist=watchlist, now=one.at)


def hold_back_paused(
    connection: sqlite3.Connection, subscriptions: Iterable[Subscription], *, now: datetime
) -> int:
    """Suppress what waits for those of `subscriptions` that are paused; return how many messages."""
    pauses = {
        one.id: pause for one in subscriptions if (pause := pause_of(one, now=now)) is not None
    }
    if not pauses:
        return 0
    return _hold_back(connection, lambda told, _: pauses.get(told.alert.subscription), now=now)


def hold_back_removed(
    connection: sqlite3.Connection, name: SubscriptionId, *, now: datetime
) -> int:
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
) -> int:
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
) -> int:
    """Suppress what waits for a `reason`: whole messages, alerts of a message with others, and alerts that
    wait for one.
    """
    held_back = 0
    for delivery in outbox.deliveries_in(connection, _ON_ITS_WAY):
        told = outbox.what_it_tells(connection, delivery)
        silent = [(one, why) for one in told if (why := reason(one, delivery.channel)) is not None]
        if silent and len(silent) == len(told):
            outbox.update(connection, suppress(delivery, reason=silent[0][1]))
            held_back += 1
        elif silent:
            outbox.take_out(connection, delivery.id, [one.alert.id for one, _ in silent])
            for one, why in silent:
                alert = one.alert
                of = suppressed(alert.id, alert.subscription, delivery.channel, why, now)
                _keep_suppressed(connection, of)
            held_back += len(silent)
    for waiting in outbox.gathered_for(connection):
        of_it = _told(connection, waiting)
        if of_it is not None and (why := reason(of_it, waiting.channel)) is not None:
            outbox.ungather(connection, [waiting])
            of = suppressed(waiting.alert, waiting.subscription, waiting.channel, why, now)
            _keep_suppressed(connection, of)
            held_back += 1
    return held_back


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
