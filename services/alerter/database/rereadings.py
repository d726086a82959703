"""Re-readings: the companies for which older stories are to be read again, or were."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from services.alerter.database.queries import last_seq
from services.alerter.database.times import moment, stamp
from services.common.ids import CompanyId

# Stands for the companies that were there at the first start: their stories were read with them. In place
# of a time it has the number of the newest change when a company last went, or at the first start; an older
# kabar wrote a time, which is behind every number.
_BASELINE = ""
_NEVER = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rereading:
    """A company that came later; `done_at` is None while its older stories are being read again.

    `events` is how many name it now.
    """

    company: CompanyId
    asked_at: datetime
    done_at: datetime | None
    events: int


def unknown_since(connection: sqlite3.Connection) -> int:
    """Return the number of the last change when a company that is not known here now may have been known."""
    row = connection.execute(
        "SELECT done_at FROM rereadings WHERE company_id = ?", (_BASELINE,)
    ).fetchone()
    newest = last_seq(connection)
    return newest if row is None else min(int(row[0]), newest)


def ask_for_new(
    connection: sqlite3.Connection, companies: Collection[CompanyId], *, now: datetime
) -> list[CompanyId]:
    """Note the `companies` that were not there before and forget those that are gone; return the new.

    At the very first call none is new: whoever installs kabar with a watchlist has no older stories.
    """
    known = {name for (name,) in connection.execute("SELECT company_id FROM rereadings")}
    is_first = _BASELINE not in known
    new = sorted(company for company in companies if company not in known)
    asked_at, done_at = (_NEVER, stamp(now)) if is_first else (stamp(now), None)
    connection.executemany(
        "INSERT INTO rereadings VALUES (?, ?, ?)", [(name, asked_at, done_at) for name in new]
    )
    gone = known - {_BASELINE} - set(companies)
    since = last_seq(connection) if gone else unknown_since(connection)
    # Not written where it stays: a full disk must not keep the alerter from starting.
    connection.execute(
        "INSERT INTO rereadings VALUES (?, ?, ?) ON CONFLICT (company_id) DO UPDATE"
        " SET done_at = excluded.done_at WHERE rereadings.done_at <> excluded.done_at",
        (_BASELINE, _NEVER, since),
    )
    connection.executemany("DELETE FROM rereadings WHERE company_id = ?", [(one,) for one in gone])
    return [] if is_first else new


def asked(connection: sqlite3.Connection) -> dict[CompanyId, datetime]:
    """Return the companies whose older stories are still to be read again, with when that was asked."""
    rows = connection.execute(
        "SELECT company_id, asked_at FROM rereadings WHERE done_at IS NULL ORDER BY company_id"
    )
    return {CompanyId(name): moment(at) for name, at in rows}


def finish(
    connection: sqlite3.Connection, done: Mapping[CompanyId, datetime], *, now: datetime
) -> None:
    """Note that what was `asked` is done; a company that went and came back meanwhile is asked for anew."""
    connection.executemany(
        "UPDATE rereadings SET done_at = ? WHERE company_id = ? AND asked_at = ? AND done_at IS NULL",
        [(stamp(now), company, stamp(at)) for company, at in done.items()],
    )


def rereadings_of(
    connection: sqlite3.Connection, companies: Iterable[CompanyId]
) -> dict[CompanyId, Rereading]:
    """Return those of `companies` that came after the first start."""
    rows = connection.execute(
        "SELECT company_id, asked_at, done_at, (SELECT count(DISTINCT event_id)"
        "  FROM event_companies JOIN events USING (event_id)"
        "  WHERE event_companies.company_id = rereadings.company_id AND merged_into IS NULL)"
        " FROM rereadings"
        " WHERE company_id IN (SELECT value FROM json_each(?))"
        " AND asked_at > ?",
        (json.dumps(list(companies)), _NEVER),
    )
    return {
        CompanyId(company): Rereading(
            company=CompanyId(company),
            asked_at=moment(asked_at),
            done_at=None if done_at is None else moment(done_at),
            events=events,
        )
        for company, asked_at, done_at, events in rows
    }
