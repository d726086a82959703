"""Subscriptions made by API, page or command line: those of files are not in the database."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from services.alerter.database.times import moment, stamp
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
    """Return what each of `subscriptions` was told lately."""
    since = stamp(now - ACTIVITY_OVER)
    found: dict[SubscriptionId, Activity] = {}
    for subscription in subscriptions:
        last, count = connection.execute(
            "SELECT (SELECT max(at) FROM alerts WHERE subscription_id = ?1),"
            " (SELECT count(*) FROM alerts WHERE subscription_id = ?1 AND at >= ?2)",
            (subscription, since),
        ).fetchone()
        found[subscription] = Activity(
            last_alert_at=None if last is None else moment(last), alerts=count
        )
    return found
