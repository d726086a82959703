"""Catalogue: well-known companies that nobody has to write down, with names in many scripts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from services.common.config.configuration import read_watchlist
from services.common.contracts.company import Company
from services.common.ids import CompanyId
from services.common.text import folded
from services.common.watchlist import Watchlist

FILE = Path(__file__).with_name("catalogue.yml")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What to watch for a name: `company`, who owns it, what it owns.

    `owners` has the nearest first; `products` is everything below the company, owners before owned.
    """

    company: Company
    owners: tuple[Company, ...]
    products: tuple[Company, ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The companies of `catalogue.yml`, found by any of their names."""

    watchlist: Watchlist
    _id_by_name: Mapping[str, CompanyId]

    @classmethod
    def of(cls, watchlist: Watchlist) -> Catalogue:
        """Return the catalogue of some companies. Ids win over names, and names over aliases."""
        companies = watchlist.companies.values()
        ids = {fold(company.id): company.id for company in companies}
        names = {fold(company.name): company.id for company in companies}
        aliases: dict[str, CompanyId] = {}
        for company in companies:
            for alias in company.names:
                aliases.setdefault(fold(alias.text), company.id)
        return cls(watchlist, {**aliases, **names, **ids})

    def find(self, name: str) -> Company | None:
        """Return the company with this id, name or alias in any case; None when there is none.

        An alias that two companies share stands for the first of them.
        """
        found = self._id_by_name.get(fold(name))
        return None if found is None else self.watchlist.companies[found]

    def owners_of(self, company: CompanyId) -> tuple[Company, ...]:
        """Return who owns a company, the nearest first."""
        return tuple(self.watchlist.companies[owner] for owner in self.watchlist.owners(company))

    def products_of(self, company: CompanyId) -> tuple[Company, ...]:
        """Return everything that a company owns, directly or not, owners before owned."""
        owned = [
            (len(owners), known)
            for known in self.watchlist.companies.values()
            if company in (owners := self.watchlist.owners(known.id))
        ]
        return tuple(known for _, known in sorted(owned, key=lambda entry: entry[0]))

    def suggest(self, name: str) -> Suggestion | None:
        """Return what to watch for a name, None where the catalogue does not know it."""
        company = self.find(name)
        if company is None:
            return None
        return Suggestion(company, self.owners_of(company.id), self.products_of(company.id))


@cache
def catalogue() -> Catalogue:
    """Return the shipped catalogue. The first call reads the file, in some 100 ms."""
    return Catalogue.of(read_watchlist(FILE))


def fold(name: str) -> str:
    """Return what is the same for spellings that differ in case, form or invisible joiners."""
    return folded(name).replace("\u200c", "").strip()
