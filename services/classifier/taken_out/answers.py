"""Answers: what an authority refuses beside a ban that it imposes is another thing than the ban.

"Nepal bans Telegram and rejects the petition of its users": the ban stands. What may be refused is in
`lexicon/shared/answers.yml`.
"""

from __future__ import annotations

import re

from services.classifier.document import Document
from services.classifier.lexicon.shared_words import folded_particles
from services.classifier.lexicon.words import Hit, Words
from services.classifier.spans import VERBS
from services.classifier.syntax.names.chains import COMMAS
from services.classifier.syntax.names.conjunctions import ended_by_and, has_and
from services.classifier.taken_out.removal import without
from services.common.contracts.reading import Stage

_BAN = "ban"
_FAR = 60
"""So far from the ban stands what is refused with it, in languages that say the refusal last."""
_PAUSE = re.compile(r"[;:()؛。]|\s-\s|(?<!\d)[,،、]|[,،、](?!\d)")
"""A sign that ends what is refused."""


def without_answers(document: Document, *, words: Words) -> Document:
    """Return the document without what its sentences with a ban say of something else that is refused."""
    for sentence, things in document.words.get("answers", {}).items():
        if not document.names_in(sentence):
            continue
        for refusal in _refusals(document, sentence):
            if document.is_taken_out(refusal.start, refusal.end):
                continue
            place = _refused(document, sentence, refusal)
            refused = [thing for thing in things if place[0] <= thing.start < place[1]]
            if not refused:
                continue
            if document.grammar.order == "sov" and not _goes_on(
                document, sentence, (place[0], refused[0].start)
            ):
                continue
            if _is_debated(document, sentence, place):
                continue
            taken = without(document, sentence, place, words=words)
            if not _is_only_talked_of(document, sentence, place) and _has_a_ban_before(
                taken, sentence, place
            ):
                document = taken
    return document


def _refusals(document: Document, sentence: int) -> list[Hit]:
    """Return the words of a sentence that refuse, in order."""
    cues = [
        cue
        for cue in document.words_in("cue", sentence)
        if cue.meaning.frame == "refuse" or cue.meaning.stage == Stage.REJECTED
    ]
    stages = [
        word for word in document.words_in("stage", sentence) if word.meaning.name == Stage.REJECTED
    ]
    return sorted([*cues, *stages], key=lambda hit: (hit.start, -hit.end))


def _refused(document: Document, sentence: int, refusal: Hit) -> tuple[int, int]:
    """Return where a refusal and what it is about stand, an empty place where others may be its subject."""
    span = document.sentences[sentence]
    text, nowhere = document.folded.text, (refusal.start, refusal.start)
    if document.grammar.order == "sov":
        start = max(
            (
                cue.end
                for cue in document.words_in("cue", sentence)
                if _bans(cue) and cue.end <= refusal.end
            ),
            default=-1,
        )
        if start < 0 or refusal.end - start > _FAR:
            return nowhere
        place = (start, refusal.end)
    else:
        before = text[span.start : refusal.start].rstrip()
        glued = folded_particles("glued_and", document.language)
        is_glued = bool(glued) and text[refusal.start - 1 : refusal.start + 1].strip().startswith(
            glued
        )
        if not (before[-1:] in COMMAS or ended_by_and(before, document.language) or is_glued):
            return nowhere
        pause = _PAUSE.search(text, refusal.end, span.end)
        place = (refusal.start, pause.start() if pause else span.end)
    known = {name.company for name in document.names_in(sentence) if name.start < place[0]}
    is_of_others = any(
        place[0] <= name.start < place[1] and name.company not in known
        for name in document.names_in(sentence)
    ) or any(
        place[0] <= word.start < place[1] and word.end <= refusal.end
        for word in document.words_in("authority", sentence)
    )
    return nowhere if is_of_others else place


def _is_debated(document: Document, sentence: int, place: tuple[int, int]) -> bool:
    """Return whether a ban is only talked about, so that it is what is refused: "debated a ban of X and rejected the motion"."""
    bans = [cue for cue in document.words_in("cue", sentence) if _bans(cue) and cue.end <= place[0]]
    end = bans[-1].start if bans and document.grammar.order != "sov" else place[1]
    before = document.folded.text[document.sentences[sentence].start : end]
    begins = " " if document.grammar.names.has_spaces else ""
    return any(
        f"{begins}{stem}" in f" {before}" for stem in folded_particles("debated", document.language)
    )


def _goes_on(document: Document, sentence: int, between: tuple[int, int]) -> bool:
    """Return whether a comma, an "and" or a verb that goes on stands between a ban and what is refused.

    "पर प्रतिबंध की याचिका खारिज" refuses the ban.
    """
    end, start = between
    gap = document.folded.text[end:start]
    return (
        not COMMAS.isdisjoint(gap)
        or has_and(gap, document.language)
        or document.half_of(sentence, end - 1) != document.half_of(sentence, start)
        or (" " in gap and not document.grammar.names.has_spaces)
        or gap.startswith(folded_particles("and_then", document.language))
    )


def _bans(cue: Hit) -> bool:
    return (
        _BAN in cue.meaning.types
        and cue.meaning.weight > 1
        and cue.meaning.frame in VERBS
        and cue.meaning.stage is None
    )


def _has_a_ban_before(document: Document, sentence: int, place: tuple[int, int]) -> bool:
    """Return whether a ban is told before a place, of somebody who is named before it too."""
    bans = [cue for cue in document.words_in("cue", sentence) if _bans(cue) and cue.end <= place[0]]
    names = document.names_in(sentence)
    return bool(bans) and any(name.end <= place[0] for name in names)


def _is_only_talked_of(document: Document, sentence: int, place: tuple[int, int]) -> bool:
    """Return whether a ban was only talked of, by words before a place or right where it begins.

    "Debated banning X and rejected the motion", "पर प्रतिबंध पर बहस की और याचिका खारिज".
    """
    text = document.folded.text
    return any(
        word.meaning.name == Stage.PROPOSED and not text[place[0] : word.start].strip()
        for word in document.words_in("stage", sentence)
    )
