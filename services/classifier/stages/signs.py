"""Signs: what speaks for each stage of an event; `steps/stage.py` adds them up.

Every sign is something that all languages have: where a word of a stage stands, what cue it stands
beside, whether the story names its sources. Only the words themselves belong to a language.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from services.classifier.candidate import Candidate
from services.classifier.document import Document
from services.classifier.lexicon.scripts import DENSE, SCRIPTS
from services.classifier.lexicon.words import Hit
from services.classifier.spans import VERBS, Segment, Trigger
from services.classifier.stages.words import (
    IN_CLAUSE,
    IN_CUE,
    IN_TITLE,
    NEAR,
    PLACES,
    TITLE_CLAUSE,
    TITLE_CUE,
    Word,
    by_sentence,
    distance,
    is_answered,
    words_of_stages,
)
from services.common.contracts.reading import Stage

TALK = frozenset({Stage.PROPOSED, Stage.RUMOURED})
FIRST_IN_ORDER = "first in order"
_ORDER = (Stage.REVERSED, Stage.REJECTED, Stage.RUMOURED, Stage.PROPOSED, Stage.CONFIRMED)
_MANY = 3
_LONG = 24
"""Characters of a form that surely says what it says; one in two has hardly ten."""
_IN_DENSE = 2.5
"""How many letters elsewhere a Chinese, Japanese or Korean character is worth."""

_RANKS = {place: rank for rank, place in enumerate(PLACES)}
_OF_TITLES_CUE, _OF_CUE, _OF_NONE = -2, -1, len(PLACES)
"""The ranks of cues that are a stage themselves, and of what has no place of its own."""
_BESIDE = frozenset({TITLE_CLAUSE, TITLE_CUE, IN_CLAUSE, NEAR})
_TOLD = _BESIDE | {IN_TITLE}


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
    document: Document, candidate: Candidate, scope: Sequence[Trigger], *, asked: int | None
) -> Signs:
    """Return what speaks for each stage of an event whose triggers in front are `scope`.

    `asked` is where a title ends that only asks whether it is so.
    """
    signs = Signs({stage: {"base": 1.0, candidate.event_type: 1.0} for stage in _ORDER})
    _of_cues(document, candidate, scope, signs)
    words = list(words_of_stages(document, candidate, scope))
    for word in words:
        _of_word(document, word, signs)
    _of_neighbours(words, signs)
    _of_newest(document, words, scope, signs)
    if asked is not None:
        signs.add(Stage.RUMOURED, "a question in the title")
        signs.rest(Stage.RUMOURED, _OF_TITLES_CUE, (asked - 1, asked))
    else:
        _of_silence(document, words, scope, signs)
    _of_order(document, words, scope, signs, is_asked=asked is not None)
    _of_sources(document, words, signs)
    _of_others(document, candidate, words, signs)
    return signs


def _of_cues(
    document: Document, candidate: Candidate, scope: Sequence[Trigger], signs: Signs
) -> None:
    for trigger in scope:
        if trigger.frame != "refuse" and is_answered(scope, trigger.start, trigger.end):
            continue
        if trigger.stage is not None and not trigger.is_negated:
            stage = Stage(trigger.stage)
            in_title = document.in_title(trigger.sentence)
            signs.add(stage, "word: the cue in the title" if in_title else "word: the cue")
            signs.rest(stage, _OF_TITLES_CUE if in_title else _OF_CUE, (trigger.start, trigger.end))
    for trigger in candidate.triggers:
        if trigger.is_negated and document.in_front(trigger.sentence):
            denied = trigger in scope
            signs.add(Stage.REJECTED, "the title's cue negated" if denied else "a negated cue")
            rank = _OF_TITLES_CUE if denied else _OF_NONE
            signs.rest(Stage.REJECTED, rank, (trigger.start, trigger.end))


def _of_word(document: Document, word: Word, signs: Signs) -> None:
    signs.add(word.stage, f"{word.kind} {word.place}")
    signs.rest(word.stage, _RANKS[word.place], (word.hit.start, word.hit.end))
    if word.kind == "word":
        signs.add(word.stage, "word of length", min(_length(document, word.hit) / _LONG, 1.0))


def _length(document: Document, hit: Hit) -> float:
    """Return how many letters a form takes: "no longer for sale" is surer than "off"."""
    letters = hit.end - hit.start
    return letters * _IN_DENSE if SCRIPTS[document.folded.text[hit.start]] in DENSE else letters


def _of_neighbours(words: Sequence[Word], signs: Signs) -> None:
    """Note how many words of a stage stand beside the cues."""
    count = Counter(w.stage for w in words if w.kind == "word" and w.place in _BESIDE)
    for stage, number in count.items():
        if number > 1:
            signs.add(stage, "words more than one", min(number - 1, _MANY) / _MANY)


def _of_others(
    document: Document, candidate: Candidate, words: Sequence[Word], signs: Signs
) -> None:
    """Note words that may tell of something else: in a clause about others, or by another event's cue."""
    told = [word for word in words if word.kind == "word" and word.place != IN_CUE]
    if not told:
        return
    own = by_sentence(candidate.triggers)
    others = _of_other_events(document, candidate)
    for word in told:
        start, end = document.clause_of(word.sentence, word.hit.start)
        named = {name.company for name in document.names_between(word.sentence, start, end)}
        if named and named.isdisjoint(candidate.roles):
            signs.add(word.stage, "word beside somebody else")
        mine, theirs = own.get(word.sentence, ()), others.get(word.sentence, ())
        if theirs and (not mine or distance(word.hit, theirs) < distance(word.hit, mine)):
            signs.add(word.stage, "word nearer another event")


