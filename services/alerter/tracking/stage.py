"""Stage: how far an event has come, as a fold over what its stories say.

The rules are design decision 12. One wrong stage among many outlets corrects nobody; two outlets
that agree, or everybody who spoke before, do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import inf

from services.alerter.tracking.copies import Originals
from services.alerter.tracking.running import Last, Running
from services.alerter.tracking.sighting import BY_ORDER, Sighting
from services.common.contracts.event import Still
from services.common.contracts.reading import ENDS, FORWARD, Stage
from services.common.countries import covers
from services.common.event_types import event_type

KNOWN = ENDS | frozenset(FORWARD)

LATE_AFTER = timedelta(hours=1)
REST = timedelta(days=14)
"""How long after its end an event takes a new rumour or proposal as coverage."""

# How much of the weight since its first vote a claim needs. More than half of it would let two mistakes
# with one right story between them turn an event. ADR 0009 has what was tried, benchmarks/tracking.py tells
# what comes of other figures.
OF_TWO = 2 / 3
OF_MORE = 1 / 2
_ROUNDING = 1e-6

# From how many other outlets on a claim needs three, and four. Of confirmed stories 2.3 % are read as
# rejected: two in a row among 40 outlets, three among 1,000, are what mistakes alone do to 2 % of events.
MANY = (40, 1_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The stage that holds and since when it was told; `disputed` is one that some tell instead.

    `still` tells where it stands that is an end elsewhere.
    """

    stage: Stage
    since: datetime
    disputed: Stage | None = None
    still: Still | None = None

    def is_over(self, at: datetime) -> bool:
        """Return whether a rumour or proposal told `at` begins something new."""
        return self.stage in ENDS and self.still is None and at - self.since > REST


def standing_of(sightings: Iterable[Sighting]) -> Standing:
    """Return where an event stands by its main `sightings`, of which there is at least one."""
    return standing_in_order(sorted((s for s in sightings if s.is_main), key=BY_ORDER))


def standing_in_order(mains: Sequence[Sighting]) -> Standing:
    """Return where an event stands by its `mains`, which are in the order told."""
    return _standings.of(mains)


def _standing_of(mains: Sequence[Sighting]) -> Standing:
    voters = _voters(mains)
    if not voters or len(mains) == 1:
        return Standing(stage=mains[0].report.stage, since=mains[0].told_at)
    if by_country := _by_country(voters):
        return _standing_in(
            {country: _fold_of(votes, country) for country, votes in by_country.items()}
        )
    fold = _fold_of(voters)
    return Standing(stage=fold.stage, since=fold.since, disputed=fold.disputed())


def _fold_of(voters: Sequence[Sighting], country: str = "") -> _Fold:
    return _votes.of(voters, among=country).fold


def _by_country(voters: Sequence[Sighting]) -> dict[str, list[Sighting]]:
    """Return who votes on each country, where somebody tells the end of it in some of them only.

    Empty otherwise: then all vote on all.
    """
    ends = {voter.report.countries for voter in voters if voter.report.stage in ENDS}
    if not any(ends):
        return {}
    told = {voter.report.countries for voter in voters}
    countries = sorted({country for places in told for country in places})
    if all(covers(places, country) for places in ends for country in countries):
        return {}
    by_country: dict[str, list[Sighting]] = {country: [] for country in countries}
    covered = {
        places: [by_country[country] for country in countries if covers(places, country)]
        for places in told
    }
    for voter in voters:
        for votes in covered[voter.report.countries]:
            votes.append(voter)
    return by_country


def _standing_in(folds: Mapping[str, _Fold]) -> Standing:
    """Return where an event stands that each country has a fold of its own of.

    An end in one of them is its stage, as the definitions have it ("undone, also in part").
    """
    leading = max(folds.values(), key=_lead)
    stands = {country: fold for country, fold in folds.items() if fold.stage not in ENDS}
    still = None
    if stands and leading.stage in ENDS:
        furthest = max(stands.values(), key=_lead)
        still = Still(stage=furthest.stage, countries=tuple(stands))
    disputed = (fold.disputed() for fold in folds.values())
    return Standing(
        stage=leading.stage,
        since=leading.since,
        disputed=next((stage for stage in disputed if stage not in {None, leading.stage}), None),
        still=still,
    )


