"""Restored: what a backup caught on its way is settled before anybody sends from it."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from services.alerter.database.connections import transaction
from services.alerter.database.outbox import deliveries_in, update
from services.alerter.delivery import kill
from services.common.contracts.delivery import DeliveryState

_ON_THEIR_WAY = frozenset({DeliveryState.DUE, DeliveryState.SENDING, DeliveryState.UNKNOWN})


def settle_restored(connection: sqlite3.Connection, *, backup_at: str, now: datetime) -> int:
    """Keep as dead what went out right after the backup; return how many messages.

    Those were due or being sent, and nothing was wrong with them: the kabar that was backed up went on
    and sent them. What had failed before and was to be tried again stays so: its channel was down.
    """
    reason = f"It was on its way at the backup of {backup_at}, and sent then: redeliver it if not."
    caught = [
        delivery
        for delivery in deliveries_in(connection, _ON_THEIR_WAY)
        if not delivery.failures or delivery.state is not DeliveryState.DUE
    ]
    with transaction(connection):
        for delivery in caught:
            update(connection, kill(delivery, reason=reason, now=now))
    return len(caught)


def suppress_all(connection: sqlite3.Connection, *, reason: str) -> int:
    """Have nothing that was planned be sent, and nothing gathered be planned; return how many.

    What was decided counts as told.
    """
    connection.execute("DELETE FROM gathered")
    return connection.execute(
        "UPDATE deliveries SET state = ?, note = ? WHERE state IN ('held', 'due')",
        (DeliveryState.SUPPRESSED, reason),
    ).rowcount
