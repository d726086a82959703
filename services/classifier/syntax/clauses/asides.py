"""Asides: clauses that only say who somebody is, beside the clause that tells what happens to it.

"X, bought by Y in 2020, closes", "X, which tried to buy Y, buys Z", "Yを買収したXが閉鎖": what stands in
them is no news, and whom they name has no part in what the other clause tells.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from services.classifier.document import Document, remembered
from services.classifier.lexicon.grammar import Trait
from services.classifier.lexicon.words import Hit
from services.classifier.spans import Name
from services.classifier.syntax.clauses.attributes import OPENING, Aside, attributes
from services.classifier.syntax.clauses.beginnings import (
    TO_ITS_VERB,
    begins_with_participle,
    begins_with_relative,
    next_comma,
)
from services.classifier.syntax.names.chains import AROUND_A_NAME
from services.classifier.syntax.names.conjunctions import begun_by_and

_LONGEST = 100
"""So many characters an aside has at the most."""
_TO_A_PARTICIPLE = 12
"""So far behind its comma stands a participle that ends a sentence: ", only just bought in 2020"."""
_ENDING = 3
_SURE = 1
"""What a cue weighs more than that says something by itself; see `Document.has_cue`."""
_OF_WHAT_WAS_TOLD = frozenset({"noun", "lifted", "talks", "refuse"})
"""Frames of cues that may be about what was told before: "the ban"; a deal has two sides, so any verb may be."""


@remembered
def asides_in(document: Document, sentence: int) -> tuple[Aside, ...]:
    """Return the asides of a sentence that tells something else behind them."""
    return tuple(
        aside
        for aside in list(_asides(document, sentence))
        if not _is_told_on(document, sentence, aside)
    )


def _is_told_on(document: Document, sentence: int, aside: Aside) -> bool:
    """Return whether the sentence only goes on about what an aside tells: "X, which had bid for Y, withdraws its offer".

    Beside the aside nobody but whom it describes is named, and no verb tells anything new.
    """
    cues = document.words_in("cue", sentence)
    inside = [cue for cue in cues if aside.start <= cue.start < aside.end]
    outside = [
        cue for cue in cues if cue not in inside and cue.meaning.weight and cue.end > aside.end
    ]
    told = {event_type for cue in inside for event_type in cue.meaning.types}
    named = {
        name.company
        for name in document.names_in(sentence)
        if not aside.start <= name.start < aside.end
    }
    return len(named) <= 1 and all(
        not told.isdisjoint(cue.meaning.types)
        and (
            "acquisition" in cue.meaning.types
            or cue.meaning.frame in _OF_WHAT_WAS_TOLD
            or cue.meaning.stage is not None
        )
        for cue in outside
    )


def is_in_an_aside(document: Document, sentence: int, at: int) -> bool:
    """Return whether what stands there stands in an aside."""
    asides = asides_in(document, sentence)
    return bool(asides) and any(aside.start <= at < aside.end for aside in asides)


def named_aside(document: Document, sentence: int, at: int) -> frozenset[Name]:
    """Return whom the asides of a sentence name, for a cue that stands in none of them."""
    asides = asides_in(document, sentence)
    if not asides or is_in_an_aside(document, sentence, at):
        return frozenset()
    return frozenset(
        name
        for name in document.names_in(sentence)
        for aside in asides
        if aside.start <= name.start < aside.end
    )


def described_before(document: Document, sentence: int, at: int) -> Name | None:
    """Return whom an aside describes that stands between it and a verb: "X, bought by Y, closes"."""
    names = document.names_in(sentence)
    return next(
        (
            aside.whom
            for aside in asides_in(document, sentence)
            if aside.whom is not None
            and aside.whom.end <= aside.start
            and aside.end <= at
            and not any(aside.end <= name.start < at for name in names)
        ),
        None,
    )


def _asides(document: Document, sentence: int) -> Iterator[Aside]:
    cues = [cue for cue in document.words_in("cue", sentence) if cue.meaning.weight > _SURE]
    names = document.names_in(sentence)
    if len(cues) <= 1 or not names:
        return
    for name in names:
        yield from _behind_a_comma(document, sentence, name, cues)
        yield from _behind_a_relative(document, sentence, name, cues)
    yield from _before_their_names(document, sentence, names, cues)
    yield from _behind_after(document, sentence, names, cues)


def _behind_after(
    document: Document, sentence: int, names: Sequence[Name], cues: Sequence[Hit]
) -> Iterator[Aside]:
    """Yield what somebody else gave up before a deal: "X buys Y after Z's bid fails", "after Z pulls out"."""
    if document.grammar.says_after_behind or document.grammar.order != "svo":
        return  # there "after" stands behind what was
    for after in document.words_in("after", sentence):
        _, end = document.clause_of(sentence, after.start)
        before = [cue for cue in cues if cue.end <= after.start]
        inside = [cue for cue in cues if after.end <= cue.start < end]
        others = {name.company for name in names if after.end <= name.start < end} - {
            name.company for name in names if name.end <= after.start
        }
        if (
            others
            and any(_tells_a_deal(cue) for cue in before)
            and any(
                cue.meaning.stage == "rejected" or cue.meaning.frame == "close" for cue in inside
            )
        ):
            yield Aside(after.start, end, None)


def _tells_a_deal(cue: Hit) -> bool:
    return "acquisition" in cue.meaning.types and cue.meaning.stage is None


def _behind_a_comma(
    document: Document, sentence: int, name: Name, cues: list[Hit]
) -> Iterator[Aside]:
    """Yield the aside between two commas right behind a name: "X, bought by Y last year, closes"."""
    grammar = document.grammar
    text, span = document.folded.text, document.sentences[sentence]
    comma = next_comma(text, name.end, min(name.end + _ENDING + 1, span.end))
    if comma < 0 or text[name.end : comma].strip(AROUND_A_NAME).count(" "):
        return
    end = next_comma(text, comma + 1, min(comma + _LONGEST, span.end))
    if end < 0 and _ends_with_an_aside(document, sentence, name, comma, cues):
        yield Aside(comma + 1, span.end, name)
    if end < 0 or not any(cue.start > end for cue in cues):
        return
    if begun_by_and(text[end + 1 : span.end].strip().partition(" ")[0], document.language):
        return  # "X, blocked in Iran, and Y, banned in China"
    start = comma + 1
    told = [cue for cue in cues if start <= cue.start < end]
    if not told:
        return
    begun = end - len(text[start:end].lstrip(OPENING))
    is_clause = begins_with_relative(text, begun, grammar) or (
        Trait.PARTICIPLES in grammar.traits and begins_with_participle(text, begun, end)
    )
    is_passive = (
        grammar.order == "svo"
        and told[0].meaning.frame == "passive"
        and told[0].start - start <= TO_ITS_VERB
    )
    if is_clause or is_passive:
        yield Aside(start, end, name)


def _ends_with_an_aside(
    document: Document, sentence: int, name: Name, comma: int, cues: Sequence[Hit]
) -> bool:
    """Return whether what a sentence ends with only says what became of a name before: "closes X, bought in 2020".

    It names nobody, and the verb before the name tells something else: "sells X, acquired in 2019".
    """
    before = [cue for cue in cues if cue.end <= name.start]
    behind = [cue for cue in cues if cue.start > comma]
    return (
        bool(before and behind)
        and behind[0].meaning.frame == "passive"
        and behind[0].start - comma <= _TO_A_PARTICIPLE
        and (
            before[-1].meaning.frame == "sell"
            or all(cue.meaning.types.isdisjoint(before[-1].meaning.types) for cue in behind)
        )
        and before[-1].meaning.frame in {"active", "close", "sell"}
        and not any(other.start > comma for other in document.names_in(sentence))
    )


def _behind_a_relative(
    document: Document, sentence: int, name: Name, cues: list[Hit]
) -> Iterator[Aside]:
    """Yield what a relative begins right behind a name, up to the next cue: "X yang dibeli Y resmi tutup"."""
    text, span = document.folded.text, document.sentences[sentence]
    start = name.end + 1
    if any(word.end <= name.start for word in document.words_in("announced", sentence)):
        return  # "Anuncia X que compra Y"
    if text[name.end : start] != " " or not any(
        text.startswith(f"{relative} ", start) for relative in document.grammar.relative
    ):
        return
    behind = [cue for cue in cues if start <= cue.start < min(start + _LONGEST, span.end)]
    following = next((cue for cue in behind[1:] if cue.start >= behind[0].end), None)
    if following is not None and behind[0].meaning.types != following.meaning.types:
        yield Aside(start, following.start, name)


def _before_their_names(
    document: Document, sentence: int, names: Sequence[Name], cues: Sequence[Hit]
) -> Iterator[Aside]:
    """Yield what stands before the name that it describes: "Yを買収したX", "收购Y的X", "Y'yi satın alan X"."""
    for aside in attributes(document, sentence, names, cues):
        if any(cue.start >= aside.end or cue.end <= aside.start for cue in cues):
            yield aside
