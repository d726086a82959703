"""Places: where a ban or a closing applies, and which authority is behind it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from services.classifier.candidate import Candidate
from services.classifier.document import Document
from services.classifier.facts.authorities import at_home, authority_of, country_of
from services.classifier.facts.country_units import is_of_a_unit, is_unit
from services.classifier.facts.origins import ends_with_any, is_home, is_origin
from services.classifier.lexicon.scripts import is_word_end
from services.classifier.lexicon.shared_words import particles
from services.classifier.lexicon.words import Hit
from services.classifier.spans import Segment
from services.classifier.syntax.names.chains import COMMAS
from services.classifier.syntax.names.conjunctions import begun_by_and, is_and
from services.common.contracts.reading import Role

_DATELINE = 45
"""Within so many characters of its beginning a text names the city of its newsroom."""
_NEWSROOM = 12
"""How far from its beginning a text names where it comes from."""
_PLACE_ENDS = re.compile(r"\w* ?(?:[,،(|•][^\n:।.]{0,30}?)?(?:[:–—]|--?\s| [-–—])")
"""What stands behind that: a day or an agency, and a colon or a dash."""
_SIGNS = " ,;:.\"'“”«»–—-"
_TO_WHAT_CLOSES = 20
"""So far from a verb that closes stands the city of what it closes."""
_NEXT = 8
"""So near one country stands the next of a list: "in Indonesia, Brazil and Mexico"."""


def locate(document: Document) -> Document:
    """Return the document with countries and authority of every candidate.

    Deals have a country only where a unit there is sold; its words ("the Indian business") stand in
    the trigger's clause. What its seller leaves counts likewise.
    """
    located = [
        _located(document, _as_news(document, found)).but(triggers=found.triggers)
        for found in document.candidates
    ]
    return document.but(
        candidates=tuple(_left_by_its_seller(document, it, located) for it in located)
    )


def _as_news(document: Document, event: Candidate) -> Candidate:
    """Return a ban or a closing without the cues of the body that tell what was before: "In 2018 it had shut a mill in Poland"."""
    if event.event_type == "acquisition":
        return event
    news = tuple(c for c in event.triggers if not c.is_past or document.in_front(c.sentence))
    return event.but(triggers=news or event.triggers)


def _left_by_its_seller(
    document: Document, deal: Candidate, located: Sequence[Candidate]
) -> Candidate:
    """Return a deal without countries with those that its seller quits: "X leaves Russia … sells its plant to Y".

    "Closes its Russian plant" says nothing of what else is sold.
    """
    if deal.event_type != "acquisition" or deal.countries:
        return deal
    sellers = {company for company, role in deal.roles.items() if role is Role.SELLER}
    left = {
        country: place
        for event in located
        if event.event_type == "shutdown" and not sellers.isdisjoint(event.roles)
        for country, place in event.countries.items()
        if not is_of_a_unit(document, place[0])
    }
    return deal.but(countries=left) if left else deal


def _located(document: Document, candidate: Candidate) -> Candidate:
    authority = authority_of(document, candidate)
    authority_place = (authority.start, authority.end) if authority else None
    if candidate.event_type == "acquisition":
        return candidate.but(
            countries=_sold_in(document, candidate),
            authority=authority_place if candidate.stage != "confirmed" else None,
        )
    if any(document.words_in("worldwide", trigger.sentence) for trigger in candidate.triggers):
        return candidate.but(authority=authority_place)
    countries = _countries(document, candidate, authority)
    if not countries and authority is not None:
        told = {0, *(trigger.sentence for trigger in candidate.triggers)}
        country = authority.meaning.name or at_home(document, candidate, told)
        countries = {country: (authority.start, authority.end)} if country else {}
    return candidate.but(
        countries=countries or _in_cities(document, candidate),
        authority=authority_place if candidate.event_type == "ban" else None,
    )


def _sold_in(document: Document, candidate: Candidate) -> dict[str, tuple[int, int]]:
    """Return the country of the unit that is sold: "the Indian business", "its stores in Brazil"."""
    text = document.folded.text
    sold = [
        name.end
        for company, name in candidate.role_places.items()
        if candidate.roles.get(company) == "target"
    ]
    found: dict[str, tuple[int, int]] = {}
    for sentence in dict.fromkeys(trigger.sentence for trigger in candidate.triggers):
        last = -_NEXT - 1
        for hit in document.words_in("country", sentence):
            # "Foodpanda in Taiwan", "Telenor Pakistan" are the business there.
            follows = any(
                text[end : hit.start].strip() in document.grammar.scope
                or (hit.meaning.frame == "countries" and text[end : hit.start] == " ")
                for end in sold
            )
            is_listed = 0 <= hit.start - last <= _NEXT and _is_joined(document, last, hit.start)
            if hit.meaning.name and (follows or is_listed or is_unit(document, hit)):
                last = hit.end
                found.setdefault(hit.meaning.name, (hit.start, hit.end))
    return found or _named_after(document, candidate)


def _named_after(document: Document, deal: Candidate) -> dict[str, tuple[int, int]]:
    """Return the country in the name of what is bought, where the rest is another's: "Telenor sells Telenor Pakistan"."""
    text, things, sellers = (
        document.folded.text,
        deal.companies(Role.TARGET),
        deal.companies(Role.SELLER),
    )
    others = {text[it.start : it.end] for it in document.names if it.company in sellers}
    return {
        hit.meaning.name: (hit.start, hit.end)
        for name in document.names
        if name.company in things
        for hit in document.countries_in(document.sentence_at(name.start))
        if name.start <= hit.start
        and hit.end <= name.end
        and (rest := f"{text[name.start : hit.start]}{text[hit.end : name.end]}".strip(_SIGNS))
        and any(rest in other for other in others)
    }


