"""Ban news: what comes beside a ban and does not take it back: "Italy bans X and fines Y", "Iran blocks X, users report outages"."""

from __future__ import annotations

import re
from collections.abc import Iterable

from services.classifier.document import Document
from services.classifier.lexicon.shared_words import folded_particles
from services.classifier.lexicon.words import Hit
from services.classifier.syntax.names.conjunctions import begun_by_and

BAN_VERBS = frozenset({"active", "passive"})
"""Frames of verbs by which a ban is told of a company."""
_TO_ITS_VERB = 24
"""So many characters stand between who forbids and the verb: "the ministry in Tehran has blocked"."""
_PARTS = re.compile(r"[,،、;]")
_SIGNS = re.compile(r"[:,،、;.]")


def is_a_fine_besides(document: Document, sentence: int, blocker: Hit, cues: Iterable[Hit]) -> bool:
    """Return whether a fine comes beside a ban that a verb tells of a company: "Italy bans X and fines Y".

    A fine that comes first is for it ("fined for blocking X"), but before "and", or where it loses its licence besides.
    """
    text, names = document.folded.text, document.names_in(sentence)
    for cue in cues:
        if "ban" not in cue.meaning.types:
            continue
        if blocker.end <= cue.start and _takes_a_licence(document, blocker.end, cue):
            return True
        if cue.meaning.frame not in BAN_VERBS:
            continue
        if blocker.end <= cue.start:
            before = text[blocker.end : cue.start].split()
            if before and begun_by_and(before[-1], document.language):
                return True
        is_hit_before = document.grammar.order == "sov" or cue.meaning.frame == "passive"
        is_hit_behind = document.grammar.order != "sov"
        if any(
            (is_hit_behind and cue.end <= name.start and name.end <= blocker.start)
            or (is_hit_before and name.end <= cue.start and cue.end <= blocker.start)
            for name in names
        ):
            return True
    return False


def _takes_a_licence(document: Document, start: int, cue: Hit) -> bool:
    """Return whether "and", a comma or in Thai a space parts a fine from a licence that is lost: "fined, licence revoked"."""
    text, language = document.folded.text, document.language
    *_, last = _PARTS.split(text[start : cue.start])
    is_parted = (
        len(last) < cue.start - start
        or (not document.grammar.has_spaces and text[start] == " ")
        or any(begun_by_and(word, language) for word in last.split())
    )
    told = last + text[cue.start : cue.end]
    return is_parted and any(word in told for word in folded_particles("licence", language))


def is_of_its_ban(document: Document, sentence: int, blocker: Hit, cues: Iterable[Hit]) -> bool:
    """Return whether an outage is what comes of a ban by a state or an authority: "Iran blocks X, users report outages"."""
    doers = [
        *document.words_in("authority", sentence),
        *document.countries_in(sentence),
    ]
    return any(
        cue.meaning.frame == "active"
        and "ban" in cue.meaning.types
        and _is_its_subject(document, sentence, doer, cue)
        and (blocker.start > cue.start or _is_parted(document, blocker.end, doer.start))
        for doer in doers
        for cue in cues
    )


def _is_parted(document: Document, start: int, end: int) -> bool:
    """Return whether a sign parts two words: "Outage at X: Iran …", not "an outage in Iran …"."""
    return start < end and _SIGNS.search(document.folded.text, start, end) is not None


def _is_its_subject(document: Document, sentence: int, doer: Hit, cue: Hit) -> bool:
    """Return whether who forbids stands right before a verb, or begins its cue; before it in a verb-last clause."""
    if cue.owns(doer.start, doer.end):
        return doer.start == cue.start
    if doer.end > cue.start or _is_where(document, sentence, doer):
        return False
    if _PARTS.search(document.folded.text, doer.end, cue.start):
        return False
    if document.grammar.order == "sov":
        return doer.start >= document.clause_of(sentence, cue.start)[0]
    return cue.start - doer.end <= _TO_ITS_VERB and not document.names_between(
        sentence, doer.end, cue.start
    )


def _is_where(document: Document, sentence: int, doer: Hit) -> bool:
    """Return whether a country does not open its clause: "a storm in India blocks X"."""
    start, _ = document.clause_of(sentence, doer.start)
    before = document.folded.text[start : doer.start].split()
    return (
        doer.meaning.layer == "country"
        and document.grammar.order == "svo"
        and any(word not in document.grammar.articles and word.isalpha() for word in before)
    )
