"""Running folds: a fold over an event's sightings goes on from where it stood, instead of anew.

An event that eight hundred outlets tell is folded with each of their stories. What it comes to depends
on the sightings alone, so the folds of some beginnings are kept, and a copy of the longest takes in the
rest. When a late story, a revision, a withdrawal or a merge changes one of these, a shorter one does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, Self, TypeVar

from services.alerter.tracking.sighting import Key, Sighting

TAIL = 32
"""The newest sightings of an event, which are folded each time: stories come in any order, nearly always
one of the newest."""

_STEP = 4
"""How many times as far from the end each kept state is as the one after it, at most: one story that
comes an hour late among a thousand must not have all of them folded again."""

MOST_SIGHTINGS = 4_000
"""Of all folds of one kind together."""


class Fold(Protocol):
    """A state that takes in sightings one by one, and can be copied."""

    def add(self, sighting: Sighting, /) -> object:
        """Take in the next sighting."""

    def copy(self) -> Self:
        """Return the same state, which goes its own way."""


T = TypeVar("T")
State = TypeVar("State", bound=Fold)
_Name = tuple[str, Key]


@dataclass(slots=True)
class _Kept(Generic[State]):
    """The sightings that an event begins with, and the states after some numbers of them, the fewest first."""

    sightings: list[Sighting]
    states: list[tuple[int, State]]

    def cut(self, sightings: Sequence[Sighting]) -> None:
        """Forget the states that are not of the beginning of `sightings`."""
        # Lists of the same objects are compared at once.
        while self.states and sightings[: self.states[-1][0]] != self.sightings:
            self.states.pop()
            self.sightings = self.sightings[: self.states[-1][0] if self.states else 0]

    def thin(self, end: int) -> None:
        """Forget states that are closer to each other than they need to be, so far from the `end`."""
        states = self.states
        for place in range(len(states) - 2, 0, -1):
            after, before = states[place + 1][0], states[place - 1][0]
            if after - before < (_STEP - 1) * (end - after):
                del states[place]


class Running(Generic[State]):
    """Folds of one kind, by the sighting that begins them: a pure function's memory, of one thread.

    `begin` returns the state after the first sighting.
    """

    def __init__(self, begin: Callable[[Sighting], State]) -> None:
        self._begin = begin
        self._kept: dict[_Name, _Kept[State]] = {}
        self._size = 0

    def of(self, sightings: Sequence[Sighting], *, among: str = "") -> State:
        """Return the state after `sightings`, at least one, in their order; it is the caller's own.

        `among` tells folds apart that begin with the same sighting, as those of several countries do.
        """
        if len(sightings) <= TAIL:
            return self._folded(self._begin(sightings[0]), sightings[1:])
        size, state = self._settled(sightings, (among, sightings[0].key))
        return self._folded(state.copy(), sightings[size:])

    def _settled(self, sightings: Sequence[Sighting], name: _Name) -> tuple[int, State]:
        """Return of how many of `sightings`, from the first on, the state is kept, and that state."""
        kept = self._kept.pop(name, None) or _Kept[State]([], [])
        self._size -= len(kept.sightings)
        kept.cut(sightings)
        if len(sightings) - len(kept.sightings) >= 2 * TAIL or not kept.states:
            self._go_on(kept, sightings)
        self._kept[name] = kept
        self._size += len(kept.sightings)
        while self._size > MOST_SIGHTINGS and len(self._kept) > 1:
            self._size -= len(self._kept.pop(next(iter(self._kept))).sightings)
        return kept.states[-1]

    def _go_on(self, kept: _Kept[State], sightings: Sequence[Sighting]) -> None:
        """Keep more states, up to shortly before the end of `sightings`."""
        if not kept.states:
            kept.states.append((1, self._begin(sightings[0])))
        for mark in _marks(len(sightings)):
            size, state = kept.states[-1]
            if mark > size:
                kept.states.append((mark, self._folded(state.copy(), sightings[size:mark])))
        kept.thin(len(sightings))
        kept.sightings = list(sightings[: kept.states[-1][0]])

    @staticmethod
    def _folded(state: State, more: Sequence[Sighting]) -> State:
        for sighting in more:
            state.add(sighting)
        return state


class Last(Generic[T]):
    """What a pure function of an event's sightings came to the last time, for as long as they are the same.

    Whoever gets it does not change it: it is handed out again.
    """

    def __init__(self, function: Callable[[list[Sighting]], T]) -> None:
        self._function = function
        self._known: dict[Key, tuple[list[Sighting], T]] = {}
        self._size = 0

    def of(self, sightings: Sequence[Sighting]) -> T:
        """Return the function of `sightings`, at least one, in their order."""
        name = sightings[0].key
        known = self._known.get(name)
        if known is not None and known[0] == sightings:
            return known[1]
        self._forget(name)
        mine = list(sightings)
        found = self._function(mine)
        self._known[name] = mine, found
        self._size += len(mine)
        while self._size > MOST_SIGHTINGS and len(self._known) > 1:
            self._forget(next(iter(self._known)))
        return found

    def _forget(self, name: Key) -> None:
        if (known := self._known.pop(name, None)) is not None:
            self._size -= len(known[0])


def _marks(end: int) -> list[int]:
    """Return after how many sightings of so many a state is kept, ever closer to the `end`."""
    marks: list[int] = []
    distance = TAIL
    while distance < end:
        marks.append(end - distance)
        distance *= _STEP
    return marks[::-1]
