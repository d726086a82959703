"""Counted: goods, by the number that stands before what somebody buys: "buys 20 jets from X".

So many shops or shares are a business or a part of one: `going` of `lexicon/shared/harmless.yml`.
"""

from __future__ import annotations

import re

from services.classifier.blocking.harmless_words import company_words, find
from services.classifier.blocking.object_places import before_sides, behind_sellers
from services.classifier.lexicon.grammar import Grammar, Trait
from services.classifier.lexicon.shared_words import harmless_pattern
from services.classifier.syntax.telling import Telling

_REACH = 24
_COUNTED = re.compile(r"[\"']?\s*(?!(?:19|20)\d\d[年년])\d+(?:[.,]\d+)*\s*(?P<what>[^\W\d_]{2,})")
_WORDS = re.compile(r"[\"']?\s(?P<number>[^\W\d_]+)\s(?P<what>[^\W\d_]{2,})")
_VERB = re.compile(r"\S+(?: \S+)?(?= \d)")
"""A verb of one or two words right before a number."""
_COUNTED_BEFORE = re.compile(
    r"(?<![\d.,])(?!(?:19|20)\d\d[年년])\d+(?:[.,]\d+)*\s*(?P<what>[^\W\d_]+)\s*\Z"
)
"""A number and the word behind it; "2019年設立の" tells a date."""
_DIGIT = re.compile(r"\d")


def is_counted(telling: Telling) -> bool:
    """Return whether so and so many things that are no business stand at a verb that buys."""
    grammar, cue = telling.grammar, telling.hit
    if cue.meaning.frame != "active" or "acquisition" not in cue.meaning.types:
        return False
    if grammar.order == "sov":
        found, reach = _before(telling)
    else:
        found = _behind(telling)
        reach = found.end() + _REACH if found else 0
    if found is None:
        return False
    text = telling.text
    what = found.start("what")
    behind = text[what:reach]
    worths = (*grammar.money.percent, *grammar.money.scales, *grammar.money.currencies)
    price = _DIGIT.search(text, what, reach)
    return (
        not behind.startswith(worths)
        and not _tells_a_business(behind, grammar)
        and find(telling.document, "going", what, price.start() if price else reach) is None
    )


def _tells_a_business(text: str, grammar: Grammar) -> bool:
    """Return whether a word for a part or a kind of company stands in a text, or ends a longer one: "Modegeschäfte"."""
    may_end = not grammar.traits.isdisjoint((Trait.COMPOUNDS, Trait.DENSE))
    begin = "" if may_end else " "
    return any(f"{begin}{word}" in f" {text}" for word in company_words(grammar))


def _before(telling: Telling) -> tuple[re.Match[str] | None, int]:
    """Return a number with its noun before a verb that stands last, and where that noun's words end."""
    cue, text = telling.hit, telling.text
    reach = next(before_sides(telling), cue.start)  # "12 هواپیما از X می خرد"
    found = _COUNTED_BEFORE.search(text, max(reach - _REACH, 0), reach)
    if found is None and Trait.OBJECTS_BEHIND in telling.grammar.traits:
        last = telling.span.end
        found = _COUNTED.match(text, cue.end, last)
        reach = found.end() + _REACH if found else reach
    return found, reach


def _behind(telling: Telling) -> re.Match[str] | None:
    """Return a number with its noun behind a verb or behind who sells: "compra a X 500 furgonetas".

    Of a cue in two parts the things stand inside: "acquista 40 treni … per 200 milioni". A number in words is
    one only behind who sells, where no article can be meant.
    """
    cue, text = telling.hit, telling.text
    verb = _VERB.match(text, cue.start, cue.end)
    for begin in (verb.end() if verb else cue.end, *behind_sellers(telling)):
        found = _COUNTED.match(text, begin)
        if found is not None:
            return found
    numbers = harmless_pattern("numbers", telling.language)
    if numbers is None:
        return None
    for begin in behind_sellers(telling):
        found = _WORDS.match(text, begin)
        if (
            found
            and found["number"] not in telling.grammar.articles
            and numbers.fullmatch(found["number"])
        ):
            return found
    return None
