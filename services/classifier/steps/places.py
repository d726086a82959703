"""Places: where a ban or a closing applies, and which authority is behind it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from services.classifier.document import Candidate, Document, Segment
from services.classifier.lexicon.grammar import Grammar
from services.classifier.lexicon.scripts import is_word_end, is_word_start
from services.classifier.lexicon.shared_words import particles
from services.classifier.lexicon.words import Hit
from services.classifier.syntax.names.chains import COMMAS
from services.classifier.syntax.names.conjunctions import begun_by_and, is_and

_TRADE = re.compile(r"の[\u3400-\u9fff\u30a0-\u30ff]{2,14}")
"""What a company does, between its country and the word for it: "中国の通信・監視機器メーカー"."""
_ORIGIN_REACH = 32
"""How far before a product's name its country stands: "중국의 동영상 서비스 플랫폼 틱톡"."""
_BEFORE_NAMES = " 、,\"'“‘「『《("
"""May stand between what a product is and its name."""
_PARTED = re.compile(r"[.,;:!?。、;:!?\n]")
_DATELINE = 45
"""Within so many characters of its beginning a text names the city of its newsroom."""
_NEWSROOM = 12
"""How far from its beginning a text names where it comes from."""
_PLACE_ENDS = re.compile(r"\w* ?(?:[,،(|•][^\n:।.]{0,30}?)?(?:[:–—]|--?\s| [-–—])")
"""What stands behind that: a day or an agency, and a colon or a dash."""


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
        return candidate.but(
            countries=_sold_in(document, grammar, candidate),
            authority=authority_place if candidate.stage != "confirmed" else None,
        )
    if any(document.words_in("worldwide", trigger.sentence) for trigger in candidate.triggers):
        return candidate.but(authority=authority_place)
    countries = _countries(document, grammar, candidate)
    if not countries and authority is not None:
        country = authority.meaning.name or _at_home(document, candidate, grammar)
        countries = {country: (authority.start, authority.end)} if country else {}
    return candidate.but(
        countries=countries or _in_cities(document, grammar, candidate),
        authority=authority_place if candidate.event_type == "ban" else None,
    )


def _at_home(document: Document, candidate: Candidate, grammar: Grammar) -> str | None:
    """Return whose "the government" is that a story names no country beside: its outlet's.

    Of an outlet from nowhere known it is that of the language, if most of it comes from one country.
    """
    if candidate.event_type != "ban":
        return None
    sentences = {0, *(trigger.sentence for trigger in candidate.triggers)}
    text = document.folded.text
    if any(
        hit.meaning.name
        and not (_is_home(text, hit, grammar) or _is_origin(document, i, hit, grammar))
        for i in sentences
        for hit in document.words_in("country", i)
    ):
        return None
    if document.country is None and any(document.words_in("city", i) for i in sentences):
        return None
    return document.country or grammar.country


def _sold_in(
    document: Document, grammar: Grammar, candidate: Candidate
) -> dict[str, tuple[int, int]]:
    """Return the country of the unit that is sold: "the Indian business", "its stores in Brazil"."""
    text = document.folded.text
    sold = [
        name.end
        for company, name in candidate.role_places.items()
        if candidate.roles.get(company) == "target"
    ]
    found: dict[str, tuple[int, int]] = {}
    for sentence in dict.fromkeys(trigger.sentence for trigger in candidate.triggers):
        for hit in document.words_in("country", sentence):
            # "Foodpanda in Taiwan", "Telenor Pakistan" are the business there.
            follows = any(
                text[end : hit.start].strip() in grammar.scope
                or (hit.meaning.frame == "countries" and text[end : hit.start] == " ")
                for end in sold
            )
            if hit.meaning.name and (follows or _is_unit(document, grammar, hit)):
                found.setdefault(hit.meaning.name, (hit.start, hit.end))
    return found


def _is_unit(document: Document, grammar: Grammar, hit: Hit) -> bool:
    """Return whether a word for a part of a company stands beside a country, or before "in" it."""
    text = document.folded.text
    left = text[max(hit.start - 24, 0) : hit.start].rstrip(" (-")
    scope = max(
        (word for word in grammar.scope if _ends_with(left, (word,))), key=len, default=None
    )
    if scope is not None and _ends_with(left[: -len(scope)].rstrip(), grammar.unit):
        return True
    if _begins_with(_behind(text, hit, 24), grammar.unit):
        return True
    # "la filial argentina": the adjective behind its noun.
    return hit.meaning.frame == "demonyms" and _ends_with(left, grammar.unit)


def _in_cities(
    document: Document, grammar: Grammar, candidate: Candidate
) -> dict[str, tuple[int, int]]:
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
            left = text[max(hit.start - 16, 0) : hit.start].rstrip(" (")
            is_scoped = _ends_with(left, grammar.scope)
            is_dateline = hit.start - first < _DATELINE and hit.start >= first
            if is_scoped or not is_dateline:
                found.setdefault(hit.meaning.name, (hit.start, hit.end))
        if found:
            break
    return found


