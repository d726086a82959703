"""From the entries of a document to stories: which are new, which changed, and what they say."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from urllib.parse import urlsplit

from services.common.contracts.feed import Feed, FirstFetch
from services.common.contracts.story import MAX_URL_CODE_POINTS, Story
from services.common.ids import StoryId
from services.fetcher.identity import content_hash_before
from services.fetcher.languages import language_borne_out
from services.fetcher.parse.document import Document, Entry
from services.fetcher.store.port import FeedState, SeenEntry

MAX_REVISIONS = 24
"""So many changes of one entry are followed, and one more for each day since it was first seen.

Some entries count their readers; others stand for ever, and hold another story every day.
"""

_AHEAD = timedelta(minutes=10)
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_TITLE_FROM_TEXT = 200
_MOST_OLD = 20  # more stories of long ago at once are no news, whatever else of the feed is known


class Arrival(Enum):
    """What is known of a feed when a document of it comes (design decision 11)."""

    LATER = auto()
    """It was fetched before: what is new is news."""
    BACKFILL = auto()
    ALERT = auto()
    IGNORE = auto()
    RECOVERING = auto()
    """It was fetched, but before the store was emptied, at another address, or with other entries
    altogether: only what is old is back-fill."""


@dataclass(frozen=True, slots=True)
class Told:
    """An entry, which story it is, and the hash of its words: of all of a document they cost something.

    What `is_old` is no news, though nothing is known of it.
    """

    story: StoryId
    entry: Entry
    content_hash: str
    is_old: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One entry of a document: what to remember of it, and whether to publish it now."""

    entry: Entry
    seen: SeenEntry
    is_published: bool
    revised_at: datetime

    @property
    def is_revision(self) -> bool:
        """Return whether it is a later content of a story that was published before."""
        return self.is_published and self.seen.revisions > 0


def arrival_of(feed: Feed, *, is_fetched: bool, is_recovering: bool) -> Arrival:
    """Return how to take the entries that a feed's document brings."""
    if is_fetched:
        return Arrival.LATER
    if is_recovering:
        return Arrival.RECOVERING
    return {
        FirstFetch.SUMMARY: Arrival.BACKFILL,
        FirstFetch.ALERT: Arrival.ALERT,
        FirstFetch.IGNORE: Arrival.IGNORE,
    }[feed.first_fetch]


def horizon_of(
    feed: Feed, state: FeedState | None, *, horizon: timedelta, now: datetime
) -> timedelta:
    """Return how long ago what is news may have been published where nothing in a document is known.

    At the address that it had, what was published since the feed's last story came is no old story by
    another name: the feed was away for days, or is exchanged as a whole every week.
    """
    if state is None or state.last_story_at is None or not state.is_read_at(feed.url):
        return horizon
    return max(horizon, now - state.last_story_at)


def newest(entries: Sequence[Entry], *, most: int) -> Sequence[Entry]:
    """Return at most so many `entries`, in their order: the newest; the outermost where they say no time.

    Some feeds add at their end, and never take anything out.
    """
    if len(entries) <= most:
        return entries
    ages = [entry.published or entry.updated or _EARLIEST for entry in entries]
    outermost_first = sorted(range(len(entries)), key=lambda at: min(at, len(entries) - 1 - at))
    kept = sorted(outermost_first, key=ages.__getitem__, reverse=True)[:most]
    return [entries[place] for place in sorted(kept)]


def findings(
    told: Iterable[Told],
    *,
    known: Mapping[StoryId, SeenEntry],
    arrival: Arrival,
    horizon: timedelta,
    now: datetime,
) -> list[Finding]:
    """Return one finding for each story, oldest place in the document last to first.

    Of a story told twice in one document the first entry counts; entries without a word are left out.
    """
    if arrival in {Arrival.LATER, Arrival.RECOVERING}:
        told = _without_archive(list(told), known=known, horizon=horizon, now=now)
    found: dict[StoryId, Finding] = {}
    for each in told:
        entry = each.entry
        if each.story not in found and (entry.title or entry.text):
            before = known.get(each.story)
            found[each.story] = (
                _new(each, arrival=arrival, horizon=horizon, now=now)
                if before is None
                else _known(before, each, now=now)
            )
    return list(reversed(found.values()))


