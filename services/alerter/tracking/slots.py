"""Slots: whether a report says the same of an event: where, of what part of a company, for how much and when.

Of each: None where one of them leaves it out, which is no conflict.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from services.alerter.tracking.names import are_same_scope
from services.alerter.tracking.profile import Profile, days_of
from services.alerter.tracking.sighting import Sighting
from services.common.contracts.reading import Report, Stage
from services.common.countries import overlap

_AMOUNTS_WITHIN = 0.15
_DATES_WITHIN = timedelta(days=45)
_AT_ONCE = timedelta(days=3)


def countries_agree(report: Report, profile: Profile) -> bool | None:
    """Return whether one of the countries of one lies in one of the other."""
    if not report.countries or not profile.countries:
        return None
    return overlap(report.countries, profile.countries)


def scopes_agree(report: Report, profile: Profile) -> bool | None:
    """Return whether they are about the same plant, unit or product line; None too where names cannot tell."""
    if report.scope is None or not profile.scopes:
        return None
    compared = [are_same_scope(report.scope, scope) for scope in profile.scopes]
    if any(compared):
        return True
    return None if any(same is None for same in compared) else False


def amounts_agree(report: Report, profile: Profile) -> bool | None:
    """Return whether they tell about the same sum: of what is struck rather than of what was bid before."""
    if report.amount is None:
        return None
    currency, value = report.amount.currency, float(report.amount.value)
    struck = profile.struck.get(currency, {}) if report.stage is Stage.CONFIRMED else {}
    known = struck or {amount for of, amount in profile.amounts if of == currency}
    if not known:
        return None
    return any(abs(value - amount) <= _AMOUNTS_WITHIN * max(value, amount) for amount in known)


def is_same_sum(report: Report, profile: Profile) -> bool:
    """Return whether the very sum was told of the event: what a rival bids is near to it."""
    amount = report.amount
    return amount is not None and (amount.currency, float(amount.value)) in profile.amounts


def dates_agree(report: Report, profile: Profile) -> bool | None:
    """Return whether the day of the report's stage is near one that was told of that stage."""
    known = profile.days.get(report.stage)
    if report.date is None or not known:
        return None
    days = days_of(report.date)
    if days is None:
        return None
    first, last = days
    return any(
        first - until <= _DATES_WITHIN and since - last <= _DATES_WITHIN for since, until in known
    )


def may_be_bid(sighting: Sighting, profile: Profile) -> bool:
    """Return whether a sum that differs may be of the same deal: rumoured or bid before one was struck, or at
    once, by who is late.
    """
    amount = sighting.report.amount
    struck = profile.struck.get(amount.currency) if amount else None
    if not struck:
        return True
    is_late = _are_at_once(sighting, struck.values())
    return is_late and sighting.report.stage is not Stage.CONFIRMED


def is_told_at_once(sighting: Sighting, profile: Profile) -> bool:
    """Return whether another day of the same stage was told no longer than a few days before `sighting`."""
    return _are_at_once(sighting, profile.days.get(sighting.report.stage, {}).values())


def are_of_one_day(sighting: Sighting, profile: Profile) -> bool:
    """Return whether the event's newest story was told no longer than a few days before `sighting`."""
    return _are_at_once(sighting, [profile.newest])


def _are_at_once(sighting: Sighting, told: Iterable[datetime]) -> bool:
    return any(sighting.told_at - at <= _AT_ONCE for at in told)
