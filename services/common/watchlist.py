"""Watchlist: every company, with owners, products and tags resolved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from services.common.contracts.company import Company
from services.common.ids import CompanyId, fingerprint


@dataclass(frozen=True, slots=True)
class Watchlist:
    """The companies of one configuration, by id.

    Raises:
        ValueError: two companies with one id, an unknown owner, or owners in a circle. The
            configuration reader finds these before and names the place.
    """

    companies: Mapping[CompanyId, Company]
    hash: str = field(default="", compare=False)
    _owned: Mapping[CompanyId, list[CompanyId]] = field(
        default_factory=dict, repr=False, compare=False
    )
    # What was asked before: the companies of one event are looked up with each of its stories.
    _families: dict[CompanyId, frozenset[CompanyId]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _followed: dict[CompanyId, frozenset[str]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @classmethod
    def of(cls, companies: Iterable[Company]) -> Watchlist:
        """Return the watchlist of `companies`; its hash changes with whatever may change a match."""
        by_id: dict[CompanyId, Company] = {}
        for company in companies:
            if company.id in by_id:
                raise ValueError(f'The company id "{company.id}" is used twice.')
            by_id[company.id] = company
        watchlist = cls.checked(by_id.values(), hash=fingerprint(*_parts(by_id)))
        for company_id in by_id:
            watchlist.owners(company_id)
        return watchlist

    @classmethod
    def checked(cls, companies: Iterable[Company], *, hash: str) -> Watchlist:  # noqa: A002  the field's name
        """Return the watchlist that was made `of` these companies in another process, with its hash."""
        by_id: dict[CompanyId, Company] = {}
        owned: dict[CompanyId, list[CompanyId]] = {}
        for company in companies:
            by_id[company.id] = company
            if company.owner is not None:
                owned.setdefault(company.owner, []).append(company.id)
        return cls(by_id, hash, owned)

    def owners(self, company: CompanyId) -> tuple[CompanyId, ...]:
        """Return who owns `company`, the nearest first; empty for a company nobody here knows."""
        chain: list[CompanyId] = []
        current = self.companies.get(company)
        while current is not None and current.owner is not None:
            if current.owner == company or current.owner in chain:
                raise ValueError(f'The owners of "{company}" go round in a circle.')
            if current.owner not in self.companies:
                raise ValueError(
                    f'The owner "{current.owner}" of "{current.id}" is not a company here.'
                )
            chain.append(current.owner)
            current = self.companies[current.owner]
        return tuple(chain)

    def family(self, company: CompanyId) -> frozenset[CompanyId]:
        """Return the topmost owner of `company` and everything it owns, directly or through others."""
        found = self._families.get(company)
        if found is None:
            members = [(company, *self.owners(company))[-1]]
            for owner in members:
                members.extend(self._owned.get(owner, ()))
            found = self._families[company] = frozenset(members)
        return found

    def followed_by(self, company: CompanyId) -> frozenset[str]:
        """Return what a subscription may name to be told of `company`: ids and `tag:<tag>`.

        Its own id and tags, and those of everyone who owns it.
        """
        found = self._followed.get(company)
        if found is None:
            family = (company, *self.owners(company))
            tags = (
                f"tag:{tag}"
                for member in family
                if member in self.companies
                for tag in self.companies[member].tags
            )
            found = self._followed[company] = frozenset((*family, *tags))
        return found

    def name_of(self, company: CompanyId) -> str:
        """Return the name people know; the id itself where the company was removed since."""
        known = self.companies.get(company)
        return company if known is None else known.name


def _parts(companies: Mapping[CompanyId, Company]) -> Iterator[str]:
    """Yield what the hash depends on; the numbers keep what follows apart.

    One text a name: 200,000 names take 0.2 s, their repr takes two seconds.
    """
    for company_id in sorted(companies):
        company = companies[company_id]
        yield from (company_id, company.name, company.owner or "", str(len(company.tags)))
        yield from company.tags
        yield str(len(company.names))
        for alias in company.names:
            yield alias.text
            if alias.is_exact or alias.needs or alias.excluded:
                yield f"{alias.is_exact} {alias.needs!r} {alias.excluded!r}"
