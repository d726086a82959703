"""What stays the same when an entry is edited: its key, and the id of its story.

The guid; where one document has it several times, guid and address; without a guid the address; without
an address title and content. So a feed that hands out one guid for everything still has many stories.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from services.common.ids import FeedId, StoryId, fingerprint, story_id
from services.fetcher.parse.document import Entry
from services.fetcher.urls import without_scheme


def story_ids(feed: FeedId, entries: Sequence[Entry]) -> list[StoryId]:
    """Return the id of each entry's story, in their order; equal ids are one story told twice."""
    guids = Counter(entry.id for entry in entries if entry.id)
    return [story_id(feed, _key(entry, is_repeated=guids[entry.id or ""] > 1)) for entry in entries]


def _key(entry: Entry, *, is_repeated: bool) -> str:
    address = without_scheme(entry.link) if entry.link else ""
    if entry.id and is_repeated:
        return f"guid and address: {entry.id} {address or _words(entry)}"
    if entry.id:
        return f"guid: {entry.id}"
    return f"address: {address}" if address else f"words: {_words(entry)}"


def _words(entry: Entry) -> str:
    return fingerprint(entry.title or "", entry.content or entry.summary or "")
