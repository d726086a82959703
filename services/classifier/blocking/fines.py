"""Fines: one that comes beside a ban does not take it back: "Italy bans X and fines Y"."""

from __future__ import annotations

import re
from collections.abc import Iterable

from services.classifier.document import Document
from services.classifier.lexicon.grammar import Grammar
from services.classifier.lexicon.shared_words import folded_particles
from services.classifier.lexicon.words import Hit
from services.classifier.syntax.names.conjunctions import begun_by_and

_VERBS = frozenset({"active", "passive"})
_PARTS = re.compile(r"[,،、;]")


def is_a_fine_besides(
    document: Document, grammar: Grammar, sentence: int, blocker: Hit, cues: Iterable[Hit]
) -> bool:
    """Return whether a fine comes beside a ban that a verb tells of a company: "Italy bans X and fines Y".

    A fine that comes first is for it ("fined for blocking X"), but before "and", or where it loses its licence besides.
    """
    if blocker.meaning.name != "fine":
        return False
    text, names = document.folded.text, document.names_in(sentence)
    for cue in cues:
        if "ban" not in cue.meaning.types:
            continue
        if blocker.end <= cue.start and _takes_a_licence(document, grammar, blocker.end, cue):
            return True
        if cue.meaning.frame not in _VERBS:
            continue
        if blocker.end <= cue.start:
            before = text[blocker.end : cue.start].split()
            if before and begun_by_and(before[-1], document.language):
                return True
        is_hit_before = grammar.order == "sov" or cue.meaning.frame == "passive"
        is_hit_behind = grammar.order != "sov"
        if any(
            (is_hit_behind and cue.end <= name.start and name.end <= blocker.start)
            or (is_hit_before and name.end <= cue.start and cue.end <= blocker.start)
            for name in names
        ):
            return True
    return False


def _takes_a_licence(document: Document, grammar: Grammar, start: int, cue: Hit) -> bool:
    """Return whether "and", a comma or in Thai a space parts a fine from a licence that is lost: "fined, licence revoked"."""
    text, language = document.folded.text, document.language
    *_, last = _PARTS.split(text[start : cue.start])
    is_parted = (
        len(last) < cue.start - start
        or (not grammar.has_spaces and text[start] == " ")
        or any(begun_by_and(word, language) for word in last.split())
    )
    told = last + text[cue.start : cue.end]
    return is_parted and any(word in told for word in folded_particles("licence", language))
