"""Selection: which events somebody wants to see, as the query of an address says it."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from services.alerter.database.queries import EventsPage, events_page
from services.alerter.database.search import in_country, naming, words_sought
from services.common.text import folded
from services.common.watchlist import Watchlist


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What must hold of an event; None is no condition. A company covers what it owns.

    `words` must all stand in it, in any script, with or without accents.
    """

    type: str | None = None
    stage: str | None = None
    company: str | None = None
    country: str | None = None
    words: str | None = None

    @property
    def is_everything(self) -> bool:
        """Return whether every event is selected."""
        return self == Selection()


def selected_page(
    connection: sqlite3.Connection,
    *,
    selection: Selection,
    watchlist: Watchlist,
    limit: int,
    before: int | None,
) -> EventsPage:
    """Return up to `limit` selected events, newest first, from behind the cursor `before`."""
    companies = None if selection.company is None else _covered(selection.company, watchlist)
    sought = [] if selection.words is None else words_sought(selection.words, watchlist)
    if companies is not None:
        sought.append(naming(companies))
    if selection.country is not None:
        sought.append(in_country(selection.country))
    return events_page(
        connection,
        type=selection.type,
        stage=selection.stage,
        country=selection.country,
        companies=companies,
        sought=sought,
        limit=limit,
        before=before,
    )


def company_meant(wanted: str, watchlist: Watchlist) -> str:
    """Return the id of the company that people call `wanted`; as it stands where nobody is called so.

    An id wins over a name. Looks at every name: call it in a thread.
    """
    if wanted in watchlist.companies:
        return wanted
    called = folded(wanted)
    for company in watchlist.companies.values():
        if any(folded(alias.text) == called for alias in company.names):
            return company.id
    return wanted


def _covered(company: str, watchlist: Watchlist) -> set[str]:
    """Return the ids of what `company` covers, itself too, also when it was removed since."""
    owned = (one for one in watchlist.companies if company in watchlist.followed_by(one))
    return {company, *owned}
