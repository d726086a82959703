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
    harmless_pattern,
    harmless_stems,
    particles,
)
from services.common.event_types import event_types

_FILLERS = 6
"""Words between a verb and a thing; more could be read in too many ways, as some are of two kinds."""
ENDS_A_NOUN = re.compile(r"[ ]*(?:[,.;:!?()，。；：！？、\s]|\Z|用于|作为|并|以|供|等|和|及|后|将)")


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
    adjectives = harmless_pattern("adjectives", language)
    more = rf"(?:(?:{adjectives.pattern})\s*)?" if adjectives else ""
    if language == "ja":
        # "三菱自動車を", "エアバスを" are companies: what is a thing begins a word.
        begin = r"(?<![ァ-ヴー一-龥A-Za-z])" if event_type == "acquisition" else ""
        comma = "[、,]?" if event_type == "shutdown" else ""  # "旧型スマホ、更新打ち切り"
        return re.compile(rf"{begin}(?:{things.pattern})[ぁ-ん]{{0,3}}{comma}{more}\Z")
    if language == "ko":
        return re.compile(rf"(?:{things.pattern})[가-힣]{{0,2}}\s*{more}\Z")
    if language == "zh":
        return re.compile(rf"(?:{things.pattern})(?:已|将|即将|提前|正式|宣布|全部|也)?\Z")
    # "forbids staff the app": whom is blocked stands right before the verb, or something else is.
    other = (
        "" if event_type == "ban" or adjectives is None else rf"(?:\s+(?:{adjectives.pattern}))?"
    )
    price = behind = ""
    if event_type == "acquisition" and is_before:
        # Its price may stand between: "binasını 95 milyon liraya satın aldı". Where adjectives follow their
        # noun it is the first of its words: "برج دفتر مرکزی جدیدش را خرید".
        price = rf"(?:\s+\d[\d.,]*(?:\s{LETTER}+){{1,3}})?"
        behind = (
            rf"(?<!ساز)(?<!سازی)(?<!یی)(?:\s{LETTER}+){{0,3}}" if grammar.has_nouns_first else ""
        )
    return re.compile(rf"(?:{things.pattern}){behind}{other}{price}\s*\Z")


@cache
def object_behind(event_type: str, language: str, grammar: Grammar) -> re.Pattern[str] | None:
    """Return what finds a thing right behind a verb; None without words."""
    things = harmless_pattern(event_type, language)
    if things is None:
        return None
    if language == "zh":
        # Behind a number or 的: "长城汽车" is a company.
        # What is closed or blocked is hardly a company's name.
        last = (
            r"[\d架辆艘台块宗批的个名万亿千百座新]"
            if event_type in {"acquisition", "teams"}
            else ""
        )
        lead = rf"(?:[^,.;:!?()，。；：！？、]{{0,8}}?{last})?"
        return re.compile(rf"{lead}(?:{things.pattern})(?:之一)?(?={ENDS_A_NOUN.pattern})")
    if language == "th":
        return re.compile(rf"[\s\d,.]{{0,8}}(?:{things.pattern})")
    adjectives = harmless_pattern("adjectives", language)
    money = any_of(
        form.removesuffix("*") for form in (*grammar.money.currencies, *grammar.money.scales)
    )
    filler = rf"(?:{adjectives.pattern if adjectives else NOTHING}|(?:{money}){LETTER}*"
    filler += rf"|(?:{any_of(grammar.articles)})(?!{LETTER})|\d[\d.,]*%?)[\s'-]+"
    of = particles("genitive", language)
    whose = rf"(?:(?:{any_of(of)})\s+)?" if of else ""
    return re.compile(
        rf"[\s'-]*(?:{filler}){{0,{_FILLERS}}}"
        rf"(?P<other>{LETTER}{{3,}}[\s-]+{whose})?(?P<thing>{things.pattern})"
    )
