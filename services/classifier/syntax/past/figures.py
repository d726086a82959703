"""Figures: deals that a story of a company's figures only names to say why they are so: "as the sale of X cost 2bn"."""

from __future__ import annotations

from services.classifier.candidate import Candidate
from services.classifier.document import Document
from services.classifier.spans import NOUNS, Segment, Trigger

_OF_FIGURES = ("figures", "owing")
_SAYING = ("avowed", "announced")
"""Layers of words for who says that a deal is made."""
_DONE = frozenset({"confirmed", "rejected"})
_WITHOUT_A_DOER = NOUNS | {"sold", "sell"}
"""Frames of cues that need nobody before them who does it: "the sale of"."""


def explains_figures(document: Document, event: Candidate) -> bool:
    """Return whether a deal only says why figures are so.

    The title is of figures and holds no cue, and each sentence that names the deal has a figure, and nobody who does
    it or tells it.
    """
    title = document.sentences_of(Segment.TITLE)
    return (
        event.event_type == "acquisition"
        and event.stage in _DONE
        and any(document.words_in(layer, at) for at in title for layer in _OF_FIGURES)
        and not any(
            "acquisition" in cue.meaning.types and cue.meaning.weight > 0
            for at in title
            for cue in document.words_in("cue", at)
        )
        and all(_explains(document, trigger) for trigger in event.triggers)
    )


def _explains(document: Document, trigger: Trigger) -> bool:
    """Return whether a cue stands beside a figure, and nobody there does what it tells or says so."""
    return (
        trigger.frame in _WITHOUT_A_DOER
        and _has_a_figure(document, trigger.sentence)
        and not (trigger.frame == "sell" and _has_a_subject(document, trigger))
        and not any(document.words_in(layer, trigger.sentence) for layer in _SAYING)
    )


def _has_a_figure(document: Document, sentence: int) -> bool:
    """Return whether a figure stands in a sentence that is no part of a cue: "sprzedaż" is also the sale of a company."""
    return any(
        not any(
            cue.start < figure.end and figure.start < cue.end
            for cue in document.words_in("cue", sentence)
        )
        for figure in document.words_in("figures", sentence)
    )


def _has_a_subject(document: Document, trigger: Trigger) -> bool:
    """Return whether a tracked name stands before a cue in its clause."""
    start, _ = document.clause_of(trigger.sentence, trigger.start)
    return document.has_name(trigger.sentence, start, trigger.start)
