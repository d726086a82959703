"""Answers: what an authority refuses beside a ban that it imposes is another thing than the ban.

"Nepal bans Telegram and rejects the petition of its users": the ban stands. What may be refused is in
`lexicon/shared/answers.yml`.
"""

from __future__ import annotations

import re

from services.classifier.document import Document
from services.classifier.lexicon.shared_words import folded_particles
from services.classifier.lexicon.words import Hit
from services.classifier.spans import VERBS
from services.classifier.syntax.names.chains import COMMAS
from services.classifier.syntax.names.conjunctions import ended_by_and, has_and
from services.classifier.syntax.telling import Telling
from services.classifier.taken_out.removal import HINT, Place, Removal
from services.common.contracts.reading import Stage

_FAR = 60
"""So far from the ban stands what is refused with it, in languages that say the refusal last."""
_PAUSE = re.compile(r"[;:()؛。]|\s-\s|(?<!\d)[,،、]|[,،、](?!\d)")
"""A sign that ends what is refused."""


def _refusals(document: Document, sentence: int) -> list[Hit]:
    """Return the words of a sentence that refuse, in order."""
    cues = (
        cue
        for cue in document.words_in("cue", sentence)
        if cue.meaning.frame == "refuse" or cue.meaning.stage == Stage.REJECTED
    )
    stages = (
        word for word in document.words_in("stage", sentence) if word.meaning.name == Stage.REJECTED
    )
    return sorted([*cues, *stages], key=lambda hit: (hit.start, -hit.end))


def _place(telling: Telling) -> Place | None:
    """Return where a refusal and what it is about stand, None where that is the ban or where others may refuse."""
    if not telling.names:
        return None
    is_sov = telling.grammar.order == "sov"
    place = _behind_the_ban(telling) if is_sov else _up_to_a_pause(telling)
    if place is None or _is_of_others(telling, place):
        return None
    start, end = place
    thing = next((word for word in telling.words("answers") if start <= word.start < end), None)
    if (
        thing is None
        or (is_sov and not _goes_on(telling, start, thing.start))
        or _is_debated(telling, place)
        or _is_only_talked_of(telling, start)
    ):
        return None
    return place


def _goes(left: Telling, place: Place) -> Place | None:
    """Return the place where a ban is told before it, of somebody who is named before it too."""
    is_of_somebody = any(name.end <= place[0] for name in left.names)
    return place if is_of_somebody and _bans_before(left, place[0]) else None


ANSWERS = Removal("answers", _refusals, _place, _goes)
"""What a sentence with a ban says of something else that is refused."""


def _behind_the_ban(telling: Telling) -> Place | None:
    end = telling.hit.end
    start = max((ban.end for ban in _bans_before(telling, end)), default=-1)
    return (start, end) if start >= 0 and end - start <= _FAR else None


def _up_to_a_pause(telling: Telling) -> Place | None:
    """Return where a refusal stands that a comma or an "and" joins to what is before it, None where nothing does."""
    refusal, span, text = telling.hit, telling.span, telling.text
    before = text[span.start : refusal.start].rstrip()
    glued = folded_particles("glued_and", telling.language)
    if not (
        before[-1:] in COMMAS
        or ended_by_and(before, telling.language)
        or (glued and text[refusal.start - 1 : refusal.start + 1].strip().startswith(glued))
    ):
        return None
    pause = _PAUSE.search(text, refusal.end, span.end)
    return refusal.start, pause.start() if pause else span.end


def _is_of_others(telling: Telling, place: Place) -> bool:
    """Return whether what is refused names somebody new, or an authority before its verb."""
    start, end = place
    known = {name.company for name in telling.names if name.start < start}
    return any(name.company not in known for name in telling.names_between(start, end)) or any(
        start <= word.start < end and word.end <= telling.hit.end
        for word in telling.words("authority")
    )


def _is_debated(telling: Telling, place: Place) -> bool:
    """Return whether a ban is only talked about, so that it is what is refused: "debated a ban of X and rejected the motion"."""
    grammar = telling.grammar
    bans = _bans_before(telling, place[0]) if grammar.order != "sov" else ()
    before = telling.text[telling.span.start : bans[-1].start if bans else place[1]]
    begins = " " if grammar.names.has_spaces else ""
    return any(
        f"{begins}{stem}" in f" {before}" for stem in folded_particles("debated", telling.language)
    )


def _goes_on(telling: Telling, end: int, start: int) -> bool:
    """Return whether a comma, an "and" or a verb that goes on stands between a ban and what is refused.

    "पर प्रतिबंध की याचिका खारिज" refuses the ban.
    """
    document, sentence, gap = telling.document, telling.sentence, telling.text[end:start]
    return (
        not COMMAS.isdisjoint(gap)
        or has_and(gap, telling.language)
        or document.half_of(sentence, end - 1) != document.half_of(sentence, start)
        or (" " in gap and not telling.grammar.names.has_spaces)
        or gap.startswith(folded_particles("and_then", telling.language))
    )


def _bans_before(telling: Telling, end: int) -> list[Hit]:
    """Return the verbs of a sentence that ban and end before an offset."""
    return [
        cue
        for cue in telling.words("cue")
        if cue.end <= end
        and "ban" in cue.meaning.types
        and cue.meaning.weight > HINT
        and cue.meaning.frame in VERBS
        and cue.meaning.stage is None
    ]


def _is_only_talked_of(telling: Telling, start: int) -> bool:
    """Return whether a ban was only talked of, by words before a place or right where it begins.

    "Debated banning X and rejected the motion", "पर प्रतिबंध पर बहस की और याचिका खारिज".
    """
    return any(
        word.meaning.name == Stage.PROPOSED and not telling.text[start : word.start].strip()
        for word in telling.words("stage")
    )
