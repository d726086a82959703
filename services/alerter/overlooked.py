"""Overlooked: events that were tracked before their companies were known here.

Each process takes a changed configuration by itself. A company that the classifier knows sooner, as where
the alerter alone refuses a channel beside it, is tracked like any other, and nobody here follows it yet.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from services.alerter.database.queries import changes_naming
from services.alerter.database.telling import ToldBatch
from services.alerter.matching import focus_of
from services.alerter.telling import Following, tell
from services.common.contracts.alert import Alert
from services.common.contracts.event import EventChange
from services.common.contracts.reading import Focus
from services.common.ids import CompanyId


def tell_overlooked(
    connection: sqlite3.Connection,
    companies: Collection[CompanyId],
    *,
    after: int,
    following: Following,
    now: datetime,
    horizon: timedelta,
) -> list[Alert]:
    """Tell of the events that name one of `companies`, which were not known here from the change with the
    number `after` on; return the new alerts.

    Each as it stands, to whoever was not told; of what was tracked longer ago than `horizon` in a summary.
    """
    batch = ToldBatch(connection)
    alerts: list[Alert] = []
    for changes in changes_naming(connection, companies, after=after):
        change = _newest_main(changes)
        if change is None:
            continue
        batch.lay_out([change.event.id])
        is_old = change.is_old or now - change.at > horizon
        told = replace(change, at=now, is_old=is_old)
        alerts += tell(batch, told, following=following, now=now)
    batch.write()
    return alerts


def _newest_main(changes: Sequence[EventChange]) -> EventChange | None:
    """Return the last that has something to tell: a story that only mentions an event brought nothing."""
    return next((one for one in reversed(changes) if focus_of(one) is Focus.MAIN), None)
