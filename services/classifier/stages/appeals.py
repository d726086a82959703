"""Appeals: what a court or an authority refuses to the one that is banned, so that the ban stays."""

from __future__ import annotations

from collections.abc import Sequence

from services.classifier.candidate import Candidate
from services.classifier.document import Document
from services.classifier.lexicon.scripts import UNSPACED, script_of
from services.classifier.lexicon.shared_words import folded_particles
from services.classifier.lexicon.words import Hit
from services.classifier.spans import NOUNS, Name, Trigger
from services.classifier.syntax.names.chains import AROUND_A_NAME, COMMAS
from services.classifier.syntax.names.conjunctions import has_and
from services.common.contracts.reading import Role, Stage

_BESIDE_A_NAME = 3
_RIGHT_BESIDE = 2
"""So many words may a word for an appeal stand from whose it is: "X's appeal", "the appeal of X"."""
_BESIDE_A_REFUSAL = 5
_BESIDE_IN_UNSPACED = 10
_OF_THE_SAME = 60
"""How many characters may lie between a refusal and what is asked for."""
_ARABIC_THE = "ال"


def is_of_its_own_appeal(
    document: Document, candidate: Candidate, beside: Sequence[Trigger], hit: Hit
) -> bool:
    """Return whether a court refuses what the banned company asks for, "rejects X's appeal", not "the request for X's ban"."""
    if hit.meaning.name != Stage.REJECTED or candidate.event_type != "ban":
        return False
    return any(
        candidate.roles.get(name.company) is Role.TARGET
        and hit.start < name.start
        and not any(_is_about(document, name, cue, hit) for cue in beside)
        and _appeals(document, hit, name)
        for name in document.names_in(beside[0].sentence)
    )


def _is_about(document: Document, name: Name, cue: Trigger, hit: Hit) -> bool:
    """Return whether a cue stands right behind a name, or between a refusal and the name: "request for X's ban"."""
    gap = document.folded.text[name.end : cue.start]
    return hit.start < cue.start < name.start or (
        0 <= cue.start - name.end <= _BESIDE_A_NAME and COMMAS.isdisjoint(gap)
    )


def _appeals(document: Document, hit: Hit, name: Name) -> bool:
    """Return whether a word for an appeal stands right before a name or behind it, and is not against that."""
    text = document.folded.text
    before = text[hit.start : name.start].split()[-_RIGHT_BESIDE:]
    behind = text[name.end :].split(None, _RIGHT_BESIDE)[:_RIGHT_BESIDE]
    appeals, against = (folded_particles(kind, document.language) for kind in ("appeal", "against"))
    return not set(against).intersection(before) and any(
        word.startswith(appeals) for word in (*before, *behind)
    )


def is_of_an_answer(
    document: Document, candidate: Candidate, beside: Sequence[Trigger], hit: Hit
) -> bool:
    """Return whether a word refuses, or is, an appeal told behind the ban: "bans X and rejects its appeal".

    Not where the ban is what was asked for, or another authority refuses: "ministry wants to ban X, court rejects it".
    """
    banned = max(cue.end for cue in beside)
    if (
        hit.meaning.name not in {Stage.REJECTED, Stage.PROPOSED}
        or hit.end <= banned
        or candidate.event_type != "ban"
        or any(cue.frame in NOUNS or cue.stage is not None for cue in beside)
    ):
        return False
    words = document.words_in("stage", beside[0].sentence)
    is_wanted = any(
        word.meaning.name in {Stage.PROPOSED, Stage.RUMOURED} and word.start < banned
        for word in words
    )
    courts = document.words_in("authority", beside[0].sentence)
    return not is_wanted and any(
        word.meaning.name == Stage.REJECTED
        and banned < word.end
        and not any(banned <= court.start < word.end for court in courts)
        and max(word.start - hit.end, hit.start - word.end) <= _OF_THE_SAME
        and _refuses_an_appeal(document, banned, word)
        for word in words
    )


def _refuses_an_appeal(document: Document, banned: int, refusal: Hit) -> bool:
    """Return whether an appeal stands beside a refusal, and a comma or an "and" between the ban and both."""
    text, language = document.folded.text, document.language
    between = text[banned : refusal.start]
    refused = text[max(refusal.start, banned) : refusal.end]
    behind = text[refusal.end :].partition("\n")[0]
    if not _is_parted(between + refused, language):
        return False
    appeals = folded_particles("appeal", language)
    if script_of(text[refusal.start]) in UNSPACED:
        near = between[-_BESIDE_IN_UNSPACED:] + refused + behind[:_BESIDE_IN_UNSPACED]
        return any(appeal in near for appeal in appeals)
    words = [*between.split()[-_BESIDE_A_REFUSAL:], *refused.split()]
    words += behind.split(None, _BESIDE_A_REFUSAL)[:_BESIDE_A_REFUSAL]
    return any(
        word.strip(AROUND_A_NAME).removeprefix(_ARABIC_THE).startswith(appeals) for word in words
    )


def _is_parted(text: str, language: str) -> bool:
    glued = folded_particles("glued_and", language)
    return (
        not COMMAS.isdisjoint(text)
        or has_and(text, language)
        or bool(glued and any(word.startswith(glued) for word in text.split()[1:]))
    )
