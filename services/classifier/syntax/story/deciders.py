"""Deciders: who by a later sentence owns what title or lead close, and says or decides something there.

"Zelmo will be switched off. The owner, Norvik, gave no reasons." Who is only said to own it decides nothing: "The owner
is Norvik".
"""

from __future__ import annotations

from collections.abc import Collection

from services.classifier.candidate import Candidate
from services.classifier.document import Document
from services.classifier.lexicon.grammar import Trait
from services.classifier.lexicon.words import Hit
from services.classifier.spans import Name
from services.classifier.syntax.holder_words import tells_of
from services.classifier.syntax.names.chains import AROUND_A_NAME, COMMAS, Chain
from services.classifier.syntax.names.descriptions import only_describes
from services.classifier.syntax.story.kinship import is_of_a_site
from services.classifier.syntax.story.later import Later, later
from services.common.contracts.reading import Role
from services.common.ids import CompanyId

_REACH = 7
"""So many sentences behind the first that tells a closing may name who decides it."""
_LEAST_TOLD = 14
"""So many characters besides whom it calls the owner has a sentence that says what the owner does."""
_TO_A_NAME = 32
"""So far from the word stands the name of who owns it."""
_VERB = 16
"""So much a verb fills that stands before its subject."""
_SIGNS = AROUND_A_NAME + "".join(COMMAS) + "()"


def decider(document: Document, event: Candidate) -> tuple[Name, ...]:
    """Return who owns what is closed by a sentence that goes on about them; nobody where none does."""
    if Role.ACTOR in event.roles.values() or is_of_a_site(document, event):
        return ()
    for told in later(document, event, within=_REACH):
        for layer in ("owner_of_it", "owner"):
            for word in told.words(layer):
                if (chain := _owner(told, word)) is not None:
                    return chain.names
    return ()


def _owner(told: Later, word: Hit) -> Chain | None:
    """Return whom alone a sentence names as the owner, in apposition to the word for it."""
    document, event, sentence = told
    grammar = document.grammar
    things = event.companies(Role.TARGET)
    chain = told.only_row(
        [name for name in told.names if name.company not in things],
        taken=document.taken | event.apart,
    )
    if chain is None or not 0 <= chain.apart(word) <= _TO_A_NAME:
        return None
    start, end, *_ = told.span
    is_first = chain.end <= word.start
    between = (chain.end, word.start) if is_first else (word.end, chain.start)
    head, last = min(chain.start, word.start), max(chain.end, word.end)
    is_told_whose = word.meaning.name == "owner_of_it"
    is_whole = (is_told_whose or _is_named_last(document, sentence, things)) and (
        not is_first or _closes(document, last) or (is_told_whose and grammar.is_verb_first)
    )
    least = _LEAST_TOLD // (2 if Trait.DENSE in grammar.traits else 1)
    is_owner = (
        is_whole
        and (end - last) + (head - start) >= least
        and only_describes(document, *between)
        and not tells_of("rivals", document, document.sentences[max(sentence - 1, 0)].start, last)
        and not tells_of("rivals", document, last, min(last + _TO_A_NAME, end))
        and not tells_of("former", document, head, last)
        and (is_first or _begins(document, start, word))
        and not any(hit.start < last for hit in told.words("background"))
        and all(cue.event_type == event.event_type for cue in told.triggers)
    )
    return chain if is_owner else None


def _is_named_last(document: Document, sentence: int, things: Collection[CompanyId]) -> bool:
    """Return whether nothing but what closes is named last before "the owner", whose that may be."""
    above = next((at for at in range(sentence - 1, -1, -1) if document.names_in(at)), sentence)
    return all(name.company in things for name in document.names_in(above))


def _closes(document: Document, end: int) -> bool:
    """Return whether a sign follows: "Norvik, the owner, said", but not "Norvik, the owner of Pixeo, said"."""
    return document.folded.text[end : end + 1] in COMMAS


def _begins(document: Document, start: int, word: Hit) -> bool:
    """Return whether a sentence begins with a word, but for an article, or the verb where that comes first."""
    before = document.folded.text[start : word.start].strip(_SIGNS)
    return (
        not before
        or before in document.grammar.articles
        or (document.grammar.is_verb_first and len(before) <= _VERB and " " not in before)
    )
