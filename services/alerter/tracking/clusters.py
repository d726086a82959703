"""Clusters: which main sightings make up one event.

The answer depends on the set of sightings alone: they are placed one by one in the order in which
they were told (`Sighting.order`), whatever order the bus brought them in. What was told before the
first changed sighting keeps its place, so that a new story at the end costs one comparison an event.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from services.alerter.tracking.identity import SAME_EVENT, is_surely_same, likeness
from services.alerter.tracking.profile import Profile
from services.alerter.tracking.running import Last, Running
from services.alerter.tracking.sighting import BY_ORDER, ENDED_WITHIN, Sighting
from services.alerter.tracking.stage import standing_in_order
from services.common.contracts.reading import FORWARD, Stage
from services.common.countries import covers
from services.common.ids import EventId
from services.common.watchlist import Watchlist

_OPENINGS = frozenset(FORWARD) - {Stage.CONFIRMED}


@dataclass(slots=True)
class Cluster:
    """The main sightings of one event, in the order told, and the background ones beside them."""

    profile: Profile
    mains: list[Sighting]
    backgrounds: list[Sighting] = field(default_factory=list)
    is_grown: bool = False

    @classmethod
    def of(cls, first: Sighting) -> Cluster:
        """Return the cluster that `first` opens."""
        return cls(Profile(first), [first])

    def add(self, sighting: Sighting) -> None:
        """Take in the next main sighting."""
        if not self.is_grown:
            # That of the sightings that keep their places is handed out again.
            self.profile, self.is_grown = self.profile.copy(), True
        self.profile.add(sighting)
        self.mains.append(sighting)

    def takes(self, sighting: Sighting, *, likely: int, window: timedelta) -> bool:
        """Return whether its time allows `sighting`, which is so `likely` of it: within the window and not
        over for it. How it ends may come much later.
        """
        profile = self.profile
        is_its_end = self.may_end_with(sighting) and is_surely_same(
            sighting, profile, likely=likely
        )
        comes_late = is_its_end and profile.is_told_within(ENDED_WITHIN, of=sighting)
        if not comes_late and not self.is_open(sighting, window):
            return False
        if profile.oldest - sighting.told_at > window:
            return False
        if sighting.report.stage not in _OPENINGS:
            return True
        if not self.profile.is_ended:
            return True
        return not standing_in_order(self.mains).is_over(sighting.told_at)

    def is_open(self, sighting: Sighting, window: timedelta) -> bool:
        """Return whether it was told within `window` before `sighting`, or is due now and told to be so."""
        profile = self.profile
        return profile.is_told_within(window, of=sighting) or (
            sighting.reaches_back
            and profile.may_go_on_with(sighting)
            and profile.is_told_within(ENDED_WITHIN, of=sighting)
            and profile.is_due(sighting.told_at)
        )

    def may_end_with(self, sighting: Sighting) -> bool:
        """Return whether it may have stood as it was told until `sighting` ends it, for better or worse.

        A ban that is told as confirmed once more is another one, and one of some of the countries that were
        planned for does not make it one of all; but a deal is signed and then closed.
        """
        if not sighting.reaches_back or sighting.is_end:
            return sighting.is_end
        if self.profile.is_ended:
            return False
        if sighting.report.type == "acquisition":
            return True
        told = sighting.report.countries
        return not self.profile.is_confirmed and all(
            covers(told, country) for country in self.profile.countries
        )


def cluster(
    mains: Iterable[Sighting],
    *,
    changed: Iterable[Sighting],
    window: timedelta,
    watchlist: Watchlist,
) -> list[Cluster]:
    """Return the events that `mains`, all of one type, make up.

    `changed` are the sightings that came, went or were revised; those that went are not in `mains`.
    """
    ordered = sorted(mains, key=BY_ORDER)
    first_changed = min((sighting.order for sighting in changed), default=None)
    kept = (
        len(ordered) if first_changed is None else bisect_left(ordered, first_changed, key=BY_ORDER)
    )
    homes = [sighting.event_id for sighting in ordered[:kept]]
    placed = ordered[: homes.index(None) if None in homes else kept]
    clusters = _kept(placed)
    for sighting in ordered[len(placed) :]:
        best = best_of(sighting, clusters, window=window, watchlist=watchlist)
        if best is None:
            clusters.append(Cluster.of(sighting))
        else:
            best.add(sighting)
    return clusters


def best_of(
    sighting: Sighting, clusters: Sequence[Cluster], *, window: timedelta, watchlist: Watchlist
) -> Cluster | None:
    """Return the event that `sighting` fits best, the one last told of several; None for none.

    One of long ago is asked last: what is undone is the newest that is known of. What goes on does so rather
    where no end was told.
    """
    best: Cluster | None = None
    best_score = (False, 0, False, sighting.told_at)
    for one in clusters:
        likely = likeness(sighting, one.profile, watchlist=watchlist)
        if likely < SAME_EVENT or not one.takes(sighting, likely=likely, window=window):
            continue
        is_open = one.is_open(sighting, window)
        may_go_on = one.profile.may_go_on_with(sighting)
        score = (is_open, likely if is_open else 0, may_go_on, one.profile.newest)
        if best is None or score > best_score:
            best, best_score = one, score
    return best


def _kept(placed: Iterable[Sighting]) -> list[Cluster]:
    """Return the events of sightings that keep their places."""
    by_event: dict[EventId | None, list[Sighting]] = {}
    for sighting in placed:
        by_event.setdefault(sighting.event_id, []).append(sighting)
    return [Cluster(_last.of(mains), mains) for mains in by_event.values()]


_profiles = Running(Profile)
_last = Last(_profiles.of)
