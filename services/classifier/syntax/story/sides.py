"""Sides: who by the word beside a name sells or buys, in a sentence behind the one that tells the deal.

"The seller is X." "From May it will belong to Y."
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple

from services.classifier.candidate import Candidate
from services.classifier.document import Document
from services.classifier.lexicon.money import prices_in
from services.classifier.lexicon.shared_words import folded_particles
from services.classifier.lexicon.words import Hit
from services.classifier.spans import Name, Trigger
from services.classifier.syntax.bystanders.outsiders import outsiders
from services.classifier.syntax.holder_words import tells_of
from services.classifier.syntax.names.beside import beside_of
from services.classifier.syntax.names.chains import AROUND_A_NAME, COMMAS, Chain, chains_of
from services.classifier.syntax.scene import Scene
from services.common.contracts.reading import Role, Stage
from services.common.ids import CompanyId


class Side(NamedTuple):
    """A side of a deal that a later sentence may give, by the words of a layer.

    `reach` is how many sentences behind the first that tells the deal may do so, `beside` how many characters from the
    word stands who has it.
    """

    role: Role
    layer: str
    reach: int
    beside: int = 40


_BUYER = Side(Role.ACTOR, "buyer", 5)
_PAYER = Side(Role.ACTOR, "payer", 3)
DECIDER = Side(Role.ACTOR, "decides", 7, 64)
"""Of a closing: "The decision was taken by the parent company, X."."""
SIDES = (Side(Role.SELLER, "seller", 6), _BUYER, _PAYER)
_NO_PRICE = frozenset({"fine", "layoffs", "wages"})
_SINCE_WHEN = 30
"""So many characters behind a word for a seller may stand since when: "who was the owner until 2019"."""
_WHO_SAYS = range(1, 3)
"""So many words before a name say that it tells of something, more or none what it is: "said X", "the mining group X"."""
_RIGHT_BESIDE = 2
"""So far before the words stands who decided, in languages that name it behind them: "c'est X qui a décidé"."""
_DENIAL = 12
"""So many characters before a word its denial may begin: "не является продавцом", not "not the only seller"."""
_OF_OTHERS = ("negation", "seller", "advisers", "onlooker", "also")
_CLOSING = ("", ".", "\n", "。", "।", "۔")
_WHO_SAYS_SO = 5
"""So many words, with the comma, follow whom "it is" presents: "…, the group said."."""
_AT_FIRST = 30
"""So many characters from the beginning of a sentence stands what presents somebody, and its name."""


def is_told_in_front(document: Document, event: Candidate) -> bool:
    """Return whether title or lead first tell an event, as news, and of whom or what."""
    first = event.first
    return (
        Role.TARGET in event.roles.values()
        and not first.is_past
        and document.in_front(first.sentence)
    )


def told_on(document: Document, event: Candidate, side: Side) -> tuple[Name, ...]:
    """Return the names that stand beside a word for a side of a deal; none where nothing says so."""
    first = event.first.sentence
    for index in document.sentences_from(first, within=side.reach):
        for found in document.words_in(side.layer, index):
            if side is _PAYER:
                chain = _payer(document, index, found, event.first)
            else:
                chain = _nearest(document, side, index, found)
            if chain is not None and _has_it(document, event, side, index, found, chain):
                return chain.names
    return ()


def pays(document: Document, event: Candidate, chain: Chain) -> bool:
    """Return whether a sentence says that a row of names pays what somebody sells: "Y will pay 2 billion"."""
    return told_on(document, event, _PAYER) == chain.names


def presented(document: Document, event: Candidate) -> tuple[Name, ...]:
    """Return whom a sentence soon behind a deal whose buyer is only described names: "It is X, a …"."""
    first = event.first.sentence
    taken = document.taken
    if names := _named_alone(document, first + 1, taken):
        return names
    for index in document.sentences_from(first, within=_BUYER.reach)[1:]:
        start = document.sentences[index].start
        for word in document.words_in("meant", index):
            chains = chains_of(document, document.names_in(index))
            if (
                chains
                and word.start - start <= _AT_FIRST
                and 0 <= chains[0].start - word.end <= _AT_FIRST
                and taken.isdisjoint(name.company for name in chains[0].names)
            ):
                return chains[0].names
    return ()


def _named_alone(
    document: Document, sentence: int, taken: Collection[CompanyId]
) -> tuple[Name, ...]:
    """Return whom a sentence only names, behind "it is": "It is X, said …", "To X", "Это X"."""
    names = document.names_in(sentence)
    if not names or any(document.words_in(layer, sentence) for layer in _OF_OTHERS):
        return ()
    start, end, *_ = document.sentences[sentence]
    text, row = document.folded.text, chains_of(document, names)[0]
    words = text[start : row.start].strip(AROUND_A_NAME)
    rest = text[row.end : end].strip(AROUND_A_NAME)
    is_said = rest[:1] == "," and "," not in rest[1:] and len(rest.split()) <= _WHO_SAYS_SO
    is_alone = rest[:1] in _CLOSING or is_said
    is_presented = words in folded_particles("it_is", document.language)
    is_free = not any(name.company in taken for name in row.names)
    return row.names if is_presented and is_alone and is_free else ()


def _has_it(
    document: Document, event: Candidate, side: Side, sentence: int, found: Hit, chain: Chain
) -> bool:
    """Return whether a word for a side tells of a row of names, of this deal, and as it is."""
    first = event.first
    return not (
        document.words_in("advisers", sentence)
        or (side.role is Role.ACTOR and _is_looked_for(document, sentence, found))
        or is_denied_before(document, sentence, found)
        or (
            beside_of(Scene(document, first), chain).is_aside
            and not (side is DECIDER and document.words_in("owner", sentence))
        )
        or (side.role is Role.SELLER and _keeps_the_rest(document, sentence, found))
        or (side is DECIDER and _tells_another(document, sentence, found))
        or (side is DECIDER and _only_says_so(document, sentence, found, chain))
        or _is_history(document, side, sentence, found, chain)
    ) and _has_no_side(document, event, chain, sentence)


def is_denied_before(document: Document, sentence: int, word: Hit) -> bool:
    """Return whether a denial stands right before a word: "will not go to X"; what a word holds is its own."""
    return any(
        word.start - denial.start <= _DENIAL
        for denial in document.denials_before(sentence, word.start, within=_DENIAL)
    )


def _tells_another(document: Document, sentence: int, found: Hit) -> bool:
    """Return whether a sentence tells an event, but for what the words themselves hold: "as Y decided to close Z"."""
    return any(
        not (found.start <= cue.start and cue.end <= found.end)
        for cue in document.triggers_in(sentence)
    )


def _only_says_so(document: Document, sentence: int, found: Hit, chain: Chain) -> bool:
    """Return whether a row is that of who tells of a decision: "by the court, said X", "X said it was taken by the court".

    Behind a comma stands who decided only if it ends there, or called an owner before it; before the verb right beside it.
    """
    if chain.end <= found.start:
        return document.grammar.order != "sov" and found.start - chain.end > _RIGHT_BESIDE
    text = document.folded.text
    between, behind = text[found.end : chain.start], text[chain.end :].lstrip()
    words = re.split(f"[{''.join(COMMAS)}]", between)[-1].split()
    is_presented = len(words) not in _WHO_SAYS and not behind[:1].isalnum()
    return not (is_presented or COMMAS.isdisjoint(between)) and not any(
        found.end <= owner.start < chain.start for owner in document.words_in("owner", sentence)
    )


def _keeps_the_rest(document: Document, sentence: int, found: Hit) -> bool:
    """Return whether the rest is told of right before: "the remaining shares belong to X"."""
    start, _ = document.clause_of(sentence, found.start)
    return tells_of("rest", document, max(start, found.start - _DENIAL), found.start)


def _nearest(document: Document, side: Side, sentence: int, found: Hit) -> Chain | None:
    """Return the row of names that stands nearest to a word, in its own clause first."""
    text = document.folded.text
    aside = outsiders(document, sentence)
    names = [name for name in document.names_in(sentence) if name not in aside]
    chains = [
        c
        for c in chains_of(document, names, document.grammar.articles)
        if c.apart(found) <= side.beside
    ]
    return min(
        chains,
        key=lambda chain: (_is_cut(text, chain, found), max(chain.apart(found), 0), chain.start),
        default=None,
    )


def _payer(document: Document, sentence: int, found: Hit, deal: Trigger) -> Chain | None:
    """Return who stands alone before a word for paying, and is nobody whom it is paid to: "X will pay 2 billion"."""
    names = [name for name in document.names_in(sentence) if name.end <= found.start]
    chains = chains_of(document, names)
    is_near = len(chains) == 1 and chains[0].apart(found) <= _PAYER.beside
    if not is_near or _is_no_price(document, sentence, found):
        return None
    beside = beside_of(Scene(document, deal._replace(frame="sell")), chains[0])
    is_paid = document.grammar.order == "sov" and beside.marked_by("sell.actor") > 0
    rest = document.folded.text[chains[0].end : found.start]
    marks = folded_particles("owned_by", document.language)
    is_owner = rest.startswith(marks) or not set(rest.split()[:1]).isdisjoint(marks)
    return None if is_paid or is_owner else chains[0]


def _is_no_price(document: Document, sentence: int, found: Hit) -> bool:
    """Return whether a sentence names no sum, or one for something else: "pays wages", "will pay a fine of 20 million".

    Where paying itself is a word for a fine, as "ödeyecek" is, another one must say so.
    """
    text = document.folded.text
    start, end, *_ = document.sentences[sentence]
    others = [w for w in document.words_in("blocker", sentence) if w.meaning.name in _NO_PRICE]
    prices = prices_in(text, start, end, document.grammar, country=document.country)
    return not any(prices) or any(
        not (word.start <= found.start and found.end <= word.end)
        or any(fine in text[start:end] for fine in document.grammar.money.not_prices)
        for word in others
    )


def _is_cut(text: str, chain: Chain, found: Hit) -> bool:
    """Return whether another clause begins between a row of names and a word."""
    return ";" in text[min(chain.end, found.end) : max(chain.start, found.start)]


def _is_looked_for(document: Document, sentence: int, found: Hit) -> bool:
    """Return whether a word for a buyer is part of a cue that somebody looks for one."""
    return any(
        cue.start <= found.start < cue.end and cue.meaning.stage == Stage.PROPOSED
        for cue in document.words_in("cue", sentence)
    )


def _is_history(document: Document, side: Side, sentence: int, found: Hit, chain: Chain) -> bool:
    """Return whether a sentence tells of another event long ago.

    Who sells "was" the owner until now, and what a comma behind its name begins is said of it: "The seller is X,
    which bought it in 2015".
    """
    text = document.folded.text
    is_seller = side.role is Role.SELLER
    if side is _PAYER:
        return any(hit.end <= found.start for hit in document.words_in("background", sentence))
    end = found.end + (_SINCE_WHEN if is_seller else 0)
    last = max(chain.end, found.end)
    ends = [at for at in (text.find(sign, last) for sign in COMMAS) if at >= 0]
    aside = min(ends, default=document.sentences[sentence].end)
    return any(
        not found.start <= hit.start < end and not (is_seller and hit.start >= aside)
        for hit in document.words_in("background", sentence)
    )


def _has_no_side(document: Document, event: Candidate, chain: Chain, sentence: int) -> bool:
    """Return whether nobody of a chain has a side of an event, but for one guessed in that very sentence.

    "Quien vende es X": beside a verb that sells stands what is sold.
    """
    companies = {name.company for name in chain.names}
    others = {role for company, role in event.roles.items() if company not in companies}
    return all(
        event.roles.get(company, Role.PARTY) is Role.PARTY
        or (
            Role.TARGET in others
            and document.sentence_at(event.role_places[company].start) == sentence
        )
        for company in companies
    )
