"""Predicates: verbs in a row that share a subject, each with what it is about.

"X closes Y and sells Z", "X、Yを閉鎖しZを売却": Y is not sold, Z not closed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from services.classifier.document import Document
from services.classifier.spans import ACTIVE, Name, Trigger
from services.classifier.syntax.names.chains import COMMAS, Chain, chains_of
from services.classifier.syntax.names.conjunctions import ended_by_and
from services.classifier.syntax.scene import Scene

_TO_ITS_NOT = 2
_AUXILIARIES = (" does", " do", " will", " did")


class _Row(NamedTuple):
    """Two verbs that share the subject before the first, both with an object of their own."""

    verb: Trigger
    following: Trigger
    ends_clauses: bool
    """Whether their objects stand before them: "X、Yを閉鎖しZを売却", "hat Y geschlossen und Z verkauft"."""


def of_other_predicates(scene: Scene) -> frozenset[Name]:
    """Return the names that another verb is about that shares its subject with a cue's."""
    trigger = scene.trigger
    names = scene.names
    gone: set[Name] = set()
    for row in _rows(scene.document, trigger.sentence):
        if trigger.start >= row.following.start:
            gone.update(_objects(scene.document, names, row))
        elif trigger.start <= row.verb.start:
            end = row.verb.end if row.ends_clauses else row.following.start
            gone.update(name for name in names if name.start >= end)
    return frozenset(gone)


def verb_before(scene: Scene) -> Trigger | None:
    """Return the verb whose subject a cue's verb shares, None for most: "X closes Y and sells Z"."""
    rows = _rows(scene.document, scene.trigger.sentence)
    return next((row.verb for row in rows if row.following is scene.trigger), None)


def parts_of_a_row(document: Document, triggers: Sequence[Trigger]) -> list[list[Trigger]]:
    """Return the cues of a sentence in two where somebody sells one thing and buys another.

    What a verb of the row denies is none: "blocks X, does not block Y".
    """
    for verb, following, _ in _rows(document, triggers[0].sentence):
        both = {verb, following} <= set(triggers)
        is_one_denied = _is_denied(verb) != _is_denied(following)
        if both and is_one_denied and _has_object(document, following):
            return [[trigger for trigger in triggers if not _is_denied(trigger)]]
        if both and (verb.frame == "sell") != (following.frame == "sell"):
            return [
                [trigger for trigger in triggers if trigger.start < following.start],
                [trigger for trigger in triggers if trigger.start >= following.start],
            ]
    return [list(triggers)]


def without_denied(document: Document) -> Document:
    """Return the document without the words of stages by which a verb of a row denies what it alone is about.

    "Norvik buys Zelmo but will not buy Balto" is no refusal to buy Zelmo.
    """
    denied = {
        row.following
        for sentence in {t.sentence for t in document.triggers if _is_denied(t)}
        for row in _rows(document, sentence)
        if _is_denied(row.following)
        and not _is_denied(row.verb)
        and row.verb.event_type == row.following.event_type
        and _has_object(document, row.following)
    }
    if not denied:
        return document
    stages = {
        sentence: [
            word
            for word in words
            if not any(
                verb.sentence == sentence and word.start < verb.end and verb.start < word.end
                for verb in denied
            )
        ]
        for sentence, words in document.words.get("stage", {}).items()
    }
    return document.but(words={**document.words, "stage": stages})


def verbs_of(document: Document, sentence: int, frames: Collection[str]) -> list[Trigger]:
    """Return the cues of a sentence that have one of some frames, asides apart, the longest first where several begin."""
    verbs = (t for t in document.triggers_in(sentence) if t.frame in frames and not t.is_aside)
    return sorted(verbs, key=lambda each: (each.start, -each.end))


def _is_denied(verb: Trigger) -> bool:
    return verb.is_negated or verb.stage == "rejected"


def _has_object(document: Document, verb: Trigger) -> bool:
    """Return whether a verb is about somebody: "withdrew its offer" is about what the verb before it is about."""
    return document.grammar.order != "svo" or any(
        name.start >= verb.start for name in document.names_in(verb.sentence)
    )


