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
from services.classifier.spans import Name
from services.classifier.syntax.bystanders.outsiders import outsiders
from services.classifier.syntax.holder_words import tells_of
from services.classifier.syntax.names.beside import beside_of
from services.classifier.syntax.names.chains import AROUND_A_NAME, COMMAS, Chain, chains_of
from services.classifier.syntax.scene import Scene
from services.classifier.syntax.story.later import DENIAL, Later, from_first
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
_OF_OTHERS = ("negation", "seller", "advisers", "onlooker", "also")
_CLOSING = ("", ".", "\n", "。", "।", "۔")
_WHO_SAYS_SO = 5
"""So many words, with the comma, follow whom "it is" presents: "…, the group said."."""
_AT_FIRST = 30
"""So many characters from the beginning of a sentence stands what presents somebody, and its name."""


def told_on(document: Document, event: Candidate, side: Side) -> tuple[Name, ...]:
    """Return the names that stand beside a word for a side of a deal; none where nothing says so."""
    for told in from_first(document, event, within=side.reach):
        for word in told.words(side.layer):
            chain = _payer(told, word) if side is _PAYER else _nearest(told, side, word)
            if chain is not None and _has_it(told, side, word, chain):
                return chain.names
    return ()


def pays(document: Document, event: Candidate, chain: Chain) -> bool:
    """Return whether a sentence says that a row of names pays what somebody sells: "Y will pay 2 billion"."""
    return told_on(document, event, _PAYER) == chain.names


def presented(document: Document, event: Candidate) -> tuple[Name, ...]:
    """Return whom a sentence soon behind a deal whose buyer is only described names: "It is X, a …"."""
    taken = document.taken
    behind = from_first(document, event, within=_BUYER.reach)[1:]
    if names := _named_alone(behind[0], taken) if behind else ():
        return names
    for told in behind:
        for word in told.words("meant"):
            rows = told.rows
            if (
                rows
                and word.start - told.span.start <= _AT_FIRST
                and 0 <= rows[0].start - word.end <= _AT_FIRST
                and taken.isdisjoint(rows[0].companies)
            ):
                return rows[0].names
    return ()


def _named_alone(told: Later, taken: Collection[CompanyId]) -> tuple[Name, ...]:
    """Return whom a sentence only names, behind "it is": "It is X, said …", "To X", "Это X"."""
    if not told.names or told.has(*_OF_OTHERS):
        return ()
    start, end, *_ = told.span
    text, row = told.text, told.rows[0]
    words = text[start : row.start].strip(AROUND_A_NAME)
    rest = text[row.end : end].strip(AROUND_A_NAME)
    is_said = rest[:1] == "," and "," not in rest[1:] and len(rest.split()) <= _WHO_SAYS_SO
    is_alone = rest[:1] in _CLOSING or is_said
    is_presented = words in folded_particles("it_is", told.language)
    return row.names if is_presented and is_alone and row.companies.isdisjoint(taken) else ()


def _has_it(told: Later, side: Side, word: Hit, chain: Chain) -> bool:
    """Return whether a word for a side tells of a row of names, of this deal, and as it is."""
    return not (
        told.has("advisers")
        or (side.role is Role.ACTOR and _is_looked_for(told, word))
        or told.denies(word)
        or (told.beside(chain).is_aside and not (side is DECIDER and told.has("owner")))
        or (side.role is Role.SELLER and _keeps_the_rest(told, word))
        or (side is DECIDER and (_tells_another(told, word) or _only_says_so(told, word, chain)))
        or _is_history(told, side, word, chain)
    ) and _has_no_side(told, chain)


def _tells_another(told: Later, word: Hit) -> bool:
    """Return whether a sentence tells an event, but for what the words themselves hold: "as Y decided to close Z"."""
    return any(not (word.start <= cue.start and cue.end <= word.end) for cue in told.triggers)


def _only_says_so(told: Later, word: Hit, chain: Chain) -> bool:
    """Return whether a row is that of who tells of a decision: "by the court, said X", "X said it was taken by the court".

    Behind a comma stands who decided only if it ends there, or called an owner before it; before the verb right beside it.
    """
    if chain.end <= word.start:
        return told.grammar.order != "sov" and word.start - chain.end > _RIGHT_BESIDE
    between, behind = told.text[word.end : chain.start], told.text[chain.end :].lstrip()
    words = re.split(f"[{''.join(COMMAS)}]", between)[-1].split()
    is_presented = len(words) not in _WHO_SAYS and not behind[:1].isalnum()
    return not (is_presented or COMMAS.isdisjoint(between)) and not any(
        word.end <= owner.start < chain.start for owner in told.words("owner")
    )