def _in_cities(document: Document, candidate: Candidate) -> dict[str, tuple[int, int]]:
    """Return the country of a city in a trigger's clause, behind a word of place or in the title.

    Where a dateline stands, a city is that of the newsroom.
    """
    text = document.folded.text
    first = text.find("\n") + 1
    found: dict[str, tuple[int, int]] = {}
    for sentence in dict.fromkeys((*(trigger.sentence for trigger in candidate.triggers), 0)):
        span = document.sentences[sentence]
        if span.segment > Segment.LEAD:
            continue
        for hit in document.words_in("city", sentence):
            if not hit.meaning.name:
                continue  # "nationwide" of a language that many countries speak
            if _is_headquarters(document, candidate, sentence, hit):
                continue
            left = text[max(hit.start - 16, 0) : hit.start].rstrip(" (")
            is_scoped = ends_with_any(left, document.grammar.scope)
            is_dateline = hit.start - first < _DATELINE and hit.start >= first
            if is_scoped or not is_dateline:
                found.setdefault(hit.meaning.name, (hit.start, hit.end))
        if found:
            break
    return found


def _is_headquarters(document: Document, candidate: Candidate, sentence: int, hit: Hit) -> bool:
    """Return whether a city only says where somebody is from: "the Munich-based maker".

    Not where it says what closes: "closes its Munich plant", "closes its seat in Munich".
    """
    if not is_home(document, hit) or is_unit(document, hit):
        return False
    is_sov = document.grammar.order == "sov"
    gaps = [
        (hit.end, cue.start) if is_sov else (cue.end, hit.start)
        for cue in candidate.triggers
        if cue.sentence == sentence and is_sov == (cue.start > hit.start)
    ]
    is_closed = any(
        end - start <= _TO_WHAT_CLOSES and not document.has_name(sentence, start, end)
        for start, end in gaps
    )
    return bool(document.names_in(sentence)) and not is_closed


def _countries(
    document: Document, candidate: Candidate, authority: Hit | None
) -> dict[str, tuple[int, int]]:
    """Return the countries of the nearest place that names any: trigger, title, lead.

    Those behind a word of place ("in", "di") come first, then that of who bans, or of what closes and of the
    city where it does; a company's home never counts.
    """
    sentences = list(dict.fromkeys(trigger.sentence for trigger in candidate.triggers))
    in_front = [
        index
        for index, sentence in enumerate(document.sentences[:8])
        if sentence.segment <= Segment.LEAD
    ]
    near = [index for index in sentences if index in in_front] or sentences[:2]
    with_countries = document.words.get("country", {})
    searched = [
        [index for index in places if index in with_countries]
        for places in (near, in_front if near[0] in in_front else [], sentences)
    ]
    is_closing = candidate.event_type == "shutdown"
    ends = {trigger.end for trigger in candidate.triggers}
    # "Quits Chile"; who "bans Chinese routers" is not told by that.
    behind = ends if is_closing else set()
    for places in searched[:2]:
        if found := _named(document, places, only_scoped=True, ends=behind):
            return found
    if not is_closing:
        nearer = country_of(document, candidate, authority)
        if not nearer and authority is not None and near[0] in in_front:
            home = at_home(document, candidate, set(in_front))
            nearer = {home: (authority.start, authority.end)} if home else {}
    elif _is_at_the_cue(document, candidate, near):
        nearer = {}
    else:
        nearer = _in_cities(document, candidate)
    if nearer:
        return nearer
    # Who bans does it at home: "India bans" needs no word of place.
    for only_scoped in (True, False):
        for places in searched:
            if found := _named(
                document, places, only_scoped=only_scoped, ends=ends, is_closing=is_closing
            ):
                return found if only_scoped else _in_clauses(document, candidate, found) or found
    return {}


