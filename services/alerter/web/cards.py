"""Cards: an event in the words and parts that the page shows; templates only place them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from services.alerter.render.languages import direction, language_name
from services.alerter.render.sentence import clause
from services.alerter.render.words import amount_words, country_name, date_words, place_words
from services.common.contracts.event import Event, EventStory
from services.common.contracts.reading import Focus, Involvement, OtherParty, Stage
from services.common.event_types import event_type
from services.common.watchlist import Watchlist

_KNOWN_STAGES = frozenset(Stage)


@dataclass(frozen=True, slots=True, kw_only=True)
class StageMark:
    """A stage as word, shape and colour; `look` names shape and colour, "other" for a new stage."""

    word: str
    look: str

    @classmethod
    def of(cls, stage: Stage) -> StageMark:
        """Return how `stage` looks."""
        return cls(word=str(stage), look=str(stage) if stage in _KNOWN_STAGES else "other")


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Who is in the event: `owners` are the names of who owns it, the nearest first."""

    name: str
    role: str
    id: str | None = None
    owners: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """A text of a story with the words that count: `before`, `words`, `after`.

    `lang` and `direction` are for the element that holds it.
    """

    before: str
    words: str
    after: str
    lang: str
    direction: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryLine:
    """A story that tells the event. `href` is None where its address is no web address."""

    id: str
    outlet: str
    language: str
    title: Marked
    quote: Marked | None
    href: str | None
    told_at: datetime
    stage: StageMark
    is_background: bool
    is_copy: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """An event, ready to be shown. `lead` is the story whose words stand on the card.

    `countries` are codes and names. `followed` is what a subscription or a selection may name to get
    it: its companies, who owns them, and their tags. `is_old_news`: the lead was published more than a
    day before it was seen here, as what the first fetch of a feed brings.
    """

    id: str
    type: str
    type_label: str
    headline: str
    stage: StageMark
    previous_stage: StageMark | None
    disputed: StageMark | None
    is_withdrawn: bool
    parties: tuple[Party, ...]
    countries: tuple[tuple[str, str], ...]
    followed: frozenset[str]
    facts: tuple[tuple[str, str], ...]
    outlets: tuple[str, ...]
    outlet_count: int
    languages: tuple[str, ...]
    first_seen: datetime
    stories: tuple[StoryLine, ...]
    lead: StoryLine | None
    is_old_news: bool


def card_of(event: Event, *, watchlist: Watchlist) -> Card:
    """Return `event` as the page shows it, companies by the names of `watchlist`."""
    stories = tuple(_story_line(story) for story in event.stories)
    lead = _lead(event, stories)
    return Card(
        id=event.id,
        type=event.type,
        type_label=event_type(event.type).label,
        headline=clause(event, watchlist=watchlist),
        stage=StageMark.of(event.stage),
        previous_stage=_mark(event.previous_stage),
        disputed=_mark(event.disputed),
        is_withdrawn=event.withdrawn,
        parties=_parties(event.companies, event.others, watchlist),
        countries=tuple((code, _capitalised(country_name(code))) for code in event.countries),
        followed=frozenset().union(
            *(watchlist.followed_by(company.id) for company in event.companies)
        ),
        facts=_facts(event),
        outlets=tuple(dict.fromkeys(story.outlet for story in event.stories)),
        outlet_count=event.outlets,
        languages=tuple(dict.fromkeys(language_name(story.lang) for story in event.stories)),
        first_seen=event.first_seen,
        stories=stories,
        lead=lead,
        is_old_news=lead is not None and event.first_seen - lead.told_at > timedelta(days=1),
    )


def web_address(url: str) -> str | None:
    """Return `url` where it is one that a page may link to: http or https, with a host."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in {"http", "https"} and parts.hostname else None


def marked(text: str, start: int, words: str, *, lang: str) -> Marked:
    """Return `text` with `words` marked where they stand; unmarked where they do not stand there."""
    end = start + len(words)
    if not words or text[start:end] != words:
        start = end = len(text)
    return Marked(
        before=text[:start],
        words=text[start:end],
        after=text[end:],
        lang=lang,
        direction=direction(lang),
    )


def _story_line(story: EventStory) -> StoryLine:
    is_in_title = story.quote_part == "title"
    title_words = story.quote if is_in_title else ""
    title = marked(story.title, story.quote_start, title_words, lang=story.lang)
    has_own_quote = bool(story.quote) and not title.words
    return StoryLine(
        id=story.id,
        outlet=story.outlet,
        language=language_name(story.lang),
        title=title,
        quote=marked(story.quote, 0, story.quote, lang=story.lang) if has_own_quote else None,
        href=web_address(story.url),
        told_at=story.published or story.seen_at,
        stage=StageMark.of(story.stage),
        is_background=story.focus == Focus.BACKGROUND,
        is_copy=story.is_copy,
    )


def _lead(event: Event, lines: Sequence[StoryLine]) -> StoryLine | None:
    """Return the first original story that tells the event at its stage, else the first story."""
    for story, line in zip(event.stories, lines, strict=True):
        if story.stage == event.stage and not line.is_background and not story.is_copy:
            return line
    return next(iter(lines), None)


def _parties(
    companies: Iterable[Involvement], others: Iterable[OtherParty], watchlist: Watchlist
) -> tuple[Party, ...]:
    tracked = (
        Party(
            name=watchlist.name_of(company.id),
            role=str(company.role),
            id=company.id,
            owners=tuple(watchlist.name_of(owner) for owner in watchlist.owners(company.id)),
        )
        for company in companies
    )
    return (*tracked, *(Party(name=other.name, role=str(other.role)) for other in others))


def _facts(event: Event) -> tuple[tuple[str, str], ...]:
    """Return what else is known, as label and words."""
    amount = amount_words(event.amount) if event.amount else ""
    date = date_words(event.date).removeprefix(" on ").removeprefix(" in ")
    facts = (
        ("What exactly", event.scope or ""),
        ("Date", date),
        ("Amount", amount),
        ("By order of", event.authority or ""),
        ("Elsewhere", _still_words(event)),
    )
    return tuple((label, words) for label, words in facts if words)


def _still_words(event: Event) -> str:
    """Return "still confirmed in Pakistan" of an event that is undone in other countries."""
    if event.still is None or event.withdrawn:
        return ""
    return f"still {event.still.stage}{place_words(event.still.countries)}"


def _mark(stage: Stage | None) -> StageMark | None:
    return None if stage is None else StageMark.of(stage)


def _capitalised(name: str) -> str:
    return name[:1].upper() + name[1:]
