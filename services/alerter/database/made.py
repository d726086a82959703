"""Subscriptions made by API, page or command line: those of files are not in the database."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from services.alerter.database.times import moment, stamp
from services.alerter.database.told import UNTOLD_ALERT
from services.common.ids import SubscriptionId

Body = Mapping[str, Any]
"""A subscription with the keys of subscriptions.yml, as it was sent here."""

ACTIVITY_OVER = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """What a subscription was told lately: when last, and how often within thirty days."""

    last_alert_at: datetime | None
    alerts: int


def made_subscriptions(connection: sqlite3.Connection) -> list[Body]:
    """Return what was sent here, by id."""
    rows = connection.execute("SELECT record FROM subscriptions ORDER BY subscription_id")
    return [json.loads(record) for (record,) in rows]


def keep_subscription(
    connection: sqlite3.Connection, subscription: SubscriptionId, body: Body, *, now: datetime
) -> None:
    """Write `body` over what `subscription` was."""
    record = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
    connection.execute(
        "REPLACE INTO subscriptions VALUES (?, ?, ?)", (subscription, stamp(now), record)
    )


def remove_subscription(connection: sqlite3.Connection, subscription: SubscriptionId) -> None:
    """Take `subscription` out; what it was told stays."""
    connection.execute("DELETE FROM subscriptions WHERE subscription_id = ?", (subscription,))


def activity_of(
    connection: sqlite3.Connection, subscriptions: Iterable[SubscriptionId], *, now: datetime
) -> dict[SubscriptionId, Activity]:
    """Return what each of `subscriptions` was told lately; what was muted or paused is not counted."""
    since = stamp(now - ACTIVITY_OVER)
    untold = dict(connection.execute(_UNTOLD_SINCE, (since, since)).fetchall())
    found: dict[SubscriptionId, Activity] = {}
    for subscription in subscriptions:
        last, count = connection.execute(_LAST_AND_COUNT, (subscription, since)).fetchone()
        found[subscription] = Activity(
            last_alert_at=None if last is None else moment(last),
            alerts=count - untold.get(subscription, 0),
        )
    return found


# A message is planned after its alerts were decided, so those of thirty days ago need not be read.
_UNTOLD_SINCE = f"""
    SELECT subscription_id, count(*) FROM alerts WHERE at >= ? AND {UNTOLD_ALERT}
      AND alert_id IN (SELECT alert_id FROM deliveries JOIN delivery_alerts USING (delivery_id)
        WHERE state = 'suppressed' AND planned_at >= ?)
    GROUP BY subscription_id"""  # noqa: S608  own text

_LAST_AND_COUNT = f"""
    SELECT (SELECT at FROM alerts WHERE subscription_id = ?1 AND NOT ({UNTOLD_ALERT})
        ORDER BY at DESC LIMIT 1),
      (SELECT count(*) FROM alerts WHERE subscription_id = ?1 AND at >= ?2)"""  # noqa: S608  own text
