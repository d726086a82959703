"""Signs: what speaks for each stage of an event; `steps/stage.py` adds them up.

Every sign is something that all languages have: where a word of a stage stands, what cue it stands
beside, whether the story names its sources. Only the words themselves belong to a language.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from services.classifier.document import Candidate, Document, Segment, Trigger
from services.classifier.lexicon.words import Hit
from services.common.contracts.reading import Stage

REACH = 90
"""How many characters from a trigger a stage word may stand to be near it."""
_NOTHING = "none"
"""What a longer word that only holds a word of a stage is filed under, to hide that."""
_NEGATION_REACH = 12
_CLOSE = 12
_MANY = 3
_VERBS = frozenset({"active", "passive", "close", "sell"})
_STRONG = 2.0

IN_CLAUSE, NEAR, FAR, IN_TITLE, IN_LEAD = (
    "in the cue's clause",
    "near the cue",
    "in the cue's sentence",
    "in the title",
    "in the lead",
)
TITLE_CLAUSE, TITLE_CUE = "in the title, in the cue's clause", "in the title, with the cue"
CUE_AGAIN, NAME_AGAIN, LATER = "later, with a cue", "later, with a name", "later"
PLACES = (
    *(TITLE_CLAUSE, TITLE_CUE, IN_CLAUSE, NEAR, IN_TITLE, FAR, IN_LEAD),
    *(CUE_AGAIN, NAME_AGAIN, LATER),
)
"""Where a word of a stage may stand, the surest place first."""
_RANKS = {place: rank for rank, place in enumerate(PLACES)}
_BESIDE = frozenset({TITLE_CLAUSE, TITLE_CUE, IN_CLAUSE, NEAR})


class Word(NamedTuple):
    """A word of a stage at its place. `kind` is the stage, or how weakly it says it."""

    hit: Hit
    stage: Stage
    kind: str
    place: str
    sentence: int


@dataclass(slots=True)
class Signs:
    """The signs of every stage, each from 0 to 1, and the words that they rest on."""

    by_stage: dict[Stage, dict[str, float]]
    words: dict[Stage, list[tuple[int, tuple[int, int]]]] = field(default_factory=dict)

    def add(self, stage: Stage, sign: str, value: float = 1.0) -> None:
        """Note a sign; of the same one the strongest counts."""
        signs = self.by_stage[stage]
        if value > signs.get(sign, 0.0):
            signs[sign] = value

    def rest(self, stage: Stage, rank: int, place: tuple[int, int]) -> None:
        """Note a word that a stage may rest on; the lower the rank, the surer."""
        self.words.setdefault(stage, []).append((rank, place))

    def best_word(self, stage: Stage) -> tuple[int, int] | None:
        """Return the surest word for a stage, None without any."""
        return min(self.words.get(stage, ()), default=(0, None))[1]


def signs_of(
    document: Document, candidate: Candidate, scope: Sequence[Trigger], *, is_asked: bool
) -> Signs:
    """Return what speaks for each stage of an event whose triggers in front are `scope`.

    `is_asked` says that the title only asks whether it is so.
    """
    signs = Signs({stage: {"base": 1.0, candidate.event_type: 1.0} for stage in Stage})
    _of_cues(document, candidate, scope, signs)
    words = list(_words(document, candidate, scope))
    for word in words:
        _of_word(document, word, signs)
    _of_neighbours(words, scope, signs)
    _of_newest(document, words, scope, signs)
    if is_asked:
        signs.add(Stage.RUMOURED, "a question in the title")
    else:
        _of_silence(document, words, scope, signs)
    _of_sources(document, words, signs)
    return signs


def _of_cues(
    document: Document, candidate: Candidate, scope: Sequence[Trigger], signs: Signs
) -> None:
    for trigger in scope:
        if trigger.stage is not None:
            stage = Stage(trigger.stage)
            in_title = _segment(document, trigger.sentence) is Segment.TITLE
            signs.add(stage, "word: the cue in the title" if in_title else "word: the cue")
            signs.rest(stage, -2 if in_title else -1, (trigger.start, trigger.end))
    for trigger in candidate.triggers:
        if trigger.is_negated and _segment(document, trigger.sentence) <= Segment.LEAD:
            signs.add(Stage.REJECTED, "a negated cue")
            signs.rest(Stage.REJECTED, len(PLACES), (trigger.start, trigger.end))
    if all(trigger.is_past for trigger in scope):
        signs.add(Stage.REVERSED, "past cues only")
        signs.add(Stage.REJECTED, "past cues only")
    frames = {trigger.frame for trigger in scope}
    for stage in (Stage.RUMOURED, Stage.PROPOSED):
        if frames == {"talks"}:
            signs.add(stage, "talks only")
        if all(trigger.weight < _STRONG for trigger in scope):
            signs.add(stage, "vague cues only")


def _words(document: Document, candidate: Candidate, scope: Sequence[Trigger]) -> Iterator[Word]:
    beside: dict[int, list[Trigger]] = {}
    for trigger in scope:
        beside.setdefault(trigger.sentence, []).append(trigger)
    apart: dict[int, str | None] = {}
    for sentence, hit in document.words_of("stage"):
        meaning = hit.meaning
        if meaning.name == _NOTHING or (
            meaning.types and candidate.event_type not in meaning.types
        ):
            continue
        if sentence in beside:
            place = _place_beside(document, beside[sentence], sentence, hit)
        elif sentence in apart:
            place = apart[sentence]
        else:
            place = apart[sentence] = _place_apart(document, candidate, sentence)
        if place is not None:
            kind = "announced" if _is_announced(document, sentence, hit) else "word"
            yield Word(hit, Stage(meaning.name), kind, place, sentence)
    for sentence, hit in document.words_of("hearsay"):
        if sentence in beside:
            place = _place_beside(document, beside[sentence], sentence, hit)
        else:
            place = _place_apart(document, candidate, sentence)
        if place is not None:
            yield Word(hit, Stage.RUMOURED, "hearsay", place, sentence)


def _is_announced(document: Document, sentence: int, hit: Hit) -> bool:
    """Return whether a word for confirmed only tells that something was said: also plans are announced."""
    return hit.meaning.name == Stage.CONFIRMED and any(
        word.start < hit.end and hit.start < word.end
        for word in document.words_in("announced", sentence)
    )


def _place_beside(
    document: Document, beside: Sequence[Trigger], sentence: int, hit: Hit
) -> str | None:
    for trigger in beside:
        if trigger.start <= hit.start and hit.end <= trigger.end:
            return None  # part of the cue itself: "permit … withdrawn" reverses nothing
    is_near = distance(hit, beside) <= REACH
    clause = document.clause_of(sentence, hit.start)
    in_clause = is_near and any(
        document.clause_of(sentence, trigger.start) == clause for trigger in beside
    )
    if _segment(document, sentence) is Segment.TITLE:
        return TITLE_CLAUSE if in_clause else TITLE_CUE
    return IN_CLAUSE if in_clause else NEAR if is_near else FAR


def _place_apart(document: Document, candidate: Candidate, sentence: int) -> str | None:
    segment = _segment(document, sentence)
    sentences = {trigger.sentence for trigger in candidate.triggers}
    if segment is Segment.TITLE:
        in_front = any(_segment(document, each) <= Segment.LEAD for each in sentences)
        return IN_TITLE if in_front else None
    if segment is Segment.LEAD:
        return IN_LEAD
    if sentence in sentences:
        return CUE_AGAIN
    if any(name.company in candidate.roles for name in document.names_in(sentence)):
        return NAME_AGAIN
    return LATER if segment is Segment.BODY else None


def distance(hit: Hit, triggers: Sequence[Trigger]) -> int:
    """Return how many characters lie between a word and the nearest trigger."""
    return max(0, min(max(t.start - hit.end, hit.start - t.end) for t in triggers))


def _of_word(document: Document, word: Word, signs: Signs) -> None:
    stage, hit, sentence = word.stage, word.hit, word.sentence
    signs.add(stage, f"{word.kind} {word.place}")
    signs.rest(stage, _RANKS[word.place], (hit.start, hit.end))
    if word.kind != "word":
        return
    if hit.meaning.types:
        signs.add(stage, "word of the type")
    pasts = document.words_in("background", sentence) if word.place != IN_TITLE else ()
    if pasts:
        start, end = document.clause_of(sentence, hit.start)
        if any(
            start <= past.start < end and not hit.start <= past.start < hit.end for past in pasts
        ):
            signs.add(stage, "word in a clause about the past")
    negations = document.words_in("negation", sentence)
    if negations and any(
        0 <= hit.start - negation.end <= _NEGATION_REACH for negation in negations
    ):
        signs.add(stage, "word negated")


def _of_neighbours(words: Sequence[Word], scope: Sequence[Trigger], signs: Signs) -> None:
    """Note how many words of a stage stand beside the cues, and how close the nearest is."""
    count: Counter[Stage] = Counter()
    for word in words:
        if word.kind == "word" and word.place in _BESIDE:
            count[word.stage] += 1
            here = [trigger for trigger in scope if trigger.sentence == word.sentence]
            signs.add(
                word.stage, "word close to the cue", 1 / (1 + distance(word.hit, here) / _CLOSE)
            )
    for stage, number in count.items():
        if number > 1:
            signs.add(stage, "words more than one", min(number - 1, _MANY) / _MANY)


def _of_newest(
    document: Document, words: Sequence[Word], scope: Sequence[Trigger], signs: Signs
) -> None:
    """Note the stage that title and lead come to last."""
    said: dict[int, Stage] = {
        word.hit.start: word.stage
        for word in words
        if word.kind == "word"
        and word.stage is not Stage.CONFIRMED
        and _segment(document, word.sentence) <= Segment.LEAD
    }
    said |= {trigger.start: Stage(trigger.stage) for trigger in scope if trigger.stage is not None}
    if said:
        signs.add(said[max(said)], "word said last")


def _of_silence(
    document: Document, words: Sequence[Word], scope: Sequence[Trigger], signs: Signs
) -> None:
    """Note a cue in title or lead whose sentence has no other word of a stage: told as it is."""
    spoken = {
        word.sentence
        for word in words
        if word.kind == "hearsay" or (word.kind == "word" and word.stage is not Stage.CONFIRMED)
    }
    for segment, name in ((Segment.TITLE, "title"), (Segment.LEAD, "lead")):
        there = [t for t in scope if _segment(document, t.sentence) is segment]
        silent = (
            [t for t in there if t.sentence not in spoken]
            if segment is Segment.LEAD
            else (there if spoken.isdisjoint(t.sentence for t in there) else [])
        )
        if silent:
            has_verb = any(trigger.frame in _VERBS for trigger in there)
            signs.add(Stage.CONFIRMED, f"a plain {name} with a {'verb' if has_verb else 'noun'}")


def _of_sources(document: Document, words: Sequence[Word], signs: Signs) -> None:
    """Note who says it: unnamed sources, or one of those who would do it."""
    avowals = [
        (sentence, hit)
        for sentence, hit in document.words_of("avowed")
        if _segment(document, sentence) <= Segment.LEAD
    ]
    hearsay = [word for word in words if word.kind == "hearsay"]
    for word in hearsay:
        in_front = _segment(document, word.sentence) <= Segment.LEAD
        signs.add(Stage.PROPOSED, f"hearsay {'in front' if in_front else 'later'}")
    if not avowals:
        return
    signs.add(Stage.PROPOSED, "a party says so")
    signs.add(Stage.RUMOURED, "a party says so")
    heard = any(_segment(document, word.sentence) <= Segment.LEAD for word in hearsay)
    talk = {word.sentence for word in words if word.stage is Stage.RUMOURED}
    owned = next((hit for sentence, hit in avowals if sentence in talk), None)
    if owned is not None and not heard:
        signs.add(Stage.PROPOSED, "a party says that it talks")
        signs.rest(Stage.PROPOSED, len(PLACES), (owned.start, owned.end))


def _segment(document: Document, sentence: int) -> Segment:
    return document.sentences[sentence].segment