def _lead(fold: _Fold) -> tuple[bool, int, datetime, str]:
    """Return by what one country's stage goes before another's: an end, then how far it has come."""
    is_end = fold.stage in ENDS
    return is_end, 0 if is_end else FORWARD.index(fold.stage), fold.since, fold.stage


def _voters(mains: Sequence[Sighting]) -> list[Sighting]:
    """Return who may vote: known stages, nobody late unless all are."""
    known = [sighting for sighting in mains if sighting.report.stage in KNOWN]
    in_time = [sighting for sighting in known if not sighting.is_late]
    return in_time or known


@dataclass(slots=True)
class _Claim:
    """Those who tell one stage, since the first of them after the last turn, each with the weight of
    all votes before it: an early mistake must not drown those who tell the same a day later.
    """

    outlets_before: frozenset[str]
    votes: list[tuple[str, float, float]] = field(default_factory=list)
    lead: float = inf
    """By how much the weight of its last votes is more than half of all since the first of them, at most."""

    @property
    def outlets(self) -> set[str]:
        """Return who makes the claim."""
        return {outlet for outlet, _, _ in self.votes}

    def copy(self) -> _Claim:
        return _Claim(self.outlets_before, self.votes.copy(), self.lead)

    def tails(self) -> Iterator[tuple[set[str], float, float]]:
        """Yield outlets, weight, and all weight before them, of the last one, two, three … votes."""
        outlets: set[str] = set()
        weight = 0.0
        for outlet, own, before in reversed(self.votes):
            outlets.add(outlet)
            weight += own
            yield outlets, weight, before


