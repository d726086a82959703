"""Nearest: the date that stands nearest to what tells an event, and how near a date stands."""

from __future__ import annotations

import re
from collections.abc import Sequence

from services.classifier.candidate import Candidate
from services.classifier.document import Document
from services.classifier.facts.days.told import DAY, dates_in, is_beside_past
from services.classifier.lexicon.grammar import Grammar
from services.classifier.lexicon.written_dates import FoundDate
from services.classifier.spans import Segment, Trigger

_YEAR = re.compile(r"\d{4}|\d{2,3}\s?年")
_FAR = 140
"""How many characters from the trigger a date may stand and still be its date."""
_FAR_OF_DEAL = 70
"""A deal's date is that of its newest stage only; other dates stand around in plenty."""


def nearest_date(
    document: Document, candidate: Candidate, triggers: Sequence[Trigger]
) -> FoundDate | None:
    """Return the date nearest to a trigger in its sentence, one with a word of effect before others.

    Of what is undone it is the one nearest to the word that says so: the other is when it began.
    """
    best: tuple[float, FoundDate] | None = None
    for trigger in triggers:
        span = document.sentences[trigger.sentence]
        undone = place_of_undoing(document, candidate, trigger.sentence)
        if candidate.stage == "reversed" and undone is None:
            continue
        for found in dates_in(document, span.start, span.end):
            if len(found.date) < DAY and (
                is_since(document.folded.text, found, document.grammar)
                or (trigger.event_type == "acquisition" and not has_year(document, found))
            ):
                continue
            far = distance(trigger, found) if undone is None else _gap(undone, found)
            if far > (_FAR_OF_DEAL if trigger.event_type == "acquisition" else _FAR):
                continue
            if is_history(document, trigger, found):
                continue
            rank = far - _sureness(found) + 30 * (span.segment > Segment.LEAD)
            if best is None or rank < best[0]:
                best = (rank, found)
    return best[1] if best else None


def _sureness(found: FoundDate) -> int:
    """Return how many characters a day counts as nearer than a month, and one beside a word of effect."""
    is_day = len(found.date) == DAY
    return (80 if is_day else 60) * found.has_marker + 40 * is_day


def place_of_undoing(
    document: Document, candidate: Candidate, sentence: int
) -> tuple[int, int] | None:
    """Return the place of a word that says, in a sentence, that something is undone."""
    if candidate.stage != "reversed":
        return None
    if candidate.stage_place and document.sentence_at(candidate.stage_place[0]) == sentence:
        return candidate.stage_place
    hits = (
        *(hit for hit in document.words_in("stage", sentence) if hit.meaning.name == "reversed"),
        *(hit for hit in document.words_in("cue", sentence) if hit.meaning.stage == "reversed"),
    )
    return (hits[0].start, hits[0].end) if hits else None


def _gap(place: tuple[int, int], found: FoundDate) -> float:
    # Takes back what a word like "from" counts for.
    return gap_to(*place, found) + 80 * found.has_marker


def gap_to(start: int, end: int, found: FoundDate) -> int:
    """Return how many characters stand between a place and a date."""
    return max(found.start - end, start - found.end, 0)


def distance(trigger: Trigger, found: FoundDate) -> float:
    """Return how many characters part a date from a trigger; one before it counts as farther."""
    if found.start >= trigger.end:
        return found.start - trigger.end
    return max(trigger.start - found.end, 0) + 10


def is_since(text: str, found: FoundDate, grammar: Grammar) -> bool:
    """Return whether a month is when something began: "in force since April 2016"."""
    return (
        text[max(found.start - 12, 0) : found.start]
        .rstrip()
        .endswith(grammar.dates.since or ("\0",))
    )


def is_history(document: Document, trigger: Trigger, found: FoundDate) -> bool:
    """Return whether a date stands in a clause beside the trigger's that tells what was before.

    "Defied the ban that has been in force since April 2016".
    """
    start, end = document.clause_of(trigger.sentence, found.start)
    if start <= trigger.start < end:
        return False
    text = document.folded.text
    if text.startswith(tuple(f"{word} " for word in document.grammar.relative), start):
        return True
    return is_beside_past(document, trigger.sentence, found)


def has_year(document: Document, found: FoundDate) -> bool:
    """Return whether a date is told with its year."""
    return _YEAR.search(document.folded.text, found.start, found.end) is not None
