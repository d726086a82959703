"""Stage words: the words of a stage around the cues of an event, each with the place where it stands.

Words within longer ones that say something else, of what comes of the event or in the cue that takes it back are none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from services.classifier.candidate import Candidate
from services.classifier.document import Document
from services.classifier.lexicon.words import Hit
from services.classifier.spans import VERBS, Segment, Trigger
from services.classifier.stages.appeals import is_of_an_answer, is_of_its_own_appeal
from services.classifier.syntax.clauses.grounds import governs_another, is_a_ground
from services.classifier.syntax.names.chains import COMMAS
from services.common.contracts.reading import Stage

REACH = 90
"""How many characters from a trigger a stage word may stand to be near it."""
_NOTHING = "none"
"""What a longer word that only holds a word of a stage is filed under, to hide that."""
_BESIDE_NO = 2
"""How many characters a negation may stand before what it denies."""
_ARTICLE = 4
_OF_A_COURT = 12
"""So far behind a court stands its verb: "قاضی برزیلی"."""

IN_CUE, IN_CLAUSE, NEAR = "in the cue", "in the cue's clause", "near the cue"
TITLE_CLAUSE, TITLE_CUE = "in the title, in the cue's clause", "in the title, with the cue"
IN_TITLE, IN_LEAD, LATER = "in the title", "in the lead", "later"
PLACES = (TITLE_CLAUSE, TITLE_CUE, IN_CUE, IN_CLAUSE, NEAR, IN_TITLE, IN_LEAD, LATER)
"""Where a word of a stage may stand, the surest place first. In a body only unnamed sources count."""


class Word(NamedTuple):
    """A word of a stage at its place. `kind` is the stage, or how weakly it says it."""

    hit: Hit
    stage: Stage
    kind: str
    place: str
    sentence: int


def words_of_stages(
    document: Document, candidate: Candidate, scope: Sequence[Trigger]
) -> Iterator[Word]:
    """Yield the words of stages that stand where they may tell of an event; `scope` are its triggers in front."""
    beside = by_sentence(scope)
    yield from _told(document, candidate, scope, beside)
    yield from _heard(document, candidate, beside)


def _told(
    document: Document,
    candidate: Candidate,
    scope: Sequence[Trigger],
    beside: Mapping[int, Sequence[Trigger]],
) -> Iterator[Word]:
    """Yield the words that say a stage themselves."""
    for sentence, hits in document.words.get("stage", {}).items():
        here = beside.get(sentence)
        apart = None if here else _place_apart(document, candidate, sentence)
        if not here and apart in {None, LATER}:
            continue
        for hit in of_type(hits, candidate.event_type):
            if _is_denied(document, sentence, hit) or _is_cues_own(hit, here or ()):
                continue
            if here and (
                is_answered(scope, hit.start, hit.end)
                or _is_of_something_else(document, candidate, here, hit)
            ):
                continue
            place = _place_beside(document, here, sentence, hit) if here else apart
            if place is not None:
                kind = "announced" if _is_announced(document, sentence, hit) else "word"
                yield Word(hit, Stage(hit.meaning.name), kind, place, sentence)


def _heard(
    document: Document, candidate: Candidate, beside: Mapping[int, Sequence[Trigger]]
) -> Iterator[Word]:
    """Yield the words by which unnamed sources tell it, which make a rumour of it."""
    for sentence, hit in document.words_of("hearsay"):
        if _is_hidden(document, sentence, hit):
            continue
        here = beside.get(sentence)
        place = (
            _place_beside(document, here, sentence, hit)
            if here
            else _place_apart(document, candidate, sentence)
        )
        if place is not None:
            yield Word(hit, Stage.RUMOURED, "hearsay", place, sentence)


def _is_of_something_else(
    document: Document, candidate: Candidate, beside: Sequence[Trigger], hit: Hit
) -> bool:
    """Return whether a word in the sentence of an event's cues tells how far something else has come."""
    sentence = beside[0].sentence
    return (
        _is_a_ban_itself(document, sentence, hit, beside)
        or _is_of_what_comes(document, sentence, hit, beside)
        or _is_of_another_verb(document, candidate, sentence, hit)
        or _is_of_another_clause(document, beside, hit)
        or governs_another(document, hit, beside)
        or is_of_its_own_appeal(document, candidate, beside, hit)
        or is_of_an_answer(document, candidate, beside, hit)
        or (hit.meaning.name == Stage.REJECTED and is_a_ground(document, sentence, hit, beside))
    )


def is_answered(scope: Sequence[Trigger], start: int, end: int) -> bool:
    """Return whether words stand in a cue that answers them: "accepts the takeover offer" plans nothing."""
    return any(
        trigger.frame == "refuse"
        and trigger.stage is not None
        and trigger.start < end
        and start < trigger.end
        and (start, end) != (trigger.start, trigger.end)
        for trigger in scope
    )


def of_type(hits: Sequence[Hit], event_type: str) -> list[Hit]:
    """Return the words for a type, but those within longer ones: "approves … proposed" plans nothing."""
    fitting = [hit for hit in hits if not hit.meaning.types or event_type in hit.meaning.types]
    return [
        hit
        for hit in fitting
        if hit.meaning.name != _NOTHING
        and not any(
            other.start <= hit.start
            and hit.end <= other.end
            and hit.end - hit.start < other.end - other.start
            for other in fitting
        )
    ]


def _is_denied(document: Document, sentence: int, hit: Hit) -> bool:
    """Return whether a negation stands right before a word for confirmed: "not yet signed", "chưa hoàn tất"."""
    return hit.meaning.name == Stage.CONFIRMED and any(
        0 <= hit.start - word.end <= _BESIDE_NO for word in document.words_in("negation", sentence)
    )


