"""What stays the same when an entry is edited: its key, and the id of its story.

The guid; where one document has it several times, guid and address; without a guid the address; without
an address title and content. So a feed that hands out one guid for everything still has many stories.
A guid that only counts the entries of its document is none: it is another story's once one is added.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from services.common.ids import FeedId, StoryId, fingerprint, story_id
from services.fetcher.parse.document import Entry
from services.fetcher.urls import with_other_scheme, without_scheme


def story_ids(feed: FeedId, entries: Sequence[Entry]) -> list[StoryId]:
    """Return the id of each entry's story, in their order; equal ids are one story told twice."""
    entries = _without_places(entries)
    repeated = _repeated(entries)
    return [story_id(feed, _key(entry, is_repeated=entry.id in repeated)) for entry in entries]


def ids_before_a_move(feed: FeedId, entries: Sequence[Entry]) -> list[StoryId | None]:
    """Return the ids that the stories had if the site has moved to https since, or back from it.

    None where the guid is no address of the web. Without a guid an id tells no scheme from another;
    with one it does, since the id of a story that is known may not change.
    """
    entries = _without_places(entries)
    repeated = _repeated(entries)
    others = [with_other_scheme(entry.id) if entry.id else None for entry in entries]
    return [
        story_id(feed, _key(replace(entry, id=other), is_repeated=entry.id in repeated))
        if other is not None
        else None
        for entry, other in zip(entries, others, strict=True)
    ]


def _without_places(entries: Sequence[Entry]) -> Sequence[Entry]:
    """Return `entries` without their guids where these are places, not names."""
    return [replace(entry, id=None) for entry in entries] if _are_places(entries) else entries


def _are_places(entries: Sequence[Entry]) -> bool:
    """Return whether the guids count up from 0 or 1 while the entries grow older, as no numbers of stories do.

    Each needs an address of its own to be known by instead.
    """
    guids = [entry.id for entry in entries]
    if len(guids) < 2 or guids[0] not in {"0", "1"}:
        return False
    start = int(guids[0])
    if guids != [str(place) for place in range(start, start + len(guids))]:
        return False
    addresses = {without_scheme(entry.link) for entry in entries if entry.link}
    newest, oldest = entries[0].published, entries[-1].published
    is_newest_first = newest is not None and oldest is not None and newest > oldest
    return is_newest_first and len(addresses) == len(entries)


def _repeated(entries: Sequence[Entry]) -> set[str]:
    guids = Counter(entry.id for entry in entries if entry.id)
    return {guid for guid, count in guids.items() if count > 1}


def _key(entry: Entry, *, is_repeated: bool) -> str:
    address = without_scheme(entry.link) if entry.link else ""
    if entry.id and is_repeated:
        return f"guid and address: {entry.id} {address or _words(entry)}"
    if entry.id:
        return f"guid: {entry.id}"
    return f"address: {address}" if address else f"words: {_words(entry)}"


def _words(entry: Entry) -> str:
    return fingerprint(entry.title or "", entry.content or entry.summary or "")
