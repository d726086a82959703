"""Running folds: a fold over an event's sightings goes on from where it stood, instead of anew.

An event that eight hundred outlets tell is folded with each of their stories. What it comes to depends
on the sightings alone, so the fold of those at the beginning is kept and a copy of it takes in the rest.
When a revision, a withdrawal or a merge changes one of these, the fold begins anew.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, Protocol, Self, TypeVar

from services.alerter.tracking.sighting import Sighting
from services.common.ids import StoryId

TAIL = 32
"""The newest sightings of an event, which are folded each time: stories come in any order, nearly always
one of the newest."""

MOST_SIGHTINGS = 4_000
"""Of all folds of one kind together."""


class Fold(Protocol):
    """A state that takes in sightings one by one, and can be copied."""

    def add(self, sighting: Sighting, /) -> object:
        """Take in the next sighting."""

    def copy(self) -> Self:
        """Return the same state, which goes its own way."""


State = TypeVar("State", bound=Fold)


class Running(Generic[State]):
    """Folds of one kind, by the story that begins them: a pure function's memory, of one thread.

    `begin` returns the state after the first sighting.
    """

    def __init__(self, begin: Callable[[Sighting], State]) -> None:
        self._begin = begin
        self._kept: dict[StoryId, tuple[list[Sighting], State]] = {}
        self._size = 0

    def of(self, sightings: Sequence[Sighting]) -> State:
        """Return the state after `sightings`, at least one, in their order; it is the caller's own."""
        if len(sightings) <= TAIL:
            return self._folded(self._begin(sightings[0]), sightings[1:])
        folded, state = self._settled(sightings)
        return self._folded(state.copy(), sightings[len(folded) :])

    def _settled(self, sightings: Sequence[Sighting]) -> tuple[list[Sighting], State]:
        """Return the beginning of `sightings` that is kept, and its state."""
        name = sightings[0].story.story_id
        folded, state = self._kept.pop(name, ([], None))
        self._size -= len(folded)
        # Lists of the same objects are compared at once.
        if state is None or sightings[: len(folded)] != folded:
            folded, state = [sightings[0]], self._begin(sightings[0])
        if len(sightings) - len(folded) >= 2 * TAIL or len(folded) == 1:
            more = sightings[len(folded) : len(sightings) - TAIL]
            self._folded(state, more)
            folded = [*folded, *more]
        self._kept[name] = folded, state
        self._size += len(folded)
        while self._size > MOST_SIGHTINGS and len(self._kept) > 1:
            oldest, _ = self._kept.pop(next(iter(self._kept)))
            self._size -= len(oldest)
        return folded, state

    @staticmethod
    def _folded(state: State, more: Sequence[Sighting]) -> State:
        for sighting in more:
            state.add(sighting)
        return state
