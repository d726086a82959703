"""Signs: what speaks for each stage of an event; `steps/stage.py` adds them up.

Every sign is something that all languages have: where a word of a stage stands, what cue it stands
beside, whether the story names its sources. Only the words themselves belong to a language.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from services.classifier.document import Candidate, Document, Segment, Trigger
from services.classifier.lexicon.scripts import HAN, HANGUL, HIRAGANA, KATAKANA, SCRIPTS
from services.classifier.lexicon.words import Hit
from services.classifier.syntax.chains import COMMAS
from services.common.contracts.reading import Stage

REACH = 90
"""How many characters from a trigger a stage word may stand to be near it."""
TALK = frozenset({Stage.PROPOSED, Stage.RUMOURED})
FIRST_IN_ORDER = "first in order"
_ORDER = (Stage.REVERSED, Stage.REJECTED, Stage.RUMOURED, Stage.PROPOSED, Stage.CONFIRMED)
_NOTHING = "none"
"""What a longer word that only holds a word of a stage is filed under, to hide that."""
_MANY = 3
_LONG = 24
"""Characters of a form that surely says what it says; one in two has hardly ten."""
_DENSE = frozenset((HAN, HIRAGANA, KATAKANA, HANGUL))
_IN_DENSE = 2.5
"""How many letters elsewhere a Chinese, Japanese or Korean character is worth."""
_BESIDE_NO = 2
"""How many characters a negation may stand before what it denies."""
_VERBS = frozenset({"active", "passive", "close", "sell"})

IN_CUE, IN_CLAUSE, NEAR = "in the cue", "in the cue's clause", "near the cue"
TITLE_CLAUSE, TITLE_CUE = "in the title, in the cue's clause", "in the title, with the cue"
IN_TITLE, IN_LEAD, LATER = "in the title", "in the lead", "later"
PLACES = (TITLE_CLAUSE, TITLE_CUE, IN_CUE, IN_CLAUSE, NEAR, IN_TITLE, IN_LEAD, LATER)
"""Where a word of a stage may stand, the surest place first. In a body only unnamed sources count."""
_RANKS = {place: rank for rank, place in enumerate(PLACES)}
_OF_TITLES_CUE, _OF_CUE, _OF_NONE = -2, -1, len(PLACES)
"""The ranks of cues that are a stage themselves, and of what has no place of its own."""
_BESIDE = frozenset({TITLE_CLAUSE, TITLE_CUE, IN_CLAUSE, NEAR})
_TOLD = _BESIDE | {IN_TITLE}


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
    document: Document, candidate: Candidate, scope: Sequence[Trigger], *, asked: int | None
) -> Signs:
    """Return what speaks for each stage of an event whose triggers in front are `scope`.

    `asked` is where a title ends that only asks whether it is so.
    """
    signs = Signs({stage: {"base": 1.0, candidate.event_type: 1.0} for stage in Stage})
    _of_cues(document, candidate, scope, signs)
    words = list(_words(document, candidate, scope))
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
        if trigger.frame != "refuse" and _is_answered(scope, trigger.start, trigger.end):
            continue
        if trigger.stage is not None and not trigger.is_negated:
            stage = Stage(trigger.stage)
            in_title = _segment(document, trigger.sentence) is Segment.TITLE
            signs.add(stage, "word: the cue in the title" if in_title else "word: the cue")
            signs.rest(stage, _OF_TITLES_CUE if in_title else _OF_CUE, (trigger.start, trigger.end))
    for trigger in candidate.triggers:
        if trigger.is_negated and _segment(document, trigger.sentence) <= Segment.LEAD:
            denied = trigger in scope
            signs.add(Stage.REJECTED, "the title's cue negated" if denied else "a negated cue")
            rank = _OF_TITLES_CUE if denied else _OF_NONE
            signs.rest(Stage.REJECTED, rank, (trigger.start, trigger.end))


def _words(document: Document, candidate: Candidate, scope: Sequence[Trigger]) -> Iterator[Word]:
    beside = _by_sentence(scope)
    for sentence, hits in document.words.get("stage", {}).items():
        here = beside.get(sentence)
        apart = None if here else _place_apart(document, candidate, sentence)
        if not here and apart in {None, LATER}:
            continue
        for hit in _of_type(hits, candidate.event_type):
            if _is_denied(document, sentence, hit) or _is_cues_own(hit, here or ()):
                continue
            if here and (
                _is_answered(scope, hit.start, hit.end)
                or _is_of_what_comes(document, sentence, hit, here)
            ):
                continue
            place = _place_beside(document, here, sentence, hit) if here else apart
            if place is not None:
                kind = "announced" if _is_announced(document, sentence, hit) else "word"
                yield Word(hit, Stage(hit.meaning.name), kind, place, sentence)
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


def _is_answered(scope: Sequence[Trigger], start: int, end: int) -> bool:
    """Return whether words stand in a cue that answers them: "accepts the takeover offer" plans nothing."""
    return any(
        trigger.frame == "refuse"
        and trigger.stage is not None
        and trigger.start < end
        and start < trigger.end
        and (start, end) != (trigger.start, trigger.end)
        for trigger in scope
    )


def _of_type(hits: Sequence[Hit], event_type: str) -> list[Hit]:
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
        or not all(t.frame in _VERBS for t in beside)
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


def _is_cues_own(hit: Hit, beside: Sequence[Trigger]) -> bool:
    """Return whether a word that takes back is the end of a cue: "revoked" of "licence revoked"."""
    return hit.meaning.name == Stage.REVERSED and any(
        trigger.stage is None and trigger.start < hit.start < trigger.end <= hit.end
        for trigger in beside
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
    segment = _segment(document, sentence)
    if distance(hit, beside) > REACH:
        return {Segment.TITLE: IN_TITLE, Segment.LEAD: IN_LEAD}.get(segment)
    clause = document.clause_of(sentence, hit.start)
    in_clause = any(document.clause_of(sentence, trigger.start) == clause for trigger in beside)
    if segment is Segment.TITLE:
        return TITLE_CLAUSE if in_clause else TITLE_CUE
    return IN_CLAUSE if in_clause else NEAR


def _place_apart(document: Document, candidate: Candidate, sentence: int) -> str | None:
    match _segment(document, sentence):
        case Segment.TITLE:
            in_front = any(
                _segment(document, each.sentence) <= Segment.LEAD for each in candidate.triggers
            )
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


def _of_word(document: Document, word: Word, signs: Signs) -> None:
    signs.add(word.stage, f"{word.kind} {word.place}")
    signs.rest(word.stage, _RANKS[word.place], (word.hit.start, word.hit.end))
    if word.kind == "word":
        signs.add(word.stage, "word of length", min(_length(document, word.hit) / _LONG, 1.0))


def _length(document: Document, hit: Hit) -> float:
    """Return how many letters a form takes: "no longer for sale" is surer than "off"."""
    letters = hit.end - hit.start
    return letters * _IN_DENSE if SCRIPTS[document.folded.text[hit.start]] in _DENSE else letters


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
    own = _by_sentence(candidate.triggers)
    others = _of_other_events(document, candidate)
    for word in told:
        start, end = document.clause_of(word.sentence, word.hit.start)
        named = {
            name.company for name in document.names_in(word.sentence) if start <= name.start < end
        }
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
    return _by_sentence(trigger for trigger in theirs if trigger not in own)


def _by_sentence(triggers: Iterable[Trigger]) -> Mapping[int, Sequence[Trigger]]:
    found: dict[int, list[Trigger]] = {}
    for trigger in triggers:
        found.setdefault(trigger.sentence, []).append(trigger)
    return found


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

    What is signed is planned no more. Of a title that tells none the lead's first sentence may tell
    talk and plans.
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
    if not said and _segment(document, scope[0].sentence) is Segment.TITLE:
        segments = [sentence.segment for sentence in document.sentences]
        lead = segments.index(Segment.LEAD) if Segment.LEAD in segments else -1
        said = {
            word.stage
            for word in words
            if word.kind == "word" and word.stage in TALK and word.sentence == lead
        }
    if Stage.CONFIRMED in said:
        said.discard(Stage.PROPOSED)
    first = next((stage for stage in _ORDER if stage in said), Stage.CONFIRMED)
    signs.add(first, FIRST_IN_ORDER)


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
        there = [t for t in scope if not t.is_negated and _segment(document, t.sentence) is segment]
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
    _of_talk(document, words, signs)
    if not avowals:
        return
    signs.add(Stage.PROPOSED, "a party says so")
    signs.add(Stage.RUMOURED, "a party says so")
    heard = any(_segment(document, word.sentence) <= Segment.LEAD for word in hearsay)
    talk = {word.sentence for word in words if word.stage is Stage.RUMOURED}
    owned = next((hit for sentence, hit in avowals if sentence in talk), None)
    if owned is not None and not heard:
        signs.add(Stage.PROPOSED, "a party says that it talks")
        signs.rest(Stage.PROPOSED, _OF_NONE, (owned.start, owned.end))


def _of_talk(document: Document, words: Sequence[Word], signs: Signs) -> None:
    """Note plans that unnamed sources tell, and talk in front that nobody is cited for.

    Who weighs something and hides behind nobody has put it forward: "the minister considers a ban".
    """
    front = [word for word in words if _segment(document, word.sentence) <= Segment.LEAD]
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


def _segment(document: Document, sentence: int) -> Segment:
    return document.sentences[sentence].segment
