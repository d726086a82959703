"""Earlier: who of a sentence has a part only in what was before its event."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from services.classifier.candidate import Ground
from services.classifier.document import Document
from services.classifier.lexicon.words import Hit
from services.classifier.spans import NOUNS, Name, Trigger
from services.classifier.syntax.clauses.beginnings import begins_with_relative, next_comma
from services.classifier.syntax.names.chains import COMMAS, chains_of
from services.classifier.syntax.scene import Scene
from services.common.contracts.reading import Role
from services.common.ids import CompanyId

_NOUN_REACH = 24
"""So far behind "after" stands what is over, and so far behind that whose it was."""
_OF_WHAT_WAS = 12
"""So far behind a noun for an old deal stands whose it was: "nach dem Kauf von X"."""


def told_of_before(
    document: Document,
    triggers: Sequence[Trigger],
    found: Mapping[CompanyId, tuple[Role, Name, Ground]],
) -> list[CompanyId]:
    """Return who has a part only in what was before: "after buying Y in 2021, X sells Z".

    What is new must have somebody that it happens to: "after talks to buy Y X signs the deal".
    """
    pasts = [trigger for trigger in triggers if trigger.is_past]
    if not pasts or len(pasts) == len(triggers):
        return []
    old = _clauses_of_before(document, triggers) | set(_relatives(document, triggers))
    earlier = {
        company
        for company, (_, name, _) in found.items()
        if any(start <= name.start < end for start, end in old)
        or any(
            0 <= name.start - trigger.end <= _OF_WHAT_WAS
            for trigger in pasts
            if trigger.frame in NOUNS
        )
    }
    new = {role for company, (role, _, _) in found.items() if company not in earlier}
    if Role.TARGET not in new:
        return []
    overs = [
        document.clause_of(triggers[0].sentence, after.start)
        for after in document.words_in("after", triggers[0].sentence)
    ]
    return [
        company
        for company, (role, name, _) in found.items()
        if company in earlier
        and (
            role in new
            or any((start, end) in old and start <= name.start < end for start, end in overs)
        )
    ]


def over_before(scene: Scene) -> frozenset[Name]:
    """Return who is named in what a sentence begins after: "after the takeover of X, Y closes two plants".

    Not where nobody else is named: "after the takeover of X 30 shops close".
    """
    afters = scene.words("after")
    if not afters:
        return frozenset()
    over = frozenset(
        name
        for after in afters
        if after.end <= scene.trigger.start
        for name in _of_what_is_over(scene, after)
    )
    return over if any(name not in over for name in scene.names) else frozenset()


def _of_what_is_over(scene: Scene, after: Hit) -> Iterator[Name]:
    """Yield whom the cue right behind "after" is about."""
    names = scene.names
    for cue in scene.words("cue"):
        gap = cue.start - after.end
        is_its = 0 <= gap <= _NOUN_REACH and cue.end <= scene.trigger.start
        if not is_its or cue.meaning.frame == "talks":
            continue  # "after months of talks X buys Y"
        yield from (name for name in names if after.end <= name.start < cue.start)
        behind = [n for n in names if n.start >= cue.end and n.end <= scene.trigger.start]
        between = scene.text[cue.end : behind[0].start] if behind else ""
        if behind and len(between) <= _NOUN_REACH and COMMAS.isdisjoint(between):
            row = chains_of(scene.document, behind)[0]
            yield from (row.topic(scene.document) or row).names
        return


def _clauses_of_before(document: Document, triggers: Sequence[Trigger]) -> set[tuple[int, int]]:
    """Return the bounds of clauses and asides that tell only of what was before."""
    here = {document.clause_of(t.sentence, t.start) for t in triggers if not t.is_past}
    old = {
        (start, end)
        for start, end in {document.clause_of(t.sentence, t.start) for t in triggers if t.is_past}
        if document.folded.text[max(start - 2, 0) : max(start - 1, 0)] in COMMAS
        or any(
            start <= p.start < end for p in document.words_in("background", triggers[0].sentence)
        )
    } - here
    return old | set(_asides_of_before(document, triggers))


def _relatives(document: Document, triggers: Sequence[Trigger]) -> Iterator[tuple[int, int]]:
    """Yield what a relative behind a name tells of before, where it is told last: "koopt X, dat in 2019 Y overnam"."""
    text, sentence = document.folded.text, triggers[0].sentence
    names, end = document.names_in(sentence), document.sentences[sentence].end
    for trigger in triggers:
        before = [name for name in names if name.end <= trigger.start]
        for name in before if trigger.is_past else ():
            gap = text[name.end : trigger.start]
            start = trigger.start - len(gap.lstrip(" ,،"))
            if (
                start < trigger.start
                and begins_with_relative(text, start, document.grammar)
                and all(
                    other.is_past or other.end <= name.start or other.start >= trigger.end
                    for other in triggers
                )
            ):
                comma = next_comma(text, trigger.end, end)
                yield start, comma if comma >= 0 else end


def _asides_of_before(document: Document, triggers: Sequence[Trigger]) -> Iterator[tuple[int, int]]:
    """Yield the parts between two commas that tell only of what was before: "X, dat in 2024 Y overnam, koopt Z"."""
    text = document.folded.text
    span = document.sentences[triggers[0].sentence]
    for trigger in triggers:
        if not trigger.is_past:
            continue
        start = text.rfind(", ", span.start, trigger.start)
        end = text.find(", ", trigger.end, span.end)
        if start < 0 or end < 0:
            continue
        if all(other.is_past for other in triggers if start <= other.start < end):
            yield start, end
