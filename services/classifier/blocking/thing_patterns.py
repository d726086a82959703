"""Thing patterns: what finds a thing that is no company right before or behind a verb, by word order.

The words are those of `lexicon/shared/harmless.yml`.
"""

from __future__ import annotations

import re
from functools import cache

from services.classifier.lexicon.forms import NOTHING, any_of
from services.classifier.lexicon.grammar import Grammar, Trait
from services.classifier.lexicon.shared_words import (
    LETTER,
    folded_particles,
    harmless_pattern,
    harmless_stems,
)
from services.classifier.lexicon.thing_words import Particle
from services.common.event_types import event_types

_FILLERS = 6
"""Words between a verb and a thing; more could be read in too many ways, as some are of two kinds."""
_PARTICLES = {Particle.HIRAGANA: "[ぁ-ん]{0,3}", Particle.HANGUL: r"[가-힣]{0,2}\s*"}
_NO_HIRAGANA = "[ァ-ヴー一-龥A-Za-z]"
_SIGNS = "。、,.;:!?()"
_FEW = "{0,8}"
"""So many signs stand at most between a verb and a thing in a language that parts no words."""


def prepare(language: str, grammar: Grammar) -> None:
    """Make the patterns of a language, which else its first sentences with such words have to wait for."""
    for kind in frozenset[str]().union(*harmless_stems(language).values()):
        harmless_pattern(kind, language)
    for event_type in (*event_types(), "teams"):
        if grammar.order == "sov" or Trait.TOPICS_FIRST in grammar.traits:
            object_before(event_type, language, grammar, is_before=True)
            object_before(event_type, language, grammar, is_before=False)
        if grammar.order != "sov" or Trait.OBJECTS_BEHIND in grammar.traits:
            object_behind(event_type, language, grammar)


@cache
def object_before(
    event_type: str, language: str, grammar: Grammar, *, is_before: bool
) -> re.Pattern[str] | None:
    """Return what ends a text with a thing, with its price too where it stands before all; None without words."""
    things = harmless_pattern(event_type, language)
    if things is None:
        return None
    if grammar.things.particle or grammar.things.adverbs:
        return re.compile(_glued(things, event_type, language, grammar))
    adjectives = harmless_pattern("adjectives", language)
    # "forbids staff the app": whom is blocked stands right before the verb, or something else is.
    other = (
        "" if event_type == "ban" or adjectives is None else rf"(?:\s+(?:{adjectives.pattern}))?"
    )
    price = behind = ""
    if event_type == "acquisition" and is_before:
        # Its price may stand between: "binasını 95 milyon liraya satın aldı".
        price = rf"(?:\s+\d[\d.,]*(?:\s{LETTER}+){{1,3}})?"
        behind = _adjectives_of(grammar)
    return re.compile(rf"(?:{things.pattern}){behind}{other}{price}\s*\Z")


def _glued(things: re.Pattern[str], event_type: str, language: str, grammar: Grammar) -> str:
    """Return the pattern of a thing whose particle is glued to it, or that has none, before its verb."""
    particle = grammar.things.particle
    if particle is None:
        return rf"(?:{things.pattern})(?:{any_of(grammar.things.adverbs)})?\Z"
    adjectives = harmless_pattern("adjectives", language)
    more = rf"(?:(?:{adjectives.pattern})\s*)?" if adjectives else ""
    begin = comma = ""
    if particle is Particle.HIRAGANA:
        # "三菱自動車を", "エアバスを" are companies: what is a thing begins a word.
        begin = f"(?<!{_NO_HIRAGANA})" if event_type == "acquisition" else ""
        comma = "[、,]?" if event_type == "shutdown" else ""  # "旧型スマホ、更新打ち切り"
    return rf"{begin}(?:{things.pattern}){_PARTICLES[particle]}{comma}{more}\Z"


def _adjectives_of(grammar: Grammar) -> str:
    """Return the pattern of adjectives that follow their noun: "برج دفتر مرکزی جدیدش را خرید".

    A noun that makes a company of the thing before it is none of them.
    """
    if not grammar.has_nouns_first:
        return ""
    no_maker = "".join(f"(?<!{re.escape(maker)})" for maker in grammar.things.makers)
    return rf"{no_maker}(?:\s{LETTER}+){{0,3}}"


@cache
def object_behind(event_type: str, language: str, grammar: Grammar) -> re.Pattern[str] | None:
    """Return what finds a thing right behind a verb; None without words."""
    things = harmless_pattern(event_type, language)
    if things is None:
        return None
    if grammar.things.enders:
        return re.compile(_unparted(things, event_type, grammar))
    if not grammar.has_spaces:
        return re.compile(rf"[\s\d,.]{_FEW}(?:{things.pattern})")
    adjectives = harmless_pattern("adjectives", language)
    money = any_of(
        form.removesuffix("*") for form in (*grammar.money.currencies, *grammar.money.scales)
    )
    filler = rf"(?:{adjectives.pattern if adjectives else NOTHING}|(?:{money}){LETTER}*"
    filler += rf"|(?:{any_of(grammar.articles)})(?!{LETTER})|\d[\d.,]*%?)[\s'-]+"
    of = folded_particles("owned_by", language)
    whose = rf"(?:(?:{any_of(of)})\s+)?" if of else ""
    return re.compile(
        rf"[\s'-]*(?:{filler}){{0,{_FILLERS}}}"
        rf"(?P<other>{LETTER}{{3,}}[\s-]+{whose})?(?P<thing>{things.pattern})"
    )


def _unparted(things: re.Pattern[str], event_type: str, grammar: Grammar) -> str:
    """Return the pattern of a thing behind its verb where words are not parted.

    What is bought stands behind a number or "of": "长城汽车" is a company. What is closed or blocked is hardly
    a company's name.
    """
    is_bought = event_type in {"acquisition", "teams"}
    last = rf"(?:\d|{any_of(grammar.things.counters)})" if is_bought else ""
    lead = f"(?:[^{_SIGNS}]{_FEW}?{last})?"
    one_of = any_of(grammar.things.one_of)
    return rf"{lead}(?:{things.pattern})(?:{one_of})?(?={noun_end(grammar).pattern})"


@cache
def noun_end(grammar: Grammar) -> re.Pattern[str]:
    """Return what finds the end of a noun, in a language that says how one ends."""
    return re.compile(rf"[ ]*(?:[{_SIGNS}\s]|\Z|{any_of(grammar.things.enders)})")
