"""Past deals: those that a title only mentions, as it goes on about what came of them or since: "X shuts Y after the takeover"."""

from __future__ import annotations

from collections.abc import Sequence

from services.classifier.candidate import Candidate
from services.classifier.document import Document
from services.classifier.lexicon.words import Hit
from services.classifier.spans import Segment, Trigger
from services.classifier.syntax.clauses.sinces import is_since_then
from services.classifier.syntax.names.chains import AROUND_A_NAME, COMMAS

_BEFORE_IT = 24
"""So far before a deal "after" stands: "after the surprising takeover of"."""
_BEHIND_IT = 10
"""So far behind a cue "after" stands in languages that say it there: "인수한 뒤"."""
_GOES_ON = 14
"""So much of a title at least tells what came after a deal that it begins with."""
_OWING = ("owing",)
_EARLIER = ("after", *_OWING)
"""Layers of words for what was before."""
_CONCERNED = ("authority", "onlooker")
"""Layers of words for those who say something to a deal that is done."""
_HINT = 1
"""What a cue weighs that alone says nothing."""


def is_past_deal(document: Document, event: Candidate, trigger: Trigger) -> bool:
    """Return whether a cue of the title tells a deal of before, and title or lead have other news."""
    return (
        event.event_type == "acquisition"
        and trigger.is_past
        and (
            _has_other_news(document)
            or _is_opened_with(document, trigger)
            or is_since_then(document, trigger.sentence, trigger.start)
            or _is_left_behind(document, event)
        )
    )


def _has_other_news(document: Document) -> bool:
    """Return whether title or lead tell of something else than a deal that is no history."""
    return any(
        event.event_type != "acquisition" and document.leads_with(event)
        for event in document.candidates
    )


def _is_left_behind(document: Document, deal: Candidate) -> bool:
    """Return whether a lead goes on without a word of a deal after which its title tells something: "profits rise after".

    It may say again that a figure is owed to the deal. What an authority, shareholders or who protests do then is about the deal.
    """
    title, lead = document.sentences_of(Segment.TITLE), document.sentences_of(Segment.LEAD)
    explaining = [
        (trigger.start, trigger.end)
        for trigger in deal.triggers
        if _is_said_before(document, trigger, _OWING)
    ]
    return (
        bool(lead)
        and (deal.stage == "confirmed" or len(explaining) == len(deal.triggers))
        and all(_is_said_before(document, trigger) for trigger in deal.triggers)
        and not any(document.words_in(layer, at) for at in title for layer in _CONCERNED)
        and not any(
            document.words_in("payer", at) and document.words_in("firms", at) for at in lead
        )
        and not any(
            cue.meaning.weight > _HINT
            and "acquisition" in cue.meaning.types
            and not any(start <= cue.start < end for start, end in explaining)
            for at in lead
            for cue in document.words_in("cue", at)
        )
    )


def _is_said_before(document: Document, trigger: Trigger, layers: Sequence[str] = _EARLIER) -> bool:
    """Return whether "after" or "thanks to" stands right before what is over, or behind it."""
    return trigger.is_past and any(
        0 <= trigger.start - word.end <= _BEFORE_IT
        or (trigger.start < word.start <= trigger.end + _BEHIND_IT)
        for layer in layers
        for word in document.words_in(layer, trigger.sentence)
    )


def _is_opened_with(document: Document, trigger: Trigger) -> bool:
    """Return whether a title begins with a deal after which something else is news: "After buying X, Y looks to Asia"."""
    return any(
        any(name.start >= end for name in document.names_in(trigger.sentence))
        for after in document.words_in("after", trigger.sentence)
        if (end := _end_of_what_is_over(document, trigger, after)) is not None
    )  # nobody in "After X agrees to buy Y, shares jump"


def _end_of_what_is_over(document: Document, trigger: Trigger, after: Hit) -> int | None:
    """Return where a title goes on behind a deal after which it tells something; None where it does not begin with it."""
    text, span = document.folded.text, document.sentences[trigger.sentence]
    if not text[span.start : min(after.start, trigger.start)].strip(AROUND_A_NAME):
        return max(trigger.end, *(text.find(sign, trigger.end, span.end) for sign in COMMAS))
    stands_behind = 0 <= after.start - trigger.end <= _BEHIND_IT and COMMAS.isdisjoint(
        text[trigger.end : after.start]
    )
    return after.end if stands_behind and len(text[after.end : span.end]) > _GOES_ON else None
