"""What telling reads and leaves: alerts, the messages that carry them, and what people had seen.

A batch of changes is laid out with one statement a table, told in memory, and written at its end.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.alerter.database import gathered, outbox, silence
from services.alerter.database.among import among
from services.alerter.database.recent import recent
from services.alerter.database.told import UNTOLD_ALERT, keep_alerts
from services.alerter.gathering import Gathered
from services.alerter.planning import Plan
from services.alerter.suppression import UNTOLD, Silence
from services.common.contracts.alert import Alert
from services.common.contracts.codec import encode
from services.common.contracts.delivery import Delivery, DeliveryState
from services.common.contracts.event import Event, EventChange
from services.common.contracts.mute import Acknowledgement
from services.common.ids import AlertId, ChannelId, DeliveryId, EventId, SubscriptionId


@dataclass(slots=True)
class _Decided:
    """An alert, and whether nobody was told of it, since somebody muted it or it came in a pause."""

    alert: Alert
    is_untold: bool = False


class ToldBatch:
    """What a batch of changes has to see and what is told of it, in one transaction.

    It answers as the file would if everything were written at once; `write` writes it.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._decided: dict[EventId, dict[AlertId, _Decided]] = {}
        self._seen: dict[EventId, list[Acknowledgement]] = {}
        self._alerts: list[Alert] = []
        # What they tell: it may not be written yet.
        self._changes: dict[AlertId, EventChange] = {}
        self._deliveries: list[Delivery] = []
        self._gathered: list[Gathered] = []
        self._overtaken: list[Gathered] = []
        # Messages that may overtake what quiet hours hold.
        self._following: list[tuple[Delivery, tuple[EventId, ...]]] = []
        # What was planned before, of the channels that were asked for, from a time on.
        self._planned: dict[ChannelId, tuple[datetime, dict[DeliveryId, Delivery]]] = {}
        self._waiting: dict[ChannelId, dict[AlertId, Gathered]] = {}

    def lay_out(self, events: Iterable[EventId]) -> None:
        """Read what was told of `events` and is not known yet."""
        asked = [event for event in events if event not in self._decided]
        if not asked:
            return
        self._decided.update((event, {}) for event in asked)
        is_asked, ids = among("event_id", asked)
        rows = self._connection.execute(
            f"SELECT record, {UNTOLD_ALERT} FROM alerts WHERE {is_asked}"  # noqa: S608  own text
            " ORDER BY change_seq, alert_id",
            ids,
        )
        for record, is_untold in rows:
            alert = recent.decoded(Alert, record)
            self._decided[alert.event][alert.id] = _Decided(alert, bool(is_untold))
        for one in silence.acknowledgements_among(self._connection, asked):
            self._seen.setdefault(one.event, []).append(one)

    def told_of(self, event: Event) -> dict[SubscriptionId, list[Alert]]:
        """Return the alerts so far of `event` and of those it absorbed, in order, by subscription.

        What was muted or came during a pause was told to nobody: it is left out.
        """
        alerts = [one.alert for one in self._of(event) if not one.is_untold]
        if event.absorbed:
            alerts.sort(key=lambda alert: (alert.change_seq, alert.id))
        told: dict[SubscriptionId, list[Alert]] = {}
        for alert in alerts:
            told.setdefault(alert.subscription, []).append(alert)
        return told

    def keep(self, alerts: Iterable[Alert], *, change: EventChange) -> list[Alert]:
        """Take in `alerts` of laid-out events, which tell `change`; return the new ones, which alone may
        be planned.
        """
        new: list[Alert] = []
        for alert in alerts:
            decided = self._decided[alert.event]
            if alert.id not in decided:
                decided[alert.id] = _Decided(alert)
                new.append(alert)
        self._alerts += new
        self._changes.update((alert.id, change) for alert in new)
        return new

    def sizes_told(self, alerts: Sequence[AlertId]) -> dict[AlertId, int]:
        """Return how large each of `alerts` is in a message, as `outbox.sizes_told` does."""
        new = [name for name in alerts if name in self._changes]
        new.sort(key=lambda name: self._changes[name].seq)
        written = [name for name in alerts if name not in self._changes]
        sizes = outbox.sizes_told(self._connection, written)
        return sizes | {name: len(encode(self._changes[name])) for name in new}

    def silence_of(self, event: Event, *, now: datetime) -> Silence:
        """Return the mutes that hold now and the acknowledgements of `event`."""
        ids = (event.id, *event.absorbed)
        self.lay_out(ids)
        return Silence(
            mutes=[one for one in silence.mutes_kept(self._connection) if one.ends_at > now],
            acknowledgements=[one for name in ids for one in self._seen.get(name, ())],
        )

    def planned_since(self, channels: Collection[ChannelId], *, since: datetime) -> list[Delivery]:
        """Return what was planned for `channels` after `since`, of each in order."""
        for channel in channels:
            known = self._planned.get(channel)
            if known is None or since < known[0]:
                found = outbox.planned_since(self._connection, {channel}, since=since)
                by_id = {delivery.id: delivery for delivery in found}
                self._planned[channel] = (since, by_id)
                for delivery in self._deliveries:
                    self._plan(delivery)
        return [
            delivery
            for channel in channels
            for delivery in self._planned[channel][1].values()
            if delivery.planned_at > since
        ]

    def gathered_for(self, channels: Collection[ChannelId]) -> list[Gathered]:
        """Return what waits for a later message to `channels`."""
        for channel in channels:
            if channel not in self._waiting:
                found = gathered.waiting_for(self._connection, {channel})
                self._waiting[channel] = {one.alert: one for one in found}
                for one in self._gathered:
                    self._gather(one)
        return [one for channel in channels for one in self._waiting[channel].values()]

    def keep_plan(self, plan: Plan, *, event: Event, is_first: bool) -> None:
        """Take in messages and what waits for one, of kept alerts of `event`.

        Nothing was told of it before to any of them where this `is_first`.
        """
        ids = (event.id, *event.absorbed)
        for one in plan.overtaken:
            self._ungather(one)
        self._deliveries += plan.deliveries
        self._gathered += plan.gathered
        for delivery in plan.deliveries:
            self._plan(delivery)
            if not is_first:
                self._following.append((delivery, ids))
        for one in plan.gathered:
            self._gather(one)
        if any(one.state is DeliveryState.SUPPRESSED for one in plan.deliveries):
            self._note_untold(plan, self._decided[event.id])

    def write(self) -> None:
        """Write everything."""
        keep_alerts(self._connection, self._alerts)
        outbox.keep_deliveries(self._connection, self._deliveries)
        for delivery, events in self._following:
            outbox.release_overtaken(self._connection, delivery, events)
        gathered.forget(self._connection, self._overtaken)
        gathered.keep(self._connection, self._gathered)
        self._alerts.clear()
        self._changes.clear()
        self._deliveries.clear()
        self._following.clear()
        self._overtaken.clear()
        self._gathered.clear()

    def _of(self, event: Event) -> list[_Decided]:
        ids = (event.id, *event.absorbed)
        self.lay_out(ids)
        return [one for name in ids for one in self._decided[name].values()]

    def _plan(self, delivery: Delivery) -> None:
        if (known := self._planned.get(delivery.channel)) is not None:
            known[1].setdefault(delivery.id, delivery)

    def _ungather(self, one: Gathered) -> None:
        self._waiting.get(one.channel, {}).pop(one.alert, None)
        if one in self._gathered:
            self._gathered.remove(one)
        else:
            self._overtaken.append(one)

    def _gather(self, one: Gathered) -> None:
        if (known := self._waiting.get(one.channel)) is not None:
            known.setdefault(one.alert, one)

    @staticmethod
    def _note_untold(plan: Plan, decided: Mapping[AlertId, _Decided]) -> None:
        """Note of whose alerts a plan tells nobody."""
        told = {one.alert for one in plan.gathered}
        untold: set[AlertId] = set()
        for delivery in plan.deliveries:
            if delivery.state is not DeliveryState.SUPPRESSED:
                told.update(delivery.alerts)
            elif delivery.note.startswith(UNTOLD):
                untold.update(delivery.alerts)
        for alert in untold - told:
            decided[alert].is_untold = True
