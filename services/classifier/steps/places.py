"""Places: where a ban or a closing applies, and which authority is behind it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence

from services.classifier.candidate import Candidate
from services.classifier.document import Document
from services.classifier.facts.authorities import at_home, authority_of, country_of, who_bans
from services.classifier.facts.country_rows import and_so_has, in_a_row_with, with_rows
from services.classifier.facts.country_units import is_of_a_unit, is_unit
from services.classifier.facts.named_countries import NEXT, Countries, Naming, are_joined
from services.classifier.facts.origins import ends_with_any, is_home
from services.classifier.lexicon.shared_words import folded_particles
from services.classifier.lexicon.words import Hit
from services.classifier.spans import Segment
from services.common.contracts.reading import Role

_DATELINE = 45
"""Within so many characters of its beginning a text names the city of its newsroom."""
_FRONT = 8
"""So many sentences at most of title and lead say where it is."""
_SIGNS = " ,;:.\"'“”«»–—-"
_TO_WHAT_CLOSES = 20
"""So far from a verb that closes stands the city of what it closes."""


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
    sellers = deal.companies(Role.SELLER)
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


def _sold_in(document: Document, candidate: Candidate) -> Countries:
    """Return the country of the unit that is sold: "the Indian business", "its stores in Brazil"."""
    text = document.folded.text
    sold = [candidate.role_places[thing].end for thing in candidate.companies(Role.TARGET)]
    found: Countries = {}
    for sentence in dict.fromkeys(trigger.sentence for trigger in candidate.triggers):
        last = -NEXT - 1
        for hit in document.words_in("country", sentence):
            # "Foodpanda in Taiwan", "Telenor Pakistan" are the business there.
            follows = any(
                text[end : hit.start].strip() in document.grammar.scope
                or (hit.meaning.frame == "countries" and text[end : hit.start] == " ")
                for end in sold
            )
            is_listed = 0 <= hit.start - last <= NEXT and are_joined(document, last, hit.start)
            if hit.meaning.name and (follows or is_listed or is_unit(document, hit)):
                last = hit.end
                found.setdefault(hit.meaning.name, (hit.start, hit.end))
    return found or _named_after(document, candidate)


def _named_after(document: Document, deal: Candidate) -> Countries:
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


def _in_cities(document: Document, candidate: Candidate) -> Countries:
    """Return the country of a city in a trigger's clause, behind a word of place or in the title.

    Where a dateline stands, a city is that of the newsroom.
    """
    text = document.folded.text
    first = text.find("\n") + 1
    found: Countries = {}
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


def _countries(document: Document, candidate: Candidate, authority: Hit | None) -> Countries:
    """Return the countries of the nearest place that names any: trigger, title, lead.

    Of a ban who bans comes first, then those behind a word of place ("in", "di"), then that of the authority,
    or of what closes and of the city where it does; a company's home never counts.
    """
    own = list(dict.fromkeys(trigger.sentence for trigger in candidate.triggers))
    in_front = document.sentences_of(Segment.TITLE, Segment.LEAD)[:_FRONT]
    told = [sentence for sentence in own if sentence in in_front] or own[:2]
    new = {trigger.sentence for trigger in candidate.triggers if not trigger.is_past}
    near = [sentence for sentence in told if sentence in new] or told
    places = (near, in_front if near[0] in in_front else [], told, own)
    is_closing = candidate.event_type == "shutdown"
    if not is_closing and (found := _where_it_is_banned(document, candidate, near)):
        return found
    cues = [(trigger.start, trigger.end) for trigger in candidate.triggers]
    homes = _homes_of_others(document, candidate, {*in_front, *own})
    # "Quits Chile"; who "bans Chinese routers" is not told by that.
    behind = Naming(document, cues if is_closing else [], homes=homes)
    # Who bans does it at home: "India bans" needs no word of place.
    naming = Naming(document, cues, is_closing=is_closing, homes=homes)
    return (
        _first(_with_rows(behind), (near, _without_the_past(document, places[1], near)))
        or (
            _of_what_closes(document, candidate, near)
            if is_closing
            else _of_who_bans(document, candidate, authority, near)
        )
        or _first(_with_rows(naming), places)
        or _in_clauses(document, candidate, _first(naming.countries, places))
    )


def _without_the_past(
    document: Document, sentences: Iterable[int], near: Sequence[int]
) -> list[int]:
    """Return sentences but for those with "last year": "Closed in Spain last year" says nothing of what closes now."""
    return [
        sentence
        for sentence in sentences
        if not sentence or sentence in near or not document.words_in("background", sentence)
    ]


def _where_it_is_banned(document: Document, candidate: Candidate, near: Iterable[int]) -> Countries:
    """Return the countries that are told to ban, or rather where, if a word of place says that not behind them."""
    at, banning = who_bans(document, candidate)
    if not banning:
        return {}
    before = [sentence for sentence in near if sentence <= at]
    scoped = _with_rows(Naming(document, [], homes=_hailing(document, before, None)))(before)
    if scoped:
        return scoped
    for sentence in {at, *(document.sentence_at(start) for start, _ in banning.values())}:
        banning |= in_a_row_with(document, sentence, banning)
    return and_so_has(document, at, banning)


def _with_rows(naming: Naming) -> Callable[[Sequence[int]], Countries]:
    """Return what finds the countries behind a word of place, or that somebody quits, with all of their rows."""

    def scoped(sentences: Sequence[int]) -> Countries:
        found = naming.scoped(sentences)
        for sentence in {naming.document.sentence_at(start) for start, _ in found.values()}:
            found |= in_a_row_with(naming.document, sentence, found)
        return found

    return scoped


def _homes_of_others(
    document: Document, candidate: Candidate, sentences: Iterable[int]
) -> frozenset[int]:
    """Return where the homes stand of whom an event does not hit."""
    companies = {name.company for name in document.names} - candidate.companies(Role.TARGET)
    return _hailing(document, sentences, companies)


def _hailing(
    document: Document, sentences: Iterable[int], companies: Collection[str] | None
) -> frozenset[int]:
    """Return where countries stand that some companies are of: "Balto of China"; None is whoever is from there."""
    text = document.folded.text
    words = folded_particles("hails", document.language)
    ends = {name.end for name in document.names if name.company in (companies or ())}
    found = set()
    for hit in (hit for sentence in sentences for hit in document.countries_in(sentence)):
        left = text[: hit.start].rstrip()
        for word in words:
            if ends_with_any(left[-NEXT:], (word,)) and (
                companies is None or len(left[: -len(word)].rstrip(" ,")) in ends
            ):
                found.add(hit.start)
    return frozenset(found)


def _first(
    named: Callable[[Sequence[int]], Countries], places: Iterable[Sequence[int]]
) -> Countries:
    """Return what is named in the first of some places that names anything."""
    return next(filter(None, map(named, places)), {})


def _of_who_bans(
    document: Document, candidate: Candidate, authority: Hit | None, near: Sequence[int]
) -> Countries:
    """Return the country of who bans, or its own where title or lead tell it of an authority without one."""
    if found := country_of(document, candidate, authority):
        return found
    if authority is None or not document.in_front(near[0]):
        return {}
    in_front = document.sentences_of(Segment.TITLE, Segment.LEAD)[:_FRONT]
    home = at_home(document, candidate, set(in_front))
    return {home: (authority.start, authority.end)} if home else {}


def _of_what_closes(document: Document, candidate: Candidate, near: Sequence[int]) -> Countries:
    """Return the country of the city where something closes, if none says what: "Detroit carmaker closes Mexican plant"."""
    found = Naming(document, []).countries(near)
    is_before = document.grammar.order == "sov"
    is_at_the_cue = any(
        cue.start <= start <= cue.end + 1
        or (is_before and 0 <= cue.start - document.word_end(end) <= 1)  # "ポーランド工場を閉鎖"
        for start, end in found.values()
        for cue in candidate.triggers
    ) or any(is_of_a_unit(document, start) for start, _ in found.values())
    return {} if is_at_the_cue else _in_cities(document, candidate)


def _in_clauses(document: Document, candidate: Candidate, found: Countries) -> Countries:
    """Return those of `found` that stand in a clause of the event's cues, all where none does.

    "It could quit Britain if the country left the European Union" is about Britain.
    """
    clauses = [document.clause_of(cue.sentence, cue.start) for cue in candidate.triggers]
    in_clauses = {
        country: place
        for country, place in found.items()
        if any(start <= place[0] < end for start, end in clauses)
    }
    return with_rows(document, in_clauses, found) or found
