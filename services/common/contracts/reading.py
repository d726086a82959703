"""Reading: what the classifier read in one story; Report: what the story says of one event."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pydantic import AwareDatetime, with_config

from services.common.contracts.base import STRICT, OpenStrEnum, is_plain, require_clean_fields
from services.common.contracts.story import Story
from services.common.ids import CompanyId, FeedId, ReportId, StoryId

NO_LANGUAGE = "the language is not one of those that kabar reads"
"""Why a company is in no report of a story in a language without a lexicon."""

_DATE = re.compile(r"\d{4}-\d{2}(-\d{2})?")
_COUNTRY = re.compile(r"[A-Z]{2}")
_CURRENCY = re.compile(r"[A-Z]{3}")


class Stage(OpenStrEnum):
    """How far an event has come, by what a story says. Definitions: docs/events.md."""

    RUMOURED = "rumoured"
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    REVERSED = "reversed"


FORWARD = (Stage.RUMOURED, Stage.PROPOSED, Stage.CONFIRMED)
ENDS = frozenset({Stage.REJECTED, Stage.REVERSED})


class Focus(OpenStrEnum):
    """Whether a story is about an event or tells it as history."""

    MAIN = "main"
    BACKGROUND = "background"


class Role(OpenStrEnum):
    """What a company does in an event."""

    ACTOR = "actor"
    TARGET = "target"
    SELLER = "seller"
    PARTY = "party"


@with_config(STRICT)
@dataclass(frozen=True, slots=True, kw_only=True)
class Involvement:
    """A tracked company in an event, with its role."""

    id: CompanyId
    role: Role

    def __post_init__(self) -> None:
        if not is_plain(self.id):
            require_clean_fields(self)


@with_config(STRICT)
@dataclass(frozen=True, slots=True, kw_only=True)
class OtherParty:
    """A party that nobody tracks, by the name that the story gives it."""

    name: str
    role: Role

    def __post_init__(self) -> None:
        require_clean_fields(self)


@with_config(STRICT)
@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """What is paid or bid: ISO 4217 currency and a plain number of its units."""

    currency: str
    value: int | float

    def __post_init__(self) -> None:
        if not _CURRENCY.fullmatch(self.currency):
            raise ValueError(f'"{self.currency}" is not an ISO 4217 code.')
        if not 0 < self.value < 1e18:
            raise ValueError(f"An amount is positive and below 1e18, not {self.value}.")


@with_config(STRICT)
@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The words of a story that a field rests on.

    `part` is `title` or `text`; `start` and `end` count code points of that part as the story has
    it; `quote` is what stands there. `field` names a field of the report ("type", "stage",
    "date", …), a company as `company:<id>` or an untracked party as `other:<name>`.
    """

    field: str
    part: str
    start: int
    end: int
    quote: str

    def __post_init__(self) -> None:
        # A story has some twenty of them, and nearly all are short and plain.
        if not is_plain(f"{self.field}{self.quote}"):
            require_clean_fields(self)
        if self.part not in {"title", "text"} or not 0 <= self.start < self.end:
            raise ValueError(f"No place in a story: {self.part} {self.start} to {self.end}.")
        if len(self.quote) != self.end - self.start:
            raise ValueError(f"A quote of {len(self.quote)} characters, a place of another length.")


@with_config(STRICT)
@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What one story says of one event. It names only what the text names.

    `countries` are ISO 3166-1 codes or EU, sorted; empty is worldwide or not told. `date` is
    YYYY-MM-DD or YYYY-MM. `scope` names a plant, unit or product line. `confidence` is calibrated,
    from 0 to 1.
    """

    report_id: ReportId
    type: str
    stage: Stage
    focus: Focus
    companies: tuple[Involvement, ...]
    others: tuple[OtherParty, ...] = ()
    countries: tuple[str, ...] = ()
    scope: str | None = None
    date: str | None = None
    amount: Amount | None = None
    authority: str | None = None
    confidence: float
    evidence: tuple[Evidence, ...] = ()

    def __post_init__(self) -> None:
        require_clean_fields(self)
        if not self.companies:
            raise ValueError("A report has at least one tracked company.")
        if not 0 <= self.confidence <= 1:
            raise ValueError(f"A confidence is between 0 and 1, not {self.confidence}.")
        if self.date is not None and not _DATE.fullmatch(self.date):
            raise ValueError(f'"{self.date}" is neither YYYY-MM-DD nor YYYY-MM.')
        for country in self.countries:
            if not _COUNTRY.fullmatch(country):
                raise ValueError(f'"{country}" is not a country code.')


@with_config(STRICT)
@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A tracked company found in a story.

    `places` are the first few places where it stands. `unreported` says in words why it is in no
    report ("no event words near it", "blocked: sport"), None when a report has it.
    """

    company_id: CompanyId
    places: tuple[Evidence, ...] = ()
    unreported: str | None = None

    def __post_init__(self) -> None:
        if not (is_plain(self.company_id) and is_plain(self.unreported or "")):
            require_clean_fields(self)


@with_config(STRICT)
@dataclass(frozen=True, slots=True, kw_only=True)
class StoryHead:
    """A story without its text: who told what, where and when. `language` is the detected one."""

    story_id: StoryId
    feed_id: FeedId
    content_hash: str
    outlet: str
    title: str
    url: str
    language: str
    seen_at: AwareDatetime
    revised_at: AwareDatetime
    published: AwareDatetime | None = None
    country: str | None = None
    backfill: bool = False

    def __post_init__(self) -> None:
        require_clean_fields(self)

    @classmethod
    def of(cls, story: Story, *, language: str) -> StoryHead:
        """Return the head of `story`, whose text was found to be in `language`."""
        return cls(
            story_id=story.story_id,
            feed_id=story.feed_id,
            content_hash=story.content_hash,
            outlet=story.outlet,
            title=story.title,
            url=story.url,
            language=language,
            seen_at=story.seen_at,
            revised_at=story.revised_at,
            published=story.published,
            country=story.country,
            backfill=story.backfill,
        )

    @property
    def told_at(self) -> AwareDatetime:
        """Return the time that places the story among others: `published`, else `seen_at`."""
        return self.published or self.seen_at


@with_config(STRICT)
@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the classifier read in one story, under one set of rules and one watchlist.

    `text_hash` is equal for copies of one text (`text.text_hash`); `text_sketch` tells copies that were cut
    or decorated (`sketch.sketch_of`), empty where nothing is reported. `reread` marks a later reading
    of an old story: it only adds.
    """

    story: StoryHead
    text_hash: str
    text_sketch: str = ""
    mentions: tuple[Mention, ...] = ()
    reports: tuple[Report, ...] = ()
    rules_hash: str
    watchlist_hash: str
    reread: bool = False

    def __post_init__(self) -> None:
        require_clean_fields(self)
