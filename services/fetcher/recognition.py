"""Recognition: which stories the entries of a document are, those among them that the feed was seen to have.

An entry is what its guid says, or its address, with the ways in which we know that these change; and by
what the last document said where they are not one article's for good (docs/adr/0011).
"""

from __future__ import annotations

import asyncio
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.common.ids import FeedId, StoryId, story_id
from services.fetcher.identity import PossibleId, content_hash, possible_ids, story_ids
from services.fetcher.last_document import (
    LastDocument,
    Name,
    likenesses,
    minute_of,
    place_of,
    read_from,
)
from services.fetcher.memory import Memory
from services.fetcher.parse.document import CUT_OFF, Document, Entry
from services.fetcher.store.port import SeenEntry
from services.fetcher.stories import newest

MAX_ENTRIES = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """The entries of a document with their stories, and what is `known` of those that the feed had.

    `last` is the document before, `names` what holds now in place of its names.
    """

    told: list[tuple[StoryId, Entry]]
    known: Mapping[StoryId, SeenEntry]
    last: LastDocument
    names: Mapping[StoryId, Name]


async def recognised(
    feed: FeedId, document: Document, *, memory: Memory, now: datetime
) -> Recognised:
    """Return which stories to tell of a document, the newest `MAX_ENTRIES` at most.

    An entry that was cut off is none of them: the rest of it is missing, and would be taken for what was
    corrected away. Nor has it a part in naming the others: its guid may be missing or cut too. Where it is
    the only one it is told, but not again.

    Raises:
        TransientError: the store does not serve, and we are to end.
    """
    is_cut_off = CUT_OFF in document.repairs and bool(document.entries)
    is_alone = is_cut_off and len(document.entries) == 1
    whole = document.entries[:-1] if is_cut_off and not is_alone else document.entries
    entries = newest(whole, most=MAX_ENTRIES)
    names, known, last = await _names(feed, entries, memory=memory)
    stories = await asyncio.to_thread(_stories, feed, names, entries, known=known, last=last)
    elsewhere = set(stories) - set(names)
    known = {**known, **await memory.seen(feed, elsewhere)} if elsewhere else known
    return Recognised(
        told=[
            (story, entry)
            for story, entry in zip(stories, entries, strict=True)
            if not (is_alone and story in known)
        ],
        known=known,
        last=last,
        names=_names_now(zip(names, stories, strict=True), known=known, last=last, now=now),
    )


async def _names(
    feed: FeedId, entries: Sequence[Entry], *, memory: Memory
) -> tuple[list[StoryId], Mapping[StoryId, SeenEntry], LastDocument]:
    """Return the id by which each entry goes, what is known of those that the feed had, and what it had last.

    An entry whose name has changed in a way that we know keeps the one that it had. Where the document has
    both names, none has changed: they are two entries.
    """
    stories, contents = await asyncio.to_thread(_named, feed, entries)
    told, place = set(stories), place_of(feed)
    known = dict(await memory.seen(feed, {*told, place}))
    last = read_from(known.pop(place, None))
    unsure = {
        story
        for story, content in zip(stories, contents, strict=True)
        if story not in known or known[story].content_hash != content
    }
    if not unsure:
        return stories, known, last
    possible = await asyncio.to_thread(_possible, feed, entries, stories=stories, unsure=unsure)
    asked = {each.id for ids in possible.values() for each in ids} - told
    known |= await memory.seen(feed, asked)
    held = {story: _held(ids, known) for story, ids in possible.items()}
    return [held.get(story) or story for story in stories], known, last


def _stories(
    feed: FeedId,
    names: Sequence[StoryId],
    entries: Sequence[Entry],
    *,
    known: Container[StoryId],
    last: LastDocument,
) -> list[StoryId]:
    """Return the story that each entry is: mostly the one of its name."""
    twins = last.twins()
    stories = []
    for name, entry in zip(names, entries, strict=True):
        story = last.names[name].story if name in last.names else name
        is_new = name not in known and name not in last.names
        if is_new or last.is_another(story, entry):
            twin = next((twins[each] for each in likenesses(entry) if each in twins), None)
            # The same whoever decides it and whenever, so that a crash in between tells it once.
            other = story if is_new else story_id(feed, f"after: {story}")
            story = twin or other
        stories.append(story)
    return stories


def _names_now(
    named: Iterable[tuple[StoryId, StoryId]],
    *,
    known: Container[StoryId],
    last: LastDocument,
    now: datetime,
) -> dict[StoryId, Name]:
    """Return which names stand for other stories than their own now, or did lately."""
    names = last.names_kept(now=now)
    for name, story in named:
        names.pop(name, None)
        if story != name:
            stands = name in known or (name in last.names and last.names[name].stands)
            names[name] = Name(story=story, shown=minute_of(now), stands=stands)
    return names


def _named(feed: FeedId, entries: Sequence[Entry]) -> tuple[list[StoryId], list[str]]:
    return story_ids(feed, entries), [content_hash(entry) for entry in entries]


def _possible(
    feed: FeedId,
    entries: Sequence[Entry],
    *,
    stories: Sequence[StoryId],
    unsure: Container[StoryId],
) -> dict[StoryId, list[PossibleId]]:
    """Return what each story of `unsure` may be: of one told twice what its first entry may be."""
    told = set(stories)
    found: dict[StoryId, list[PossibleId]] = {}
    for story, ids in zip(stories, possible_ids(feed, entries), strict=True):
        if story in unsure and story not in found:
            found[story] = [each for each in ids if each.id == story or each.id not in told]
    return found


def _held(possible: Iterable[PossibleId], known: Mapping[StoryId, SeenEntry]) -> StoryId | None:
    """Return the id that the feed was seen to have last; None where it had none of them."""
    found = [
        known[each.id]
        for each in possible
        if each.id in known and each.content_hash in {None, known[each.id].content_hash}
    ]
    return max(found, key=lambda seen: seen.shown_at).story_id if found else None
