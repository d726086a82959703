"""Harmless: what stands around a cue and makes it tell of no event, the same in every language.

Shares close at a price; customers buy goods; what a company stops may be its own affair. The words are
those of `lexicon/shared/harmless.yml`.
"""

from __future__ import annotations

import re
from functools import lru_cache

from services.classifier.blocking.accounts import is_of_an_account
from services.classifier.blocking.fakes import harm_of_fakes
from services.classifier.blocking.harmless_words import find, find_all, has_word
from services.classifier.blocking.holdings import harm_of_figure, harm_of_holding
from services.classifier.blocking.inquiries import is_of_an_inquiry
from services.classifier.blocking.investments import harm_of_money
from services.classifier.blocking.objects import has_no_company
from services.classifier.blocking.people import harm_of_people
from services.classifier.blocking.qualifiers import harm_of_qualified
from services.classifier.blocking.spells import CLOCK_REACH, is_for_a_spell
from services.classifier.blocking.subjects import harm_of_crowd
from services.classifier.blocking.things import WITH_OBJECTS, is_of_a_thing, is_of_teams
from services.classifier.blocking.users import is_of_a_user
from services.classifier.document import Document
from services.classifier.lexicon.grammar import Grammar, Trait
from services.classifier.lexicon.scripts import is_word_end
from services.classifier.lexicon.shared_words import folded_particles
from services.classifier.spans import DEALS, Segment
from services.classifier.syntax.telling import Telling

_LEAVING = frozenset({"close", "passive"})
"""Frames of what leaves or disappears."""
_ENDED = frozenset({"ban", "shutdown"})
_LISTING_REACH = 24
_NEXT_WORD = 8
_QUOTE_REACH = 40
_CROWD_REACH = 45
_TO_WHO_RUNS_IT = 6
_AFFAIR_REACH = 40
_FINED_REACH = 45
_STRIKE_REACH, _TO_ITS_STRIKE = 40, 16
"""So far from a verb stands the strike that it forbids, so far behind the name at whom it is: "X pilots' strike"."""
_STRIKES_BEHIND = frozenset({Trait.COMPOUNDS, Trait.DENSE})
"""Languages in which a strike stands behind the name at whom it is, though verbs do not."""
_A_FEW = 3
"""So many words stand before a deal that say what a fine is for: "for the hasty takeover"."""
_PRICED = re.compile(r"\W*(?:[^\W\d]{1,5}\s+){0,2}[$€£¥₹₩]?\d[\d.,]*\s*")


def harm(telling: Telling) -> str | None:
    """Return the kind of what makes a cue of a sentence tell of no event, None where nothing does."""
    cue = telling.hit
    for event_type in cue.meaning.types:
        if is_of_a_thing(telling, event_type) or (
            event_type == "ban"
            and (_is_its_own_affair(telling) or _is_of_staff(telling) or _is_of_a_strike(telling))
        ):
            return "goods"
        if event_type == "shutdown" and is_of_an_inquiry(telling):
            return "ending"
        if event_type in _ENDED and (is_of_an_account(telling) or is_of_a_user(telling)):
            return "person"
        kind = None
        if event_type == "acquisition":
            kind = _harm_of_a_deal(telling)
        elif event_type == "shutdown":
            kind = _harm_of_a_closing(telling)
        if kind:
            return kind
    if "acquisition" not in cue.meaning.types:
        return harm_of_fakes(telling.document, telling.sentence) or harm_of_crowd(telling)
    return (
        harm_of_people(telling)
        or harm_of_crowd(telling)
        or harm_of_money(telling)
        or harm_of_figure(telling)
        or harm_of_holding(telling)
        or harm_of_qualified(telling)
    )


def _harm_of_a_deal(telling: Telling) -> str | None:
    if is_of_teams(telling):
        return "partner"
    if _is_of_a_country(telling):
        return "build"
    if _is_fined(telling):
        return "fine"
    is_of_goods = _is_of_a_crowd(telling) or _is_in_shops(telling) or has_no_company(telling)
    return "goods" if is_of_goods else None


