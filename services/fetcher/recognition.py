"""Recognition: which stories the entries of a document are, those among them that the feed was seen to have."""

from __future__ import annotations

import asyncio
from collections.abc import Container, Iterable, Mapping, Sequence

from services.common.ids import FeedId, StoryId
from services.fetcher.identity import PossibleId, content_hash, possible_ids, story_ids
from services.fetcher.memory import Memory
from services.fetcher.parse.document import Entry
from services.fetcher.store.port import SeenEntry


async def recognised(
    feed: FeedId, entries: Sequence[Entry], *, memory: Memory
) -> tuple[list[StoryId], Mapping[StoryId, SeenEntry]]:
    """Return the id of each entry's story, and what is known of stories that the feed was seen to have.

    An entry whose name has changed in a way that we know keeps the story that it was. Where the
    document has both names, none has changed: they are two entries.

    Raises:
        TransientError: the store does not serve, and we are to end.
    """
    stories, contents = await asyncio.to_thread(_named, feed, entries)
    told = set(stories)
    known = await memory.seen(feed, told)
    unsure = {
        story
        for story, content in zip(stories, contents, strict=True)
        if story not in known or known[story].content_hash != content
    }
    if not unsure:
        return stories, known
    possible = await asyncio.to_thread(_possible, feed, entries, stories=stories, unsure=unsure)
    asked = {each.id for ids in possible.values() for each in ids} - told
    known = {**known, **await memory.seen(feed, asked)}
    held = {story: _held(ids, known) for story, ids in possible.items()}
    return [held.get(story) or story for story in stories], known


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
