"""Listed: what a later sentence names of which title or lead only said that somebody closes it.

"Norvik is closing two of its chains. They are Zelmo and Balto." Not "They supply Zelmo and Balto".
"""

from __future__ import annotations

from services.classifier.candidate import Candidate
from services.classifier.document import Document
from services.classifier.lexicon.grammar import Trait
from services.classifier.spans import Name
from services.classifier.syntax.holder_words import tells_of
from services.classifier.syntax.names.chains import AROUND_A_NAME, Chain
from services.classifier.syntax.names.descriptions import only_describes
from services.classifier.syntax.story.later import Later, later
from services.common.contracts.reading import Role

_REACH = 4
"""So many sentences behind the first that tells a closing may list what closes."""
_AT_FIRST = 20
"""So many characters from the beginning of its sentence stands the word that says so."""
_COPULA = 3
"""So many letters has what may follow the last name: "젤모와 발토다"."""
_A_ROW = 2
_SIGNS = frozenset(",.;:()-")


def listed(document: Document, event: Candidate) -> tuple[Name, ...]:
    """Return the row of names that a sentence gives for what its only company closes; nothing where none does."""
    if (
        event.event_type != "shutdown"
        or set(event.roles.values()) != {Role.TARGET}
        or len(event.roles) > 1
    ):
        return ()
    taken = document.taken | event.apart
    for told in later(document, event, within=_REACH)[1:]:
        chain = told.only_row(told.names, taken=taken)
        if chain is not None and len(chain.companies) >= _A_ROW and _is_the_list(told, chain):
            return chain.names
    return ()


def _is_the_list(told: Later, chain: Chain) -> bool:
    """Return whether a sentence begins with a word for a list, and the names are all of it that is no description."""
    document, _, sentence = told
    grammar = document.grammar
    text, (start, end, *_) = told.text, told.span
    words = [
        word
        for word in told.words("meant")
        if word.start - start <= _AT_FIRST and word.end <= chain.start
    ]
    if (
        not words
        or told.words("background")
        or document.denials_before(sentence, chain.start, within=chain.start - start)
        or tells_of("denied", document, start, chain.start)
        or _is_of_others(document, sentence, chain)
    ):
        return False
    rest = text[chain.end : end].lstrip(AROUND_A_NAME)
    is_last = len(rest.rstrip(".。।\n ")) <= _COPULA
    is_over = is_last or rest[0] in _SIGNS or rest.split()[0] in grammar.relative
    is_behind = is_over and any(only_describes(document, word.end, chain.start) for word in words)
    describes_before = Trait.RELATIVES_FIRST in grammar.traits or not grammar.relative
    return is_behind or (describes_before and is_last)


def _is_of_others(document: Document, sentence: int, chain: Chain) -> bool:
    """Return whether before a row of names, or in the sentence above, customers or competitors are told of."""
    above = document.sentences[sentence - 1].start
    return any(tells_of(kind, document, above, chain.start) for kind in ("rivals", "customers"))