def _authority(document: Document, candidate: Candidate) -> Hit | None:
    sentences = dict.fromkeys(trigger.sentence for trigger in candidate.triggers)
    if candidate.event_type == "ban":
        front = range(min(4, len(document.sentences)))
        sentences |= {i: None for i in front if document.sentences[i].segment <= Segment.LEAD}
    hits = [hit for sentence in sentences for hit in document.words_in("authority", sentence)]
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
    with_countries = document.words.get("country", {})
    searched = [
        [index for index in places if index in with_countries]
        for places in (near, in_front if near[0] in in_front else [], sentences)
    ]
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
    homes: set[str] = set()
    text = document.folded.text
    begun, last = -100, -100
    for sentence in sentences:
        starts = {name.start for name in document.names_in(sentence)}
        for hit in document.words_in("country", sentence):
            if not hit.meaning.name or begun <= hit.start < last:
                continue  # one word, as a name and as an adjective
            # A list goes on: "in Indonesia, Brazil and Mexico".
            is_listed = bool(found) and hit.start - last <= 8
            left = text[max(hit.start - 16, 0) : hit.start].rstrip(" (")
            is_before_name = not starts.isdisjoint(range(hit.end, hit.end + 4))
            # "Quits Chile", but "bans German X".
            is_scoped = left.endswith(grammar.scope or ("\0",)) or (
                hit.start - 1 in ends and not (is_before_name and hit.meaning.frame == "demonyms")
            )
            if (only_scoped and not is_listed and not is_scoped) or _is_home(text, hit, grammar):
                continue
            if not left.endswith(grammar.scope or ("\0",)) and _is_origin(
                document, sentence, hit, grammar
            ):
                continue
            if hit.start == last and hit.meaning.frame == "demonyms":
                continue  # "アメリカ国内" is within America
            is_row = is_listed and _is_joined(document, last, hit.start)
            if is_before_name and not (is_scoped or is_row):
                homes.add(hit.meaning.name)
            told = found.get(hit.meaning.name)
            if told is None or _is_of_the_newsroom(text, *told):
                found[hit.meaning.name] = (hit.start, hit.end)
            begun, last = hit.start, hit.end
    # "Germany's Merck", "法国家乐福": the country before a company's name is its home, if another is told.
    if homes and not homes >= found.keys():
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


def _is_home(text: str, hit: Hit, grammar: Grammar) -> bool:
    """Return whether a country is only where somebody is from: "Danish firm", "중국산"."""
    left = text[max(hit.start - 16, 0) : hit.start].rstrip(" (")
    if left.endswith(grammar.home or ("\0",)):
        return True
    if text.startswith(grammar.home_glued or ("\0",), hit.end):
        return True
    trade = _TRADE.match(text, hit.end)
    if trade is not None and any(word in trade[0] for word in grammar.home):
        return True
    return _behind(text, hit, 24).startswith(grammar.home or ("\0",))


def _is_origin(document: Document, sentence: int, hit: Hit, grammar: Grammar) -> bool:
    """Return whether a country only says where a named product is from: "the Chinese video app TikTok".

    What it is stands between country and name, with no other word of the story's events.
    """
    text = document.folded.text
    name = next((name for name in document.names_in(sentence) if name.start >= hit.end), None)
    if name is None or name.start - hit.end > _ORIGIN_REACH:
        return False
    told = text[hit.end : name.start]
    if _PARTED.search(told.rstrip(_BEFORE_NAMES)) or any(
        word.start < name.start and word.end > hit.end
        for layer in ("cue", "authority", "country")
        for word in document.words_in(layer, sentence)
    ):
        return False
    things = [word.end for word in document.words_in("product", sentence)]
    described = len(told.rstrip(_BEFORE_NAMES)) + hit.end
    return any(hit.end < end and described <= end + 1 for end in things if end <= name.start) or (
        _ends_with(text[hit.end : described], grammar.home)
    )


def _ends_with(text: str, words: tuple[str, ...]) -> bool:
    """Return whether a text ends with one of the words, as a word where the script has spaces."""
    return text.endswith(words) and any(
        text.endswith(word) and is_word_start(text, len(text) - len(word)) for word in words
    )


def _begins_with(text: str, words: tuple[str, ...]) -> bool:
    """Return whether a text begins with one of the words; an asterisk stands for any ending."""
    return any(
        text.startswith(word.rstrip("*")) and (word.endswith("*") or is_word_end(text, len(word)))
        for word in words
    )


def _behind(text: str, hit: Hit, reach: int) -> str:
    """Return what stands behind the word that a hit is in: "deutsch*" ends where "deutschen" ends."""
    end = hit.end
    while not is_word_end(text, end):
        end += 1
    return text[end : end + reach].lstrip(" -")
