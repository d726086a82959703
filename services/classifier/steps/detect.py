"""Detect: scores the cues of every sentence and keeps those that say that something happened.

Source: docs/classifier.md, "What decides the type".
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from services.classifier.blocking.blockers import BLOCKED_IN_CLAUSE, Afar, blockers_afar, penalty_of
from services.classifier.blocking.counted import is_counted
from services.classifier.blocking.disclaimers import without_disclaimed
from services.classifier.blocking.harmless import harm
from services.classifier.blocking.outcomes import outcome_of
from services.classifier.blocking.subjects import without_calls
from services.classifier.document import Document
from services.classifier.gains.sentence import gain_of
from services.classifier.lexicon.words import Hit
from services.classifier.spans import ACTIVE, Segment, Trigger
from services.classifier.syntax.clauses.asides import asides_in, is_in_an_aside
from services.classifier.syntax.clauses.grounds import without_those_who_withdrew
from services.classifier.syntax.clauses.states import is_nobodys_halt
from services.classifier.syntax.names.conjunctions import begun_by_and
from services.classifier.syntax.names.quotes import opens
from services.classifier.syntax.past.described import is_only_described
from services.classifier.syntax.past.history import is_history
from services.classifier.syntax.telling import Telling

AT_MOST_WHEN_BLOCKED = 1.0
"""However many cues: what a blocker in their clause leaves can only support another sentence."""


_QUOTES = frozenset("\"'‚")
_MOST = 12
"""So many cues of one type a sentence may have; a text that repeats one for pages costs no more than others."""


def detect(document: Document) -> Document:
    """Return the document with its triggers, and why cues were blocked, by sentence."""
    if "cue" not in document.words:
        return document
    blocked: dict[int, str] = {}
    harmless: dict[int, str] = {}
    triggers: list[Trigger] = []
    afar = blockers_afar(document)
    for sentence, cues in sorted(document.words.get("cue", {}).items()):
        if document.segment_of(sentence) is Segment.TAIL and not document.names_in(sentence):
            continue
        telling = _telling(document, sentence, cues, harmless)
        for event_type, of_type in _by_type(telling).items():
            score, kind = _scored(of_type, event_type, afar)
            if kind:
                blocked[sentence] = kind
            if score > 0:
                triggers.extend(_trigger(cue, event_type, score) for cue in of_type[:_MOST])
    triggers = without_disclaimed(document, triggers, harmless, blocked)
    blocked |= harmless
    if not triggers:
        return document.but(blocked=blocked)
    triggers = without_those_who_withdrew(document, triggers)
    words = {
        **document.words,
        "stage": _outside_of_asides(document, without_calls(document)),
        "lookback": _outside_of_asides(document, document.words.get("lookback", {})),
    }
    return document.but(triggers=tuple(triggers), blocked=blocked, words=words)


def _outside_of_asides(
    document: Document, words: Mapping[int, Sequence[Hit]]
) -> Mapping[int, Sequence[Hit]]:
    """Return words without those that only say of somebody who that is: "X, which is to be sold, closes"."""
    return {
        sentence: [hit for hit in hits if not is_in_an_aside(document, sentence, hit.start)]
        if asides_in(document, sentence)
        else hits
        for sentence, hits in words.items()
    }


def _telling(
    document: Document, sentence: int, cues: Sequence[Hit], harmless: dict[int, str]
) -> Iterator[Telling]:
    """Yield the cues of a sentence that tell of an event; note why another does not."""
    cues = [cue for cue in cues if not is_nobodys_halt(document, sentence, cue)]
    for cue in _uncovered(document, sentence, cues) if len(cues) > 1 else cues:
        if not cue.meaning.weight:
            continue
        telling = Telling.of(document, sentence, cue)
        if is_counted(telling) or _is_in_quotes(document, cue):
            continue
        kind = harm(telling)
        if kind:
            harmless[sentence] = kind
        else:
            yield telling


def _uncovered(document: Document, sentence: int, cues: Iterable[Hit]) -> list[Hit]:
    """Return the cues that do not lie inside a longer one, of whatever type.

    That is how "blocks ... merger" (a deal that fails) takes the place of "blocks" (a ban).
    What only hides, and leaves its last word open, reaches to that word's end. Who "bought X, closes
    30 shops" bought no shops: a longer one hides nothing in a clause that begins with a verb of its own,
    nor the first of two verbs that share their auxiliary: "hat X gekauft und Y geschlossen".
    """
    breaks = document.sentences[sentence].breaks
    kept: list[Hit] = []
    span = (-1, -1)
    word_end = -1
    for cue in cues:
        is_inside = cue.end <= span[1] or (cue.start < span[1] and cue.end <= word_end)
        begins = (
            cue.meaning.frame in ACTIVE
            and cue.start > span[0]
            and not {cue.start, cue.start - 1}.isdisjoint(breaks)
        )
        shared = _behind_and(document, kept[-1], cue) if is_inside and kept else 0
        if shared:
            kept[-1:] = [cue, kept[-1]._replace(start=shared)]
        elif not is_inside or begins or (cue.start, cue.end) == span:
            kept.append(cue)
            span = (cue.start, cue.end)
            word_end = cue.end if cue.meaning.weight else document.word_end(cue.end)
    return kept


def _behind_and(document: Document, longer: Hit, cue: Hit) -> int:
    """Return where the second of two verbs begins that share their first word, 0 where they do not."""
    verbs = {longer.meaning.frame, cue.meaning.frame}
    if cue.start != longer.start or not verbs <= ACTIVE:
        return 0
    if not cue.meaning.types.isdisjoint(longer.meaning.types) or not longer.meaning.weight:
        return 0
    gap = document.folded.text[cue.end : longer.end]
    length = begun_by_and(gap, document.language)
    return cue.end + length + 1 if length else 0


def _is_in_quotes(document: Document, cue: Hit) -> bool:
    """Return whether a cue alone stands in quotes: who "switches off" an audience closes nothing.

    Between two names in quotes it does not: what stands before it ends one.
    """
    if "shutdown" not in cue.meaning.types or cue.meaning.stage is not None:
        return False
    text = document.folded.text
    before = text[max(cue.start - 2, 0) : cue.start].rstrip()
    return (
        before[-1:] in _QUOTES
        and text[cue.end : cue.end + 2].strip()[:1] in _QUOTES
        and opens(text, max(cue.start - 2, 0) + len(before) - 1)
    )


def _by_type(cues: Iterable[Telling]) -> dict[str, list[Telling]]:
    grouped: dict[str, list[Telling]] = defaultdict(list)
    for cue in cues:
        for event_type in cue.hit.meaning.types:
            grouped[event_type].append(cue)
    return grouped


def _scored(cues: Sequence[Telling], event_type: str, afar: Afar) -> tuple[float, str | None]:
    """Return what the cues of a sentence come to for their type, and the kind of blocker that takes from it."""
    penalty, kind = penalty_of(cues, event_type, afar)
    score = sum(_weights(cue.hit for cue in cues).values()) - penalty
    score += gain_of(cues, event_type, score)
    return min(score, AT_MOST_WHEN_BLOCKED) if penalty == BLOCKED_IN_CLAUSE else score, kind


def _weights(hits: Iterable[Hit]) -> dict[str, float]:
    """Return the weight of every group that stands there; a repeated cue says nothing more."""
    weights: dict[str, float] = {}
    for hit in hits:
        meaning = hit.meaning
        weights[meaning.name] = max(meaning.weight, weights.get(meaning.name, 0.0))
    return weights


def _trigger(telling: Telling, event_type: str, score: float) -> Trigger:
    document, sentence, hit, _ = telling
    stage, is_negated = outcome_of(telling)
    is_aside = is_in_an_aside(document, sentence, hit.start)
    return Trigger(
        start=hit.start,
        end=hit.end,
        sentence=sentence,
        event_type=event_type,
        group=hit.meaning.name,
        frame=hit.meaning.frame,
        weight=hit.meaning.weight,
        score=score,
        stage=stage,
        is_negated=is_negated,
        is_past=is_aside or is_history(telling),
        is_aside=is_aside or is_only_described(telling),
    )