def _of_other_events(document: Document, candidate: Candidate) -> Mapping[int, Sequence[Trigger]]:
    """Return the triggers by sentence that other events have, but for those that both share."""
    if len(document.candidates) == 1:
        return {}
    own = set(candidate.triggers)
    theirs = (trigger for other in document.candidates for trigger in other.triggers)
    return by_sentence(trigger for trigger in theirs if trigger not in own)


def _of_newest(
    document: Document, words: Sequence[Word], scope: Sequence[Trigger], signs: Signs
) -> None:
    """Note the stage that title and lead come to last."""
    said: dict[int, Stage] = {
        word.hit.start: word.stage
        for word in words
        if word.kind == "word"
        and word.stage is not Stage.CONFIRMED
        and document.in_front(word.sentence)
    }
    said |= {
        trigger.start: Stage(trigger.stage)
        for trigger in scope
        if trigger.stage is not None and not trigger.is_negated
    }
    if said:
        signs.add(said[max(said)], "word said last")


def _of_order(
    document: Document,
    words: Sequence[Word],
    scope: Sequence[Trigger],
    signs: Signs,
    *,
    is_asked: bool,
) -> None:
    """Note which stage comes first of those told beside the cues: an end before talk before plans.

    What is signed is planned no more, but "announces the plan" tells a plan. Of a title that tells none
    the lead's first sentence may tell talk and plans.
    """
    said = {
        word.stage for word in words if word.kind in {"word", "announced"} and word.place in _TOLD
    }
    said |= {Stage(t.stage) for t in scope if t.stage is not None and not t.is_negated}
    said = said or _talk_in_cues(document, words)
    if is_asked:
        said.add(Stage.RUMOURED)
    if any(trigger.is_negated for trigger in scope):
        said.add(Stage.REJECTED)
    if not said and document.in_title(scope[0].sentence):
        lead = next(iter(document.sentences_of(Segment.LEAD)), None)
        said = {
            word.stage
            for word in words
            if word.kind == "word" and word.stage in TALK and word.sentence == lead
        }
    planned = {word.sentence for word in words if word.stage is Stage.PROPOSED}
    if any(_is_done(word, planned) for word in words) or any(
        trigger.stage == Stage.CONFIRMED and not trigger.is_negated for trigger in scope
    ):
        said.discard(Stage.PROPOSED)
    first = next((stage for stage in _ORDER if stage in said), Stage.CONFIRMED)
    signs.add(first, FIRST_IN_ORDER)


