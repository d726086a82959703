"""Recognition: which stories the entries of a document are, those among them that the feed was seen to have.

An entry is what its guid says, or its address, with the ways in which we know that these change; and by
what the last document said where they are not one article's for good (docs/adr/0011).
"""

from __future__ import annotations

import asyncio
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.common.ids import FeedId, StoryId
from services.fetcher.identity import PossibleId, content_hash, possible_ids, story_ids
from services.fetcher.last_document import (
    LastDocument,
    Name,
    day_of,
    id_of_another,
    place_of,
    read_from,
)
from services.fetcher.memory import Memory
from services.fetcher.parse.document import CUT_OFF, Document, Entry
from services.fetcher.store.port import SeenEntry
from services.fetcher.stories import Told, newest

MAX_ENTRIES = 2_000
_MOST_UNDATED = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """The entries of a document with their stories, and what is `known` of those that the feed had.

    `last` is the document before, `names` what holds now in place of its names.
    """

    told: list[Told]
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
    ids, contents = await asyncio.to_thread(_named, feed, entries)
    names, known, last = await _names(feed, entries, ids, contents, memory=memory)
    named = list(zip(names, entries, contents, strict=True))
    stories = await asyncio.to_thread(_stories, feed, named, known=known, last=last)
    # Of those that they were before too: a feed is not renamed that shows what follows on what it had.
    elsewhere = {*stories, *(last.story_of(name) for name in names)} - set(names)
    known = {**known, **await memory.seen(feed, elsewhere)} if elsewhere else known
    old = _old(stories, entries, known=known) if len(whole) > MAX_ENTRIES and known else set()
    if last.said and not known.keys() >= {*stories}:
        told = list(zip(stories, entries, contents, strict=True))
        old |= await asyncio.to_thread(_named_anew, told, known=known, last=last)
    return Recognised(
        told=[
            Told(story, entry, content, is_old=story in old)
            for story, entry, content in zip(stories, entries, contents, strict=True)
            if not (is_alone and story in known)
        ],
        known=known,
        last=last,
        names=_names_now(zip(names, stories, strict=True), known=known, last=last, now=now),
    )


async def _names(
    feed: FeedId,
    entries: Sequence[Entry],
    stories: Sequence[StoryId],
    contents: Sequence[str],
    *,
    memory: Memory,
) -> tuple[Sequence[StoryId], Mapping[StoryId, SeenEntry], LastDocument]:
    """Return the id by which each entry goes, what is known of those that the feed had, and what it had last.

    `stories` are the ids that the entries say, `contents` the hashes of their words.

    An entry whose name has changed in a way that we know keeps the one that it had. Where the document has
    both names, none has changed: they are two entries.
    """
    told, place = set(stories), place_of(feed)
    known = dict(await memory.seen(feed, {*told, place}))
    last = read_from(known.pop(place, None))
    unsure = {
        story
        for story, content in zip(stories, contents, strict=True)
        if story not in last.names and (story not in known or known[story].content_hash != content)
    }
    if not unsure:
        return stories, known, last
    taken = told | {name.story for name in last.names.values()}
    possible = await asyncio.to_thread(
        _possible, feed, entries, stories=stories, unsure=unsure, taken=taken
    )
    asked = {each.id for ids in possible.values() for each in ids} - told
    known |= await memory.seen(feed, asked)
    held = {story: _held(ids, known) for story, ids in possible.items()}
    return [held.get(story) or story for story in stories], known, last


def _stories(
    feed: FeedId,
    named: Sequence[tuple[StoryId, Entry, str]],
    *,
    known: Container[StoryId],
    last: LastDocument,
) -> list[StoryId]:
    """Return the story that each entry is: mostly the one of its name. Of a name told twice the first counts.

    `named` are the entries with their names before them, and the hashes of their words behind.
    What its name does not tell is a story of the last document that no other name holds, or a new one.
    """
    first: dict[StoryId, tuple[Entry, str]] = {}
    for name, entry, content in named:
        first.setdefault(name, (entry, content))
    stories: dict[StoryId, StoryId] = {}
    taken: set[StoryId] = set()
    # Its own name first: who got it by what it said was named anew, unless the old name is there as well.
    for name in sorted(first, key=lambda name: name in last.names):
        story = last.story_of(name)
        entry, content = first[name]
        is_known = name in known or name in last.names
        if not is_known or story in taken:
            continue
        if not last.is_another(story, entry, content=content):
            stories[name] = story
            taken.add(story)
    by_content = last.by_content()
    for name, (entry, content) in first.items():
        if name not in stories:
            twins = last.twins_of(entry, among=by_content.get(content, ()))
            twin = next((each for each in twins if each not in taken), None)
            is_another = name in known or name in last.names
            stories[name] = twin or (id_of_another(feed, name, entry) if is_another else name)
            taken.add(stories[name])
    return [stories[name] for name, _, _ in named]


def _old(
    stories: Sequence[StoryId], entries: Sequence[Entry], *, known: Container[StoryId]
) -> set[StoryId]:
    """Return the unknown stories of too many undated ones that are read for the first time, but not new.

    In the second half what is new is behind all that is known. Others came there from between the halves.
    """
    second_half = range(len(stories) // 2, len(stories))
    last_known = max((at for at in second_half if stories[at] in known), default=len(stories))
    undated = (at for at in second_half if not (entries[at].published or entries[at].updated))
    return {stories[at] for at in undated if at < last_known and stories[at] not in known}


def _named_anew(
    told: Sequence[tuple[StoryId, Entry, str]], *, known: Container[StoryId], last: LastDocument
) -> set[StoryId]:
    """Return the unknown stories without a time that are no news: the feed was named anew.

    `told` are the entries with their stories before them, and the hashes of their words behind. That is so of
    very many, where the last document was no shorter by far; and of what the last one had too, where most of
    the document is unknown: one alone may be a notice of the same form, or the next article in a place.
    """
    unknown = [each for each in told if each[0] not in known]
    undated = [each for each in unknown if not (each[1].published or each[1].updated)]
    if _MOST_UNDATED < len(undated) <= 2 * len(last.said):
        return {story for story, _, _ in undated}
    return last.shown(undated) if 2 * len(unknown) > len(told) else set()


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
            names[name] = Name(story=story, shown=day_of(now), stands=stands)
    return names


def _named(feed: FeedId, entries: Sequence[Entry]) -> tuple[list[StoryId], list[str]]:
    return story_ids(feed, entries), [content_hash(entry) for entry in entries]


def _possible(
    feed: FeedId,
    entries: Sequence[Entry],
    *,
    stories: Sequence[StoryId],
    unsure: Container[StoryId],
    taken: Container[StoryId],
) -> dict[StoryId, list[PossibleId]]:
    """Return what each story of `unsure` may be, but for those that others are.

    Of one told twice it is what its first entry may be.
    """
    places: dict[StoryId, int] = {}
    for place, story in enumerate(stories):
        if story in unsure:
            places.setdefault(story, place)
    possible = possible_ids(feed, entries, at=places.values())
    return {
        story: [each for each in ids if each.id == story or each.id not in taken]
        for story, ids in zip(places, possible, strict=True)
    }


def _held(possible: Iterable[PossibleId], known: Mapping[StoryId, SeenEntry]) -> StoryId | None:
    """Return the id that the feed was seen to have last; None where it had none of them."""
    found = [
        known[each.id]
        for each in possible
        if each.id in known and each.content_hash in {None, known[each.id].content_hash}
    ]
    return max(found, key=lambda seen: seen.shown_at).story_id if found else None
