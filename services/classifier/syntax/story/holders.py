"""Holders: whose what is bought was until then, by a sentence behind the deal.

"Until now X held 75 percent of the shares." Who has but a small part may as well keep it. Who only is the owner, by
whatever a sentence says of that, sells as often as not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from services.classifier.document import Candidate, Document, Name
from services.classifier.lexicon.grammar import Grammar
from services.classifier.lexicon.shared_words import holders_pattern
from services.classifier.syntax.bystanders.onlookers import onlookers
from services.classifier.syntax.bystanders.outsiders import outsiders
from services.classifier.syntax.holder_words import tells_of
from services.classifier.syntax.names.beside import beside_of
from services.classifier.syntax.names.chains import Chain, chains_of
from services.classifier.syntax.scene import Scene
from services.classifier.syntax.story.sides import is_told_in_front
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


def holder(document: Document, event: Candidate, grammar: Grammar) -> tuple[Name, ...]:
    """Return who by a sentence soon behind a deal has what is bought; nobody where none says so."""
    if not is_told_in_front(document, event):
        return ()
    first = event.first.sentence
    for index in document.sentences_from(first, within=_REACH):
        chain = _only_other(document, event, grammar, index, event.companies(Role.TARGET))
        if chain is not None and _has_it(document, event, grammar, index, chain):
            return chain.names
    return ()


def sharers(document: Document, event: Candidate, grammar: Grammar) -> Iterator[Chain]:
    """Yield who takes the rest of what is bought: "Norvik gets 60 percent, the rest goes to Balto"."""
    buyers = event.companies(Role.ACTOR)
    if not buyers or not is_told_in_front(document, event):
        return
    first = event.first.sentence
    for index in document.sentences_from(first, within=_REACH):
        names = document.names_in(index)
        chain = _only_other(document, event, grammar, index, buyers | event.companies(Role.TARGET))
        if (
            chain is not None
            and any(name.company in buyers and name.end <= chain.start for name in names)
            and _is_shared(document, event, grammar, index, chain)
        ):
            yield chain


def _is_shared(
    document: Document, event: Candidate, grammar: Grammar, sentence: int, chain: Chain
) -> bool:
    """Return whether a sentence tells the parts of a whole, the last of them beside a row of names."""
    start, end, *_ = document.sentences[sentence]
    text = document.folded.text
    shares = [*percents(document, grammar, start, end)]
    is_whole = bool(shares and tells_of("rest", document, start, end)) or (
        len(shares) > 1 and sum(shares) == _WHOLE
    )
    before = max(chain.start - _BESIDE, start)
    return (
        is_whole
        and tells_of("takes", document, start, end)
        and not any(document.words_in(layer, sentence) for layer in ("seller", "background"))
        and not tells_of("keeps", document, start, end)
        and ";" not in text[before : chain.start]
        and not _is_of_others(document, event, grammar, sentence, chain)
    )


def percents(document: Document, grammar: Grammar, start: int, end: int) -> Iterator[float]:
    """Yield the percentages between two offsets: "75 %", "yüzde 75"."""
    text, words = document.folded.text, tuple(grammar.money.percent)
    for number in _NUMBER.finditer(text, start, end):
        behind, before = (
            text[number.end() : end].lstrip(" "),
            text[start : number.start()].rstrip(" "),
        )
        if behind.startswith(words) or before.endswith(words):
            yield float(number[0].replace(",", "."))


def _only_other(
    document: Document, event: Candidate, grammar: Grammar, sentence: int, known: set[CompanyId]
) -> Chain | None:
    """Return the only row of names of a sentence beside those known, if no other one gives it a part in anything."""
    aside = outsiders(document, sentence)
    names = [
        name
        for name in document.names_in(sentence)
        if name.company not in known and name not in aside
    ]
    chains = chains_of(document, names)
    taken = {
        company
        for told in (event, *document.candidates)
        for company in told.roles
        if document.sentence_at(told.role_places[company].start) != sentence
    }
    is_free = (
        len(chains) == 1
        and (taken | event.apart).isdisjoint(name.company for name in names)
        and onlookers(document, grammar, sentence, event.event_type).isdisjoint(names)
    )
    return chains[0] if is_free else None


def _has_it(
    document: Document, event: Candidate, grammar: Grammar, sentence: int, chain: Chain
) -> bool:
    """Return whether a sentence says that a row of names had so much of what is bought until now."""
    start, end, *_ = document.sentences[sentence]
    language, text = document.language, document.folded.text
    shares = list(percents(document, grammar, start, end))
    if (
        not shares
        or max(shares) < _LEAST
        or not all(tells_of(kind, document, start, end) for kind in ("so_far", "shares"))
        or _is_of_others(document, event, grammar, sentence, chain)
    ):
        return False
    return holders_pattern("glued", language).match(text, chain.end) is not None or any(
        _is_in_place(document, event, grammar, chain, kind, word)
        for kind in ("belonged", "held")
        for word in holders_pattern(kind, language).finditer(text, start, end)
        if not document.denials_before(sentence, word.start(), within=_DENIAL)
    )


def _is_of_others(
    document: Document, event: Candidate, grammar: Grammar, sentence: int, chain: Chain
) -> bool:
    """Return whether a sentence is about a market, a loan, who advises or competes, and not about who has what is bought."""
    start, end, *_ = document.sentences[sentence]
    return (
        any(document.words_in(layer, sentence) for layer in ("advisers", "rivals"))
        or any(tells_of(kind, document, start, end) for kind in ("not", "loans"))
        or beside_of(Scene(document, grammar, event.first), chain).is_aside
    )


def _is_in_place(
    document: Document,
    event: Candidate,
    grammar: Grammar,
    chain: Chain,
    kind: str,
    word: re.Match[str],
) -> bool:
    """Return whether the owner stands on the right side of a word, and what is bought on the other."""
    things = [
        name
        for name in document.names_in(document.sentence_at(chain.start))
        if name.company in event.companies(Role.TARGET)
    ]
    if grammar.order == "sov":
        is_between = any(chain.end <= name.start < word.start() for name in things)
        return 0 <= word.end() - chain.end <= _BEHIND and not is_between
    if kind == "belonged":
        is_behind = 0 <= chain.start - word.end() <= _BESIDE
        return is_behind and all(name.end <= word.start() for name in things)
    return abs(word.start() - chain.end) <= _BESIDE and (
        grammar.is_verb_first or all(name.start >= word.start() for name in things)
    )