def _is_done(word: Word, planned: Collection[int]) -> bool:
    """Return whether a word beside the cues says that it is decided, or announces it where nothing is `planned`."""
    return (
        word.stage is Stage.CONFIRMED
        and word.place in _TOLD
        and (word.kind == "word" or word.sentence not in planned)
    )


def _talk_in_cues(document: Document, words: Sequence[Word]) -> set[Stage]:
    """Return the talk and plans that cues tell behind their beginning: "faces the chop … unless".

    What begins a cue is its auxiliary, which alone plans nothing: "will close", "fabriek gaat dicht".
    """
    return {
        word.stage
        for word in words
        if word.place == IN_CUE
        and word.kind == "word"
        and word.stage in TALK
        and not any(cue.start == word.hit.start for cue in document.words_in("cue", word.sentence))
    }


def _of_silence(
    document: Document, words: Sequence[Word], scope: Sequence[Trigger], signs: Signs
) -> None:
    """Note a cue in title or lead whose sentence has no other word of a stage: told as it is."""
    spoken = {
        word.sentence
        for word in words
        if word.kind == "hearsay" or (word.kind == "word" and word.stage is not Stage.CONFIRMED)
    } | {trigger.sentence for trigger in scope if trigger.stage not in {None, Stage.CONFIRMED}}
    for segment, name in ((Segment.TITLE, "title"), (Segment.LEAD, "lead")):
        there = [
            t for t in scope if not t.is_negated and document.segment_of(t.sentence) is segment
        ]
        silent = (
            [t for t in there if t.sentence not in spoken]
            if segment is Segment.LEAD
            else (there if spoken.isdisjoint(t.sentence for t in there) else [])
        )
        if silent:
            has_verb = any(trigger.frame in VERBS for trigger in there)
            signs.add(Stage.CONFIRMED, f"a plain {name} with a {'verb' if has_verb else 'noun'}")


def _of_sources(document: Document, words: Sequence[Word], signs: Signs) -> None:
    """Note who says it: unnamed sources, or one of those who would do it."""
    avowals = [
        (sentence, hit)
        for sentence, hit in document.words_of("avowed")
        if document.in_front(sentence)
    ]
    hearsay = [word for word in words if word.kind == "hearsay"]
    for word in hearsay:
        in_front = document.in_front(word.sentence)
        signs.add(Stage.PROPOSED, f"hearsay {'in front' if in_front else 'later'}")
    _of_talk(document, words, signs)
    if not avowals:
        return
    signs.add(Stage.PROPOSED, "a party says so")
    signs.add(Stage.RUMOURED, "a party says so")
    heard = any(document.in_front(word.sentence) for word in hearsay)
    talk = {word.sentence for word in words if word.stage is Stage.RUMOURED}
    in_title = any(document.in_title(sentence) for sentence in talk)
    owned = next(
        (
            hit
            for sentence, hit in avowals
            if sentence in talk or (in_title and document.words_in("cue", sentence))
        ),
        None,
    )
    if owned is not None and not heard:
        signs.add(Stage.PROPOSED, "a party says that it talks")
        signs.rest(Stage.PROPOSED, _OF_NONE, (owned.start, owned.end))


def _of_talk(document: Document, words: Sequence[Word], signs: Signs) -> None:
    """Note plans that unnamed sources tell, and talk in front that nobody is cited for.

    Who weighs something and hides behind nobody has put it forward: "the minister considers a ban".
    """
    front = [word for word in words if document.in_front(word.sentence)]
    said = [word for word in front if word.kind == "word"]
    if any(word.kind == "hearsay" for word in front) and any(
        word.stage is Stage.PROPOSED for word in said
    ):
        signs.add(Stage.RUMOURED, "hearsay of a plan")
    talk = [word.hit for word in said if word.stage is Stage.RUMOURED]
    if talk and not any(word.kind == "hearsay" for word in words):
        signs.add(Stage.RUMOURED, "talk without sources")
        signs.add(Stage.PROPOSED, "talk without sources")
        signs.rest(Stage.PROPOSED, _OF_NONE, (talk[0].start, talk[0].end))
