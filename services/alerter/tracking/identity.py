"""Identity: whether a report tells of an event, by structure and never by its wording.

Design decision 21. Type and window are the caller's; here the parties, country, amount, date and
scope are compared. A slot that one side leaves out is no conflict.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from services.alerter.tracking.names import are_alike, are_same_scope
from services.alerter.tracking.parties import Parties, Side
from services.alerter.tracking.profile import Profile, days_of
from services.alerter.tracking.sighting import Sighting
from services.common.contracts.reading import Report, Stage
from services.common.countries import overlap
from services.common.ids import CompanyId
from services.common.watchlist import Watchlist

# In tenths of what makes one event. An owner instead of its product needs one strong slot besides, and
# so does the end of what was told long ago.
SAME_EVENT = 10
_SURELY_SAME_EVENT = 14
_ANCHOR, _ROLLED_UP, _COPY = 10, 6, 10
_COUNTRY, _BUYER, _AMOUNT, _SCOPE, _DATE, _SELLER, _AUTHORITY = 4, 4, 4, 4, 3, 2, 2

_AMOUNTS_WITHIN = 0.15
_DATES_WITHIN = timedelta(days=45)
_AT_ONCE = timedelta(days=3)


def likeness(sighting: Sighting, profile: Profile, *, watchlist: Watchlist) -> int:
    """Return how well `sighting` fits an event of its type: `SAME_EVENT` or more is that event.

    0 where something contradicts.
    """
    report, parties, known = sighting.report, sighting.parties, profile.parties
    # The cheapest first: most events of a company are told apart by country.
    slots = [
        (_COUNTRY, countries_agree := _countries_agree(report, profile)),
        (_SCOPE, _scopes_agree(report, profile)),
    ]
    if any(agrees is False for _, agrees in slots):
        return 0
    is_deal = report.type == "acquisition"
    are_same_two = is_deal and _have_two_in_common(parties, known, watchlist)
    anchor = _ANCHOR if are_same_two else _anchor(parties, known, watchlist)
    buyers_agree: bool | None = are_same_two
    if is_deal and not are_same_two:
        buyers_agree = _agree(parties.actors, known.actors, watchlist)
        if buyers_agree is False:
            return 0
        are_same_two = bool(buyers_agree) and anchor == _ANCHOR
    sellers_agree = _agree(parties.sellers, known.sellers, watchlist)
    # Shares of another seller are another step of one buyer, months later another deal.
    slots.append((_BUYER, buyers_agree and sellers_agree is not False))
    # What follows on an end may be another one: a deal that came to nothing may be struck again.
    may_go_on = sighting.is_end or not profile.is_ended
    amounts_agree = _amounts_agree(report, profile)
    is_bid_for = are_same_two and may_go_on and _is_bid_for(sighting, profile)
    if amounts_agree is False and not is_bid_for:
        return 0
    slots.append((_AMOUNT, amounts_agree))
    dates_agree = _dates_agree(report, profile)
    # The same two sign in January and close in May: a deal is confirmed on more than one day, and called
    # off by one and then by the other. Shares of another seller are another deal.
    is_of_many_days = are_same_two and sellers_agree is not False
    # What is announced and when it takes effect are two days of which stories tell the one or the other.
    told = profile.days.get(report.stage, {}).values()
    is_told_at_once = countries_agree and _are_at_once(sighting, told)
    may_have_two_days = is_of_many_days if is_deal else is_told_at_once
    if dates_agree is False and not (may_have_two_days and may_go_on):
        return 0
    if dates_agree is False and profile.is_ended:
        # Rather the end of what was struck since.
        return anchor
    slots.append((_DATE, dates_agree))
    slots.append((_SELLER, sellers_agree))
    slots.append((_AUTHORITY, report.authority in profile.authorities))
    slots.append((_COPY, sighting.text_hash in profile.texts))
    return anchor and anchor + sum(points for points, agrees in slots if agrees)


def is_surely_same(sighting: Sighting, profile: Profile, *, likely: int) -> bool:
    """Return whether `sighting`, which is so `likely` of an event, is of it however long ago that was."""
    if sighting.report.type == "acquisition" and _countries_agree(sighting.report, profile):
        # All deals of a company are in its country: that tells none of them apart.
        likely -= _COUNTRY
    return likely >= _SURELY_SAME_EVENT


def _anchor(parties: Parties, known: Parties, watchlist: Watchlist) -> int:
    """Return the points for the company that the event is about, 0 where it is another one."""
    if known.are_swapped_in(parties):
        return _ANCHOR
    ours, theirs = parties.targets, known.targets
    if ours.companies and theirs.companies:
        if ours.companies & theirs.companies:
            return _ANCHOR
        are_akin = _related(ours.companies, theirs.companies, watchlist) or _sell(parties, known)
        return _ROLLED_UP if are_akin else 0
    named = _agree(ours, theirs, watchlist)
    if named is False:
        return 0
    if named or parties.actors.companies & known.actors.companies:
        return _ANCHOR
    return _anchor_of_any_role(parties, known, watchlist)


def _sell(parties: Parties, known: Parties) -> bool:
    """Return whether one side takes for the bought whom the other knows as the seller: its owner."""
    sellers = parties.sellers.companies | known.sellers.companies
    return parties.targets.companies <= sellers or known.targets.companies <= sellers


def _anchor_of_any_role(parties: Parties, known: Parties, watchlist: Watchlist) -> int:
    """Return the points where one side knows no target: the next role stands in for it."""
    ours = parties.targets.companies or parties.actors.companies or parties.companies
    theirs = known.targets.companies or known.actors.companies or known.companies
    if ours & theirs:
        # The one company of a story may be called who closes or what is closed.
        return _ROLLED_UP if parties.targets.names or known.targets.names else _ANCHOR
    return _ROLLED_UP if _related(ours, theirs, watchlist) else 0


def _have_two_in_common(parties: Parties, known: Parties, watchlist: Watchlist) -> bool:
    """Return whether the same two buy or are bought, in whatever role and tracked or not, and nobody instead
    of one of them: two that buy together may buy another one, and two are bought by this one or that one.
    """
    ours, theirs = parties.buyers_and_bought, known.buyers_and_bought
    common = ours.companies & theirs.companies
    if len(common) == 1:
        have_two = any(are_alike(one, other) for one in ours.names for other in theirs.names)
    else:
        have_two = len(common) > 1
    return have_two and not any(
        _agree(side, others, watchlist) is False
        for one, others in ((parties, theirs), (known, ours))
        for side in (one.targets, one.actors)
    )


def _agree(ours: Side, theirs: Side, watchlist: Watchlist) -> bool | None:
    """Return whether two sides have a party in common; None where one is empty or unreadable."""
    if not ours or not theirs:
        return None
    if ours.companies & theirs.companies:
        return True
    if _related(ours.companies, theirs.companies, watchlist):
        return True
    compared = [
        are_alike(one, other)
        for one in (*ours.names, *_names(ours.companies, watchlist))
        for other in (*theirs.names, *_names(theirs.companies, watchlist))
    ]
    if any(compared):
        return True
    return None if all(alike is None for alike in compared) else False


def _names(companies: Iterable[CompanyId], watchlist: Watchlist) -> list[str]:
    return [
        alias.text
        for company in companies
        if company in watchlist.companies
        for alias in watchlist.companies[company].names
    ] + list(companies)


def _related(ours: set[CompanyId], theirs: set[CompanyId], watchlist: Watchlist) -> bool:
    """Return whether one of ours owns one of theirs, or is owned by it; siblings are strangers."""
    return any(
        one in watchlist.owners(other) or other in watchlist.owners(one)
        for one in ours
        for other in theirs
    )


def _countries_agree(report: Report, profile: Profile) -> bool | None:
    if not report.countries or not profile.countries:
        return None
    return overlap(report.countries, profile.countries)


def _amounts_agree(report: Report, profile: Profile) -> bool | None:
    if report.amount is None:
        return None
    currency, value = report.amount.currency, float(report.amount.value)
    struck = profile.struck.get(currency, {}) if report.stage is Stage.CONFIRMED else {}
    known = struck or {amount for of, amount in profile.amounts if of == currency}
    if not known:
        return None
    return any(abs(value - amount) <= _AMOUNTS_WITHIN * max(value, amount) for amount in known)


def _is_bid_for(sighting: Sighting, profile: Profile) -> bool:
    """Return whether a sum that differs may be of the same deal: rumoured or bid before one was struck, or at
    once, by who is late.
    """
    amount = sighting.report.amount
    struck = profile.struck.get(amount.currency) if amount else None
    if not struck:
        return True
    is_late = _are_at_once(sighting, struck.values())
    return is_late and sighting.report.stage is not Stage.CONFIRMED


def _scopes_agree(report: Report, profile: Profile) -> bool | None:
    if report.scope is None or not profile.scopes:
        return None
    compared = [are_same_scope(report.scope, scope) for scope in profile.scopes]
    if any(compared):
        return True
    return None if any(same is None for same in compared) else False


def _dates_agree(report: Report, profile: Profile) -> bool | None:
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


def _are_at_once(sighting: Sighting, told: Iterable[datetime]) -> bool:
    """Return whether one of `told` is no longer than a few days before `sighting`."""
    return any(sighting.told_at - at <= _AT_ONCE for at in told)
