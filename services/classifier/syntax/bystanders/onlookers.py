"""Onlookers: names of a sentence of which words beside them say that they have no part in its event.

"Zelmo protests against Norvik's purchase of Balto", "a loan from Zelmo", "Zelmo's rival Balto": the words stand
in `onlookers.yml`, each with the side of the name on which it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from services.classifier.document import Document, remembered
from services.classifier.spans import Name
from services.classifier.syntax.bystanders import doers, ranks, stores, ventures
from services.classifier.syntax.bystanders.beside import (
    AN_ENDING,
    INSTEAD,
    row_before,
    row_behind,
    row_of_relation,
)
from services.classifier.syntax.bystanders.remark import Remark

_ENDS = frozenset({"ban", "shutdown"})
_ROWS: Mapping[str, Callable[[Remark], Sequence[Name] | Iterator[Name]]] = {
    "before": row_before,
    "behind": row_behind,
    "relation": row_of_relation,
    "ranked": ranks.ranked,
    "outranked": ranks.outranked,
    "whose": stores.before_store,
    "stores": stores.behind_stores,
}
"""Whom a word of a kind stands beside."""


def onlookers(document: Document, sentence: int, event_type: str) -> frozenset[Name]:
    """Return the names of a sentence that words beside them leave out of events of a type.

    Who is named alone is left out of a ban or a closing that others turn away from: "Bookshop closes, readers
    move to X".
    """
    if not document.names_in(sentence) or not document.words_in("onlooker", sentence):
        return frozenset()
    return _left_out(document, sentence, event_type)


@remembered
def _left_out(document: Document, sentence: int, event_type: str) -> frozenset[Name]:
    names = document.names_in(sentence)
    is_alone = len({name.company for name in names}) < 2
    found = frozenset(
        name
        for name, remark in _said_of(document, sentence, event_type)
        if (not is_alone or remark.kind in ranks.KINDS or _is_instead(remark))
        and not stores.is_of_the_ban(remark)
    )
    left = {name.company for name in names} - {name.company for name in found}
    return found if left or is_alone else frozenset()


def onlookers_of_ends(document: Document, sentence: int, event_type: str) -> frozenset[Name]:
    """Return the names that words of bans and closings alone leave out, also where a sentence names nobody else.

    "A pub closes. Balto supplied the last barrel", while who "did not comment" may be its owner.
    """
    if event_type not in _ENDS:
        return frozenset()
    return frozenset(
        name
        for name, remark in _said_of(document, sentence, event_type)
        if remark.word.meaning.types
    )


def parties_beside(document: Document, sentence: int) -> Iterator[Name]:
    """Yield the onlookers of a deal whom a word beside them says to be outbid or outdone."""
    for remark in _remarks(document, sentence):
        if remark.events == "outdone":
            yield from _beside(remark)


def _said_of(document: Document, sentence: int, event_type: str) -> Iterator[tuple[Name, Remark]]:
    """Yield the names that words beside them leave out of events of a type, each with its word."""
    for remark in _remarks(document, sentence):
        types = remark.word.meaning.types
        if types and event_type not in types:
            continue
        if remark.kind in ventures.KINDS:
            beside = ventures.partners(document, remark.names, remark.word, event_type)
        else:
            beside = _beside(remark)
        for name in beside:
            yield name, remark


def _remarks(document: Document, sentence: int) -> Iterator[Remark]:
    for word in document.words_in("onlooker", sentence):
        yield Remark(document, sentence, word)


def _beside(remark: Remark) -> Iterator[Name]:
    """Yield whom a word leaves out: who does something there, a company beside it wherever the sentence names it."""
    if remark.kind in doers.KINDS:
        yield from doers.doers(remark)
        return
    companies = {name.company for name in _ROWS[remark.kind](remark)}
    yield from (name for name in remark.names if name.company in companies)


def _is_instead(remark: Remark) -> bool:
    """Return whether a word says of the only name, beside it, that it takes the place of what is banned or closed.

    Whose plant closes as another of its own takes its place is named twice, or stands further before a verb.
    """
    names = remark.names
    return (
        remark.events == INSTEAD
        and len(names) == 1
        and remark.word.start - names[0].end <= AN_ENDING
    )
