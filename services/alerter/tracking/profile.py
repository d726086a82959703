"""Profile: what the main reports of one event say together, for comparing a report with it."""

from __future__ import annotations

from copy import copy
from datetime import date, datetime, timedelta

from services.alerter.tracking.parties import Parties
from services.alerter.tracking.sighting import Sighting
from services.common.contracts.reading import Stage

DAY = timedelta(days=1)
_DUE_FROM = timedelta(days=7)
_DUE_UNTIL = timedelta(days=30)


class Profile:
    """What an event's main reports say, merged as they come in the order told.

    `days` has per stage the first and last possible day of each date, since a date is that of the
    report's stage: a bid in March and its signing in May are one deal. `struck` has per currency the sums
    that were told as confirmed. Both have when that was told last. `is_ended` says that somebody
    told an end of it, `is_confirmed` that it is so, whether that holds or not.
    """

    __slots__ = (
        "amounts", "authorities", "countries", "days", "is_confirmed", "is_ended", "newest", "oldest",
        "parties", "scopes", "struck", "texts",
    )  # fmt: skip

    def __init__(self, first: Sighting) -> None:
        self.parties = Parties()
        self.countries: set[str] = set()
        self.scopes: set[str] = set()
        self.authorities: set[str] = set()
        self.amounts: set[tuple[str, float]] = set()
        self.struck: dict[str, dict[float, datetime]] = {}
        self.days: dict[Stage, dict[tuple[date, date], datetime]] = {}
        self.texts: set[str] = set()
        self.is_confirmed = False
        self.is_ended = False
        self.oldest: datetime = first.told_at
        self.newest: datetime = first.told_at
        self.add(first)

    def copy(self) -> Profile:
        """Return the same profile, which goes its own way."""
        other = copy(self)
        other.parties = self.parties.copy()
        other.countries = self.countries.copy()
        other.scopes = self.scopes.copy()
        other.authorities = self.authorities.copy()
        other.amounts = self.amounts.copy()
        other.struck = {currency: sums.copy() for currency, sums in self.struck.items()}
        other.days = {stage: days.copy() for stage, days in self.days.items()}
        other.texts = self.texts.copy()
        return other

    def add(self, sighting: Sighting) -> None:
        """Take in one more main sighting."""
        report = sighting.report
        self.parties.take_in(sighting.parties)
        self.countries.update(report.countries)
        if report.scope is not None:
            self.scopes.add(report.scope)
        if report.authority is not None:
            self.authorities.add(report.authority)
        if report.amount is not None:
            currency, value = report.amount.currency, float(report.amount.value)
            self.amounts.add((currency, value))
            if report.stage is Stage.CONFIRMED:
                self.struck.setdefault(currency, {})[value] = sighting.told_at
        if report.date is not None and (days := days_of(report.date)):
            self.days.setdefault(report.stage, {})[days] = sighting.told_at
        self.texts.add(sighting.text_hash)
        self.is_confirmed |= report.stage is Stage.CONFIRMED
        self.is_ended |= sighting.is_end
        self.newest = max(self.newest, sighting.told_at)
        self.oldest = min(self.oldest, sighting.told_at)

    def is_told_within(self, time: timedelta, *, of: Sighting) -> bool:
        """Return whether its newest story was told no longer than `time` before that `of` a sighting."""
        return of.told_at - self.newest <= time

    def may_go_on_with(self, sighting: Sighting) -> bool:
        """Return whether more of the same may be told by `sighting`: what follows on an end may be another one,
        as a deal that came to nothing may be struck again.
        """
        return sighting.is_end or not self.is_ended

    def is_due(self, at: datetime) -> bool:
        """Return whether `at` is about the day on which it takes effect: a week before it, or up to a month after
        it. A closing that was told in spring is told again on its last day in winter.
        """
        today = at.date()
        return any(
            first - _DUE_FROM <= today <= last + _DUE_UNTIL
            for days in self.days.values()
            for first, last in days
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
