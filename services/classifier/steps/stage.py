"""Stage: how far each event has come, by the words around its triggers.

What `signs` finds for every stage is weighed and added up, and the highest sum wins;
`lexicon/shared/stage.yml` has the weights, fitted by `kabar calibrate --of stage`. Without that file the
stage holds that comes first in order: an end before talk before plans.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from services.classifier.blocking.outcomes import LASTING
from services.classifier.candidate import Candidate
from services.classifier.document import Document, remembered
from services.classifier.lexicon.shared_words import folded_particles, stage_weights
from services.classifier.spans import Segment, Trigger
from services.classifier.stages.signs import FIRST_IN_ORDER, TALK, Signs, signs_of
from services.classifier.stages.words import of_type
from services.common.contracts.reading import Stage

_TOLD = 2.0
_RIGHT_BEFORE = 4
_QUESTION_MARKS = ("?", "？", "؟")
_IS_ALL = re.compile(r"\Z|[,:;!،。۔।]|\.(?!\s?\d)")
"""Behind a word for no that is an answer: "No. 1" is none."""
_AROUND_A_QUESTION = " !\n\"')"
_BY_ORDER: Mapping[str, Mapping[str, float]] = {stage: {FIRST_IN_ORDER: 1.0} for stage in Stage}

SHARED, EVERY = "word", "every"
"""Signs that begin so have a weight for every stage but confirmed, beside the stage's own."""


def settle(document: Document) -> Document:
    """Return the document with the stage of every candidate; denied ones nobody leads with fall out."""
    settled = (_settled(document, candidate) for candidate in document.candidates)
    return document.but(candidates=tuple(found for found in settled if found is not None))


def open_signs(document: Document, candidate: Candidate) -> Signs | None:
    """Return the signs of a candidate whose stage is weighed, None where a rule alone decides."""
    scope = _scope(document, candidate)
    if not scope or _ruled(document, candidate, scope) is not None:
        return None
    return _signs(document, candidate, scope)


def weight_of(weights: Mapping[str, Mapping[str, float]], stage: Stage, sign: str) -> float:
    """Return the weight of a sign: the stage's own and, for its words, what holds for all."""
    weight = weights.get(stage, {}).get(sign, 0.0)
    if stage is not Stage.CONFIRMED and sign.startswith(SHARED):
        weight += weights.get(EVERY, {}).get(sign, 0.0)
    return weight


def _settled(document: Document, candidate: Candidate) -> Candidate | None:
    scope = _scope(document, candidate)
    if not scope:
        return None
    ruled = _ruled(document, candidate, scope)
    if ruled is None:
        return _weighed(candidate, _signs(document, candidate, scope))
    stage, place = ruled
    return candidate.but(stage=stage, stage_place=place)


def _ruled(
    document: Document, candidate: Candidate, scope: list[Trigger]
) -> tuple[Stage, tuple[int, int]] | None:
    """Return the stage that a rule alone decides, and the place of its word; None where it is weighed."""
    if _is_plainly_denied(document, scope):
        return Stage.REJECTED, (scope[0].start, scope[0].end)
    if answer := _denial_of_a_question(document, candidate, scope) or _no(
        document, candidate, scope
    ):
        return Stage.REJECTED, answer
    fixed = ((_fixed(document, trigger), trigger) for trigger in scope)
    return next(
        ((stage, (told.start, told.end)) for stage, told in fixed if stage is not None), None
    )


def _no(document: Document, candidate: Candidate, scope: list[Trigger]) -> tuple[int, int] | None:
    """Return where a title or the first sentence of a lead answers its question: "Is X banned? No, …".

    What tells the event must be the question alone: "Is X safe? No, and so Italy bans it" answers another.
    """
    titles, asking = _titles(document)
    if not all(trigger.sentence in asking for trigger in scope):
        return None
    if not asking or not _is_asked(document, candidate, scope):
        return None
    behind = [at for at in titles if at > asking[-1]] + document.sentences_of(Segment.LEAD)
    for at in behind[:1]:
        start, end, *_ = document.sentences[at]
        text = document.folded.text[start:end].strip()
        start = document.folded.text.index(text, start)
        for word in folded_particles("no", document.language):
            if text.startswith(word) and _IS_ALL.match(text, len(word)):
                return start, start + len(word)
    return None


def _denial_of_a_question(
    document: Document, candidate: Candidate, scope: list[Trigger]
) -> tuple[int, int] | None:
    """Return where a lead denies what its title asks: "Is X closing? / Not true, it says".

    Not where unnamed sources say that it may come to nothing.
    """
    if not _titles(document)[1] or not _is_asked(document, candidate, scope):
        return None
    words = (
        word
        for sentence in document.sentences_of(Segment.LEAD)
        if not document.words_in("hearsay", sentence)
        for word in of_type(document.words_in("stage", sentence), candidate.event_type)
    )
    denials = ((w.start, w.end) for w in words if w.meaning.name == Stage.REJECTED)
    return next(denials, None)


def _is_plainly_denied(document: Document, scope: list[Trigger]) -> bool:
    """Return whether all that tells an event is denied and no talk or plan stands beside: "X verbietet Y nicht"."""
    return all(trigger.is_negated for trigger in scope) and not any(
        hit.meaning.name in TALK
        for trigger in scope
        for hit in document.words_in("stage", trigger.sentence)
    )


