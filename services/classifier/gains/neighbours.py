"""Neighbours: whether a verb stands right beside the name of whom it is done to, tracked or not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from services.classifier.blocking.firms import hides_a_firm
from services.classifier.blocking.qualifiers import ends_a_phrase
from services.classifier.gains.weights import ENOUGH, VAGUE
from services.classifier.lexicon.grammar import Grammar, Trait
from services.classifier.lexicon.shared_words import folded_particles
from services.classifier.spans import DEALS, Name
from services.classifier.syntax.names.chains import COMMAS, Chain, chains_of
from services.classifier.syntax.names.descriptions import described, is_apposed
from services.classifier.syntax.names.strangers import strangers_in
from services.classifier.syntax.past.dates import past_years
from services.classifier.syntax.roles.bids import CONTEST
from services.classifier.syntax.telling import Telling

_BARE = 0.4
"""What a verb weighs that is an infinitive as well, "buy", and tells a deal only behind a row of names."""
_FOUNDED = 5
"""So many words say when a company was founded: "założone w 2019 roku"."""
_DESCRIPTION_REACH = 60
_ARTICLE_REACH = 32
_SHORT = 2
_BESIDE = 8
_COMMA = re.compile(r"[,、]")


def governs_a_name(telling: Telling) -> bool:
    """Return whether a verb stands right beside a tracked name; "compra a Avon" has an article.

    So may a vague noun, which is in svo languages right before it: "a compra da Avon".
    """
    grammar, hit = telling.grammar, telling.hit
    is_vague_noun = hit.meaning.frame == "noun" and VAGUE <= hit.meaning.weight < ENOUGH
    is_vague_way = hit.meaning.frame == "joins" and hit.meaning.weight == VAGUE
    if hit.meaning.frame == "rivals":
        return _is_contested(telling)
    if hit.meaning.frame not in DEALS and not (
        (is_vague_noun or is_vague_way) and grammar.order == "svo"
    ):
        return False
    if grammar.order == "sov":
        # Behind the comma of a headline it is about something else: "X, invests in training".
        is_dense = Trait.DENSE in grammar.traits
        return any(
            0 <= hit.start - name.end <= _BESIDE
            and not (is_dense and _COMMA.search(telling.text, name.end, hit.start))
            for name in telling.names
        )
    return _is_right_before(telling, telling.names) or any(
        _says_how_old(telling, name) for name in telling.names
    )


def governs_a_stranger(cues: Sequence[Telling]) -> bool:
    """Return whether a tracked company buys or sells a name that nobody tracks: "X vend Leader Price".

    Not where all nouns have capitals, and not in verb-last languages.
    """
    grammar = cues[0].grammar
    if grammar.order == "sov" or not grammar.names.has_capitals or grammar.names.has_capital_nouns:
        return False
    verbs = [
        cue
        for cue in cues
        if cue.hit.meaning.frame in DEALS
        and VAGUE <= cue.hit.meaning.weight < ENOUGH
        and any(name.end <= cue.hit.start for name in cue.names)
    ]
    return any(_is_right_before(verb, strangers_in(verb.document, verb.sentence)) for verb in verbs)


def follows_a_row(telling: Telling) -> bool:
    """Return whether a verb that is an infinitive as well stands right behind names in a row: "X and Y buy"."""
    hit = telling.hit
    if hit.meaning.weight > _BARE or hit.meaning.frame not in DEALS:
        return False
    before = [name for name in telling.names if name.end <= hit.start]
    return bool(before) and any(
        chain.end == hit.start - 1 and len(chain.companies) > 1
        for chain in chains_of(telling.document, before)[-1:]
    )


def _is_contested(telling: Telling) -> bool:
    """Return whether of three companies at least one is what a verb says is wanted, and not what it owns.

    Where verbs do not come last the others stand in a row: "X beats Y in battle for Z" is over.
    """
    document, hit = telling.document, telling.hit
    names = telling.names
    if len({name.company for name in names}) < CONTEST:
        return False
    if telling.grammar.order == "sov":
        return any(0 <= hit.start - name.end <= _BESIDE for name in names)
    if not any(len(row.companies) > 1 for row in chains_of(document, names)):
        return False
    owned = folded_particles("owned_by", telling.language)
    return any(
        _is_led_to(telling, name)
        and ends_a_phrase(document, name.end)
        and not (owned and telling.text.startswith(owned, name.end))
        for name in names
    )


def _says_how_old(telling: Telling, name: Name) -> bool:
    """Return whether between a verb and a name stands only since when there is one: "kauft das 2019 gegründete X"."""
    gap = telling.text[telling.hit.end : name.start]
    return (
        telling.hit.end < name.start
        and len(gap.split()) <= _FOUNDED
        and COMMAS.isdisjoint(gap)
        and any(telling.hit.end <= born.start < name.start for born in telling.words("born"))
        and any(
            telling.hit.end <= at < name.start
            for at in past_years(telling.document, telling.sentence)
        )
    )


def _is_right_before(verb: Telling, names: Iterable[Name]) -> bool:
    """Return whether a name begins right behind a verb, but for its article and what describes it."""
    end = verb.hit.end
    return any(
        0 <= name.start - end <= _DESCRIPTION_REACH
        and (
            _is_led_to(verb, name)
            or "" in described(verb.document, Chain((name,)), end)
            or _is_what_is_named(verb, name)
        )
        for name in names
    )


def _is_led_to(verb: Telling, name: Name) -> bool:
    """Return whether a name begins right behind a verb, but for its article."""
    gap = name.start - verb.hit.end
    return 0 <= gap <= 2 or (2 < gap <= _ARTICLE_REACH and _only_leads_to(verb, name.start))


def _is_what_is_named(verb: Telling, name: Name) -> bool:
    """Return whether all behind a verb says what a name is, and that is nothing that shops sell: "sells phone X"."""
    document, end = verb.document, verb.hit.end
    return not any(
        hides_a_firm(document, event_type, end, name.start) for event_type in verb.hit.meaning.types
    ) and is_apposed(document, end, name)


def _only_leads_to(verb: Telling, end: int) -> bool:
    """Return whether nothing but articles, countries and weekdays stands there: "buys on Monday the Danish"."""
    text, grammar, at = verb.text, verb.grammar, verb.hit.end
    countries = list(verb.countries)
    for word in text[at:end].split():
        at = text.index(word, at)
        is_country = any(hit.start <= at < hit.end for hit in countries)
        if not (is_country or word in grammar.articles or _is_of_a_day(word, grammar)):
            return False
        at += len(word)
    return True


def _is_of_a_day(word: str, grammar: Grammar) -> bool:
    """Return whether a word names a weekday or is so short that it goes before one."""
    return word in grammar.dates.weekdays or (word.isalpha() and len(word) <= _SHORT)
