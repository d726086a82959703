"""Authorities: who is behind a ban, and which country it is of."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from services.classifier.candidate import Candidate
from services.classifier.document import Document
from services.classifier.facts.origins import is_home, is_of_the_newsroom, is_origin
from services.classifier.lexicon.grammar import Trait
from services.classifier.lexicon.shared_words import folded_particles
from services.classifier.lexicon.words import Hit
from services.classifier.spans import Segment
from services.classifier.syntax.clauses.signs import has_sign

_FRONT = 4
"""Sentences of title and lead in which the authority behind a ban is looked for."""
_BESIDE = 2
"""So near stands a country that says whose an authority is, or which one bans: "Italy's watchdog", "India bans"."""
_OF = re.compile(r"\s(?:[^\W\d_]{1,3}\s)?")
"""What stands between an authority and the city it sits in: "il governo di Praga"."""
_OF_A_CITY = 8
"""So near stands the city of an authority behind it: "the government in Prague"."""
_OWNS = ("'s", "’s")
_ONE_WORD = re.compile(r"\s\w{2,14}\s")
_AN_ARTICLE = 3
_SIGNS = " ,;:.\"'“”«»–—-"


def authority_of(document: Document, candidate: Candidate) -> Hit | None:
    """Return the authority behind an event, one that is known before any other; None where none is told."""
    sentences = dict.fromkeys(trigger.sentence for trigger in candidate.triggers)
    if candidate.event_type == "ban":
        sentences |= dict.fromkeys(_front(document))
    hits = [hit for sentence in sentences for hit in document.words_in("authority", sentence)]
    return next((hit for hit in hits if hit.meaning.name), hits[0] if hits else None)


def country_of(
    document: Document, candidate: Candidate, authority: Hit | None
) -> dict[str, tuple[int, int]]:
    """Return the country that an authority is known to be of: "Bund wirft chinesische Bauteile aus dem Netz".

    None where a country stands beside an authority or begins the clause before the cue, and so is who bans.
    """
    if authority is None or not authority.meaning.name:
        return {}
    told = {trigger.sentence for trigger in candidate.triggers}
    if any(
        _is_who_bans(document, country, at, candidate)
        for at in told | set(_front(document))
        for country in document.countries_in(at)
    ):
        return {}
    return {authority.meaning.name: (authority.start, authority.end)}


def who_bans(document: Document, candidate: Candidate) -> tuple[int, dict[str, tuple[int, int]]]:
    """Return the countries that are told to ban in title and lead, with the first sentence that does.

    A capital is told for its country: "Prague bars X", "the government in Prague".
    """
    told = {trigger.sentence for trigger in candidate.triggers}
    in_front = {index for index in told if document.in_front(index)}
    first, banning = 0, dict[str, tuple[int, int]]()
    for at in sorted({0, *(in_front or told)}):
        countries = [
            it
            for it in _whole_countries(document, at)
            if _is_who_bans(document, it, at, candidate)
            and not is_origin(document, at, it)
            and not _tells_which(document, it, at)
            and not (it.meaning.frame == "demonyms" and _is_beside_a_cue(document, it, candidate))
        ]
        cities = [
            it
            for it in document.words_in("city", at)
            if it.meaning.frame == "cities"
            and it.meaning.name
            and _is_city_that_bans(document, it, at, candidate)
        ]
        found = [
            it
            for it in countries or cities
            if not is_home(document, it)
            and not is_of_the_newsroom(document.folded.text, it.start, it.end)
            and (not banning or _bans_too(document, it, at, candidate))
        ]
        if found:
            first = first if banning else at
            banning = {it.meaning.name: (it.start, it.end) for it in found} | banning
    return first, banning


def _bans_too(document: Document, country: Hit, sentence: int, candidate: Candidate) -> bool:
    """Return whether a later sentence begins with a country that bans now: "Spain has banned it, too"."""
    text = document.folded.text
    ends = [country.end, *(it.end for it in document.countries_in(sentence))]
    return (
        country.meaning.frame != "demonyms"
        and not text.startswith(folded_particles("owned_by", document.language), country.end)
        and _begins_its_clause(document, country, document.word_end(country.end), sentence)
        and any(
            cue.sentence == sentence
            and country.end <= cue.start
            and not (cue.is_past or cue.is_negated)
            and not has_sign(text, max(end for end in ends if end <= cue.start), cue.end)
            for cue in candidate.triggers
        )
    )


def _whole_countries(document: Document, sentence: int) -> Iterator[Hit]:
    """Yield the countries of a sentence that are no part of another word: "国内" is none in "米国内"."""
    last = -1
    for hit in document.countries_in(sentence):
        if hit.start > last or (hit.start == last and hit.meaning.frame != "demonyms"):
            yield hit
        last = max(last, hit.end)


def at_home(document: Document, candidate: Candidate, sentences: Collection[int]) -> str | None:
    """Return whose "the government" is that some sentences name no country beside: the outlet's.

    Of an outlet from nowhere known it is that of the language, if most of it comes from one country.
    """
    if candidate.event_type != "ban":
        return None
    if any(
        not (is_home(document, hit) or is_origin(document, i, hit))
        for i in sentences
        for hit in document.countries_in(i)
    ):
        return None
    cities = (hit.meaning.name for i in sentences for hit in document.words_in("city", i))
    if document.country is None and any(of != document.grammar.country for of in cities):
        return None
    return document.country or document.grammar.country


def _front(document: Document) -> list[int]:
    return [
        index
        for index, sentence in enumerate(document.sentences[:_FRONT])
        if sentence.segment <= Segment.LEAD
    ]


def _is_who_bans(document: Document, country: Hit, sentence: int, candidate: Candidate) -> bool:
    """Return whether a country is told to ban: "Italy's watchdog", "India bans", "India on Monday blocked X"."""
    authorities = document.words_in("authority", sentence)
    cues = [cue.start for cue in candidate.triggers if cue.sentence == sentence]
    end = document.word_end(country.end)
    if document.folded.text.startswith(_OWNS, end):
        end += len(_OWNS[0])
    may_follow = document.grammar.order != "sov" or document.grammar.has_nouns_first
    return (
        any(0 <= start - end <= _BESIDE for start in (*(it.start for it in authorities), *cues))
        or (
            country.meaning.frame == "demonyms"
            and cues
            and any(it.start <= country.start and end < it.end for it in authorities)
        )
        or (may_follow and any(0 <= country.start - it.end <= _BESIDE for it in authorities))
        or (
            document.grammar.has_nouns_first
            and any(_goes_on_to(document, it, country) for it in authorities)
        )
        or (
            country.meaning.frame != "demonyms"
            and any(end <= cue for cue in cues)
            and _begins_its_clause(document, country, end, sentence)
        )
    )


def _goes_on_to(document: Document, authority: Hit, country: Hit) -> bool:
    """Return whether one more word of an authority's name stands before its country."""
    return _ONE_WORD.fullmatch(document.folded.text, authority.end, country.start) is not None