def _keeps_the_rest(told: Later, word: Hit) -> bool:
    """Return whether the rest is told of right before: "the remaining shares belong to X"."""
    start, _ = told.document.clause_of(told.sentence, word.start)
    return tells_of("rest", told.document, max(start, word.start - DENIAL), word.start)


def _nearest(told: Later, side: Side, word: Hit) -> Chain | None:
    """Return the row of names that stands nearest to a word, in its own clause first."""
    aside = outsiders(told.document, told.sentence)
    names = [name for name in told.names if name not in aside]
    chains = chains_of(told.document, names, told.grammar.articles)
    return min(
        (chain for chain in chains if chain.apart(word) <= side.beside),
        key=lambda chain: (
            _is_cut(told.text, chain, word),
            max(chain.apart(word), 0),
            chain.start,
        ),
        default=None,
    )


def _payer(told: Later, word: Hit) -> Chain | None:
    """Return who stands alone before a word for paying, and is nobody whom it is paid to: "X will pay 2 billion"."""
    document = told.document
    chains = chains_of(document, [name for name in told.names if name.end <= word.start])
    is_near = len(chains) == 1 and chains[0].apart(word) <= _PAYER.beside
    if not is_near or _is_no_price(told, word):
        return None
    selling = Scene(document, told.event.first._replace(frame="sell"))
    is_paid = (
        told.grammar.order == "sov" and beside_of(selling, chains[0]).marked_by("sell.actor") > 0
    )
    rest = told.text[chains[0].end : word.start]
    marks = folded_particles("owned_by", told.language)
    is_owner = rest.startswith(marks) or not set(rest.split()[:1]).isdisjoint(marks)
    return None if is_paid or is_owner else chains[0]


def _is_no_price(told: Later, word: Hit) -> bool:
    """Return whether a sentence names no sum, or one for something else: "pays wages", "will pay a fine of 20 million".

    Where paying itself is a word for a fine, as "ödeyecek" is, another one must say so.
    """
    grammar, (start, end, *_) = told.grammar, told.span
    others = [other for other in told.words("blocker") if other.meaning.name in _NO_PRICE]
    prices = prices_in(told.text, start, end, grammar, country=told.document.country)
    return not any(prices) or any(
        not (other.start <= word.start and word.end <= other.end)
        or any(fine in told.text[start:end] for fine in grammar.prices.not_prices)
        for other in others
    )


def _is_cut(text: str, chain: Chain, word: Hit) -> bool:
    """Return whether another clause begins between a row of names and a word."""
    return ";" in text[min(chain.end, word.end) : max(chain.start, word.start)]


def _is_looked_for(told: Later, word: Hit) -> bool:
    """Return whether somebody looks for the buyer of whom a word tells, or a cue that holds it says so."""
    start, end = told.document.clause_of(told.sentence, word.start)
    return tells_of("sought", told.document, start, end) or any(
        cue.start <= word.start < cue.end and cue.meaning.stage == Stage.PROPOSED
        for cue in told.words("cue")
    )


def _is_history(told: Later, side: Side, word: Hit, chain: Chain) -> bool:
    """Return whether a sentence tells of another event long ago.

    Who sells "was" the owner until now, and what a comma behind its name begins is said of it: "The seller is X,
    which bought it in 2015".
    """
    background = told.words("background")
    if side is _PAYER:
        return any(hit.end <= word.start for hit in background)
    is_seller = side.role is Role.SELLER
    end = word.end + (_SINCE_WHEN if is_seller else 0)
    last = max(chain.end, word.end)
    ends = [at for at in (told.text.find(sign, last) for sign in COMMAS) if at >= 0]
    aside = min(ends, default=told.span.end)
    return any(
        not word.start <= hit.start < end and not (is_seller and hit.start >= aside)
        for hit in background
    )


def _has_no_side(told: Later, chain: Chain) -> bool:
    """Return whether nobody of a chain has a side of an event, but for one guessed in that very sentence.

    "Quien vende es X": beside a verb that sells stands what is sold.
    """
    document, event, sentence = told
    companies = chain.companies
    others = {role for company, role in event.roles.items() if company not in companies}
    return all(
        event.roles.get(company, Role.PARTY) is Role.PARTY
        or (
            Role.TARGET in others
            and document.sentence_at(event.role_places[company].start) == sentence
        )
        for company in companies
    )
