"""Spans: what stands somewhere in a story's folded text: sentences, names, strangers and cues."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

from services.common.contracts.reading import Role
from services.common.ids import CompanyId

ACTIVE = frozenset({"active", "close", "sell"})
"""Frames of verbs whose subject does what they say."""
DEALS = frozenset({"active", "sell"})
"""Frames of verbs whose subject buys or sells."""
UNDERGONE = frozenset({"passive", "sold"})
"""Frames of verbs whose subject it is done to."""
VERBS = ACTIVE | UNDERGONE
"""Frames of all verbs that tell what is done to somebody."""
NOUNS = frozenset({"noun", "lifted"})
"""Frames of nouns for an event: "the takeover", "the ban"."""


class Segment(IntEnum):
    """Where in the story a sentence stands."""

    TITLE = 0
    LEAD = 1
    BODY = 2
    TAIL = 3


class Sentence(NamedTuple):
    """A sentence by its folded offsets.

    `breaks` are the offsets where its clauses begin, `halves` those where a headline begins anew, `subjects` those
    where a clause begins that tells its own of somebody else.
    """

    start: int
    end: int
    segment: Segment
    breaks: tuple[int, ...] = ()
    halves: tuple[int, ...] = ()
    subjects: tuple[int, ...] = ()


class Name(NamedTuple):
    """A tracked company's name at a place of the folded text."""

    start: int
    end: int
    company: CompanyId

    def overlaps(self, other: Name) -> bool:
        """Return whether some of its letters are another name's too."""
        return self.start < other.end and other.start < self.end


class Stranger(NamedTuple):
    """A party that nobody tracks, at a place of the folded text, with its role."""

    start: int
    end: int
    role: Role


class Trigger(NamedTuple):
    """A cue that was accepted: it says that something of its type happened to somebody.

    `weight` is its own, `score` that of its sentence after blockers; `is_negated`, `is_past` and
    `is_aside` (it only says who somebody is) say what stands around it.
    """

    start: int
    end: int
    sentence: int
    event_type: str
    group: str
    frame: str
    weight: float
    score: float
    stage: str | None = None
    is_negated: bool = False
    is_past: bool = False
    is_aside: bool = False

    @property
    def doer(self) -> Role:
        """Return what the subject of a verb does that it is: who sells sells, who does anything else acts."""
        return Role.SELLER if self.frame == "sell" else Role.ACTOR