def _is_beside_a_cue(document: Document, country: Hit, candidate: Candidate) -> bool:
    """Return whether a country stands right before a cue: "59 Chinese apps banned in India" is not told by "Chinese"."""
    end = document.word_end(country.end)
    return not _is_of_an_authority(document, country, document.sentence_at(country.start)) and any(
        0 <= cue.start - end <= _BESIDE for cue in candidate.triggers
    )


def _is_of_an_authority(document: Document, country: Hit, sentence: int) -> bool:
    """Return whether a country is part of an authority's name, or right behind it: "le gouvernement français"."""
    return any(
        it.start <= country.start < it.end or 0 <= country.start - it.end <= _BESIDE
        for it in document.words_in("authority", sentence)
    )


def _tells_which(document: Document, country: Hit, sentence: int) -> bool:
    """Return whether a country behind a noun only says from where that is: "Chatbot Trung Quốc trở lại"."""
    grammar = document.grammar
    if not grammar.has_nouns_first and Trait.OWNERS_BEHIND not in grammar.traits:
        return False
    begun, _ = document.clause_of(sentence, country.start)
    text = document.folded.text
    return text[begun : country.start].strip(_SIGNS) != "" and not (
        _is_of_an_authority(document, country, sentence)
        or any(
            _goes_on_to(document, it, country) for it in document.words_in("authority", sentence)
        )
    )


def _is_city_that_bans(document: Document, city: Hit, sentence: int, candidate: Candidate) -> bool:
    """Return whether a city stands for its government: "Prague bars X", "die Regierung in Prag"."""
    text = document.folded.text
    end = document.word_end(city.end)
    cues = [cue.start for cue in candidate.triggers if cue.sentence == sentence]
    if not cues:
        return False
    if document.grammar.order != "sov" and any(
        0 < city.start - it.end <= _OF_A_CITY
        and _OF.fullmatch(text, document.word_end(it.end), city.start) is not None
        for it in document.words_in("authority", sentence)
    ):
        return True
    return any(end <= cue for cue in cues) and _begins_its_clause(document, city, end, sentence)


def _begins_its_clause(document: Document, country: Hit, end: int, sentence: int) -> bool:
    """Return whether a clause begins with a country, which is nobody's home."""
    begun, _ = document.clause_of(sentence, country.start)
    text = document.folded.text
    lead = text[begun : country.start].strip(_SIGNS)
    return (
        (len(lead) <= _AN_ARTICLE or lead in folded_particles("likewise", document.language))
        and not any(
            begun <= it.start < country.start for it in document.words_in("authority", sentence)
        )
        and not any(
            end <= name.start and not text[end : name.start].strip()
            for name in document.names_in(sentence)
        )
        and not is_home(document, country)
        and not is_origin(document, sentence, country)
    )
