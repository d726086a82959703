"""Identity: whether a report tells of an event, by structure and never by its wording.

Type and window are the caller's; here the parties (`roles.py`), country, amount, date and scope
(`slots.py`) are compared. docs/adr/0010-once-for-each-happening.md says why what tells two apart.
"""

from __future__ import annotations

from dataclasses import dataclass

from services.alerter.tracking import roles, slots
from services.alerter.tracking.profile import Profile
from services.alerter.tracking.sighting import Sighting
from services.common.contracts.reading import Report
from services.common.watchlist import Watchlist

# In tenths of what makes one event. An owner instead of its product needs one strong slot besides, and
# so does the end of what was told long ago.
SAME_EVENT = 10
_SURELY_SAME_EVENT = 15
_ROLES_ARE_UNSURE = frozenset({"acquisition", "shutdown"})
_COUNTRY, _BUYER, _AMOUNT, _SCOPE, _DATE, _SELLER, _AUTHORITY, _COPY = 4, 4, 4, 4, 3, 2, 2, 10


def likeness(sighting: Sighting, profile: Profile, *, watchlist: Watchlist) -> int:
    """Return how well `sighting` fits an event of its type: `SAME_EVENT` or more is that event.

    0 where something contradicts.
    """
    report = sighting.report
    country = slots.countries_agree(report, profile)
    scope = slots.scopes_agree(report, profile)
    if country is False or scope is False:
        # The cheapest first: most events of a company are told apart by country.
        return 0
    common = _Common(
        sighting=sighting,
        profile=profile,
        country=country,
        scope=scope,
        parties=_shared(sighting, profile, watchlist=watchlist),
        amount=slots.amounts_agree(report, profile),
        date=slots.dates_agree(report, profile),
    )
    return 0 if common.is_contradicted else common.points


def is_surely_same(sighting: Sighting, profile: Profile, *, likely: int) -> bool:
    """Return whether `sighting`, which is so `likely` of an event, is of it however long ago that was."""
    report = sighting.report
    if _is_deal(report) and slots.countries_agree(report, profile):
        # All deals of a company are in its country: that tells none of them apart.
        likely -= _COUNTRY
    return likely >= _SURELY_SAME_EVENT


@dataclass(slots=True, kw_only=True)
class _Common:
    """What a sighting and an event, which are not of two places or two parts of a company, have in common.

    Of each slot whether the two agree: None where one of them leaves it out, which is no conflict.
    """

    sighting: Sighting
    profile: Profile
    parties: roles.Shared
    country: bool | None
    scope: bool | None
    amount: bool | None
    date: bool | None

    @property
    def is_contradicted(self) -> bool:
        """Return whether the one says what cannot be so of the other."""
        return (
            self.parties.are_others
            or (self.amount is False and not self._may_differ_in_amount)
            or (self.date is False and not self._may_differ_in_date)
        )

    @property
    def points(self) -> int:
        """Return how much what they have in common counts."""
        report, profile, parties = self.sighting.report, self.profile, self.parties
        if self.date is False and profile.is_ended:
            # Rather the end of what was struck since.
            return parties.anchor
        # Shares of another seller are another step of one buyer, months later another deal.
        is_same_step = parties.buyer and parties.seller is not False
        counted = (
            (_COUNTRY, self.country),
            (_SCOPE, self.scope),
            (_BUYER, is_same_step),
            (_SELLER, parties.seller),
            (_AMOUNT, self.amount),
            (_DATE, self.date),
            (_AUTHORITY, report.authority in profile.authorities),
            (_COPY, self.sighting.text_hash in profile.texts),
        )
        return parties.anchor + sum([points for points, agrees in counted if agrees])

    @property
    def _may_differ_in_amount(self) -> bool:
        return (
            self.parties.is_deal_of_two
            and self.profile.may_go_on_with(self.sighting)
            and slots.may_be_bid(self.sighting, self.profile)
        )

    @property
    def _may_differ_in_date(self) -> bool:
        """Return whether it may have two days.

        The same two sign in January and close in May: a deal is confirmed on more than one day, and called
        off by one and then by the other; shares of another seller are another deal. Of a ban, what is
        announced and when it takes effect are two days of which stories tell the one or the other.
        """
        if not self.profile.may_go_on_with(self.sighting):
            return False
        if _is_deal(self.sighting.report):
            return self.parties.is_deal_of_two and self.parties.seller is not False
        return bool(self.country) and slots.is_told_at_once(self.sighting, self.profile)


def _shared(sighting: Sighting, profile: Profile, *, watchlist: Watchlist) -> roles.Shared:
    """Return whom the two have in common, in the same roles or, where that says more, in others."""
    report = sighting.report
    shared = roles.shared(
        sighting.parties, profile.parties, event_type=report.type, watchlist=watchlist
    )
    may_differ_in_role = report.type in _ROLES_ARE_UNSURE and profile.may_go_on_with(sighting)
    if not may_differ_in_role or shared.is_deal_of_two:
        return shared
    in_any_role = roles.shared_in_any_role(
        sighting.parties,
        profile.parties,
        of_deal=_is_deal(report),
        is_at_once=slots.are_of_one_day(sighting, profile),
        is_end=sighting.is_end,
        is_same_sum=slots.is_same_sum(report, profile),
        watchlist=watchlist,
    )
    if in_any_role and (shared.are_others or in_any_role.anchor >= shared.anchor):
        return in_any_role
    return shared


def _is_deal(report: Report) -> bool:
    return report.type == "acquisition"