def _harm_of_a_closing(telling: Telling) -> str | None:
    cue = telling.hit
    if cue.meaning.stage == "reversed":
        return "temporary" if _is_the_same_day(telling) else None
    if cue.meaning.stage is not None:
        return None
    if is_for_a_spell(telling):
        return "temporary"
    if _is_at_a_price(telling):
        return "market"
    return "listing" if _is_of_a_listing(telling) else None


def _is_its_own_affair(telling: Telling) -> bool:
    """Return whether a company only stops what is its own: its adverts on X, free delivery, work from home.

    Not where title or lead name an authority, which may have forbidden them to it.
    """
    document, cue = telling.document, telling.hit
    start, end = cue.start, min(telling.span.end, cue.end + _AFFAIR_REACH)
    if telling.grammar.order == "sov":
        if len({name.company for name in telling.names}) > 1:
            return False  # "forbids its staff X's chatbot"
        first, _ = telling.clause
        start, end = max(first, cue.start - _AFFAIR_REACH), cue.end
    return find(document, "affairs", start, end) is not None and not any(
        document.words_in("authority", at)
        for at in document.sentences_of(Segment.TITLE, Segment.LEAD)
    )


def _is_of_staff(telling: Telling) -> bool:
    """Return whether a company forbids its own staff something that has no name: "bans staff from using chatbots".

    Nobody is named behind the staff, no authority and no product either: "forbids employees the app X".
    """
    cue = telling.hit
    if cue.meaning.frame not in WITH_OBJECTS or cue.meaning.stage is not None:
        return False
    start, end = telling.clause
    staff = find(telling.document, "staff", start, end)
    return (
        staff is not None
        and any(name.end <= staff.start() for name in telling.names)
        and all(name.end <= min(staff.start(), cue.start) for name in telling.names)
        and not telling.words("authority")
        and not any(telling.countries)
    )


def _is_of_a_strike(telling: Telling) -> bool:
    """Return whether what is forbidden is a strike: "court forbids strike at X", "untersagt X-Streik".

    Not one that is only the occasion: "blocks X after strikes".
    """
    document, grammar, cue = telling.document, telling.grammar, telling.hit
    if cue.meaning.stage is not None:
        return False
    start, end = telling.clause
    names = telling.names
    if grammar.order == "sov":
        first = max(start, cue.start - _STRIKE_REACH)
        if not _occasions(telling.language):
            # Nothing stands before a strike that a ban comes of, but it before the name: "ストライキを受けXを禁止".
            first = max(
                (name.end for name in names if first < name.end <= cue.start), default=first
            )
        return _strikes(document, first, cue.end, unless_after=grammar)
    if cue.meaning.frame == "passive":
        return _strikes(document, start, cue.start, unless_after=grammar)
    last = min(cue.end + _STRIKE_REACH, end)
    named = next((name for name in names if cue.end <= name.start < last), None)
    if named is None:
        return _strikes(document, cue.end, last)
    behind = min(named.end + _TO_ITS_STRIKE, last)
    return _strikes(document, cue.end, named.start) or (
        bool(grammar.traits & _STRIKES_BEHIND)
        and _strikes(document, named.end, behind, unless_after=grammar)
    )


def _strikes(
    document: Document, first: int, last: int, *, unless_after: Grammar | None = None
) -> bool:
    """Return whether a strike stands between two offsets; with a grammar, not behind "after", "during" or "in"."""
    found = find(document, "strikes", first, last) if first < last else None
    if found is None or unless_after is None:
        return found is not None
    words = (*_occasions(document.language), *unless_after.scope)
    return not has_word(document.folded.text[first : found.start()], words)


@lru_cache(maxsize=32)
def _occasions(language: str) -> tuple[str, ...]:
    """Return the words for "after" and "amid" before what something comes of; those for "and" are none."""
    words = (*folded_particles("amid", language), *folded_particles("upon", language))
    return tuple(word for word in words if word not in folded_particles("joins", language))


def _is_the_same_day(telling: Telling) -> bool:
    """Return whether what opens again does so after hours: it was never closed for good."""
    cue = telling.hit
    start, end = telling.clause
    first, last = max(start, cue.start - CLOCK_REACH), min(end, cue.end + CLOCK_REACH)
    return find(telling.document, "soon", first, last) is not None


