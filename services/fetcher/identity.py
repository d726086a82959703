"""What stays the same when an entry is edited: its key, and the id of its story.

The guid; where one document has it for several addresses, guid and address; without a guid the address;
where several entries have that, address and fragment, or title and content; without an address these
alone. So a feed that hands out one guid, or one address, for everything still has many stories.
A guid that only counts the entries of its document is none: it is another story's once one is added. Others
that stand for no article are told by what the last document said: last_document.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urldefrag

from services.common.ids import FeedId, StoryId, fingerprint, story_id
from services.fetcher.parse.document import Entry
from services.fetcher.urls import with_other_scheme, without_scheme


@dataclass(frozen=True, slots=True)
class PossibleId:
    """An id that a story may have: only at the content with hash `content_hash`, where one is named."""

    id: StoryId
    content_hash: str | None = None


def story_ids(feed: FeedId, entries: Sequence[Entry]) -> list[StoryId]:
    """Return the id of each entry's story, in their order; equal ids are one story told twice."""
    entries = _without_places(entries)
    shared = _shared(entries)
    return [story_id(feed, _key(entry, is_shared=_name(entry) in shared)) for entry in entries]


def possible_ids(
    feed: FeedId, entries: Sequence[Entry], *, at: Iterable[int]
) -> list[list[PossibleId]]:
    """Return the ids that the story of each entry `at` these places may have, the likeliest first.

    Its own is among them. They cost more than all else of a poll that brings nothing: ask for few.

    A guid that is an address of the web had another scheme if the site has moved to https since, or back
    from it: without a guid an id tells no scheme from another; with one it does, since the id of a story
    that is known may not change. And an entry may have shared its name with another one, or not yet.
    """
    entries = _without_places(entries)
    shared = _shared(entries)
    asked = [entries[place] for place in at]
    return [_possible(feed, entry, is_shared=_name(entry) in shared) for entry in asked]


def content_hash(entry: Entry) -> str:
    """Return what changes with the title or the text of an entry, and with nothing else."""
    return fingerprint(entry.title or "", entry.text)


def content_hash_before(entry: Entry) -> str:
    """Return the hash that was kept of an entry when its text was its content, however short that is."""
    return fingerprint(entry.title or "", entry.content or entry.summary or "")


def _possible(feed: FeedId, entry: Entry, *, is_shared: bool) -> list[PossibleId]:
    keys = [_key(entry, is_shared=is_shared)]
    if entry.id and (other := with_other_scheme(entry.id)) is not None:
        keys.append(_key(replace(entry, id=other), is_shared=is_shared))
    ids = [PossibleId(story_id(feed, key)) for key in keys]
    if not _name(entry):
        return ids
    if is_shared:
        # Of those that share a name now, the one to whom it belonged alone is known by its words.
        alone = story_id(feed, _key(entry, is_shared=False))
        return [*ids, PossibleId(alone, content_hash(entry))]
    # Alone with its name now, it may have got it from another one, by whose id it would be known.
    return [PossibleId(story_id(feed, _key(entry, is_shared=True))), *ids]


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


def _shared(entries: Sequence[Entry]) -> set[str]:
    """Return the names that several entries have who are not one entry told twice."""
    details: dict[str, set[str]] = {}
    for entry in entries:
        details.setdefault(_name(entry), set()).add(_detail(entry))
    return {name for name, those in details.items() if name and len(those) > 1}


def _key(entry: Entry, *, is_shared: bool) -> str:
    if entry.id:
        detail = f" and address: {entry.id} {_detail(entry)}" if is_shared else f": {entry.id}"
        return f"guid{detail}"
    if address := _name(entry):
        return (
            f"address and words: {address} {_detail(entry)}" if is_shared else f"address: {address}"
        )
    return f"words: {content_hash(entry)}"


def _name(entry: Entry) -> str:
    """Return what usually stands for one entry alone, empty where it has neither guid nor address."""
    return entry.id or _address(entry)


def _detail(entry: Entry) -> str:
    """Return what tells an entry from others of its name."""
    if entry.id and (address := _address(entry)):
        return address
    return (not entry.id and _fragment(entry)) or content_hash(entry)


def _address(entry: Entry) -> str:
    return without_scheme(entry.link) if entry.link else ""


def _fragment(entry: Entry) -> str:
    try:
        return urldefrag(entry.link or "").fragment
    except ValueError:  # brackets in the wrong place
        return ""
