"""Thing words: what may stand between a verb and a thing that it is about, where that is no word of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from services.classifier.lexicon.forms import folded_forms


class Particle(StrEnum):
    """In which letters a language writes the particle that it glues to a noun."""

    HIRAGANA = "hiragana"
    """In other letters than nouns."""
    HANGUL = "hangul"


@dataclass(frozen=True, slots=True, kw_only=True)
class ThingWords:
    """What may stand between a verb and a thing that it is about."""

    particle: Particle | None = None
    """Glued to a thing before its verb: "自動車を", "건물을"."""
    adverbs: tuple[str, ...] = ()
    """Between a thing and a verb behind it, in a language without particles: "口红已停产"."""
    counters: tuple[str, ...] = ()
    """What ends a number before a thing, or says whose it is: "三架飞机". Without one it may be a company's name."""
    one_of: tuple[str, ...] = ()
    """Behind a thing: it is one of several."""
    enders: tuple[str, ...] = ()
    """What begins behind a noun that is whole, where no spaces tell that it is: "飞机用于"."""
    makers: tuple[str, ...] = ()
    """How nouns end that make a company of the thing before them: "خودروساز"."""

    @classmethod
    def of(cls, things: Mapping[str, Any]) -> ThingWords:
        """Return what a language's file says of things."""
        particle = things.get("particle")
        return cls(
            particle=Particle(particle) if particle else None,
            adverbs=folded_forms(things.get("adverbs", "")),
            counters=folded_forms(things.get("counters", "")),
            one_of=folded_forms(things.get("one of", "")),
            enders=folded_forms(things.get("enders", "")),
            makers=folded_forms(things.get("makers", "")),
        )
