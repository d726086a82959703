"""Dealings: bans and closings that only say how a deal goes.

"Pulls out of the purchase of X" ends a deal, "closes the purchase" completes it; who "exits X and sells its shares
to Y" closes nothing; a court that stops "the sale of X to Y" stops a deal.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import Enum, auto
from itertools import pairwise

from services.classifier.document import Document
from services.classifier.lexicon.scripts import UNSPACED, script_of
from services.classifier.lexicon.shared_words import end_words, ends_pattern
from services.classifier.spans import Name, Trigger
from services.classifier.syntax.clauses.signs import CLAUSE_SIGN
from services.classifier.syntax.scene import Scene

_BETWEEN = 16
_WORDS_BETWEEN = 2
_RIGHT_BEHIND = 5
_ITS_OBJECT = 30
_NEXT = 2
"""A name right behind the last word of a clause belongs to it."""


class DealEnd(Enum):
    """What a cue of a closing says of the deal beside it."""

    FAILED = auto()
    DONE = auto()
    """It is completed, or its own cue says how it ended."""


def deal_end(scene: Scene, deals: Sequence[Trigger]) -> DealEnd | None:
    """Return what a cue of a closing says of the deal beside it, None where it stands beside none.

    Behind the cue stands the deal's noun, in verb-last languages before it; "ends talks on a merger" may be
    cue of both.
    """
    trigger = scene.trigger
    if trigger.stage is not None or trigger.frame not in {"active", "close"}:
        return None
    for deal in deals:
        if deal.sentence != trigger.sentence:
            continue
        if deal.start < trigger.end and trigger.start < deal.end:
            if deal.stage == "rejected":
                return DealEnd.DONE
            continue
        if deal.frame != "noun":
            continue
        first, last = (deal, trigger) if scene.grammar.order == "sov" else (trigger, deal)
        if _touch(scene.document, first, last):
            closes = ends_pattern("closes", scene.language)
            is_done = closes.search(scene.text, trigger.start, trigger.end)
            return DealEnd.DONE if is_done else DealEnd.FAILED
    return None


def _touch(document: Document, first: Trigger, last: Trigger) -> bool:
    """Return whether nothing but an article or two stands between two cues of a clause."""
    if not 0 <= last.start - first.end <= _BETWEEN:
        return False
    between = document.folded.text[first.end : last.start]
    return (
        len(between.split()) <= _WORDS_BETWEEN
        and CLAUSE_SIGN.search(between) is None
        and not document.names_between(first.sentence, first.end, last.start)
    )


def is_of_a_told_deal(scene: Scene, deals: Sequence[Trigger]) -> bool:
    """Return whether a ban is only of "the transaction" that title or lead tell: nobody is named in its clause."""
    trigger = scene.trigger
    if trigger.stage is not None or trigger.frame == "noun":
        return False
    if not any(
        scene.document.in_front(deal.sentence)
        and (deal.sentence != trigger.sentence or abs(deal.start - trigger.start) > _BETWEEN)
        for deal in deals
    ):
        return False
    start, end = scene.clause
    if scene.names_between(start, end):
        return False
    words = ends_pattern("dealings", scene.language)
    text = scene.text
    if scene.grammar.order == "sov" or trigger.frame == "passive":
        return words.search(text, start, max(trigger.end, start)) is not None
    return words.search(text, trigger.start, min(end, trigger.end + _ITS_OBJECT)) is not None


def is_a_condition(scene: Scene, deals: Sequence[Trigger]) -> bool:
    """Return whether a ban is only what a deal is allowed on: "may buy X but must not raise its prices"."""
    trigger = scene.trigger
    if trigger.stage is not None:
        return False
    sentence = scene.span
    if any(name.start >= trigger.start for name in scene.names):
        return False
    for deal in deals:
        if deal.sentence != trigger.sentence or deal.end > trigger.start or deal.stage is not None:
            continue
        behind = min(sentence.end, trigger.end + _BETWEEN)
        but = ends_pattern("but", scene.language).search(scene.text, deal.end, behind)
        if but is not None and not any(but.start() <= name.start for name in scene.names):
            return True
    return False


def is_of_an_owner(scene: Scene) -> bool:
    """Return whether who leaves only sells its shares: "exits X and sells its stake to Y"."""
    trigger = scene.trigger
    if trigger.frame != "close" or trigger.stage is not None:
        return False
    if not any(
        other.event_type == "acquisition" and other.frame == "sell" for other in scene.triggers
    ):
        return False
    names = scene.names
    left = _left(scene, names)
    return left is not None and any(
        name.end <= left.start and name.company != left.company for name in names
    )


def _left(scene: Scene, names: Sequence[Name]) -> Name | None:
    """Return the company that somebody leaves: right behind the cue, in verb-last languages before it."""
    trigger = scene.trigger
    start, end = scene.clause
    for name in names:
        gap = trigger.start - name.end if scene.grammar.order == "sov" else name.start - trigger.end
        if start <= name.start < max(end, trigger.end + _NEXT) and 0 <= gap <= _RIGHT_BEHIND:
            return name
    return None


def is_a_sale_to_somebody(scene: Scene) -> bool:
    """Return whether the sale of one company to another is stopped: "suspends the sale of X to Y"."""
    start, end = scene.clause
    names = scene.names_between(start, end)
    if len({name.company for name in names}) < 2:
        return False
    sale = ends_pattern("sale", scene.language)
    text = scene.text
    found = sale.search(text, start, max(end, scene.trigger.end))
    if found is None:
        return False
    marks = end_words("to", scene.language)
    if scene.grammar.order == "sov" and not scene.grammar.has_nouns_first:
        return any(_is_marked(text, at, marks) for name in names for at in (name.end, name.end + 1))
    for sold, buyer in pairwise(names):
        between = text[sold.end : buyer.start].strip(" '-")
        if sold.company != buyer.company and sold.start >= found.start() and between in marks:
            return True
    return False


def _is_marked(text: str, at: int, marks: Iterable[str]) -> bool:
    """Return whether one of the words stands at a place and does not go on: "에" is not "에서"."""
    return any(
        text.startswith(mark, at)
        and (
            script_of(mark[-1]) in UNSPACED
            or not text[at + len(mark) : at + len(mark) + 1].isalpha()
        )
        for mark in marks
    )
