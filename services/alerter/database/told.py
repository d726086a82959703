"""Alerts: what was decided to be told, to whom."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from services.alerter.database.recent import recent
from services.alerter.database.times import stamp
from services.alerter.suppression import UNTOLD
from services.common.contracts.alert import Alert
from services.common.contracts.event import EventChange
from services.common.ids import SubscriptionId


def told_to(
    connection: sqlite3.Connection, subscription: SubscriptionId, *, most: int = 300
) -> list[tuple[Alert, EventChange]]:
    """Return what a subscription was told last with the changes that say it, newest first.

    What was muted or came during a pause was told to nobody: it is left out.
    """
    rows = connection.execute(
        "SELECT alerts.record, event_changes.record FROM alerts"  # noqa: S608  own text
        " JOIN event_changes ON seq = change_seq"
        f" WHERE subscription_id = ? AND NOT ({UNTOLD_ALERT}) ORDER BY alerts.at DESC, change_seq DESC LIMIT ?",
        (subscription, most),
    )
    return [
        (recent.decoded(Alert, alert), recent.decoded(EventChange, change))
        for alert, change in rows
    ]


def keep_alerts(connection: sqlite3.Connection, alerts: Iterable[Alert]) -> None:
    """Write `alerts`, those that were not there before."""
    connection.executemany(
        "INSERT OR IGNORE INTO alerts VALUES (?, ?, ?, ?, ?, ?)",
        [
            (
                alert.id,
                alert.subscription,
                alert.event,
                alert.change_seq,
                stamp(alert.at),
                recent.encoded(alert),
            )
            for alert in alerts
        ],
    )


def untold_alert(database: str) -> str:
    """Return SQL: all messages of an alert are suppressed, one of them for a reason by which nobody was
    told. `database` is the one of the connection in which they stand.
    """
    reasons = " OR ".join(f"note LIKE '{reason}%'" for reason in UNTOLD)
    messages = f"{database}.delivery_alerts JOIN {database}.deliveries USING (delivery_id)"
    return f"""
    EXISTS (SELECT 1 FROM {messages}
      WHERE delivery_alerts.alert_id = alerts.alert_id AND state = 'suppressed' AND ({reasons}))
    AND NOT EXISTS (SELECT 1 FROM {messages}
      WHERE delivery_alerts.alert_id = alerts.alert_id AND state <> 'suppressed')
    AND NOT EXISTS (SELECT 1 FROM {database}.gathered
      WHERE gathered.alert_id = alerts.alert_id)"""  # noqa: S608  own text


UNTOLD_ALERT = untold_alert("main")
