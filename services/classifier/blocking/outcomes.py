"""Outcomes: what a cue comes to that is denied, or whose end is refused.

What is not ended holds on, "a court refuses to lift the ban on X"; what is not given up is planned.
"""

from __future__ import annotations

from itertools import pairwise

from services.classifier.blocking.denials import DENIAL_REACH, LONGEST_DENIAL, is_denied
from services.classifier.document import Document
from services.classifier.lexicon.grammar import Grammar, Trait
from services.classifier.lexicon.scripts import UNSPACED, script_of
from services.classifier.lexicon.shared_words import folded_particles
from services.classifier.lexicon.words import Hit
from services.classifier.syntax.names.chains import COMMAS
from services.classifier.syntax.names.conjunctions import has_and
from services.classifier.syntax.telling import Telling
from services.common.contracts.reading import Stage

LASTING = frozenset({"ban", "shutdown"})
"""What holds until it is ended; a deal is made once."""
_SHORT = 4
"""So long are articles and prepositions."""
_PARTING = COMMAS | {":"}


def outcome_of(telling: Telling) -> tuple[Stage | None, bool]:
    """Return the stage that a cue is itself, and whether it is denied.

    What is not ended holds on, what is not given up is planned.
    """
    hit = telling.hit
    denied = is_denied(telling)
    stage = Stage(hit.meaning.stage) if hit.meaning.stage else None
    if _holds_on(telling, denied=denied):
        return Stage.CONFIRMED, False
    if denied and stage is Stage.REJECTED and "acquisition" in hit.meaning.types:
        return Stage.PROPOSED, False
    return stage, denied


def _holds_on(telling: Telling, *, denied: bool) -> bool:
    """Return whether the end of a ban or a closing that a cue tells is denied, or refused beside it."""
    hit = telling.hit
    if hit.meaning.stage != Stage.REVERSED or LASTING.isdisjoint(hit.meaning.types):
        return False
    return denied or _is_denied_within(telling) or _is_refused(telling)


def _is_denied_within(telling: Telling) -> bool:
    """Return whether a word for "not" stands right before a cue or between its parts: "hebt Verbot nicht auf"."""
    hit = telling.hit
    denials, only = (folded_particles(kind, telling.language) for kind in ("not", "only"))
    text = telling.text
    if script_of(text[hit.start]) in UNSPACED:
        return any(word in text[hit.start : hit.end] for word in denials)
    words = text[max(hit.start - LONGEST_DENIAL, 0) : hit.start].split()[-1:]
    words += text[hit.start : hit.end].split()
    return any(
        word in denials and following not in only for word, following in pairwise((*words, ""))
    )


def _is_refused(telling: Telling) -> bool:
    """Return whether a refusal governs a cue, with nothing between that is told for itself.

    A word that only says of bans that they fail does not refuse to end one.
    """
    hit = telling.hit
    text, is_dense = telling.text, Trait.DENSE in telling.grammar.traits
    return any(
        word.meaning.name == Stage.REJECTED
        and word.meaning.types.isdisjoint(hit.meaning.types)
        and not _is_parted(telling.document, *_between(telling.grammar, word, hit))
        and not (
            is_dense and _says_against(telling.document, text[hit.end : hit.end + LONGEST_DENIAL])
        )
        for word in telling.words("stage")
    )


def _between(grammar: Grammar, word: Hit, hit: Hit) -> tuple[int, int]:
    """Return the bounds of what stands between a cue and the verb that governs it, before it or behind."""
    return (word.end, hit.start) if grammar.order == "svo" else (hit.end, word.start)


def _is_parted(document: Document, start: int, end: int) -> bool:
    gap = document.folded.text[start:end]
    return (
        not 0 <= end - start <= DENIAL_REACH
        or not _PARTING.isdisjoint(gap)
        or (" " in gap and script_of(document.folded.text[end]) in UNSPACED)
        or has_and(gap, document.language)
        or _says_against(document, gap)
        or _is_about_something(document, start, end)
    )


def _is_about_something(document: Document, start: int, end: int) -> bool:
    """Return whether a word that is no plea and no name stands there: "rejects criticism of lifting the ban"."""
    text, last = "", start
    for name in document.names_between(document.sentence_at(start), start, end):
        text += document.folded.text[last : name.start]
        last = name.end
    words = f"{text}{document.folded.text[last:end]}".split()
    pleas = folded_particles("appeal", document.language)
    return any(len(word) > _SHORT and not word.startswith(pleas) for word in words)


def _says_against(document: Document, text: str) -> bool:
    """Return whether a word for an objection stands in a text."""
    against = folded_particles("against", document.language)
    if text and script_of(text.strip()[-1:] or " ") in UNSPACED:
        return any(word in text for word in against)
    return any(f" {word} " in f" {text.strip()} " for word in against)
