"""Openings: with what a sentence begins, and who is named in it and has no part in what follows.

"With debts to X, Y sells Z", "The maker of X, Y, buys Z", "After Y, Russia blocks X".
"""

from __future__ import annotations

from collections.abc import Sequence

from services.classifier.document import ACTIVE, Document, Name, Trigger
from services.classifier.lexicon.grammar import Grammar, Trait
from services.classifier.lexicon.shared_words import folded_particles
from services.classifier.syntax.names.chains import COMMAS, Chain, chains_of
from services.classifier.syntax.names.markers import (
    Beside,
    beside_of,
    ends_with_word,
    marks_behind,
)
from services.common.contracts.reading import Role

_AROUND_A_NAME = ' "\u2019)」』'
_TO_ITS_VERB = 3
_TO_ITS_CUE = 12
_A_PREPOSITION = 3
_MARKER = 32
_OPENING = 24
"""So many characters stand before the noun with which a sentence opens, and between what it is about and its subject."""
_OF_A_NOUN = frozenset({"noun", "sell"})


def openings(
    document: Document, grammar: Grammar, trigger: Trigger, chains: Sequence[Chain]
) -> set[Chain]:
    """Return the chains that the preposition at the head of the sentence is about."""
    return {c for c in chains if is_in_an_opening(document, grammar, trigger, c, chains)}


def is_in_an_opening(
    document: Document,
    grammar: Grammar,
    trigger: Trigger,
    chain: Chain,
    chains: Sequence[Chain],
) -> bool:
    """Return whether a name ends what a preposition begins, and the subject stands behind its comma."""
    if grammar.order != "svo" or not _is_opened(document, grammar, chain):
        return False
    text = document.folded.text
    return any(
        chain.end <= other.start
        and other.end <= trigger.start
        and trigger.start - other.end <= _TO_ITS_CUE
        and text[chain.end : other.start].strip(_AROUND_A_NAME) in COMMAS
        for other in chains
    )


def sides_of_an_opening(
    document: Document, grammar: Grammar, trigger: Trigger
) -> dict[Chain, Role]:
    """Return the sides of a deal whose noun a sentence opens with: "With the purchase of X, Y grows in Asia"."""
    words = folded_particles("by_doing", document.language)
    if not words or trigger.event_type != "acquisition" or trigger.frame not in _OF_A_NOUN:
        return {}
    text, start = document.folded.text, document.sentences[trigger.sentence].start
    before = text[start : trigger.start].lstrip(_AROUND_A_NAME)
    behind = [n for n in document.names_in(trigger.sentence) if n.start >= trigger.end]
    if not before.startswith(tuple(f"{word} " for word in words)) or len(before) > _OPENING:
        return {}
    if len(behind) < 2 or behind[0].start - trigger.end > _TO_ITS_CUE:
        return {}
    thing, subject = behind[:2]
    between = text[thing.end : subject.start]
    if not COMMAS.isdisjoint(text[trigger.end : thing.start]):
        return {}  # "With this purchase, Y wants to rival Z"
    is_parted = not COMMAS.isdisjoint(between) or not between.strip()
    prepositions = {
        word for key in ("sell.actor", "actor", "seller") for word in grammar.before.get(key, ())
    }
    is_inverted = (
        grammar.is_verb_last and len(between.split()) == 1 and between.strip() not in prepositions
    )
    if len(between) > _OPENING or not (is_parted or is_inverted):
        return {}
    role = Role.SELLER if trigger.frame == "sell" else Role.ACTOR
    return {Chain((thing,)): Role.TARGET, Chain((subject,)): role}


def sides_behind_a_verb(
    document: Document, grammar: Grammar, trigger: Trigger
) -> dict[Chain, Role]:
    """Return the sides of a verb with which a sentence opens before its subject: "Selling X, Y raises 3 billion"."""
    is_verb = trigger.event_type != "ban" and trigger.frame in ACTIVE
    if not is_verb or grammar.order != "svo" or grammar.is_verb_first:
        return {}
    if trigger.event_type == "shutdown" and Trait.BARE_VERBS in grammar.traits:
        return {}  # "Đóng cửa X, Y hưởng lợi": anybody's closing of it
    text, span = document.folded.text, document.sentences[trigger.sentence]
    names = document.names_in(trigger.sentence)
    before = text[span.start : trigger.start].strip(_AROUND_A_NAME)
    words = ("", *folded_particles("by_doing", document.language))
    if trigger.is_past or len(names) < 2 or before not in words:
        return {}
    thing, subject = Chain(tuple(names[:1])), chains_of(document, names[1:])[0]
    between = text[thing.end : subject.start].strip(_AROUND_A_NAME)
    goes_on = text[subject.end : span.end].strip(_AROUND_A_NAME + ".\n")
    if (
        thing.start < trigger.end
        or thing.start - trigger.end > _TO_ITS_CUE
        or not COMMAS.isdisjoint(text[trigger.end : thing.start])
        or not (between in COMMAS if between else not grammar.has_spaces)
        or not goes_on[:1].isalnum()
    ):
        return {}
    return {thing: Role.TARGET, subject: Role.SELLER if trigger.frame == "sell" else Role.ACTOR}


