"""Change: from one watchlist to the next, in few words, and watchlists in a form that travels fast."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from services.common.contracts.company import Alias, Company
from services.common.ids import CompanyId
from services.common.watchlist import Watchlist

MOST_NAMES = 5_000
"""How many names may stand beside the big automaton; more are worth building it again."""

Packed = list[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Change:
    """Companies that are new or other than before, those that are gone, and the hash of the result."""

    companies: tuple[Company, ...]
    removed: frozenset[CompanyId]
    hash: str


def change_between(old: Watchlist, new: Watchlist) -> Change | None:
    """Return what turns `old` into `new`; None when that is so much that a fresh start is cheaper."""
    known = old.companies
    companies = tuple(
        company for key, company in new.companies.items() if known.get(key) != company
    )
    if sum(len(company.names) for company in companies) > MOST_NAMES:
        return None
    removed = frozenset(key for key in known if key not in new.companies)
    return Change(companies, removed, new.hash)


def pack(companies: Iterable[Company]) -> Packed:
    """Return companies as plain tuples: pickling those takes a tenth of the time of the objects.

    It matters where 200,000 names go to another process, since nothing else runs while C code pickles.
    """
    return [
        (
            company.id,
            company.name,
            company.owner,
            company.tags,
            tuple(
                (alias.text, alias.is_exact, alias.needs, alias.excluded)
                if alias.is_exact or alias.needs or alias.excluded
                else alias.text
                for alias in company.names
            ),
        )
        for company in companies
    ]


def unpack(packed: Packed) -> Iterable[Company]:
    """Yield the companies that were packed."""
    for key, name, owner, tags, names in packed:
        yield Company(id=key, name=name, owner=owner, tags=tags, names=tuple(map(_alias, names)))


def _alias(packed: str | tuple[str, bool, tuple[str, ...], tuple[str, ...]]) -> Alias:
    if isinstance(packed, str):
        return Alias(text=packed)
    text, is_exact, needs, excluded = packed
    return Alias(text=text, is_exact=is_exact, needs=needs, excluded=excluded)