def seen_of(
    found: Iterable[Finding], *, without_page: Container[StoryId], untold: Container[StoryId]
) -> list[SeenEntry]:
    """Return what to remember of findings of which some were told `without_page`, and some not at all.

    Both come again with the next document, as revisions that have other content than was seen: what was told
    has none by then, and what is untold what it had before.
    """
    return [
        replace(finding.seen, content_hash="")
        if finding.seen.story_id in without_page
        else finding.seen
        for finding in found
        if finding.seen.story_id not in untold
    ]


def story_of(
    finding: Finding, *, feed: Feed, document: Document, article: str | None = None
) -> Story:
    """Return the story of a finding; `article` is the text of its page where that was fetched."""
    entry, seen = finding.entry, finding.seen
    text = article if article and is_longer(article, entry) else entry.text
    said = f"{entry.title or ''}\n{text}"
    return Story(
        story_id=seen.story_id,
        feed_id=feed.id,
        outlet=feed.outlet,
        title=entry.title or text.partition("\n")[0][:_TITLE_FROM_TEXT],
        text=text,
        url=_address(entry.link),
        seen_at=seen.seen_at,
        revised_at=finding.revised_at,
        published=_published(entry, seen_at=seen.seen_at),
        language=feed.language
        or language_borne_out(entry.language, said)
        or language_borne_out(document.language, said),
        country=feed.country,
        backfill=seen.backfill,
    )


def is_longer(article: str, entry: Entry) -> bool:
    """Return whether the text of a page says more than the entry's own, and is told in its place."""
    return len(article) > len(entry.text)


def _without_archive(
    told: Sequence[Told],
    *,
    known: Container[StoryId],
    horizon: timedelta,
    now: datetime,
) -> Sequence[Told]:
    """Return what is told, with an archive that comes at once as old, or all of a feed by other names."""
    times = (
        (each.story, _published(each.entry, seen_at=now))
        for each in told
        if each.story not in known
    )
    archive = {story for story, at in times if at is not None and at < now - horizon}
    if len(archive) <= _MOST_OLD:
        return told
    return [replace(each, is_old=True) if each.story in archive else each for each in told]


def _new(told: Told, *, arrival: Arrival, horizon: timedelta, now: datetime) -> Finding:
    published = _published(told.entry, seen_at=now)
    is_old = published is not None and published < now - horizon
    seen = SeenEntry(
        story_id=told.story,
        content_hash=told.content_hash,
        seen_at=now,
        shown_at=now,
        backfill=told.is_old
        or arrival in {Arrival.BACKFILL, Arrival.IGNORE}
        or (arrival is Arrival.RECOVERING and is_old),
        ignored=arrival is Arrival.IGNORE,
    )
    return Finding(entry=told.entry, seen=seen, is_published=not seen.ignored, revised_at=now)


def _known(before: SeenEntry, told: Told, *, now: datetime) -> Finding:
    entry, present = told.entry, told.content_hash
    followed = MAX_REVISIONS + max((now - before.seen_at).days, 0)
    is_same = before.content_hash in {present, content_hash_before(entry)}
    if is_same or before.revisions >= followed:
        # What is too much now is a change still on the day that allows one more. Once we counted those too.
        kept = present if is_same else before.content_hash
        revisions = min(before.revisions, followed)
        seen = replace(before, shown_at=now, content_hash=kept, revisions=revisions)
        return Finding(entry=entry, seen=seen, is_published=False, revised_at=now)
    seen = replace(before, shown_at=now, content_hash=present, revisions=before.revisions + 1)
    # Not before it was first seen, where the clock was set back since.
    revised_at = max(now, before.seen_at)
    return Finding(entry=entry, seen=seen, is_published=not before.ignored, revised_at=revised_at)


def _published(entry: Entry, *, seen_at: datetime) -> datetime | None:
    """Return the outlet's own time, None for one in the future or before there were feeds."""
    published = entry.published or entry.updated
    if published is None or not _EARLIEST <= published <= seen_at + _AHEAD:
        return None
    return min(published, seen_at)


def _address(link: str | None) -> str:
    """Return the link where it is an address on the web, else nothing: a page shows it as a link."""
    try:
        is_web = link is not None and urlsplit(link).scheme.lower() in {"http", "https"}
    except ValueError:
        return ""
    return link if link is not None and is_web and len(link) <= MAX_URL_CODE_POINTS else ""