def _is_opened(document: Document, grammar: Grammar, chain: Chain) -> bool:
    """Return whether its sentence begins with a preposition, and not right before it: "With debts to X"."""
    sentence = document.sentence_at(chain.start)
    start = document.sentences[sentence].start
    words = document.folded.text[start : chain.start].split()
    return len(words) > 2 and (
        any(hit.start == start for hit in document.words_in("negation", sentence))
        or any(
            words[0] in grammar.before.get(key, ())
            for key in ("party", "sell.actor", "acquisition.party")
        )
    )


def is_introduced(document: Document, grammar: Grammar, chain: Chain) -> bool:
    """Return whether words before a chain say what it is to somebody else: "the maker of", "advised by"."""
    left = document.folded.text[max(chain.start - _MARKER, 0) : chain.start].rstrip()
    words = (grammar.before.get(key, ()) for key in ("none", "owned", "party"))
    return any(
        " " in word and len(word.rpartition(" ")[2]) <= _A_PREPOSITION + 1
        for forms in words
        for word in forms
        if ends_with_word(left, word)
    )


def opened_with(document: Document, trigger: Trigger) -> frozenset[Name]:
    """Return whom a sentence begins with and leaves behind a comma: "After X, Y closes", "Selon X, Y achète Z"."""
    names = document.names_in(trigger.sentence)
    openers = folded_particles("opener", document.language)
    if not openers or len(names) < 2 or names[1].end > trigger.start:
        return frozenset()
    text = document.folded.text
    before = text[document.sentences[trigger.sentence].start : names[0].start].strip(_AROUND_A_NAME)
    gap = text[names[0].end : names[1].start]
    is_opened = before in openers and not COMMAS.isdisjoint(gap)
    return frozenset({names[0]}) if is_opened else frozenset()


def without_its_aside(
    document: Document, grammar: Grammar, trigger: Trigger, chain: Chain
) -> list[Chain]:
    """Return a pair of names that only a comma parts as two where a word beside them is of one alone.

    "The maker of X, Y, buys Z", "Advised by X, Y sells Z", "X shuts, Y among its creditors".
    """
    if grammar.order != "svo" or len(chain.names) != 2:
        return [chain]
    first, second = (Chain((name,)) for name in chain.names)
    text = document.folded.text
    if text[first.end : second.start].strip(_AROUND_A_NAME) not in COMMAS:
        return [chain]
    apart = trigger.start - second.end
    is_aside = (
        (0 <= apart <= _TO_ITS_VERB and is_introduced(document, grammar, first))
        or (0 <= apart <= _TO_ITS_CUE and _is_opened(document, grammar, first))
    ) or marks_behind(grammar, "none", text[second.end : second.end + _MARKER])
    return [first, second] if is_aside else [chain]


def without_earlier(
    document: Document, grammar: Grammar, trigger: Trigger, chains: list[Chain]
) -> list[Chain]:
    """Return chains without the one of two that a word takes out: "After X, it is Y's turn: Russia …"."""
    if len(chains) != 2:
        return chains
    return [
        chain
        for chain in chains
        if not is_before_it(
            document, grammar, beside_of(document, grammar, trigger, chain), chain, chains
        )
    ]


def is_before_it(
    document: Document, grammar: Grammar, beside: Beside, chain: Chain, chains: Sequence[Chain]
) -> bool:
    """Return whether a sentence begins with whom the same happened to before: "After Y, Russia blocks X"."""
    if chain is not chains[0] or len(chains) < 2 or not beside.marked_by(grammar, "besides"):
        return False
    sentence = document.sentences[document.sentence_at(chain.start)]
    begins = " " not in document.folded.text[sentence.start : chain.start].strip()
    return begins and (
        grammar.is_verb_last or document.folded.text[chain.end : chain.end + 1] in COMMAS
    )