def _is_hidden(document: Document, sentence: int, hit: Hit) -> bool:
    """Return whether a longer form says that a word names no source: "a leak of data"."""
    return any(
        form.meaning.name == _NOTHING and form.start <= hit.start and hit.end <= form.end
        for form in document.words_in("stage", sentence)
    )


def _is_of_what_comes(
    document: Document, sentence: int, hit: Hit, beside: Sequence[Trigger]
) -> bool:
    """Return whether a plan is told of what comes of it: "X closes Y, 300 jobs at risk", "…, experts warn".

    It stands behind a comma where neither a company nor an event is named, and a verb tells the event before it.
    """
    if (
        hit.meaning.name != Stage.PROPOSED
        or hit.meaning.types
        or not all(t.frame in VERBS for t in beside)
    ):
        return False
    text = document.folded.text
    told = max(trigger.end for trigger in beside)
    half, _ = document.half_of(sentence, hit.start)
    comma = max(half - 1, *(text.rfind(sign, told, hit.start) for sign in COMMAS))
    if comma < told - 1:
        return False
    return not any(name.end > comma for name in document.names_in(sentence)) and not any(
        cue.end > comma for cue in document.words_in("cue", sentence)
    )


def _is_of_another_verb(document: Document, candidate: Candidate, sentence: int, hit: Hit) -> bool:
    """Return whether a refusal is a verb's of another type behind a comma or "and": "X buys Y, will not close Z"."""
    if hit.meaning.name != Stage.REJECTED or hit.meaning.types:
        return False
    text = document.folded.text
    own = [each for each in candidate.triggers if each.sentence == sentence]
    return any(
        other.frame in VERBS
        and other.event_type != candidate.event_type
        and (other.start <= hit.start < other.end or 0 <= other.start - hit.end <= _BESIDE_NO)
        and all(
            each.end <= hit.start and not COMMAS.isdisjoint(text[each.end : hit.start])
            for each in own
        )
        for other in document.triggers_in(sentence)
    )


def _is_of_another_clause(document: Document, beside: Sequence[Trigger], hit: Hit) -> bool:
    """Return whether a word stands in a clause that tells its own: "X drops its bid for Y after India bans Z"."""
    sentence = beside[0].sentence
    start, end = document.own_part_of(sentence, hit.start)
    return not any(start <= trigger.start < end for trigger in beside)


def _is_cues_own(hit: Hit, beside: Sequence[Trigger]) -> bool:
    """Return whether a word that takes back is the end of a cue: "revoked" of "licence revoked"."""
    return hit.meaning.name == Stage.REVERSED and any(
        trigger.stage is None and trigger.start < hit.start < trigger.end <= hit.end
        for trigger in beside
    )


def _is_a_ban_itself(
    document: Document, sentence: int, hit: Hit, beside: Sequence[Trigger]
) -> bool:
    """Return whether what a court stops is whom it bans: "judge blocks X", not "judge blocks X-Verbot".

    A word of two verbs, "refuses to ban", has no court before the second.
    """
    if hit.meaning.name != Stage.REJECTED or not all(
        trigger.event_type == "ban"
        and trigger.frame == "active"
        and trigger.stage is None
        and hit.start < trigger.start < trigger.end <= hit.end
        for trigger in beside
    ):
        return False
    by_court = any(
        word.start == hit.start and beside[0].start - word.end <= _OF_A_COURT
        for word in document.words_in("authority", sentence)
    )
    text = document.folded.text
    return by_court and any(
        0 <= name.start - hit.end <= _ARTICLE and text[name.end : name.end + 1] not in {"-", "'"}
        for name in document.names_in(sentence)
    )


def _is_announced(document: Document, sentence: int, hit: Hit) -> bool:
    """Return whether a word for confirmed only tells that something was said: also plans are announced."""
    return hit.meaning.name == Stage.CONFIRMED and any(
        word.start < hit.end and hit.start < word.end
        for word in document.words_in("announced", sentence)
    )


def _place_beside(
    document: Document, beside: Sequence[Trigger], sentence: int, hit: Hit
) -> str | None:
    if any(trigger.start <= hit.start and hit.end <= trigger.end for trigger in beside):
        return IN_CUE  # between the parts of one: "block … new bill"
    segment = document.segment_of(sentence)
    if distance(hit, beside) > REACH:
        return {Segment.TITLE: IN_TITLE, Segment.LEAD: IN_LEAD}.get(segment)
    clause = document.clause_of(sentence, hit.start)
    in_clause = any(document.clause_of(sentence, trigger.start) == clause for trigger in beside)
    if segment is Segment.TITLE:
        return TITLE_CLAUSE if in_clause else TITLE_CUE
    return IN_CLAUSE if in_clause else NEAR


def _place_apart(document: Document, candidate: Candidate, sentence: int) -> str | None:
    match document.segment_of(sentence):
        case Segment.TITLE:
            in_front = any(document.in_front(each.sentence) for each in candidate.triggers)
            return IN_TITLE if in_front else None
        case Segment.LEAD:
            return IN_LEAD
        case Segment.BODY:
            return LATER
        case _:
            return None


def distance(hit: Hit, triggers: Sequence[Trigger]) -> int:
    """Return how many characters lie between a word and the nearest trigger."""
    return max(0, min(max(t.start - hit.end, hit.start - t.end) for t in triggers))


def by_sentence(triggers: Iterable[Trigger]) -> Mapping[int, Sequence[Trigger]]:
    """Return triggers by the sentence they stand in."""
    found: dict[int, list[Trigger]] = {}
    for trigger in triggers:
        found.setdefault(trigger.sentence, []).append(trigger)
    return found
