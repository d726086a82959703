"""Authorities: who is behind a ban, and which country it is of."""

from __future__ import annotations

from collections.abc import Collection

from services.classifier.candidate import Candidate
from services.classifier.document import Document
from services.classifier.facts.origins import is_home, is_origin
from services.classifier.lexicon.words import Hit
from services.classifier.spans import Segment

_FRONT = 4
"""Sentences of title and lead in which the authority behind a ban is looked for."""
_BESIDE = 2
"""So near stands a country that says whose an authority is, or which one bans: "Italy's watchdog", "India bans"."""
_OWNS = ("'s", "’s")
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
        or (may_follow and any(0 <= country.start - it.end <= _BESIDE for it in authorities))
        or (
            country.meaning.frame != "demonyms"
            and any(end <= cue for cue in cues)
            and _begins_its_clause(document, country, end, sentence)
        )
    )


def _begins_its_clause(document: Document, country: Hit, end: int, sentence: int) -> bool:
    """Return whether a clause begins with a country, which is nobody's home."""
    begun, _ = document.clause_of(sentence, country.start)
    text = document.folded.text
    return (
        len(text[begun : country.start].strip(_SIGNS)) <= _AN_ARTICLE
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
