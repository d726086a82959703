"""Stage: how far each event has come, by the words around its triggers.

An order of words decides first: an end before talk before plans. What it says is one sign among those
of `signs`, whose weights are added up; `lexicon/shared/stage.yml` has them, fitted by
`kabar calibrate --of stage`. Without that file the order alone decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from services.classifier.document import Candidate, Document, Segment, Trigger
from services.classifier.lexicon.load import stage_weights
from services.classifier.signs import REACH, Signs, signs_of
from services.common.contracts.reading import Stage

_TALK = frozenset({Stage.PROPOSED, Stage.RUMOURED})
_TOLD = 2.0
_RIGHT_BEFORE = 4
_QUESTION_MARKS = ("?", "？", "؟")
_AROUND_A_QUESTION = " \n\"')»”"


_PRECEDENCE = (Stage.REVERSED, Stage.REJECTED, Stage.RUMOURED, Stage.PROPOSED)
_NONE = "none"
"""What a longer word that only holds a word of a stage is filed under, to hide that."""
SHARED, EVERY = "word", "every"
"""Signs that begin so have a weight for every stage but confirmed, beside the stage's own."""
Found = tuple[Stage, tuple[int, int], Segment]


def settle(document: Document) -> Document:
    """Return the document with the stage of every candidate; denied ones nobody leads with fall out."""
    settled = (_settled(document, candidate) for candidate in document.candidates)
    return document.but(candidates=tuple(found for found in settled if found is not None))


def _settled(document: Document, candidate: Candidate) -> Candidate | None:
    scope = _scope(document, candidate)
    if scope is None:
        # A cue that is only denied in passing ("no plant will close") tells nothing.
        titled = [t for t in candidate.triggers if _segment(document, t) is Segment.TITLE]
        if not titled:
            return None
        denied = (titled[0].start, titled[0].end)
        return candidate.but(stage=Stage.REJECTED, stage_place=denied)
    for trigger in scope:
        fixed = _fixed(document, trigger)
        if fixed is not None:
            return candidate.but(stage=fixed, stage_place=(trigger.start, trigger.end))
    return _weighed(document, candidate, scope, weights=stage_weights())


def _weighed(
    document: Document,
    candidate: Candidate,
    scope: list[Trigger],
    *,
    weights: Mapping[str, Mapping[str, float]],
) -> Candidate:
    """Return the candidate with the stage that most speaks for, and the arithmetic."""
    signs, stage, place = _signs(document, candidate, scope)
    if not weights:
        return candidate.but(stage=stage, stage_place=place)
    terms = {
        each: _terms(signs.by_stage[each], each, weights)
        for each in Stage
        if each is Stage.CONFIRMED or each in signs.words
    }
    sums = {each: sum(found.values()) for each, found in terms.items()}
    best = max(sums, key=lambda each: sums[each])
    return candidate.but(
        stage=best,
        stage_place=place if best is stage and place else signs.best_word(best),
        stage_arithmetic=_arithmetic(terms, sums),
    )


def _terms(
    signs: Mapping[str, float], stage: Stage, weights: Mapping[str, Mapping[str, float]]
) -> dict[str, float]:
    """Return what each sign of a stage adds to it, without those that add nothing."""
    terms: dict[str, float] = {}
    own, shared = weights.get(stage, {}), weights.get(EVERY, {})
    for sign, value in signs.items():
        weight = own.get(sign, 0.0)
        if sign in shared:  # few are, and the others need no more than this look
            weight = weight_of(weights, stage, sign)
        if weight:
            terms[sign] = value * weight
    return terms


def weight_of(weights: Mapping[str, Mapping[str, float]], stage: Stage, sign: str) -> float:
    """Return the weight of a sign: the stage's own and, for its words, what holds for all."""
    weight = weights.get(stage, {}).get(sign, 0.0)
    if stage is not Stage.CONFIRMED and sign.startswith(SHARED):
        weight += weights.get(EVERY, {}).get(sign, 0.0)
    return weight


def _signs(
    document: Document, candidate: Candidate, scope: list[Trigger]
) -> tuple[Signs, Stage, tuple[int, int] | None]:
    """Return the signs of every stage, and what the order of words says."""
    in_front = any(_segment(document, trigger) <= Segment.LEAD for trigger in scope)
    found = list(_stages(document, candidate, scope, in_front=in_front))
    if not found and _segment(document, scope[0]) is Segment.TITLE:
        found = list(_told_next(document, candidate))
    stage, place = _decided(found)
    is_asked = in_front and _is_asked(document, candidate, scope)
    signs = signs_of(document, candidate, scope, is_asked=is_asked)
    signs.add(stage, "the order of words")
    if place is not None:
        signs.rest(stage, -3, place)
    return signs, stage, place


def open_signs(document: Document, candidate: Candidate) -> Signs | None:
    """Return the signs of a candidate whose stage is weighed, None where a rule alone decides."""
    scope = _scope(document, candidate)
    if scope is None or any(_fixed(document, trigger) is not None for trigger in scope):
        return None
    return _signs(document, candidate, scope)[0]


def _arithmetic(
    terms: Mapping[Stage, Mapping[str, float]], sums: Mapping[Stage, float]
) -> tuple[str, ...]:
    """Return a line for the stage that won and for the next, each with its sum."""
    ranked = sorted(sums, key=lambda each: -sums[each])[:2]
    return tuple(
        f"{each} {sums[each]:.2f}: "
        + ", ".join(f"{sign} {value:+.2f}" for sign, value in terms[each].items())
        for each in ranked
    )


