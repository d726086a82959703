"""Sending: claiming one message, and writing what became of it, each in one transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from services.alerter.database.divided import divide
from services.alerter.database.outages import (
    Outage,
    catch_up_with,
    forget_outage,
    forget_wishes,
    keep_outage,
    with_what_some_have,
)
from services.alerter.database.outbox import (
    Told,
    deliveries_in,
    hurry,
    keep_deliveries,
    next_of,
    note_partial,
    spare_the_last_tries,
    update,
    what_it_tells,
)
from services.alerter.database.queries import delivery_of
from services.alerter.database.quiet import QuietHours, hold_while_quiet
from services.alerter.database.reached import forget_reached
from services.alerter.database.silence import hold_back_returned
from services.alerter.database.threads import KnownThread, keep_thread, thread_of
from services.alerter.database.times import stamp
from services.alerter.delivery import ChannelVerdict, Settlement, claim, lose, notice, resend
from services.common.contracts.delivery import Delivery, DeliveryState
from services.common.ids import ChannelId, SubscriptionId


class Stopped(StrEnum):
    """Why nothing goes to a channel."""

    PAUSED = "paused"
    """Its key was refused; its deliveries wait for a restart, a new configuration or a test it takes."""
    DISABLED = "disabled"
    """It wants nothing any more; its deliveries are dead until a restart or a new configuration."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoppedChannel:
    """A channel to which nothing goes for now, with the reason for people."""

    state: Stopped
    reason: str
    configured: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A message that is ours to send until its lease runs out, with what it tells.

    `thread` is where the channel told of it before, as it was configured then.
    """

    delivery: Delivery
    told: tuple[Told, ...]
    thread: KnownThread | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Aftermath:
    """What follows a try: `configured` is the hash of the channel's configuration; with
    `has_recovered`, what waits for its next try is tried at once, in order; with `goes_on`, the
    channel's next message is claimed; `told` is what the message tells. `outage` is what stands of the
    channel's outage now, the `earlier` one what stood before. `fallbacks` are the channels that stand
    in for it, each with a subscription that says so: through them the operator hears of a channel that
    is stopped.
    """

    configured: str
    has_recovered: bool
    goes_on: bool
    told: tuple[Told, ...] = ()
    is_single: bool = False
    outage: Outage | None = None
    earlier: Outage | None = None
    fallbacks: Mapping[ChannelId, SubscriptionId] = field(default_factory=dict)
    quiet: QuietHours | None = None


def claim_next(
    connection: sqlite3.Connection,
    channel: ChannelId,
    *,
    now: datetime,
    outage: Outage | None = None,
    is_single: bool = False,
    quiet: QuietHours | None = None,
) -> Claimed | None:
    """Return the channel's next message as claimed; None when none is to be tried now.

    What waited when `quiet` hours began waits until they end. After a long `outage` that is all that waits, in
    one message; with `is_single` one for each subscription. What some of the channel's people wait for goes along with what follows on its events.
    """
    waiting = _next_that_may_leave(connection, channel, quiet, now=now)
    if waiting is None:
        return None
    if outage is not None and outage.is_long(now=now):
        if catch_up_with(connection, channel, outage, is_single=is_single, now=now):
            waiting = _next_that_may_leave(connection, channel, quiet, now=now)
        if waiting is None:
            return None
    delivery = claim(with_what_some_have(connection, waiting, now=now), now=now)
    update(connection, delivery)
    told = what_it_tells(connection, delivery)
    return Claimed(delivery=delivery, told=told, thread=thread_of(connection, delivery, told))


def _next_that_may_leave(
    connection: sqlite3.Connection,
    channel: ChannelId,
    quiet: QuietHours | None,
    *,
    now: datetime,
) -> Delivery | None:
    while (waiting := next_of(connection, channel, now=now)) is not None:
        if quiet is None or not hold_while_quiet(connection, waiting, quiet, now=now):
            return waiting
    return None


def settle_and_claim(
    connection: sqlite3.Connection, settlement: Settlement, aftermath: Aftermath, *, now: datetime
) -> Claimed | None:
    """Write what became of a message and what that means for its channel; claim the next one.

    One transaction for both: claiming costs no wait for the disk of its own.
    """
    delivery = settlement.delivery
    if settlement.is_too_large and (claimed := delivery_of(connection, delivery.id)):
        divide(connection, claimed, aftermath.told, now=now)
    update(connection, delivery)
    note_partial(connection, delivery.id, is_partial=settlement.is_partial)
    if delivery.state is DeliveryState.SENT:
        forget_reached(connection, delivery)
    hold_back_returned(connection, delivery, now=now)
    if settlement.handle is not None:
        keep_thread(
            connection,
            delivery,
            aftermath.told,
            handle=settlement.handle,
            configured=aftermath.configured,
            now=now,
        )
    _note_outage(connection, delivery.channel, aftermath, now=now)
    if aftermath.has_recovered:
        hurry(connection, delivery.channel, now=now)
    if settlement.channel is not ChannelVerdict.KEEP:
        _stop_channel(connection, settlement, aftermath, now=now)
    if not aftermath.goes_on:
        return None
    return claim_next(
        connection,
        delivery.channel,
        now=now,
        outage=aftermath.outage,
        is_single=aftermath.is_single,
        quiet=aftermath.quiet,
    )


def _note_outage(
    connection: sqlite3.Connection, channel: ChannelId, aftermath: Aftermath, *, now: datetime
) -> None:
    """Write that the channel is down, or that it is back; then what waited for long goes as one."""
    outage, earlier = aftermath.outage, aftermath.earlier
    if outage is not None and outage != earlier:
        keep_outage(connection, channel, outage)
    if outage is None and earlier is not None:
        forget_outage(connection, channel)
        if earlier.is_long(now=now):
            catch_up_with(connection, channel, earlier, is_single=aftermath.is_single, now=now)


def _stop_channel(
    connection: sqlite3.Connection, settlement: Settlement, aftermath: Aftermath, *, now: datetime
) -> None:
    delivery = settlement.delivery
    is_paused = settlement.channel is ChannelVerdict.PAUSE
    state = Stopped.PAUSED if is_paused else Stopped.DISABLED
    reason = delivery.attempts[-1].reason if delivery.attempts else ""
    connection.execute(
        "REPLACE INTO channel_states VALUES (?, ?, ?, ?, ?)",
        (delivery.channel, state, reason, stamp(now), aftermath.configured),
    )
    rest = (
        "Its messages wait until its configuration is mended or a test of it passes."
        if is_paused
        else "It gets nothing more until its configuration changes or a test of it passes."
    )
    text = f"The channel {delivery.channel} is {state}: {reason.rstrip('.')}. {rest}"
    keep_deliveries(
        connection,
        [
            notice(text, of=delivery.channel, to=fallback, subscription=subscription, now=now)
            for fallback, subscription in aftermath.fallbacks.items()
        ],
    )


def heal(
    connection: sqlite3.Connection,
    *,
    now: datetime,
    repeat_safe: Collection[ChannelId] = (),
    held: Collection[ChannelId] = (),
) -> int:
    """Put right what a dead process left behind; return how many messages it was sending.

    Only the active alerter sends, so at its start whatever is `sending` belongs to nobody. Those
    messages are sent again under the same id, with a note that they may be there already where the
    channel is not `repeat_safe`. Those of `held` channels stay unknown until somebody decides.
    """
    for delivery in deliveries_in(connection, {DeliveryState.SENDING}):
        lost = lose(delivery, now=now)
        update(connection, lost)
        hold_back_returned(connection, lost, now=now)
    unknown = deliveries_in(connection, {DeliveryState.UNKNOWN})
    for delivery in unknown:
        if delivery.channel not in held:
            is_safe = delivery.channel in repeat_safe
            update(connection, resend(delivery, now=now, is_repeat_safe=is_safe))
    return len(unknown)


def resume_all(connection: sqlite3.Connection) -> None:
    """Let every channel be tried again at a start: what mended it may stand in a file for secrets."""
    connection.execute("DELETE FROM channel_states")


def resume(connection: sqlite3.Connection, changed: Iterable[ChannelId], *, now: datetime) -> None:
    """Let paused channels be tried again: a new configuration may have mended them. Those that `changed`
    are open whatever closed them.
    """
    connection.execute("DELETE FROM channel_states WHERE state = ?", (Stopped.PAUSED,))
    for channel in changed:
        reopen(connection, channel, now=now)


def reopen(connection: sqlite3.Connection, channel: ChannelId, *, now: datetime) -> None:
    """Have tried at once what waits for a channel that is another one now, or takes messages again.

    Whoever tests a channel time and again while it takes nothing else ends no schedule with it.
    """
    connection.execute("DELETE FROM channel_states WHERE channel_id = ?", (channel,))
    forget_wishes(connection, channel)
    spare_the_last_tries(connection, channel)
    hurry(connection, channel, now=now)


def stopped_channels(
    connection: sqlite3.Connection, configured: Mapping[ChannelId, str]
) -> dict[ChannelId, StoppedChannel]:
    """Return the channels to which nothing goes, as far as they are still configured the same.

    `configured` has the hash of each channel's present configuration.
    """
    rows = connection.execute("SELECT channel_id, state, reason, configured FROM channel_states")
    return {
        ChannelId(channel): StoppedChannel(state=Stopped(state), reason=reason, configured=then)
        for channel, state, reason, then in rows
        if configured.get(ChannelId(channel)) == then
    }
