"""Roles: whether those who stand in a role of a report and of an event are the same.

Of each: None where one of them names nobody or nobody that could be compared, which is no conflict.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from services.alerter.tracking.names import are_alike
from services.alerter.tracking.parties import Parties, Side
from services.common.ids import CompanyId
from services.common.watchlist import Watchlist

# How surely an event is about the same company, in tenths of what makes one event. Who is told in the same
# role goes before who is in another one: else an end would be told of whatever deal was told last.
_SAME_COMPANY = 11
_IN_ANOTHER_ROLE = 10
_ROLLED_UP = 6  # an owner instead of its product


class Shared(NamedTuple):
    """Which parties a report and an event share."""

    anchor: int
    """The points for the company that the event is about, 0 where it is another one."""
    buyer: bool | None
    """None but of a deal: who bans or closes is told in too many ways to be compared."""
    seller: bool | None

    @property
    def are_others(self) -> bool:
        """Return whether it is about another company, or bought by another one."""
        return not self.anchor or self.buyer is False

    @property
    def is_deal_of_two(self) -> bool:
        """Return whether it is a deal of the same two."""
        return self.buyer is True and self.anchor == _SAME_COMPANY


def shared(parties: Parties, known: Parties, *, event_type: str, watchlist: Watchlist) -> Shared:
    """Return what the `parties` of a report share with those `known` of an event of its type."""
    seller = _agree(parties.sellers, known.sellers, watchlist)
    if event_type != "acquisition":
        is_its_own = any(
            _is_of_its_owner(one, other, event_type)
            for one, other in ((parties, known), (known, parties))
        )
        anchor = _SAME_COMPANY if is_its_own else _anchor(parties, known, watchlist)
        return Shared(anchor, None, seller)
    if _have_two_in_common(parties, known, watchlist):
        return Shared(_SAME_COMPANY, True, seller)
    buyer = _agree(parties.actors, known.actors, watchlist)
    return Shared(_anchor(parties, known, watchlist), buyer, seller)


def shared_in_any_role(
    parties: Parties,
    known: Parties,
    *,
    of_deal: bool,
    is_at_once: bool,
    is_end: bool,
    is_same_sum: bool,
    watchlist: Watchlist,
) -> Shared | None:
    """Return what they share where both tell of one event though of other roles; None elsewhere.

    Of a deal one outlet knows who sells, another only who is bought and calls that the buyer. So who names two
    tracked companies of it and no other tells of it too, and where both are told `is_at_once` whoever names one,
    or all of them and more; unless they name somebody else who buys or is bought. An end of two, or the same sum
    of one, is that of the deal though they do: names that nobody tracks are often read wrongly, or those of owners.
    Not the sum of a rival, who bids for the same company: a story of theirs tells the first bid too.
    """
    ours, theirs = parties.everybody, known.everybody
    common = ours.companies & theirs.companies
    names_no_other, leaves_none_out = common == ours.companies, common == theirs.companies
    if not common or not (names_no_other or leaves_none_out):
        return None
    are_two = len(common) > 1
    if not is_at_once and not (are_two and names_no_other):
        return None
    if are_two:
        are_others = _is_beside(parties, theirs, watchlist) or _is_beside(known, ours, watchlist)
        may_be_others = is_end
    elif not of_deal and _related(ours.companies, theirs.companies, watchlist):
        # An owner closes a plant on the day of its product.
        return None
    else:
        # Who names one company alone leaves out the other side.
        fewer, more = (parties, theirs) if names_no_other else (known, ours)
        are_others = _is_beside(fewer, more, watchlist)
        have_same_target = _agree(parties.targets, known.targets, watchlist)
        may_be_others = is_same_sum and not have_same_target
    if are_others and not may_be_others:
        return None
    are_same_two = are_two and not are_others
    anchor = _SAME_COMPANY if are_same_two else _IN_ANOTHER_ROLE
    return Shared(anchor, are_same_two or None, _agree(parties.sellers, known.sellers, watchlist))


def _anchor(parties: Parties, known: Parties, watchlist: Watchlist) -> int:
    if known.are_swapped_in(parties):
        return _SAME_COMPANY
    ours, theirs = parties.targets, known.targets
    if ours.companies and theirs.companies:
        if ours.companies & theirs.companies:
            return _SAME_COMPANY
        are_akin = _related(ours.companies, theirs.companies, watchlist) or _sell(parties, known)
        return _ROLLED_UP if are_akin else 0
    named = _agree(ours, theirs, watchlist)
    if named is False:
        return 0
    if named or parties.actors.companies & known.actors.companies:
        return _SAME_COMPANY
    return _anchor_of_any_role(parties, known, watchlist)


def _anchor_of_any_role(parties: Parties, known: Parties, watchlist: Watchlist) -> int:
    """Return the points where one side knows no target: the next role stands in for it."""
    ours = parties.targets.companies or parties.actors.companies or parties.companies
    theirs = known.targets.companies or known.actors.companies or known.companies
    if ours & theirs:
        # The one company of a story may be called who closes or what is closed.
        return _ROLLED_UP if parties.targets.names or known.targets.names else _SAME_COMPANY
    return _ROLLED_UP if _related(ours, theirs, watchlist) else 0


def _is_of_its_owner(parties: Parties, known: Parties, event_type: str) -> bool:
    """Return whether one side takes for the closed or banned whom the other knows as the owner of what is: an app
    that nobody tracks. Who owns it closes it, and is a party to its ban.
    """
    ours, theirs = parties.targets, known.targets
    if not ours.names or ours.companies or theirs.names or not theirs.companies:
        return False
    actors = parties.actors.companies
    owners = actors if event_type == "shutdown" else parties.companies - actors
    return theirs.companies <= owners


def _sell(parties: Parties, known: Parties) -> bool:
    """Return whether one side takes for the bought whom the other knows as the seller: its owner."""
    sellers = parties.sellers.companies | known.sellers.companies
    return parties.targets.companies <= sellers or known.targets.companies <= sellers


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
    return have_two and not (
        _is_beside(parties, theirs, watchlist) or _is_beside(known, ours, watchlist)
    )


def _is_beside(parties: Parties, others: Side, watchlist: Watchlist) -> bool:
    """Return whether somebody buys, closes or is bought or closed who is none of `others`."""
    return any(
        _agree(side, others, watchlist) is False for side in (parties.targets, parties.actors)
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