def _rows(document: Document, sentence: int) -> Sequence[_Row]:
    """Return every two verbs of a sentence that share a subject, in order; each cue of it asks."""
    if len(document.triggers_in(sentence)) < 2:
        return ()
    key = (_rows, sentence)
    if key not in document.asked:
        document.asked[key] = tuple(_rows_in(document, sentence))
    rows: Sequence[_Row] = document.asked[key]
    return rows


def _rows_in(document: Document, sentence: int) -> Iterator[_Row]:
    names = document.names_in(sentence)
    for verb, following in pairwise(_verbs(document, sentence)):
        if (
            verb.end > following.start
            or following.start >= document.own_part_of(sentence, verb.start)[1]
        ):
            continue
        if document.grammar.order == "svo":
            objects = [n for n in names if verb.start <= n.start and n.end <= following.start]
            if objects and has_subject(document, verb) and _goes_on(document, following):
                yield _Row(verb, following, ends_clauses=False)
            continue
        between = [n for n in names if verb.end <= n.start and n.end <= following.start]
        if (
            verb.event_type != following.event_type  # "지분 … 양도" is a stake and its sale
            and len(chains_of(document, between)) == 1
            and len(_before(document, names, verb)) > 1
        ):
            yield _Row(verb, following, ends_clauses=True)


def _verbs(document: Document, sentence: int) -> list[Trigger]:
    """Return the verbs among the cues of a sentence; one that says no itself is one whatever its frame: "no comprará"."""
    denials = document.words_in("negation", sentence)
    verbs = verbs_of(document, sentence, ACTIVE)
    if denials:
        verbs += [
            trigger
            for trigger in document.triggers_in(sentence)
            if trigger.frame not in ACTIVE
            and trigger.stage == "rejected"
            and any(word.start == trigger.start for word in denials)
        ]
        verbs.sort(key=lambda each: (each.start, -each.end))
    return verbs


def has_subject(document: Document, verb: Trigger) -> bool:
    """Return whether somebody stands before a verb who may be its subject: a company, a state, an authority."""
    return any(name.end <= verb.start for name in document.names_in(verb.sentence)) or any(
        word.end <= verb.start
        for layer in ("country", "authority")
        for word in document.words_in(layer, verb.sentence)
    )


def _objects(document: Document, names: Sequence[Name], row: _Row) -> Iterator[Name]:
    """Yield what the first of two verbs is about, and from whom."""
    if row.ends_clauses:
        for chain in _before(document, names, row.verb)[1:]:  # the first is their subject
            yield from chain.names
    else:
        verb, following, _ = row
        yield from (n for n in names if verb.start <= n.start and n.end <= following.start)


def _before(document: Document, names: Sequence[Name], verb: Trigger) -> list[Chain]:
    return _parted_by_commas(document, [name for name in names if name.end <= verb.start])


def _parted_by_commas(document: Document, names: Sequence[Name]) -> list[Chain]:
    """Return names in rows, the topic before a comma for itself: "X、Yを閉鎖し"."""
    rows: list[Chain] = []
    for chain in chains_of(document, names):
        topic = chain.topic(document) if not rows else None
        rows.extend([topic, Chain(chain.names[len(topic.names) :])] if topic else [chain])
    return rows


def _goes_on(document: Document, verb: Trigger) -> bool:
    """Return whether a comma or an "and" stands right before a verb and its "not": nobody else is its subject.

    A word for "but" may stand there too: ", но не блокирует".
    """
    before = document.folded.text[: verb.start].rstrip()
    if _is_denied(verb):
        denials = document.denials_before(verb.sentence, verb.start, within=_TO_ITS_NOT)
        before = before[: denials[0].start].rstrip() if denials else before
        before = before.rpartition(" ")[0] if before.endswith(_AUXILIARIES) else before
        rest, _, last = before.rpartition(" ")
        if rest[-1:] in COMMAS or last in document.grammar.breaks:
            return True
    return before[-1:] in COMMAS or ended_by_and(before, document.language)
