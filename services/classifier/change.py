"""Change: from one watchlist to the next, in few words."""

from __future__ import annotations

from dataclasses import dataclass

from services.common.contracts.company import Company
from services.common.ids import CompanyId
from services.common.watchlist import Watchlist

MOST_NAMES = 5_000
"""How many names may stand beside the big automaton; more are worth building it again."""


@dataclass(frozen=True, slots=True)
class Change:
    """Companies that are new or other than before, those that are gone, and the hash of the result."""

    companies: tuple[Company, ...]
    removed: frozenset[CompanyId]
    hash: str


def change_between(old: Watchlist, new: Watchlist) -> Change | None:
    """Return what turns `old` into `new`; None when that is so much that a fresh start is cheaper."""
    known = old.companies
    companies: list[Company] = []
    names = 0
    for key, company in new.companies.items():
        before = known.get(key)
        if before is not company and before != company:
            companies.append(company)
            names += len(company.names)
            if names > MOST_NAMES:
                return None
    removed = frozenset(key for key in known if key not in new.companies)
    return Change(tuple(companies), removed, new.hash)
