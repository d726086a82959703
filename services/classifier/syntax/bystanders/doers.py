"""Doers: who says or does something about an event without a part in it: "Zelmo protests against the purchase".

The words are those of `subject` and `late` in `onlookers.yml`.
"""

from __future__ import annotations

from collections.abc import Sequence

from services.classifier.lexicon.shared_words import particles
from services.classifier.lexicon.words import Hit
from services.classifier.spans import Name
from services.classifier.syntax.bystanders.remark import Remark
from services.classifier.syntax.clauses.signs import behind_signs
from services.classifier.syntax.names.chains import COMMAS

KINDS = frozenset({"subject", "late"})
_FAR = 80
"""So far behind its subject may a verb stand."""
_FAR_BEHIND = 24
"""So far before a verb that ends its sentence may the event stand to which it says something."""


def doers(remark: Remark) -> Sequence[Name]:
    """Return who does what a verb says, none where a title is about them: it tells of nobody else."""
    if remark.kind == "late" and _is_news(remark):
        return ()
    word, grammar = remark.word, remark.grammar
    if grammar.is_verb_first:
        within = [n for n in remark.names if word.start <= n.start and n.end <= word.end]
        if within:
            return within[:1]
    return _before_a_last_verb(remark) if grammar.order == "sov" else _before_a_verb(remark)


def _is_news(remark: Remark) -> bool:
    """Return whether who had an eye on something may be the news: the title tells of nobody else."""
    document = remark.document
    return document.in_title(remark.sentence) or not document.titled.difference(
        name.company for name in remark.names[:1]
    )


def _before_a_verb(remark: Remark) -> Sequence[Name]:
    """Return the row that begins the clause of a verb and of which the clause tells no event."""
    before, word, grammar = remark.before, remark.word, remark.grammar
    if not before or word.start - before[-1].end > _FAR:
        return ()
    row = remark.joined(before)
    if remark.has_cue(row[-1].end, word.start) or not _begins_clause(remark, row[0]):
        return ()
    gap = remark.text[row[-1].end : word.start].lstrip(", ")
    return () if not grammar.is_verb_last and gap.startswith(grammar.relative) else row


def _before_a_last_verb(remark: Remark) -> Sequence[Name]:
    """Return who does what a verb at the end says, if it says it of an event right before it."""
    cues = [cue for cue in remark.words("cue") if cue.end <= remark.word.start]
    marked = [name for name in remark.before if _is_a_doer(remark, name, cues)]
    if not marked:
        return ()
    doer = marked[-1]
    is_far = cues and remark.word.start - cues[-1].end > _FAR_BEHIND
    if (is_far and cues[-1].start > doer.end) or _is_of_another_half(remark, doer, cues):
        return ()
    return (doer,)


def _is_a_doer(remark: Remark, name: Name, cues: Sequence[Hit]) -> bool:
    """Return whether a name is marked as who does it; without such marks it begins its clause and has no ending."""
    text = remark.text
    if marks := particles("doer", remark.language):
        return text.startswith(marks, name.end)
    return (
        _begins_clause(remark, name)
        and not text.startswith("'", name.end)
        and not any(0 <= cue.start - name.end <= 1 for cue in cues)
    )


def _is_of_another_half(remark: Remark, doer: Name, cues: Sequence[Hit]) -> bool:
    """Return whether a name first does something, and behind a comma or a break others say: "X, Y 인수…노조 반발"."""
    text, at = remark.text, remark.word.start
    _, end = remark.document.half_of(remark.sentence, doer.start)
    return any(
        doer.end <= cue.start
        and (cue.end <= end <= at or not COMMAS.isdisjoint(text[cue.end : at]))
        for cue in cues
    )


def _begins_clause(remark: Remark, name: Name) -> bool:
    """Return whether a clause tells of nobody and of no event before a name."""
    begun = behind_signs(remark.text, remark.span.start, name.start)
    return not (remark.names_between(begun, name.start) or remark.has_cue(begun, name.start))
