"""Past dates: which years and months of a sentence were over when its story was published."""

from __future__ import annotations

import re
from datetime import timedelta

from services.classifier.document import Document, remembered
from services.classifier.lexicon.grammar import Grammar

_FRESH = timedelta(days=75)
"""A year that was not over so long ago may be told of as news."""
_MONTHS = 12
_MONTH_WORD = 3
_NAMED_MONTH = re.compile(r"\d{1,2}[月월]")
_MONTH_REACH = 14
"""So near "last" stands the month."""
_YEAR = re.compile(
    r"(?:(?<![\d.,/-])|(?<=\d[./-]\d[./-])|(?<=\d[./-]\d\d[./-]))(?P<year>(?:19|20)\d\d)(?![\d.,/-]?\d)"
)
"""Behind a sign it is part of a number, but where a day and a month stand before: "5/4/1998"."""
YEAR_DIGITS = re.compile(r"[12][90]\d\d")
"""What is looked for first: patterns for years try every character, and most sentences have no such digits."""
COUNTED = re.compile(r"\s?[\u3041-\u3093\u30a1-\u30f6\u4e00-\u9fff\uac00-\ud7a3](?<![年년])")
"""Behind a number in Chinese, Japanese and Korean: it counts, and is no year."""


@remembered
def past_years(document: Document, sentence: int) -> tuple[int, ...]:
    """Return where a sentence names a year that was over when the story was published."""
    published = document.published
    if published is None:
        return ()
    text, (start, end, *_) = document.folded.text, document.sentences[sentence]
    if YEAR_DIGITS.search(text, start, end) is None:
        return ()
    this = (published - _FRESH).year
    return tuple(
        year.start()
        for year in _YEAR.finditer(text, start, end)
        if int(year["year"]) < this and not COUNTED.match(text, year.end())
    )


def is_of_a_past_month(document: Document, sentence: int, clause: tuple[int, int]) -> bool:
    """Return whether a clause tells of a month that is over: "last October", "in March it had already"."""
    text = document.folded.text
    start, end = clause
    if any(
        _is_over_month(document, _month(document.grammar, word.strip(".,")))
        for last in document.words_in("last", sentence)
        if start <= last.start < end
        for word in (
            *text[max(last.start - _MONTH_REACH, 0) : last.start].split()[-1:],
            *text[last.end : last.end + _MONTH_REACH].split()[:1],
        )
    ):
        return True
    if document.published is None or not any(
        start <= already.start < end for already in document.words_in("already", sentence)
    ):
        return False
    # "May" is a verb too, and a month half a year away is one that comes: "will close in December".
    long = (word for word in text[start:end].split() if len(word) > _MONTH_WORD)
    words = (*long, *_NAMED_MONTH.findall(text, start, end))
    return any(
        _is_over_month(document, _month(document.grammar, word.strip(".,")), most=_MONTHS // 2)
        for word in words
    )


def _is_over_month(document: Document, month: int | None, *, most: int = _MONTHS) -> bool:
    """Return whether a month was over for a while, `most` months, when the story was published."""
    if month is None:
        return False
    if document.published is None:
        return True
    return 1 < (document.published.month - month) % _MONTHS <= most


def _month(grammar: Grammar, word: str) -> int | None:
    """Return the month that a word names, also with an ending ("ekimde"); "market" is none with "mar"."""
    months = grammar.dates.months
    if word in months:
        return months[word]
    for end in range(len(word) - 1, max(_MONTH_WORD, len(word) - _MONTH_WORD - 1), -1):
        if word[:end] in months:
            return months[word[:end]]
    return None