def _weighed(candidate: Candidate, signs: Signs) -> Candidate:
    """Return the candidate with the stage that most speaks for, and what each sign added to it."""
    terms = {
        stage: _terms(signs.by_stage[stage], weights)
        for stage, weights in _weights().items()
        if stage is Stage.CONFIRMED or stage in signs.words
    }
    sums = {stage: sum(found.values()) for stage, found in terms.items()}
    best = max(sums, key=sums.__getitem__)
    return candidate.but(stage=best, stage_place=signs.best_word(best), stage_terms=terms)


def _terms(signs: Mapping[str, float], weights: Mapping[str, float]) -> dict[str, float]:
    """Return what each sign of a stage adds to it, without those that add nothing."""
    return {sign: value * weights[sign] for sign, value in signs.items() if sign in weights}


@cache
def _weights() -> Mapping[Stage, Mapping[str, float]]:
    """Return what each sign weighs for every stage, those left out that weigh nothing."""
    weights = stage_weights() or _BY_ORDER
    signs = dict.fromkeys(sign for of_stage in weights.values() for sign in of_stage)
    return {
        stage: {sign: weight for sign in signs if (weight := weight_of(weights, stage, sign))}
        for stage in Stage
    }


def _scope(document: Document, candidate: Candidate) -> list[Trigger]:
    """Return the triggers that an event is told by, none where a body denies it in passing.

    A title that denies what the lead only names is the news: "X will not close. A report of its end".
    """
    front = [t for t in candidate.triggers if document.in_front(t.sentence)]
    titled = [t for t in front if document.in_title(t.sentence)]
    affirmed = [trigger for trigger in candidate.triggers if not trigger.is_negated]
    denied = [trigger for trigger in titled if trigger.is_negated]
    is_denied = denied and denied == titled and all(t.score >= _TOLD for t in denied)
    if is_denied or not affirmed:
        return denied
    return [trigger for trigger in front if not trigger.is_negated] or affirmed


def _signs(document: Document, candidate: Candidate, scope: list[Trigger]) -> Signs:
    in_front = any(document.in_front(trigger.sentence) for trigger in scope)
    asked = in_front and _is_asked(document, candidate, scope)
    return signs_of(document, candidate, scope, asked=_end_of_title(document) if asked else None)


def _end_of_title(document: Document) -> int:
    """Return where the title ends; of a story without one the first line stands for it."""
    start = document.sentences[0].start
    return start + len(document.folded.text[start:].partition("\n")[0])


def _fixed(document: Document, trigger: Trigger) -> Stage | None:
    """Return the stage that a cue says whatever stands around it, None for most.

    A deal whose veto falls is a plan again; a ban whose end is only planned or refused still holds.
    """
    if trigger.frame == "lifted":
        return Stage.PROPOSED
    if trigger.event_type in LASTING and trigger.stage == Stage.CONFIRMED:
        return Stage.CONFIRMED
    if trigger.event_type != "ban" or trigger.stage != Stage.REVERSED:
        return None
    is_planned = any(
        hit.meaning.name in TALK and 0 <= trigger.start - hit.end <= _RIGHT_BEFORE
        for hit in document.words_in("stage", trigger.sentence)
    )
    return Stage.CONFIRMED if is_planned else None


def _is_asked(document: Document, candidate: Candidate, scope: list[Trigger]) -> bool:
    """Return whether the title only asks for it: "Will X buy Y?", but not "Why did X buy Y?".

    A lead may answer that a ban or a closing is there; talk of a deal goes on. A title may deny it
    itself: "X to leave India? A rumour, it says".
    """
    titles, asking = _titles(document)
    if not asking and not any(document.in_title(t.sentence) for t in scope):
        # Below a title that tells nothing of it the lead asks.
        return all(
            _asks(document, t.sentence) and not document.words_in("asks", t.sentence) for t in scope
        )
    if not asking or _is_denied_behind(document, titles, asking[-1]):
        return False
    is_about_it = titles[-1:] == asking[-1:] or any(t.sentence in asking for t in scope)
    if not is_about_it or any(document.words_in("asks", at) for at in titles):
        return False
    if candidate.event_type == "acquisition":
        return True
    told = {t.sentence for t in scope if document.in_lead(t.sentence) and not t.is_past}
    return not any(
        hit.meaning.name == Stage.CONFIRMED
        for sentence in told
        for hit in document.words_in("stage", sentence)
    )


def _is_denied_behind(document: Document, titles: list[int], question: int) -> bool:
    return any(
        hit.meaning.name == Stage.REJECTED
        for at in titles
        if at > question
        for hit in document.words_in("stage", at)
    )


@remembered
def _titles(document: Document) -> tuple[list[int], list[int]]:
    """Return the sentences of the title, and those of them that ask."""
    titles = document.sentences_of(Segment.TITLE)
    return titles, [at for at in titles if _asks(document, at)]


def _asks(document: Document, sentence: int) -> bool:
    start, end, *_ = document.sentences[sentence]
    return document.folded.text[start:end].rstrip(_AROUND_A_QUESTION).endswith(_QUESTION_MARKS)
