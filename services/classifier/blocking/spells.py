"""Spells: a closing that is told with how long it takes, or when it ends, is none for good."""

from __future__ import annotations

import re
from itertools import pairwise

from services.classifier.blocking.harmless_words import find, find_all, may_stand
from services.classifier.document import Document, remembered
from services.classifier.lexicon.grammar import Grammar, Trait
from services.classifier.lexicon.scripts import is_word_end, is_word_start
from services.classifier.lexicon.words import Hit
from services.classifier.syntax.telling import Telling

_SPELL_REACH = 45
_SPELL_REACH_DENSE = 12
_UNTIL_REACH = 30
CLOCK_REACH = 30
_NO_SPELL = tuple("后後内年前以之来ぶ")
"""What makes a day of so many days in Chinese and Japanese, where nothing parts words: "30天后"."""
_SHORT_MONTH = 2
_SHORTENED = 4
"""Names of months as short as that stand in other words, too."""
_DAY_REACH = 16
_LONGEST_SPELL = 80
_A_DAY = re.compile(r"(?<!\d)(?:0?[1-9]|[12]\d|3[01])(?!\d)")
_BETWEEN_DAYS = 26
"""So far apart stand the first and the last day of a spell: "25 October until Friday, 27 October"."""
_MONTH_REACH = 12
_MONTH_SIGNS = ("月", "월")
_DASHES = frozenset("-–—~∼〜～")
_DAY_SIGNS = frozenset(("", "st", "nd", "rd", "th", "er", "º", "го", "-го", "日", "号", "號", "일"))
"""What stands right behind a day: "25th to 27th"; "3 shops until 27 October" are no days."""


@remembered
def is_for_good(document: Document, sentence: int) -> bool:
    """Return whether a sentence says that something ends for good."""
    return find(document, "forever", *document.sentences[sentence][:2]) is not None


def is_for_a_spell(telling: Telling) -> bool:
    """Return whether how long a closing lasts, when it ends or its hour stands beside its cue."""
    document, cue = telling.document, telling.hit
    start, end = telling.span[:2]
    is_dense = Trait.DENSE in telling.grammar.traits
    for kind, reach in (("spells", _SPELL_REACH), ("clock", CLOCK_REACH)):
        near = _SPELL_REACH_DENSE if is_dense else reach
        first = max(start, cue.start - near - _LONGEST_SPELL)
        last = min(end, cue.end + near + _LONGEST_SPELL)
        if (
            may_stand(document, kind, first, last)
            # a clock beside a day is the hour at which it ends
            and not (kind == "clock" and _tells_the_day(document, start, end))
            and _stands_near(document, kind, cue, (first, last), near)
        ):
            return not is_for_good(document, telling.sentence)
    is_told = _is_until_a_day(telling) or _is_from_day_to_day(telling)
    return is_told and not is_for_good(document, telling.sentence)


def _is_from_day_to_day(telling: Telling) -> bool:
    """Return whether the first and the last day of a closing stand beside it: "from 25 to 27 October".

    Not those of the strike that it comes of.
    """
    cue = telling.hit
    start, end = telling.span[:2]
    is_dense = Trait.DENSE in telling.grammar.traits
    near = _SPELL_REACH_DENSE * 2 if is_dense else _SPELL_REACH
    apart = _BETWEEN_DAYS // 2 if is_dense else _BETWEEN_DAYS
    first = max(start, cue.start - near - _LONGEST_SPELL)
    days = list(_A_DAY.finditer(telling.text, first, min(end, cue.end + near)))
    return any(
        day.start() - last.end() <= apart
        and cue.start - day.end() <= near
        and _spans(telling.document, last, day)
        and find(telling.document, "strikes", max(start, last.start() - _DAY_REACH), last.start())
        is None
        for last, day in pairwise(days)
    )


def _spans(document: Document, first: re.Match[str], last: re.Match[str]) -> bool:
    """Return whether two numbers are days of a month with a word or a dash between them: "25–27 October"."""
    grammar = document.grammar
    text = document.folded.text
    if text[first.end() : last.start()].strip() not in _DASHES:
        through = find(document, "through", first.end(), last.start())
        if through is None or not _is_a_day(
            text[first.end() : through.start()].strip(" .,"), grammar
        ):
            return False
    if _is_counted(text, last.end()):
        return False
    return _names_a_day(text[last.start() : last.end() + _MONTH_REACH], grammar) or any(
        _stands_in(text[max(0, first.start() - _MONTH_REACH) : first.start()], month)
        for month in grammar.dates.months
    )


def _is_a_day(behind: str, grammar: Grammar) -> bool:
    """Return whether what stands behind a number makes it a day: its sign, a month, a day of the week."""
    return (
        behind in _DAY_SIGNS
        or _names_a_day(behind, grammar)
        or any(day in behind for day in grammar.dates.weekdays)
    )


def _is_counted(text: str, end: int) -> bool:
    """Return whether a letter other than a day's sign is glued to a number: "3개 공장", "2工場"."""
    return text[end : end + 1].isalpha() and not text.startswith(
        tuple(sign for sign in _DAY_SIGNS if sign.isalpha()) + _MONTH_SIGNS, end
    )


def _stands_near(
    document: Document, kind: str, cue: Hit, place: tuple[int, int], reach: int
) -> bool:
    text = document.folded.text
    return any(
        not text.startswith(_NO_SPELL, found.end())
        and max(found.start() - cue.end, cue.start - found.end()) <= reach
        for found in find_all(document, kind, *place)
    )


@remembered
def _tells_the_day(document: Document, start: int, end: int) -> bool:
    return _names_a_day(document.folded.text[start:end], document.grammar)


def _names_a_day(text: str, grammar: Grammar) -> bool:
    return re.search(r"\d{4}|\d[日일月월]|\d[/-]\d", text) is not None or any(
        _stands_in(text, month) for month in grammar.dates.months if len(month) > _SHORT_MONTH
    )


def _stands_in(text: str, month: str) -> bool:
    """Return whether a month's name stands there, a short one as a word: "sep" is not in "sepatu"."""
    at = text.find(month)
    while at >= 0:
        end = at + len(month)
        if len(month) > _SHORTENED or (is_word_start(text, at) and is_word_end(text, end)):
            return True
        at = text.find(month, at + 1)
    return False


def _is_until_a_day(telling: Telling) -> bool:
    cue = telling.hit
    _, end = telling.clause
    found = find(telling.document, "until", cue.end, min(end, cue.end + _UNTIL_REACH))
    if found is None:
        return False
    text = telling.text
    behind = text[found.end() : min(end, found.end() + _DAY_REACH)]
    if re.search(r"\d{4}", behind):
        return False  # "by 2027"
    return _names_a_day(behind, telling.grammar) or any(
        day in behind for day in telling.grammar.dates.weekdays
    )
