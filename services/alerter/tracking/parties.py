"""Parties: who stands in which role of one report, or of all reports of an event."""

from __future__ import annotations

from services.common.contracts.reading import Report, Role
from services.common.ids import CompanyId


class Side:
    """Who has one role: tracked companies by id, others by name."""

    __slots__ = ("companies", "names")

    def __init__(self) -> None:
        self.companies: set[CompanyId] = set()
        self.names: set[str] = set()

    def __bool__(self) -> bool:
        return bool(self.companies or self.names)

    def copy(self) -> Side:
        """Return the same parties."""
        other = Side()
        other.take_in(self)
        return other

    def take_in(self, other: Side) -> None:
        """Add everyone of `other`."""
        self.companies |= other.companies
        self.names |= other.names


class Parties:
    """Targets, actors and sellers, and every company in whatever role."""

    __slots__ = ("actors", "companies", "sellers", "targets")

    def __init__(self) -> None:
        self.targets = Side()
        self.actors = Side()
        self.sellers = Side()
        self.companies: set[CompanyId] = set()

    @classmethod
    def of(cls, report: Report) -> Parties:
        """Return the parties that `report` names."""
        parties = cls()
        sides = {
            Role.TARGET: parties.targets,
            Role.ACTOR: parties.actors,
            Role.SELLER: parties.sellers,
        }
        for company in report.companies:
            parties.companies.add(company.id)
            if company.role in sides:
                sides[company.role].companies.add(company.id)
        for other in report.others:
            if other.role in sides:
                sides[other.role].names.add(other.name)
        return parties

    def copy(self) -> Parties:
        """Return the same parties."""
        other = Parties()
        other.targets = self.targets.copy()
        other.actors = self.actors.copy()
        other.sellers = self.sellers.copy()
        other.companies = self.companies.copy()
        return other

    @property
    def buyers_and_bought(self) -> Side:
        """Return the two sides of a deal together: who buys and who is bought is often told or read wrongly."""
        both = self.targets.copy()
        both.take_in(self.actors)
        return both

    @property
    def everybody(self) -> Side:
        """Return who buys, is bought or sells."""
        everybody = self.buyers_and_bought
        everybody.take_in(self.sellers)
        return everybody

    def take_in(self, other: Parties) -> None:
        """Add what one more report names; of one with swapped roles the companies alone."""
        self.companies |= other.companies
        if self.are_swapped_in(other):
            return
        self.targets.take_in(other.targets)
        self.actors.take_in(other.actors)
        self.sellers.take_in(other.sellers)

    def are_swapped_in(self, other: Parties) -> bool:
        """Return whether `other` has our buyer as the bought and the other way round."""
        return bool(
            other.targets.companies & self.actors.companies
            and other.actors.companies & self.targets.companies
            and not other.targets.companies & self.targets.companies
        )
