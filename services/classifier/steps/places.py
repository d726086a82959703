"""Places: where a ban or a closing applies, and which authority is behind it."""

from __future__ import annotations

from collections.abc import Iterable

from services.classifier.document import Candidate, Document, Segment
from services.classifier.lexicon.load import Grammar
from services.classifier.lexicon.scripts import is_word_end
from services.classifier.lexicon.words import Hit


def locate(document: Document, *, grammar: Grammar) -> Document:
    """Return the document with countries and authority of every candidate.

    Deals have a country only where a unit there is sold; its words ("the Indian business") stand in
    the trigger's clause.
    """
    return document.but(
        candidates=tuple(_located(document, grammar, found) for found in document.candidates),
    )


def _located(document: Document, grammar: Grammar, candidate: Candidate) -> Candidate:
    authority = _authority(document, candidate)
    authority_place = (authority.start, authority.end) if authority else None
    if candidate.event_type == "acquisition":
        return candidate.but(authority=authority_place if candidate.stage != "confirmed" else None)
    if any(document.words_in("worldwide", trigger.sentence) for trigger in candidate.triggers):
        return candidate.but(authority=authority_place)
    countries = _countries(document, grammar, candidate)
    if not countries and authority is not None and authority.meaning.name:
        countries = {authority.meaning.name: (authority.start, authority.end)}
    return candidate.but(
        countries=countries,
        authority=authority_place if candidate.event_type == "ban" else None,
    )


def _sold_in(
    document: Document, grammar: Grammar, candidate: Candidate
) -> dict[str, tuple[int, int]]:
    """Return the country of the unit that is sold: "TikTok's business in India", "TikTok in India"."""
    text = document.folded.text
    ends = {
        name.end
        for company, name in candidate.role_places.items()
        if candidate.roles.get(company) == "target"
    }
    found: dict[str, tuple[int, int]] = {}
    for sentence in {trigger.sentence for trigger in candidate.triggers}:
        for hit in document.words_in("country", sentence):
            left = text[max(hit.start - 24, 0) : hit.start].rstrip(" (")
            right = _behind(text, hit, 24)
            scope = next((word for word in grammar.scope if left.endswith(word)), None)
            before = left[: -len(scope)].rstrip() if scope else left
            is_unit = scope is not None and before.endswith(grammar.unit or ("\0",))
            follows = scope is not None and any(
                0 <= hit.start - end <= len(scope) + 3 for end in ends
            )
            if is_unit or follows or right.startswith(grammar.unit or ("\0",)):
                found.setdefault(hit.meaning.name, (hit.start, hit.end))
    return found


def _authority(document: Document, candidate: Candidate) -> Hit | None:
    hits = [
        hit
        for trigger in candidate.triggers
        for hit in document.words_in("authority", trigger.sentence)
    ]
    return next((hit for hit in hits if hit.meaning.name), hits[0] if hits else None)


def _countries(
    document: Document, grammar: Grammar, candidate: Candidate
) -> dict[str, tuple[int, int]]:
    """Return the countries of the nearest place that names any: trigger, title, lead.

    Those behind a word of place ("in", "di") come first; a company's home never counts.
    """
    sentences = list(dict.fromkeys(trigger.sentence for trigger in candidate.triggers))
    in_front = [
        index
        for index, sentence in enumerate(document.sentences[:8])
        if sentence.segment <= Segment.LEAD
    ]
    near = [index for index in sentences if index in in_front] or sentences[:2]
    searched = [near, in_front if near[0] in in_front else [], sentences]
    ends = {trigger.end for trigger in candidate.triggers}
    for places in searched:
        if found := _named(document, grammar, places, only_scoped=True, ends=ends):
            return found
    # Who bans does it at home: "India bans" needs no word of place.
    for places in searched:
        if found := _named(document, grammar, places, only_scoped=False, ends=ends):
            return _in_clauses(document, candidate, found) or found
    return {}


def _in_clauses(
    document: Document, candidate: Candidate, found: dict[str, tuple[int, int]]
) -> dict[str, tuple[int, int]]:
    """Return those of `found` that stand in a clause of the event's cues.

    "It could quit Britain if the country left the European Union" is about Britain.
    """
    clauses = [document.clause_of(cue.sentence, cue.start) for cue in candidate.triggers]
    return {
        country: place
        for country, place in found.items()
        if any(start <= place[0] < end for start, end in clauses)
    }


def _named(
    document: Document,
    grammar: Grammar,
    sentences: Iterable[int],
    *,
    only_scoped: bool,
    ends: set[int],
) -> dict[str, tuple[int, int]]:
    """Return the countries in `sentences`; `ends` are those of cues, for "quits Russia"."""
    found: dict[str, tuple[int, int]] = {}
    text = document.folded.text
    last = -100
    for sentence in sentences:
        for hit in document.words_in("country", sentence):
            left = text[max(hit.start - 16, 0) : hit.start].rstrip(" (")
            right = _behind(text, hit, 24)
            if left.endswith(grammar.home or ("\0",)) or right.startswith(grammar.home or ("\0",)):
                continue
            # A list goes on: "in Indonesia, Brazil and Mexico".
            is_listed = bool(found) and hit.start - last <= 8
            is_scoped = left.endswith(grammar.scope or ("\0",)) or hit.start - 1 in ends
            if only_scoped and not is_listed and not is_scoped:
                continue
            found.setdefault(hit.meaning.name, (hit.start, hit.end))
            last = hit.end
    return found


def _behind(text: str, hit: Hit, reach: int) -> str:
    """Return what stands behind the word that a hit is in: "deutsch*" ends where "deutschen" ends."""
    end = hit.end
    while not is_word_end(text, end):
        end += 1
    return text[end : end + reach].lstrip(" -")