def _is_of_a_country(telling: Telling) -> bool:
    """Return whether what a Turkish cue begins with is the ending of a country: "Hindistan'a 1 milyar dolar yatıracak"."""
    cue = telling.hit
    return telling.text[cue.start] == "'" and any(hit.end == cue.start for hit in telling.countries)


def _is_fined(telling: Telling) -> bool:
    """Return whether a deal is what somebody is fined for: "fined for buying X without approval"."""
    cue = telling.hit
    gaps = [
        telling.text[word.end : cue.start]
        for word in telling.words("blocker")
        if word.meaning.name == "fine" and 0 <= cue.start - word.end <= _FINED_REACH
    ]
    reasons = frozenset(folded_particles("for_what", telling.language)) if gaps else frozenset()
    return any(not reasons.isdisjoint(gap.split()[-_A_FEW:]) for gap in gaps)


def _is_at_a_price(telling: Telling) -> bool:
    """Return whether shares or an index close, or something closes at a price."""
    cue = telling.hit
    start, _ = telling.clause
    if _tells_quotes(telling.document, max(start, cue.start - _QUOTE_REACH), cue.start):
        return True
    if telling.grammar.order == "sov":
        return False
    end = min(telling.span.end, cue.end + _QUOTE_REACH)
    found = _PRICED.match(telling.text, cue.end, end)
    return found is not None and _names_a_currency(telling.document, found.end(), end)


def _tells_quotes(document: Document, start: int, end: int) -> bool:
    """Return whether a word for shares or an index stands between two offsets, and not only in one for shareholders."""
    holders = [word.span() for word in find_all(document, "holders", start, end)]
    return any(
        not any(first <= word.start() < last for first, last in holders)
        for word in find_all(document, "quotes", start, end)
    )


def _names_a_currency(document: Document, start: int, end: int) -> bool:
    """Return whether a currency stands at an offset, whole: "cad" does not begin "cadangan"."""
    text = document.folded.text
    return start < end and any(
        text.startswith(bare, start)
        and (bare != form or is_word_end(text, min(start + len(bare), end)))
        for form in document.grammar.money.currencies
        for bare in (form.removesuffix("*"),)
    )


def _is_of_a_listing(telling: Telling) -> bool:
    """Return whether what a company leaves is the stock exchange: "will leave the London Stock Exchange"."""
    cue = telling.hit
    reach = _LISTING_REACH if cue.meaning.frame in _LEAVING else _NEXT_WORD
    start, end = telling.clause
    if telling.grammar.order == "sov":
        start, end = max(start, cue.start - reach), cue.end
    else:
        start, end = cue.start, min(end, cue.end + reach)
        end = cue.end + len(telling.text[cue.end : end].split(",", 1)[0])
    return find(telling.document, "listing", start, end) is not None


def _is_of_a_crowd(telling: Telling) -> bool:
    """Return whether customers buy, or investors where no company is named beside it."""
    document, cue = telling.document, telling.hit
    if cue.meaning.frame not in DEALS:
        return False
    start, end = telling.clause
    first = max(start, cue.start - _CROWD_REACH)
    if not telling.has_name(start, cue.start) and any(
        not _is_run(document, telling.sentence, *crowd.span())
        for crowd in find_all(document, "crowd", first, cue.start)
    ):
        return True
    return find(document, "traders", first, cue.start) is not None and not telling.has_name(
        start, end
    )


def _is_run(document: Document, sentence: int, start: int, end: int) -> bool:
    """Return whether a crowd only says what a company is that runs or makes something for it: "museum operator"."""
    return any(
        max(word.start - end, start - word.end) <= _TO_WHO_RUNS_IT
        for word in document.words_in("makers", sentence)
    )


def _is_in_shops(telling: Telling) -> bool:
    cue = telling.hit
    return any(
        found.start() < cue.end and cue.start < found.end()
        for found in find_all(telling.document, "retail", max(cue.start - 12, 0), cue.end + 40)
    )