class _Fold:
    """The stage after each vote, in the order in which they were told.

    A turn is a move into an end stage, between two, or out of one: claims count from the last turn,
    while a step forward leaves them standing.
    """

    def __init__(self, first: Sighting) -> None:
        self.stage = first.report.stage
        self.since = first.told_at
        self._newest = first.told_at
        self.outlets: set[str] = set()
        self._weight = 0.0
        self.claims: dict[Stage, _Claim] = {}
        self.tellers: set[str] = {first.story.outlet}
        self.disputing: dict[Stage, float] = {}
        self._count(first)

    def copy(self) -> _Fold:
        """Return the same fold, which goes its own way."""
        other = copy(self)
        other.outlets = self.outlets.copy()
        other.claims = {stage: claim.copy() for stage, claim in self.claims.items()}
        other.tellers = self.tellers.copy()
        other.disputing = self.disputing.copy()
        return other

    def add(self, vote: Sighting) -> None:
        """Take the next vote."""
        stage = vote.report.stage
        self._forget_after_silence(vote)
        self._count(vote)
        if self._is_forward(stage):
            self._move(stage, vote)
            return
        if stage is self.stage:
            self.tellers.add(vote.story.outlet)
        elif stage in ENDS or (self.stage in ENDS and stage is Stage.CONFIRMED):
            self.disputing[stage] = self.disputing.get(stage, 0.0) + vote.report.confidence
        for claimed, claim in (*self.claims.items(), *self._over(stage)):
            if claimed is not self.stage and self._is_accepted(claimed, claim):
                self._turn(claimed, claim, vote)
                return

    def hear(self, copied: Sighting) -> None:
        """Note that somebody told a text again that has voted: it is no vote, and no silence either."""
        self._newest = copied.told_at

    def disputed(self) -> Stage | None:
        """Return the stage that most tell instead of the one that holds."""
        if not self.disputing:
            return None
        return max(self.disputing, key=lambda stage: (self.disputing[stage], stage))

    def _forget_after_silence(self, vote: Sighting) -> None:
        """Have nobody contradict who undoes what was told long ago: then it was so. What is over already
        one outlet does not call another kind of end.
        """
        is_silent = vote.told_at - self._newest > event_type(vote.report.type).window
        if is_silent and self.stage not in ENDS:
            self.claims = {}
            self.outlets.clear()
        self._newest = vote.told_at

    def _count(self, vote: Sighting) -> None:
        stage = vote.report.stage
        if stage not in self.claims:
            self.claims[stage] = _Claim(frozenset(self.outlets), lead=0.0)
        weight = vote.report.confidence
        self.claims[stage].votes.append((vote.story.outlet, weight, self._weight))
        for claimed, claim in self.claims.items():
            is_own = claimed is stage
            claim.lead = max(claim.lead, 0.0) + weight / 2 if is_own else claim.lead - weight / 2
        self.outlets.add(vote.story.outlet)
        self._weight += weight

    def _over(self, stage: Stage) -> Iterator[tuple[Stage, _Claim]]:
        """Yield the claim of all who tell that it is over, as whichever end most of their weight tells.

        Whether a court that suspends a ban rejects or reverses it, stories and the classifier disagree on;
        not on that it no longer stands.
        """
        ends = {end: self.claims[end] for end in ENDS if end in self.claims}
        if stage in ENDS and self.stage not in ENDS and len(ends) == len(ENDS):
            first = min(ends.values(), key=lambda claim: claim.votes[0][2])
            votes = sorted(
                (vote for claim in ends.values() for vote in claim.votes), key=lambda vote: vote[2]
            )
            weight = {end: sum(own for _, own, _ in ends[end].votes) for end in ends}
            told = max(ends, key=lambda end: (weight[end], end))
            yield told, _Claim(first.outlets_before, votes)

    def _is_forward(self, stage: Stage) -> bool:
        if stage in ENDS or self.stage in ENDS:
            return False
        return FORWARD.index(stage) > FORWARD.index(self.stage)

    def _is_accepted(self, stage: Stage, claim: _Claim) -> bool:
        # Mistakes among a thousand confirmations lead nowhere: their votes need not be counted each time.
        if claim.lead < -_ROUNDING:
            return False
        if stage in ENDS:
            return any(
                self._has_most(len(outlets), weight, before)
                and (self._are_enough(len(outlets)) or outlets >= claim.outlets_before)
                for outlets, weight, before in claim.tails()
            )
        if stage is Stage.CONFIRMED and self.stage in ENDS:
            return any(
                self._has_most(len(outlets), weight, before) and len(outlets) >= len(self.tellers)
                for outlets, weight, before in claim.tails()
            )
        return False

    def _has_most(self, outlets: int, weight: float, before: float) -> bool:
        """Return whether `weight` of `outlets` is most of all since the weight `before`."""
        return weight > (self._weight - before) * (OF_TWO if outlets == 2 else OF_MORE)

    def _are_enough(self, outlets: int) -> bool:
        """Return whether `outlets` may end what all others told."""
        others = len(self.outlets) - outlets
        return outlets >= 2 + sum(others >= many for many in MANY)

    def _move(self, stage: Stage, vote: Sighting) -> None:
        self.stage = stage
        self.since = vote.told_at
        self.disputing.clear()

    def _turn(self, stage: Stage, claim: _Claim, vote: Sighting) -> None:
        self._move(stage, vote)
        self.tellers = claim.outlets
        self.claims = {}


class _Votes:
    """Who was heard: each text votes once, whoever copies it."""

    def __init__(self, first: Sighting) -> None:
        self.fold = _Fold(first)
        self.originals = Originals()
        self.originals.add(first)

    def add(self, voter: Sighting) -> None:
        if self.originals.add(voter) is voter:
            self.fold.add(voter)
        else:
            self.fold.hear(voter)

    def copy(self) -> _Votes:
        other = copy(self)
        other.fold = self.fold.copy()
        other.originals = self.originals.copy()
        return other


_votes = Running(_Votes)
_standings = Last(_standing_of)
