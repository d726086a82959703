"""Coordinates: clauses in a row that each have a subject of their own, and so tell each their own.

"X buys Y and Z closes its shops", "X sells Y after a court bans Z", "XがYを買収、ZはWを閉鎖".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from services.classifier.document import Document
from services.classifier.lexicon.shared_words import folded_particles
from services.classifier.lexicon.words import Hit
from services.classifier.spans import DEALS, VERBS, Name, Trigger
from services.classifier.syntax.clauses.predicates import has_subject, verbs_of
from services.classifier.syntax.names.beside import beside_of
from services.classifier.syntax.names.chains import AROUND_A_NAME, COMMAS, Chain, chains_of
from services.classifier.syntax.names.conjunctions import begun_by_and, conjunctions
from services.classifier.syntax.scene import Scene
from services.common.contracts.reading import Role

_TO_ITS_VERB = 16
"""So far before its verb stands a subject: "Y will now buy Z"."""
_JOINT = 48
"""So many characters part the names of two clauses: " für 3 Milliarden Euro, und der Rivale "."""
_PRESENTED = 2
"""So many words behind a joint may present the subject: "after its rival Z closes"."""


def coordinated(document: Document) -> Document:
    """Return the document whose sentences know where clauses with a subject of their own begin."""
    sentences = list(document.sentences)
    for index in {trigger.sentence for trigger in document.triggers}:
        if begins := tuple(_begins(document, index)):
            sentences[index] = sentences[index]._replace(subjects=begins)
    return document.but(sentences=tuple(sentences))


def of_other_clauses(scene: Scene) -> frozenset[Name]:
    """Return the names of a cue's sentence that stand in a clause of which somebody else is the subject."""
    if not scene.span.subjects:
        return frozenset()
    start, end = scene.document.own_part_of(scene.trigger.sentence, scene.trigger.start)
    return frozenset(name for name in scene.names if not start <= name.start < end)


def parts_of_clauses(document: Document, triggers: Sequence[Trigger]) -> list[list[Trigger]]:
    """Return the cues of a sentence, those of every clause with a subject of its own for themselves."""
    if not document.sentences[triggers[0].sentence].subjects:
        return [list(triggers)]
    parts: dict[tuple[int, int], list[Trigger]] = {}
    for trigger in triggers:
        parts.setdefault(document.own_part_of(trigger.sentence, trigger.start), []).append(trigger)
    return list(parts.values())


def _begins(document: Document, sentence: int) -> Iterator[int]:
    names = document.names_in(sentence)
    if len(names) < 2:
        return
    is_verb_last = document.grammar.order == "sov"
    begin_of = _behind_its_verb if is_verb_last else _before_its_verb
    for verb, following in pairwise(verbs_of(document, sentence, VERBS)):
        last = following.end if is_verb_last else following.start
        between = [name for name in names if verb.end <= name.start and name.end <= last]
        begin = begin_of(document, verb, following, between)
        if begin is not None:
            yield begin


def _before_its_verb(
    document: Document, verb: Trigger, following: Trigger, between: list[Name]
) -> int | None:
    """Return where the subject of the second verb begins, which stands between the two: "X buys Y and Z closes"."""
    text, span = document.folded.text, document.sentences[verb.sentence]
    subjects = [
        *((name.start, name.end) for name in between[-1:]),
        *((word.start, word.end) for word in _states(document, verb, following)),
    ]
    if not subjects or not has_subject(document, verb):
        return None
    start, subject_end = max(subjects)
    others = [name for name in between if name.end <= start]
    if not _goes_with_its_verb(document, text[subject_end : following.start]):
        return None
    gap = text[others[-1].end if others else verb.end : start]
    if not _is_joint(document, gap, has_object=bool(others)):
        return None
    behind = text[following.end : span.end].lstrip(AROUND_A_NAME)
    if document.grammar.is_verb_last and (not behind or behind[:1] in COMMAS):
        return None  # "hat Y gekauft und Z geschlossen"
    if following.event_type == "acquisition" and following.frame in DEALS:
        _, end = document.clause_of(verb.sentence, following.start)
        names = document.names_in(verb.sentence)
        return start if any(following.end <= n.start < end for n in names) else None
    return start


def _goes_with_its_verb(document: Document, between: str) -> bool:
    """Return whether nothing parts a name from the verb behind it: not "buys Y and Z and closes 20 shops"."""
    language = document.language
    return (
        len(between) <= _TO_ITS_VERB
        and COMMAS.isdisjoint(between)
        and not begun_by_and(between, language)
        and not any(
            word in document.grammar.breaks or word in conjunctions(language)
            for word in between.split()
        )
    )


def _states(document: Document, verb: Trigger, following: Trigger) -> Iterator[Hit]:
    """Yield the states and authorities between two verbs that may be who bans: "X buys Y after India bans Z"."""
    if following.event_type != "ban":
        return
    for layer in ("country", "authority"):
        for word in document.words_in(layer, verb.sentence):
            if verb.end <= word.start and word.end <= following.start:
                yield word


def _is_joint(document: Document, gap: str, *, has_object: bool) -> bool:
    """Return whether what stands between two names ends one clause and begins the next.

    Behind an object a comma or an "and" does.
    """
    grammar = document.grammar
    if len(gap) > _JOINT:
        return False
    words = [word for word in gap.replace(",", " , ").split() if word not in grammar.articles]
    words = words[-_PRESENTED - 1 :]
    if any(word in grammar.relative for word in words):
        return False
    language = document.language
    rows = COMMAS | conjunctions(language) if has_object else frozenset()
    return any(word in grammar.breaks or word in rows for word in words) or (
        has_object and begun_by_and(gap, language) > 0
    )


def _behind_its_verb(
    document: Document, verb: Trigger, following: Trigger, between: list[Name]
) -> int | None:
    """Return where the clause of the second of two verbs begins that ends it: "XがYを買収、ZはWを閉鎖"."""
    if not between:
        return None
    first, *others = chains_of(document, between)
    subject = Chain(first.names[:1])
    is_marked = _is_marked(document, subject)
    if not any(name.end <= verb.start for name in document.names_in(verb.sentence)):
        return None
    if not is_marked and not _is_parted(document, verb.end, subject.start):
        return None
    if subject.start - verb.end > _JOINT:
        return None
    has_object = bool(others) or first.topic(document) is not None
    if not has_object and not (
        is_marked and following.event_type not in {"acquisition", verb.event_type}
    ):
        return None
    role = beside_of(Scene(document, following), subject).role
    return first.start if role in {None, Role.ACTOR} else None


def _is_marked(document: Document, subject: Chain) -> bool:
    """Return whether a name has a mark of subjects and nothing before it describes it: "Zは", not "Yを買収したZは"."""
    text, language = document.folded.text, document.language
    marks = (*folded_particles("about", language), *folded_particles("doing", language))
    descriptions = folded_particles("attributive", language)
    return text.startswith(
        tuple(mark for mark in marks if mark not in COMMAS), subject.end
    ) and not text[: subject.start].rstrip().endswith(descriptions)


def _is_parted(document: Document, start: int, end: int) -> bool:
    """Return whether a comma or a conjunction stands there."""
    gap = document.folded.text[start:end]
    joints = {*conjunctions(document.language), *document.grammar.breaks}
    return not COMMAS.isdisjoint(gap) or not joints.isdisjoint(gap.split())