def _is_at_the_cue(document: Document, candidate: Candidate, sentences: Iterable[int]) -> bool:
    """Return whether a country says what closes: "Detroit carmaker closes Mexican plant", "ポーランド工場を閉鎖"."""
    found = _named(document, sentences, only_scoped=False, ends=set())
    is_before = document.grammar.order == "sov"
    return any(
        cue.start <= start <= cue.end + 1
        or (is_before and 0 <= cue.start - document.word_end(end) <= 1)
        for start, end in found.values()
        for cue in candidate.triggers
    ) or any(is_of_a_unit(document, start) for start, _ in found.values())


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
    sentences: Iterable[int],
    *,
    only_scoped: bool,
    ends: set[int],
    is_closing: bool = False,
) -> dict[str, tuple[int, int]]:
    """Return the countries in `sentences`; `ends` are those of cues, for "quits Russia"."""
    grammar = document.grammar
    found: dict[str, tuple[int, int]] = {}
    homes: set[str] = set()
    text = document.folded.text
    begun, last = -100, -100
    for sentence in sentences:
        starts = {name.start for name in document.names_in(sentence)}
        for hit in document.words_in("country", sentence):
            if not hit.meaning.name or begun <= hit.start < last:
                continue  # one word, as a name and as an adjective
            is_listed = bool(found) and hit.start - last <= _NEXT
            left = text[max(hit.start - 16, 0) : hit.start].rstrip(" (")
            is_before_name = not starts.isdisjoint(range(hit.end, hit.end + 4))
            # "Quits Chile", but "bans German X".
            is_scoped = left.endswith(grammar.scope or ("\0",)) or (
                hit.start - 1 in ends and not (is_before_name and hit.meaning.frame == "demonyms")
            )
            if (only_scoped and not is_listed and not is_scoped) or is_home(document, hit):
                continue
            if not left.endswith(grammar.scope or ("\0",)) and is_origin(document, sentence, hit):
                continue
            if hit.start == last and hit.meaning.frame == "demonyms":
                continue  # "アメリカ国内" is within America
            is_row = is_listed and _is_joined(document, last, hit.start)
            is_told_where = is_closing and grammar.order == "sov" and not is_word_end(text, hit.end)
            if is_before_name and not (is_scoped or is_row or is_told_where):
                homes.add(hit.meaning.name)
            told = found.get(hit.meaning.name)
            if told is None or _is_of_the_newsroom(text, *told):
                found[hit.meaning.name] = (hit.start, hit.end)
            begun, last = hit.start, hit.end
    # "Germany's Merck", "法国家乐福": the country before a company's name is its home, in a ban if another is told.
    if homes and (is_closing or not homes >= found.keys()):
        found = {country: place for country, place in found.items() if country not in homes}
    # "NEW DELHI, Oct 2 - … shuts its business in Pakistan": where the news comes from, likewise.
    elsewhere = {
        country: place for country, place in found.items() if not _is_of_the_newsroom(text, *place)
    }
    return elsewhere or found


def _is_of_the_newsroom(text: str, start: int, end: int) -> bool:
    """Return whether a place is that of the newsroom: "NEW DELHI (PTI): …" at the beginning of a text."""
    first = text.find("\n") + 1
    if not first <= start < first + _NEWSROOM:
        return False
    return _PLACE_ENDS.match(text, end) is not None


def _is_joined(document: Document, end: int, start: int) -> bool:
    """Return whether two countries stand in a row: "Germany and France ban X", "독일과 프랑스"."""
    text = document.folded.text
    gap = text[end:start]
    if begun_by_and(gap, document.language) or gap.strip() in particles(
        "with_behind", document.language
    ):
        return True
    while end < start and not is_word_end(text, end):
        end += 1
    gap = text[end:start]
    return is_and(gap, document.language) or (bool(gap) and gap.strip() in COMMAS)