def _scope(document: Document, candidate: Candidate) -> list[Trigger] | None:
    """Return the triggers that an event is told by, None where it is only denied."""
    front = [t for t in candidate.triggers if _segment(document, t) <= Segment.LEAD]
    affirmed = [trigger for trigger in candidate.triggers if not trigger.is_negated]
    if not affirmed or _is_denied(document, front):
        return None
    return [trigger for trigger in front if not trigger.is_negated] or affirmed


def _is_denied(document: Document, front: list[Trigger]) -> bool:
    """Return whether the title denies what the lead only names: "will not close. A report of a closure"."""
    titled = [trigger for trigger in front if _segment(document, trigger) is Segment.TITLE]
    return bool(titled) and all(trigger.is_negated and trigger.score >= _TOLD for trigger in titled)


def _decided(found: list[Found]) -> tuple[Stage, tuple[int, int] | None]:
    """Return the stage that holds: an end before talk before plans; signed beats planned."""
    is_signed = any(stage is Stage.CONFIRMED for stage, _, _ in found)
    for wanted in _PRECEDENCE:
        if wanted is Stage.PROPOSED and is_signed:
            continue
        for stage, place, _ in found:
            if stage is wanted:
                return stage, place
    signed = next((place for stage, place, _ in found if stage is Stage.CONFIRMED), None)
    return Stage.CONFIRMED, signed


def _stages(
    document: Document, candidate: Candidate, scope: list[Trigger], *, in_front: bool
) -> Iterator[Found]:
    for trigger in scope:
        if trigger.stage is not None:
            place = (trigger.start, trigger.end)
            yield Stage(trigger.stage), place, _segment(document, trigger)
    sentences = {trigger.sentence for trigger in scope}
    for sentence, hit in document.words_of("stage"):
        meaning = hit.meaning
        if meaning.name == _NONE:
            continue
        if meaning.types and candidate.event_type not in meaning.types:
            continue
        segment = document.sentences[sentence].segment
        in_title = in_front and segment is Segment.TITLE
        if sentence not in sentences and not in_title:
            continue
        if any(trigger.start <= hit.start and hit.end <= trigger.end for trigger in scope):
            continue  # part of the cue itself: "permit … withdrawn" reverses nothing
        near = any(
            trigger.sentence == sentence
            and min(abs(trigger.start - hit.end), abs(hit.start - trigger.end)) <= REACH
            for trigger in scope
        )
        if near or in_title:
            yield Stage(meaning.name), (hit.start, hit.end), segment
    if in_front and _is_asked(document, candidate, scope):
        # Of a story without a title the first sentence stands for it, behind the empty line.
        start = document.sentences[0].start
        end = start + len(document.folded.text[start:].partition("\n")[0])
        yield Stage.RUMOURED, (end - 1, end), Segment.TITLE


def _told_next(document: Document, candidate: Candidate) -> Iterator[Found]:
    """Yield talk and plans of the first sentence of the lead, for a title that says none.

    "Minister brings a ban of X into play. We shall present a proposal in spring."
    """
    lead = next((at for at, s in enumerate(document.sentences) if s.segment is Segment.LEAD), -1)
    for hit in document.words_in("stage", lead):
        types = hit.meaning.types
        if hit.meaning.name in _TALK and (not types or candidate.event_type in types):
            yield Stage(hit.meaning.name), (hit.start, hit.end), Segment.LEAD


def _fixed(document: Document, trigger: Trigger) -> Stage | None:
    """Return the stage that a cue says whatever stands around it, None for most.

    A deal whose veto falls is a plan again; a ban whose end is only planned still holds.
    """
    if trigger.frame == "lifted":
        return Stage.PROPOSED
    if trigger.event_type != "ban" or trigger.stage != Stage.REVERSED:
        return None
    is_planned = any(
        hit.meaning.name in _TALK and 0 <= trigger.start - hit.end <= _RIGHT_BEFORE
        for hit in document.words_in("stage", trigger.sentence)
    )
    return Stage.CONFIRMED if is_planned else None


def _is_asked(document: Document, candidate: Candidate, scope: list[Trigger]) -> bool:
    """Return whether the title only asks for it: "Will X buy Y?", but not "Why did X buy Y?".

    A lead may answer that a ban or a closing is there; talk of a deal goes on.
    """
    titles, asking = _titles(document)
    if not asking:
        return False
    is_about_it = titles[-1:] == asking[-1:] or any(t.sentence in asking for t in scope)
    if not is_about_it or any(document.words_in("asks", at) for at in titles):
        return False
    if candidate.event_type == "acquisition":
        return True
    told = {t.sentence for t in scope if _segment(document, t) is Segment.LEAD and not t.is_past}
    return not any(
        hit.meaning.name == Stage.CONFIRMED
        for sentence in told
        for hit in document.words_in("stage", sentence)
    )


def _titles(document: Document) -> tuple[list[int], list[int]]:
    """Return the sentences of the title, and those of them that ask."""
    place = ("titles", 0, 0)
    if place not in document.seen:
        titles = [at for at, s in enumerate(document.sentences) if s.segment is Segment.TITLE]
        asking = [at for at in titles if _text(document, at).endswith(_QUESTION_MARKS)]
        document.seen[place] = (titles, asking)
    return document.seen[place]  # type: ignore[return-value]  # as put there above


def _text(document: Document, sentence: int) -> str:
    start, end, *_ = document.sentences[sentence]
    return document.folded.text[start:end].rstrip(_AROUND_A_QUESTION)


def _segment(document: Document, trigger: Trigger) -> Segment:
    return document.sentences[trigger.sentence].segment
