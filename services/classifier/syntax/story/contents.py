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
_TOLD = 2.0
"""What its cues must weigh for a sentence to tell something else."""


def contents(document: Document, event: Candidate) -> Iterator[Chain]:
    """Yield the names of what a deal comprises, which title or lead tell without them."""
    first = event.first
    if first.is_past or not document.in_front(first.sentence):
        return
    for index in document.sentences_from(first.sentence, within=_REACH)[1:]:
        yield from _contents_of(document, event, index)


def left_out(document: Document, event: Candidate) -> set[CompanyId]:
    """Return who is on a side of a deal only by a sentence that says it is no part: "The sale does not include Y"."""
    return {
        company
        for company in event.companies(Role.TARGET) | event.companies(Role.SELLER)
        if _is_left_out(document, event, event.role_places[company])
    }


def _is_left_out(document: Document, event: Candidate, name: Name) -> bool:
    sentence = document.sentence_at(name.start)
    start, end, *_ = document.sentences[sentence]
    text, language = document.folded.text, document.language
    deal = contents_pattern("deal", language).search(text, start, end)
    if (
        sentence == event.first.sentence
        or deal is None
        or not _is_a_part(document, sentence, Chain((name,)))
    ):
        return False
    is_sov, is_behind = document.grammar.order == "sov", deal.end() <= name.start
    verbs = [
        verb
        for verb in contents_pattern("comprises", language).finditer(text, start, end)
        if (verb.end() <= name.start and not is_sov)
        or (verb.start() >= name.end and is_behind is is_sov)  # not "the sale of the brand Y"
    ]
    is_denied = any(
        _is_near(text, (no.start, no.end), place)
        for no in document.words_in("negation", sentence)
        for verb in verbs
        for place in (verb.span(), (name.start, name.end))
        if place[0] >= verb.start() or no.end <= verb.start()
    )
    buts = contents_pattern("but", language).finditer(text, start, end)
    return is_denied or any(
        0 <= (but.start() - name.end if is_sov else name.start - but.end()) <= _LEFT for but in buts
    )


def _is_near(text: str, word: tuple[int, int], place: tuple[int, int]) -> bool:
    """Return whether a word stands beside a place, with no sign between them."""
    start, end = (word[1], place[0]) if word[0] < place[0] else (place[1], word[0])
    return end - start <= _DENIED and not has_sign(text, start, end)


def _contents_of(document: Document, event: Candidate, sentence: int) -> Iterator[Chain]:
    names = document.names_in(sentence)
    verb = _verb(document, sentence) if names else None
    if verb is None or _tells_otherwise(document, event, sentence):
        return
    aside = outsiders(document, sentence) | onlookers(document, sentence, event.event_type)
    for chain in chains_of(document, names, document.grammar.articles):
        is_in_place = (
            chain.end <= verb.start()
            if document.grammar.order == "sov"
            else chain.start >= verb.end()
        )
        is_parted = ";" in document.folded.text[verb.end() : chain.start]
        if (
            is_in_place
            and not is_parted
            and aside.isdisjoint(chain.names)
            and _is_a_part(document, sentence, chain)
        ):
            yield chain


def _verb(document: Document, sentence: int) -> re.Match[str] | None:
    """Return the word by which a sentence says that a deal holds something."""
    start, end, *_ = document.sentences[sentence]
    text, language = document.folded.text, document.language
    deal = contents_pattern("deal", language).search(text, start, end)
    if deal is None or any(
        contents_pattern(kind, language).search(text, start, end) for kind in ("but", "not")
    ):
        return None
    at = start if document.grammar.is_verb_first else deal.end()
    found = list(contents_pattern("comprises", language).finditer(text, at, end))
    if not found:
        return None
    return found[-1] if document.grammar.order == "sov" else found[0]


def _tells_otherwise(document: Document, event: Candidate, sentence: int) -> bool:
    """Return whether a sentence denies something, or tells another event or one of before."""
    return bool(
        document.words_in("negation", sentence)
        or document.words_in("background", sentence)
        or document.words_in("advisers", sentence)
        or any(
            trigger.event_type != event.event_type and trigger.score >= _TOLD
            for trigger in document.triggers_in(sentence)
        )
    )


def _is_a_part(document: Document, sentence: int, chain: Chain) -> bool:
    """Return whether a word for what may be sold stands beside a row of names."""
    start, end, *_ = document.sentences[sentence]
    return any(
        chain.start - _BESIDE <= word.end() <= chain.start
        or chain.end <= word.start() <= chain.end + _BESIDE
        for word in contents_pattern("parts", document.language).finditer(
            document.folded.text, start, end
        )
    )
