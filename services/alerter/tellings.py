"""Tellings: what deliveries told, in the sentences of their messages."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from services.alerter.database import queries
from services.alerter.render.message import as_told, each_once
from services.alerter.render.sentence import sentence
from services.common.contracts.alert import Alert
from services.common.contracts.codec import decode
from services.common.contracts.delivery import Delivery, DeliveryState
from services.common.contracts.event import Event, EventChange
from services.common.ids import AlertId, ChannelId, DeliveryId, EventId, SubscriptionId
from services.common.watchlist import Watchlist

MOST_TOLD = 20
"""So many alerts of one delivery are put into words: a catch-up has thousands, a list many of them."""

TOLD_AT_ONCE = 3
"""So many of them a list shows; the rest is folded away or counted."""

SHOWN_CODE_POINTS = 200
"""Where a list cuts a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What a delivery told of an event; `sentence` is None where the event is no longer kept."""

    alert: AlertId
    event: EventId
    sentence: str | None


Tellings = dict[DeliveryId, tuple[Telling, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldPage:
    """A page of deliveries, and what each of them told."""

    page: queries.DeliveriesPage
    tellings: Tellings


def told_page(
    connection: sqlite3.Connection,
    *,
    watchlist: Watchlist,
    state: DeliveryState | None = None,
    subscription: SubscriptionId | None = None,
    channel: ChannelId | None = None,
    limit: int = queries.DEFAULT_PAGE,
    before: int | None = None,
) -> ToldPage:
    """Return the page that `queries.deliveries_page` gives, with what its deliveries told."""
    page = queries.deliveries_page(
        connection,
        state=state,
        subscription=subscription,
        channel=channel,
        limit=limit,
        before=before,
    )
    return ToldPage(
        page=page, tellings=tellings_of(connection, page.deliveries, watchlist=watchlist)
    )


def told_alone(
    connection: sqlite3.Connection, delivery: DeliveryId, *, watchlist: Watchlist
) -> ToldPage:
    """Return a page of one delivery, or an empty one where there is none of this id."""
    found = queries.delivery_of(connection, delivery)
    page = queries.DeliveriesPage(deliveries=() if found is None else (found,), next=None)
    return ToldPage(
        page=page, tellings=tellings_of(connection, page.deliveries, watchlist=watchlist)
    )


def tellings_of(
    connection: sqlite3.Connection, deliveries: Iterable[Delivery], *, watchlist: Watchlist
) -> Tellings:
    """Return what each delivery told, in its order: of its first `MOST_TOLD` alerts.

    Each change once, as in the message. Companies have the names that they have in `watchlist`.
    """
    return {
        delivery.id: tuple(
            Telling(
                alert=alert.id,
                event=alert.event,
                sentence=None
                if event is None
                else sentence(as_told(alert, event), watchlist=watchlist, reason=alert.reason),
            )
            for alert, event in each_once(_told(connection, delivery))
        )
        for delivery in deliveries
    }


def _told(
    connection: sqlite3.Connection, delivery: Delivery
) -> list[tuple[int, Alert, Event | None]]:
    """Return alerts with the numbers of their changes and their events as they stood then.

    Where the change is not kept, its event is as it stands now; None where that is not kept either.
    """
    rows = connection.execute(
        "SELECT alerts.record, event_changes.record FROM delivery_alerts"
        " JOIN alerts USING (alert_id) LEFT JOIN event_changes ON seq = change_seq"
        " WHERE delivery_id = ? ORDER BY number LIMIT ?",
        (delivery.id, MOST_TOLD),
    ).fetchall()
    told = []
    for record, change in rows:
        alert = decode(Alert, record)
        event = (
            queries.event_of(connection, alert.event)
            if change is None
            else decode(EventChange, change).event
        )
        told.append((alert.change_seq, alert, event))
    return told
