"""Outages: one that comes of a ban does not take it back: "Iran blocks X, users report outages"."""

from __future__ import annotations

import re
from collections.abc import Iterable

from services.classifier.document import Document
from services.classifier.lexicon.grammar import Grammar
from services.classifier.lexicon.words import Hit

_TO_ITS_VERB = 24
"""So many characters stand between who forbids and the verb: "the ministry in Tehran has blocked"."""
_PARTS = re.compile(r"[,،、;]")
_SIGNS = re.compile(r"[:,،、;.]")


def is_of_its_ban(
    document: Document, grammar: Grammar, sentence: int, blocker: Hit, cues: Iterable[Hit]
) -> bool:
    """Return whether an outage is what comes of a ban by a state or an authority: "Iran blocks X, users report outages"."""
    if blocker.meaning.name != "outage":
        return False
    doers = [
        *document.words_in("authority", sentence),
        *document.words_in("country", sentence),
    ]
    return any(
        cue.meaning.frame == "active"
        and "ban" in cue.meaning.types
        and _is_its_subject(document, grammar, sentence, doer, cue)
        and (blocker.start > cue.start or _is_parted(document, blocker.end, doer.start))
        for doer in doers
        for cue in cues
    )


def _is_parted(document: Document, start: int, end: int) -> bool:
    """Return whether a sign parts two words: "Outage at X: Iran …", not "an outage in Iran …"."""
    return start < end and _SIGNS.search(document.folded.text, start, end) is not None


def _is_its_subject(
    document: Document, grammar: Grammar, sentence: int, doer: Hit, cue: Hit
) -> bool:
    """Return whether who forbids stands right before a verb, or begins its cue; before it in a verb-last clause."""
    if cue.owns(doer.start, doer.end):
        return doer.start == cue.start
    if doer.end > cue.start or _is_where(document, grammar, sentence, doer):
        return False
    if _PARTS.search(document.folded.text, doer.end, cue.start):
        return False
    if grammar.order == "sov":
        return doer.start >= document.clause_of(sentence, cue.start)[0]
    return cue.start - doer.end <= _TO_ITS_VERB and not any(
        doer.end <= name.start < cue.start for name in document.names_in(sentence)
    )


def _is_where(document: Document, grammar: Grammar, sentence: int, doer: Hit) -> bool:
    """Return whether a country does not open its clause: "a storm in India blocks X"."""
    start, _ = document.clause_of(sentence, doer.start)
    before = document.folded.text[start : doer.start].split()
    return (
        doer.meaning.layer == "country"
        and grammar.order == "svo"
        and any(word not in grammar.articles and word.isalpha() for word in before)
    )
