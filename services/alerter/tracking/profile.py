"""Profile: what the main reports of one event say together, for comparing a report with it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from services.alerter.tracking.sighting import Sighting
from services.common.contracts.reading import Report, Role, Stage
from services.common.ids import CompanyId

DAY = timedelta(days=1)


class Side:
    """Who stands in one role: tracked companies by id, others by name."""

    __slots__ = ("companies", "names")

    def __init__(self) -> None:
        self.companies: set[CompanyId] = set()
        self.names: set[str] = set()

    def __bool__(self) -> bool:
        return bool(self.companies or self.names)

    @classmethod
    def of(cls, report: Report, role: str) -> Side:
        """Return who has `role` in `report`."""
        side = cls()
        side.add(report, role)
        return side

    def add(self, report: Report, role: str) -> None:
        """Take in who has `role` in `report` too."""
        for company in report.companies:
            if company.role == role:
                self.companies.add(company.id)
        for other in report.others:
            if other.role == role:
                self.names.add(other.name)


class Profile:
    """What an event's main reports say, merged as they come in the order told.

    `days` has per stage the first and last possible day of each date, since a date is that of the
    report's stage: a bid in March and its signing in May are one deal.
    """

    __slots__ = (
        "actors", "amounts", "authorities", "companies", "countries", "days", "newest", "oldest",
        "scopes", "sellers", "targets", "texts",
    )  # fmt: skip

    def __init__(self, first: Sighting) -> None:
        self.targets = Side()
        self.actors = Side()
        self.sellers = Side()
        self.companies: set[CompanyId] = set()
        self.countries: set[str] = set()
        self.scopes: set[str] = set()
        self.authorities: set[str] = set()
        self.amounts: set[tuple[str, float]] = set()
        self.days: dict[Stage, set[tuple[date, date]]] = {}
        self.texts: set[str] = set()
        self.oldest: datetime = first.told_at
        self.newest: datetime = first.told_at
        self.add(first)

    @classmethod
    def of(cls, sightings: Iterable[Sighting]) -> Profile:
        """Return the profile of at least one sighting."""
        first, *more = sightings
        profile = cls(first)
        for sighting in more:
            profile.add(sighting)
        return profile

    def add(self, sighting: Sighting) -> None:
        """Take in one more main sighting."""
        report = sighting.report
        if not self.has_roles_swapped(report):
            self.targets.add(report, Role.TARGET)
            self.actors.add(report, Role.ACTOR)
            self.sellers.add(report, Role.SELLER)
        self.companies.update(company.id for company in report.companies)
        self.countries.update(report.countries)
        if report.scope is not None:
            self.scopes.add(report.scope)
        if report.authority is not None:
            self.authorities.add(report.authority)
        if report.amount is not None:
            self.amounts.add((report.amount.currency, float(report.amount.value)))
        if report.date is not None and (days := days_of(report.date)):
            self.days.setdefault(report.stage, set()).add(days)
        self.texts.add(sighting.text_hash)
        self.newest = max(self.newest, sighting.told_at)
        self.oldest = min(self.oldest, sighting.told_at)

    def has_roles_swapped(self, report: Report) -> bool:
        """Return whether `report` has this event's buyer as the bought and the other way round."""
        targets = {company.id for company in report.companies if company.role is Role.TARGET}
        actors = {company.id for company in report.companies if company.role is Role.ACTOR}
        return bool(
            targets & self.actors.companies
            and actors & self.targets.companies
            and not targets & self.targets.companies
        )


def days_of(text: str) -> tuple[date, date] | None:
    """Return the first and last day that YYYY-MM-DD or YYYY-MM may mean; None for no such day."""
    try:
        first = date.fromisoformat(text if len(text) == 10 else f"{text}-01")
    except ValueError:
        return None
    if len(text) == 10:
        return first, first
    return first, (first + 31 * DAY).replace(day=1) - DAY
