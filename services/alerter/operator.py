"""Operator: what people do about messages: mute, acknowledge, send again."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.alerter.database import outbox, queries, silence
from services.alerter.database.connections import Database
from services.alerter.database.times import stamp
from services.alerter.delivery import SUPERSEDED, redeliver
from services.alerter.unknown import Kind, no_such
from services.common.clock import Clock
from services.common.config.configuration import Configuration
from services.common.contracts.delivery import Delivery, DeliveryKind, DeliveryState
from services.common.contracts.mute import Acknowledgement, Mute
from services.common.contracts.reading import Stage
from services.common.errors import KabarError
from services.common.ids import (
    ChannelId,
    CompanyId,
    DeliveryId,
    EventId,
    MuteId,
    SubscriptionId,
    mute_id,
)

REDELIVERED_AT_ONCE = 1_000
"""How many deliveries one request sends again at most."""


class UnknownTargetError(KabarError):
    """There is nothing with this id; the message says what."""


class ImpossibleActError(KabarError):
    """What was asked for can never be, such as an unknown name or an end that is over."""


class RefusedActError(KabarError):
    """It cannot be done to this one as it stands; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """What a mute names: everything that all of these which are set apply to."""

    company: str | None = None
    event: str | None = None
    subscription: str | None = None
    channel: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """Writes what people decide. `on_change` is called when something is due that was not before."""

    database: Database
    clock: Clock
    configuration: Callable[[], Configuration]
    on_change: Callable[[], None] = lambda: None

    async def mute(
        self, matter: Matter, *, until: datetime, who: str, why: str
    ) -> tuple[Mute, silence.HeldBack]:
        """Mute `matter`; return the mute and what it holds back.

        Raises:
            ImpossibleActError: it names nothing, or what there is not, its end is no more to come, or
                its words hold what no text may.
        """
        now = self.clock.now()
        named = (matter.company, matter.event, matter.subscription, matter.channel)
        if until <= now:
            raise ImpossibleActError("A mute ends in the future: say a later time.")
        if (unknown := await asyncio.to_thread(self._unknown, matter)) is not None:
            raise ImpossibleActError(unknown)
        if matter.event and not await self.database.read(queries.event_of, EventId(matter.event)):
            raise ImpossibleActError(f"There is no event {matter.event}.")
        try:
            one = Mute(
                id=mute_id(*(name or "" for name in named), now.isoformat(), until.isoformat()),
                company=CompanyId(matter.company) if matter.company else None,
                event=EventId(matter.event) if matter.event else None,
                subscription=SubscriptionId(matter.subscription) if matter.subscription else None,
                channel=ChannelId(matter.channel) if matter.channel else None,
                created_at=now,
                ends_at=until,
                who=who,
                why=why,
            )
        except ValueError as error:
            raise ImpossibleActError(str(error)) from error
        watchlist = self.configuration().watchlist
        return one, await self.database.write_now(silence.mute, one, watchlist=watchlist)

    def _unknown(self, matter: Matter) -> str | None:
        """Return that a mute names what is not in the configuration, None when all of it is."""
        now = self.configuration()
        known: tuple[tuple[Kind, str | None, Iterable[str]], ...] = (
            ("company", matter.company, now.watchlist.companies),
            ("subscription", matter.subscription, [one.id for one in now.subscriptions]),
            ("channel", matter.channel, [one.id for one in now.channels]),
        )
        for kind, name, names in known:
            if name and name not in names:
                return no_such(kind, name, names)
        return None

    async def unmute(self, name: str) -> None:
        """End a mute now.

        Raises:
            UnknownTargetError: none of this id holds.
        """
        if not await self.database.write_now(silence.unmute, MuteId(name), now=self.clock.now()):
            raise UnknownTargetError(f"There is no mute {name} that holds.")

    async def acknowledge(
        self, event: str, *, stage: str | None, who: str, note: str
    ) -> tuple[Acknowledgement, silence.HeldBack]:
        """Note that somebody has seen `event` at `stage`, at its present one unless told.

        Returns it with what it holds back.

        Raises:
            UnknownTargetError: there is no such event.
            ImpossibleActError: there is no such stage, or its words hold what no text may.
        """
        if stage and stage not in tuple(Stage):
            raise ImpossibleActError(f"There is no stage {stage}: write one of {', '.join(Stage)}.")
        found = await self.database.read(queries.event_as_it_is_now, EventId(event))
        if found is None:
            raise UnknownTargetError(f"There is no event {event}.")
        try:
            one = Acknowledgement(
                event=found.id,
                stage=Stage(stage) if stage else found.stage,
                at=self.clock.now(),
                who=who,
                note=note,
            )
        except ValueError as error:
            raise ImpossibleActError(str(error)) from error
        watchlist = self.configuration().watchlist
        return one, await self.database.write_now(silence.acknowledge, one, watchlist=watchlist)

    async def redeliver(self, name: str) -> Delivery:
        """Send a delivery again under its id, with the schedule from its start.

        Raises:
            UnknownTargetError: there is none of this id.
            RefusedActError: it is on its way, or was a test.
        """
        again = await self.database.write_now(_redeliver, DeliveryId(name), now=self.clock.now())
        self.on_change()
        return again

    async def redeliver_all(self, state: DeliveryState, *, since: datetime) -> Sequence[DeliveryId]:
        """Send again what is in `state` and was planned from `since` on, the oldest first; not what is
        superseded: another message carried it.

        Returns the ids, up to `REDELIVERED_AT_ONCE`: ask again for the rest.

        Raises:
            RefusedActError: what is in that state is on its way.
        """
        names = await self.database.write_now(
            _redeliver_all, state, since=since, now=self.clock.now()
        )
        self.on_change()
        return names


def _redeliver(connection: sqlite3.Connection, name: DeliveryId, *, now: datetime) -> Delivery:
    found = queries.delivery_of(connection, name)
    if found is None:
        raise UnknownTargetError(f"There is no delivery {name}.")
    try:
        again = redeliver(found, now=now)
    except ValueError as error:
        raise RefusedActError(str(error)) from error
    outbox.forget_silenced(connection, again.id)
    outbox.update(connection, again)
    return again


def _redeliver_all(
    connection: sqlite3.Connection, state: DeliveryState, *, since: datetime, now: datetime
) -> list[DeliveryId]:
    rows = connection.execute(
        "SELECT delivery_id FROM deliveries WHERE state = ? AND planned_at >= ? AND kind != ?"
        " AND note NOT LIKE ? ORDER BY place LIMIT ?",
        (state, stamp(since), DeliveryKind.TEST, f"{SUPERSEDED}: %", REDELIVERED_AT_ONCE),
    ).fetchall()
    names = [DeliveryId(name) for (name,) in rows]
    for name in names:
        _redeliver(connection, name, now=now)
    return names
