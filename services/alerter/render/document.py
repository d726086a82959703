"""Document: a message in parts, of which each channel makes its own form.

Every alert is one passage: first a generated English sentence, then the story's own words in their
own language, with that language's name, the outlet and the address. Texts are on one line and
without marks that mislead a reader; escaping and cutting are the channel's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from services.alerter.render.languages import direction, language_name
from services.alerter.render.message import Message, Section, quotation
from services.alerter.render.units import cut_to
from services.alerter.render.words import country_name, enumeration, one_line, shortened
from services.common.contracts.alert import Reason
from services.common.contracts.delivery import DeliveryKind

T = TypeVar("T")

MAX_URL = 2_000
"""A longer address is left out: no channel takes it, and no browser follows it for certain."""

_MOST_PLAIN = 5
_CORRECTING = frozenset({Reason.CORRECTION, Reason.WITHDRAWN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A story's own words, in `lang`, written in `direction`; `source` is outlet and language.

    `url` is None where its address is none of the web.
    """

    words: str
    source: str
    lang: str
    direction: str
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """One alert in words. `facts` are lines such as "Where: Indonesia"; `coverage` counts stories."""

    sentence: str
    quote: Quote | None = None
    coverage: str = ""
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A message in words. `note` is a sentence for the reader, empty for nothing.

    `is_correction`: something in it turned out otherwise, which has to be noticed.
    """

    passages: tuple[Passage, ...]
    note: str = ""
    is_correction: bool = False


def document_of(message: Message, *, most: int) -> Document:
    """Return the message with up to `most` of its alerts; the note says how many are left out.

    A message without alerts is its note.
    """
    return _document(message, [_passage(section) for section in message.sections[:most]])


def fitted(
    message: Message, *, most: int, form: Callable[[Document], T], fits: Callable[[T], bool]
) -> T:
    """Return the message in a channel's `form`, with up to `most` alerts and as many as fit.

    One alert has to fit whatever it says: its texts are cut.
    """
    passages = [_passage(section) for section in message.sections[:most]]
    while True:
        formed = form(_document(message, passages))
        if len(passages) <= 1 or fits(formed):
            return formed
        del passages[len(passages) * 3 // 4 :]


def plain_text(message: Message) -> str:
    """Return the message as lines without any markup, its address last; the plainest form."""
    document = document_of(message, most=_MOST_PLAIN)
    parts = ["\n".join(_plain_lines(passage)) for passage in document.passages]
    return "\n\n".join(filter(None, [*parts, document.note]))


def _plain_lines(passage: Passage) -> list[str]:
    sentence = cut_sentence(passage.sentence, 400, unit=len)
    if (quote := passage.quote) is None:
        return [sentence]
    return [sentence, shortened(quote.words, code_points=200), quote.source, quote.url or ""]


def cut_sentence(sentence: str, most: int, *, unit: Callable[[str], int]) -> str:
    """Return `sentence` with at most `most` units; what stands in brackets at its end, the stage, stays."""
    if unit(sentence) <= most:
        return sentence
    said, bracket, standing = sentence.rpartition(" (")
    room = most - unit(bracket + standing)
    if not bracket or room < most // 4:
        return cut_to(sentence, most, unit=unit)
    return cut_to(said, room, unit=unit) + bracket + standing


def _document(message: Message, passages: Sequence[Passage]) -> Document:
    if not passages:
        return Document(passages=(Passage(sentence=one_line(message.note) or "kabar"),))
    notes = [_left_out(len(message.sections) - len(passages))]
    if message.kind is DeliveryKind.SUMMARY:
        notes.append("Old news.")
    if message.note:
        notes.append(f"{one_line(message.note)}.")
    return Document(
        passages=tuple(passages),
        note=" ".join(filter(None, notes)),
        is_correction=any(section.alert.reason in _CORRECTING for section in message.sections),
    )


def _passage(section: Section) -> Passage:
    return Passage(
        sentence=section.alert.sentence,
        quote=_quote(section),
        coverage=_coverage(section),
        facts=_facts(section),
    )


def _quote(section: Section) -> Quote | None:
    if (story := section.quoted) is None:
        return None
    url = one_line(story.url)
    is_web = url.startswith(("https://", "http://")) and len(url) <= MAX_URL
    lang = one_line(story.lang)
    return Quote(
        words=quotation(story),
        source=f"{shortened(story.outlet) or 'the story'} ({language_name(lang)})",
        lang=lang,
        direction=direction(lang),
        url=url if is_web else None,
    )


def _coverage(section: Section) -> str:
    """Return "60 stories in 8 languages"; empty where there is one story only."""
    stories = section.alert.event.stories
    if len(stories) < 2:
        return ""
    languages = list(dict.fromkeys(story.lang for story in stories))
    spoken = f"{len(languages)} languages" if len(languages) > 1 else language_name(languages[0])
    return f"{len(stories)} stories in {spoken}"


def _facts(section: Section) -> tuple[str, ...]:
    event = section.alert.event
    facts = []
    if event.countries:
        names = [country_name(code) for code in event.countries]
        facts.append(f"Where: {enumeration(names, rest='more')}")
    others = [story for story in event.stories if story != section.quoted]
    if others:
        outlets = list(dict.fromkeys(shortened(story.outlet) for story in others))
        facts.append(f"Also: {enumeration(outlets, rest='more')}")
    return tuple(facts)


def _left_out(count: int) -> str:
    return (
        ""
        if count <= 0
        else f"{count} more {'alert is' if count == 1 else 'alerts are'} on the page."
    )
