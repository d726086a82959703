"""Holders: whose what is bought was until then, by a sentence behind the deal.

"Until now X held 75 percent of the shares." Who has but a small part may as well keep it. Who only is the owner, by
whatever a sentence says of that, sells as often as not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from services.classifier.candidate import Candidate
from services.classifier.document import Document
from services.classifier.lexicon.shared_words import holders_pattern
from services.classifier.spans import Name
from services.classifier.syntax.bystanders.onlookers import onlookers
from services.classifier.syntax.bystanders.outsiders import outsiders
from services.classifier.syntax.names.chains import Chain
from services.classifier.syntax.story.later import Later, later
from services.common.contracts.reading import Role
from services.common.ids import CompanyId

_REACH = 6
_LEAST = 30.0
"""Who has fewer percent of what is bought may keep them."""
_BEHIND = 24
"""So many characters behind a name ends what says that it is the owner, where verbs come last."""
_BESIDE = 40
_WHOLE = 100.0
_DENIAL = 12
_NUMBER = re.compile(r"\d{1,3}(?:[.,]\d+)?")


def holder(document: Document, event: Candidate) -> tuple[Name, ...]:
    """Return who by a sentence soon behind a deal has what is bought; nobody where none says so."""
    for told in later(document, event, within=_REACH):
        chain = _only_other(told, event.companies(Role.TARGET))
        if chain is not None and _has_it(told, chain):
            return chain.names
    return ()


def sharers(document: Document, event: Candidate) -> Iterator[Chain]:
    """Yield who takes the rest of what is bought: "Norvik gets 60 percent, the rest goes to Balto"."""
    buyers = event.companies(Role.ACTOR)
    for told in later(document, event, within=_REACH) if buyers else ():
        chain = _only_other(told, buyers | event.companies(Role.TARGET))
        if (
            chain is not None
            and any(name.company in buyers and name.end <= chain.start for name in told.names)
            and _is_shared(told, chain)
        ):
            yield chain


def _is_shared(told: Later, chain: Chain) -> bool:
    """Return whether a sentence tells the parts of a whole, the last of them beside a row of names."""
    shares = list(_percents(told))
    is_whole = bool(shares and told.tells_of("rest")) or (len(shares) > 1 and sum(shares) == _WHOLE)
    before = max(chain.start - _BESIDE, told.span.start)
    return (
        is_whole
        and told.tells_of("takes")
        and not told.has("seller", "background")
        and not told.tells_of("keeps")
        and ";" not in told.text[before : chain.start]
        and not _is_of_others(told, chain)
    )


def _percents(told: Later) -> Iterator[float]:
    """Yield the percentages of a sentence: "75 %", "yüzde 75"."""
    text, words = told.text, tuple(told.grammar.money.percent)
    start, end, *_ = told.span
    for number in _NUMBER.finditer(text, start, end):
        behind = text[number.end() : end].lstrip(" ")
        before = text[start : number.start()].rstrip(" ")
        if behind.startswith(words) or before.endswith(words):
            yield float(number[0].replace(",", "."))


def _only_other(told: Later, known: set[CompanyId]) -> Chain | None:
    """Return the only row of names of a sentence beside those known, if no other one gives it a part in anything."""
    document, event, sentence = told
    aside = outsiders(document, sentence)
    names = [name for name in told.names if name.company not in known and name not in aside]
    taken = {
        company
        for other in (event, *document.candidates)
        for company in other.roles
        if document.sentence_at(other.role_places[company].start) != sentence
    }
    chain = told.only_row(names, taken=taken | event.apart)
    is_free = chain is not None and onlookers(document, sentence, event.event_type).isdisjoint(
        names
    )
    return chain if is_free else None


def _has_it(told: Later, chain: Chain) -> bool:
    """Return whether a sentence says that a row of names had so much of what is bought until now."""
    document, _, sentence = told
    start, end, *_ = told.span
    if (
        max(_percents(told), default=0.0) < _LEAST
        or not all(told.tells_of(kind) for kind in ("so_far", "shares"))
        or _is_of_others(told, chain)
    ):
        return False
    return holders_pattern("glued", told.language).match(told.text, chain.end) is not None or any(
        _is_in_place(told, chain, kind, word)
        for kind in ("belonged", "held")
        for word in holders_pattern(kind, told.language).finditer(told.text, start, end)
        if not document.denials_before(sentence, word.start(), within=_DENIAL)
    )


def _is_of_others(told: Later, chain: Chain) -> bool:
    """Return whether a sentence is about a market, a loan, who advises or competes, and not about who has what is bought."""
    return (
        told.has("advisers", "rivals")
        or any(told.tells_of(kind) for kind in ("not", "loans"))
        or told.beside(chain).is_aside
    )


def _is_in_place(told: Later, chain: Chain, kind: str, word: re.Match[str]) -> bool:
    """Return whether the owner stands on the right side of a word, and what is bought on the other."""
    grammar, targets = told.grammar, told.event.companies(Role.TARGET)
    things = [name for name in told.names if name.company in targets]
    if grammar.order == "sov":
        is_between = any(chain.end <= name.start < word.start() for name in things)
        return 0 <= word.end() - chain.end <= _BEHIND and not is_between
    if kind == "belonged":
        is_behind = 0 <= chain.start - word.end() <= _BESIDE
        return is_behind and all(name.end <= word.start() for name in things)
    return abs(word.start() - chain.end) <= _BESIDE and (
        grammar.is_verb_first or all(name.start >= word.start() for name in things)
    )
