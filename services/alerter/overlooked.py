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
from services.common.contracts.event import ChangeKind, Event, EventChange
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

    Each as it stands, to those who ask for such a company: others could be told when it was tracked. Of
    what was tracked longer ago than `horizon` in a summary.
    """
    new = frozenset(companies)
    batch = ToldBatch(connection)
    alerts: list[Alert] = []
    for changes in changes_naming(connection, companies, after=after):
        change = _worth_telling(changes)
        if change is None:
            continue
        batch.lay_out([change.event.id])
        is_old = change.is_old or now - change.at > horizon
        told = replace(change, at=now, is_old=is_old)
        alerts += tell(batch, told, following=_of_new(following, change.event, new), now=now)
    batch.write()
    return alerts


def _worth_telling(changes: Sequence[EventChange]) -> EventChange | None:
    """Return the last that did more than mention its event; None where no story was about it.

    A story that turns out to only mention it may still have moved it back: then one that stays is the cause.
    """
    if all(focus_of(one) is not Focus.MAIN for one in changes):
        return None
    last = next(one for one in reversed(changes) if not _only_mentions(one))
    if focus_of(last) is Focus.MAIN:
        return last
    mains = (story.id for story in reversed(last.event.stories) if story.focus is Focus.MAIN)
    return replace(last, cause=next(mains, last.cause))


def _only_mentions(change: EventChange) -> bool:
    return change.kind is ChangeKind.COVERAGE and focus_of(change) is not Focus.MAIN


def _of_new(following: Following, event: Event, new: Collection[CompanyId]) -> Following:
    """Return `following` with those alone who ask for a company of `event` that is `new`."""
    watchlist = following.watchlist
    met = [watchlist.followed_by(one.id) for one in event.companies if one.id in new]
    return replace(following, asking=following.asking.naming(frozenset().union(*met)))
