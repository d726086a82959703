"""Contents: what a deal comprises, by a sentence behind the one that tells it.

"Norvik sells its food unit. The sale includes the brands Zelmo and Balto." Not "all brands but Zelmo".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from services.classifier.candidate import Candidate
from services.classifier.document import Document
from services.classifier.lexicon.shared_words import contents_pattern
from services.classifier.spans import Name
from services.classifier.syntax.bystanders.onlookers import onlookers
from services.classifier.syntax.bystanders.outsiders import outsiders
from services.classifier.syntax.clauses.signs import has_sign
from services.classifier.syntax.names.chains import Chain, chains_of
from services.classifier.syntax.story.later import Later, from_first
from services.common.contracts.reading import Role
from services.common.ids import CompanyId

_REACH = 4
"""So many sentences behind the first that tells a deal may say what it comprises."""
_BESIDE = 30
"""So many characters from what is named stands as what: "brands such as"."""
_DENIED = 20
"""So far from the verb, or from what is named, stands "not": "umfasst die Marke Y nicht"."""
_LEFT = 30
"""So far from "except" stands what is left out."""


def contents(document: Document, event: Candidate) -> Iterator[Chain]:
    """Yield the names of what a deal comprises, which title or lead tell without them."""
    first = event.first
    if first.is_past or not document.in_front(first.sentence):
        return
    for told in from_first(document, event, within=_REACH)[1:]:
        yield from _contents_of(told)


def left_out(document: Document, event: Candidate) -> set[CompanyId]:
    """Return who is on a side of a deal only by a sentence that says it is no part: "The sale does not include Y"."""
    return {
        company
        for company in event.companies(Role.TARGET) | event.companies(Role.SELLER)
        for name in (event.role_places[company],)
        if _leaves_out(Later(document, event, document.sentence_at(name.start)), name)
    }


def _leaves_out(told: Later, name: Name) -> bool:
    """Return whether a sentence says of a name that it is no part of the deal."""
    if told.sentence == told.event.first.sentence:
        return False
    deal = _find(told, "deal")
    if deal is None or not _is_a_part(told, Chain((name,))):
        return False
    is_sov, is_behind = told.grammar.order == "sov", deal.end() <= name.start
    verbs = [
        verb
        for verb in _find_all(told, "comprises")
        if (verb.end() <= name.start and not is_sov)
        or (verb.start() >= name.end and is_behind is is_sov)  # not "the sale of the brand Y"
    ]
    is_denied = any(
        _is_near(told.text, (no.start, no.end), place)
        for no in told.words("negation")
        for verb in verbs
        for place in (verb.span(), (name.start, name.end))
        if place[0] >= verb.start() or no.end <= verb.start()
    )
    return is_denied or any(
        0 <= (but.start() - name.end if is_sov else name.start - but.end()) <= _LEFT
        for but in _find_all(told, "but")
    )


def _is_near(text: str, word: tuple[int, int], place: tuple[int, int]) -> bool:
    """Return whether a word stands beside a place, with no sign between them."""
    start, end = (word[1], place[0]) if word[0] < place[0] else (place[1], word[0])
    return end - start <= _DENIED and not has_sign(text, start, end)


def _contents_of(told: Later) -> Iterator[Chain]:
    document, event, sentence = told
    verb = _verb(told) if told.names else None
    if verb is None or told.has("negation", "background", "advisers") or told.tells_of_another_type:
        return
    is_sov = told.grammar.order == "sov"
    aside = outsiders(document, sentence) | onlookers(document, sentence, event.event_type)
    for chain in chains_of(document, told.names, told.grammar.articles):
        if (
            (chain.end <= verb.start() if is_sov else chain.start >= verb.end())
            and ";" not in told.text[verb.end() : chain.start]
            and aside.isdisjoint(chain.names)
            and _is_a_part(told, chain)
        ):
            yield chain


def _verb(told: Later) -> re.Match[str] | None:
    """Return the word by which a sentence says that a deal holds something."""
    deal = _find(told, "deal")
    if deal is None or _find(told, "but") or _find(told, "not"):
        return None
    at = told.span.start if told.grammar.is_verb_first else deal.end()
    found = list(_find_all(told, "comprises", at))
    if not found:
        return None
    return found[-1] if told.grammar.order == "sov" else found[0]


def _is_a_part(told: Later, chain: Chain) -> bool:
    """Return whether a word for what may be sold stands beside a row of names."""
    return any(
        chain.start - _BESIDE <= word.end() <= chain.start
        or chain.end <= word.start() <= chain.end + _BESIDE
        for word in _find_all(told, "parts")
    )


def _find(told: Later, kind: str) -> re.Match[str] | None:
    return next(_find_all(told, kind), None)


def _find_all(told: Later, kind: str, at: int | None = None) -> Iterator[re.Match[str]]:
    """Return where words of a kind of `contents.yml` stand in a sentence, or in what of it begins at an offset."""
    start, end, *_ = told.span
    pattern = contents_pattern(kind, told.language)
    return pattern.finditer(told.text, start if at is None else at, end)
