"""The last document: what each of its entries said, and which stories its guids stand for by now.

A guid is usually one article's for good, and the same at each poll. Where it is not (docs/adr/0011), what
the last document said tells which entry is which. It is kept among the entries that the feed was seen to
have, as one more of them: some 170 bytes for each entry that the feed shows, and for as many that it showed.
"""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, field, fields
from datetime import UTC, datetime, timedelta
from itertools import islice
from operator import attrgetter
from zlib import crc32

from services.common.ids import FeedId, StoryId, fingerprint, story_id
from services.fetcher.identity import content_hash
from services.fetcher.parse.document import Entry
from services.fetcher.store.port import SeenEntry
from services.fetcher.stories import Finding, newest
from services.fetcher.urls import without_scheme
from services.fetcher.words import words_of

MOST = 500
"""Of so many entries what they said is kept: who has guids that do not stand shows no more."""

_FEWEST_GONE = 20
_ANOTHER_DAY = timedelta(hours=12)
_NAMES_KEPT = timedelta(days=35)
_KEPT_ANEW = timedelta(days=1)
_MINUTE = timedelta(minutes=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_HAS_SOMETHING = 0.25
"""So much of an article's words is in its correction, and seldom in another article: docs/adr/0011 has figures."""

_SAMPLE = 12
_FEWEST_WORDS = 3
_TEXT_LOOKED_AT = 400
_TEXT_SOUGHT_IN = 20_000
_HASH_BYTES = 3


@dataclass(frozen=True, slots=True)
class Said:
    """What an entry said when it was last told: hashes, its minute since 1970, and samples of its words.

    `page` is the address without its query; `page_characters` are those of the text of its page, where that
    was told, 0 where not: what was kept before they were counted has 1.
    """

    address: str
    page: str
    content: str
    published: int | None
    title: str
    text: str
    page_characters: int


@dataclass(frozen=True, slots=True)
class Name:
    """The story that an entry holds which its guid does not tell, and on which day it was last shown.

    `stands` says that the guid was another story's before, so that it may come back.
    """

    story: StoryId
    shown: int
    stands: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LastDocument:
    """What the newest document of a feed said, by story; `names` are those that guids do not tell.

    `gone` is what those said that went out of it last, as many as it has or some more: guids may rest for a night.
    """

    said: Mapping[StoryId, Said] = field(default_factory=dict)
    gone: Mapping[StoryId, Said] = field(default_factory=dict)
    names: Mapping[StoryId, Name] = field(default_factory=dict)
    kept_at: datetime | None = None

    def by_content(self) -> Mapping[str, Sequence[StoryId]]:
        """Return the stories by the hash of their words."""
        stories: dict[str, list[StoryId]] = {}
        for story, said in self.said.items():
            stories.setdefault(said.content, []).append(story)
        return stories

    def story_of(self, name: StoryId) -> StoryId:
        """Return the story that an entry of this name held."""
        return self.names[name].story if name in self.names else name

    def twins_of(self, entry: Entry, *, among: Sequence[StoryId]) -> Iterator[StoryId]:
        """Yield which stories, of those `among` them that have its words, an entry is whatever its guid.

        They had its address, which comes first, or one that differs in its query and the same time: some
        sites count visitors in it.
        """
        address, place = _address(entry), (_page(entry), _published(entry))
        if among and address:
            yield from (story for story in among if self.said[story].address == address)
            for story in among:
                if (self.said[story].page, self.said[story].published) == place:
                    yield story

    def shown(self, entries: Iterable[tuple[StoryId, Entry, str]]) -> set[StoryId]:
        """Return the stories of entries that say what it said, or stand where one of its entries stood alone.

        Behind each entry is the hash of its words.
        """
        words = {said.content for said in self.said.values()}
        places = Counter(said.address for said in self.said.values() if said.address)
        return {
            story
            for story, entry, content in entries
            if content in words or places[_address(entry)] == 1
        }

    def is_another(self, story: StoryId, entry: Entry, *, content: str) -> bool:
        """Return whether an entry that held `story` holds another one now; `content` is the hash of its words.

        Nothing of the title's words nor of the text's is left, and address and time say so too: another
        address and no time, or another; or the same address on another day. A correction keeps its
        time or its address, or some of its words.
        """
        said = self._said_of(story)
        if said is None or said.content == content or not _is_placed_anew(entry, said):
            return False
        samples = [_unpacked(said.title), _unpacked(said.text)]
        text = entry.text[:_TEXT_SOUGHT_IN]
        present = _hashes(f"{(entry.title or '')[:_TEXT_LOOKED_AT]}\n{text}")
        if min(len(samples[0] | samples[1]), len(present)) < _FEWEST_WORDS:
            return False  # too few on either side to tell
        return all(
            len(sample & present) < _HAS_SOMETHING * len(sample) for sample in samples if sample
        )

    def may_have_page(self, story: StoryId) -> bool:
        """Return whether a story was told with the text of its page, as far as is known."""
        said = self._said_of(story)
        return said is None or said.page_characters > 0

    def may_be_teaser(self, story: StoryId, article: str) -> bool:
        """Return whether the text of its page is less than half of the one that was told of a story.

        Some sites show a reader the first paragraphs only, once he has seen a few articles in full.
        """
        said = self._said_of(story)
        return said is not None and 2 * len(article) < said.page_characters

    def may_lose_text(self, story: StoryId, entry: Entry) -> bool:
        """Return whether to tell a revision without its page would tell less than was told, or nothing new."""
        said = self._said_of(story)
        return self.may_have_page(story) or (
            said is not None and said.content == content_hash(entry)
        )

    def has_new_headline(self, story: StoryId, entry: Entry) -> bool:
        """Return whether an entry's title has other words than what was told of its story, as far as is known."""
        said = self._said_of(story)
        return said is not None and said.title != _sample((entry.title or "")[:_TEXT_LOOKED_AT])

    def names_kept(self, *, now: datetime) -> dict[StoryId, Name]:
        """Return the names that may come back; of guids that are others at each poll none is one."""
        since = day_of(now - _NAMES_KEPT)
        return {n: held for n, held in self.names.items() if held.stands and held.shown >= since}

    def followed_by(
        self,
        found: Sequence[Finding],
        *,
        names: Mapping[StoryId, Name],
        untold: Container[StoryId],
        pages: Mapping[StoryId, int],
    ) -> LastDocument:
        """Return the last document once the next one was told, but for what is `untold` of it.

        `names` are those that hold now, `pages` the stories whose pages were told, with their characters.
        """
        latest = {id(entry) for entry in newest([each.entry for each in found], most=MOST)}
        said = {}
        for each in found:
            story, before = each.seen.story_id, self._said_of(each.seen.story_id)
            if id(each.entry) not in latest:
                continue
            if before is not None and (story in untold or not _is_news(each, before, pages)):
                said[story] = before
            elif story not in untold:
                is_new = each.is_published and not each.is_revision
                had = 0 if is_new else before.page_characters if before is not None else 1
                said[story] = _said(each.entry, page_characters=pages.get(story, had))
        went = {
            story: each for story, each in {**self.said, **self.gone}.items() if story not in said
        }
        gone = dict(islice(went.items(), max(len(said), _FEWEST_GONE)))
        return LastDocument(said=said, gone=gone, names=names, kept_at=self.kept_at)

    def is_kept(self, as_: LastDocument, *, now: datetime) -> bool:
        """Return whether it is what is kept, and that not since so long that it may be forgotten."""
        is_same = (self.said, self.gone, self.names) == (as_.said, as_.gone, as_.names)
        return is_same and as_.kept_at is not None and abs(now - as_.kept_at) < _KEPT_ANEW

    def _said_of(self, story: StoryId) -> Said | None:
        return self.said.get(story) or self.gone.get(story)


def id_of_another(feed: FeedId, name: StoryId, entry: Entry) -> StoryId:
    """Return the id of what an entry holds after what its name stood for.

    By what tells the two apart, so that it is the same whoever finds it, before or after a crash or a store
    that was emptied, and once more where articles come back to their places.
    """
    return story_id(feed, f"{name} at: {_address(entry)} {_published(entry)}")


def place_of(feed: FeedId) -> StoryId:
    """Return the id under which a feed's last document is kept; no entry's key gives it."""
    return story_id(feed, "the last document")


def read_from(kept: SeenEntry | None) -> LastDocument:
    """Return the last document as it was kept; an empty one where none was, or none that can be read."""
    if kept is None:
        return LastDocument()
    try:
        said, gone, names = json.loads(kept.content_hash)
        return LastDocument(
            said={story: Said(*each) for story, each in said.items()},
            gone={story: Said(*each) for story, each in gone.items()},
            names={name: Name(*each) for name, each in names.items()},
            kept_at=kept.shown_at,
        )
    except (ValueError, TypeError, AttributeError):
        return LastDocument()


def kept(document: LastDocument, *, feed: FeedId, now: datetime) -> SeenEntry:
    """Return the entry by which a document is kept."""
    said = {story: _ROW(each) for story, each in document.said.items()}
    names = {name: astuple(each) for name, each in document.names.items()}
    gone = {story: _ROW(each) for story, each in document.gone.items()}
    written = json.dumps([said, gone, names], separators=(",", ":"))
    return SeenEntry(story_id=place_of(feed), content_hash=written, seen_at=now, shown_at=now)


def day_of(at: datetime) -> int:
    """Return the days from 1970 to `at`: by the minute each poll would have something to write."""
    return (at - _EPOCH).days


def _is_placed_anew(entry: Entry, said: Said) -> bool:
    """Return whether address and time are another article's: an older one may be back in its place."""
    published = _published(entry)
    is_elsewhere = _address(entry) != said.address
    if published is None or said.published is None:
        return is_elsewhere
    least = 1 if is_elsewhere else _ANOTHER_DAY // _MINUTE
    return abs(published - said.published) >= least


def _is_news(finding: Finding, before: Said, pages: Container[StoryId]) -> bool:
    has_page = before.page_characters > 0 or finding.seen.story_id not in pages
    return finding.seen.content_hash != before.content or not has_page


_ROW = attrgetter(*(each.name for each in fields(Said)))


def _said(entry: Entry, *, page_characters: int) -> Said:
    return Said(
        address=_address(entry),
        page=_page(entry),
        content=content_hash(entry),
        published=_published(entry),
        title=_sample((entry.title or "")[:_TEXT_LOOKED_AT]),
        text=_sample(entry.text[:_TEXT_LOOKED_AT]),
        page_characters=page_characters,
    )


def _address(entry: Entry) -> str:
    return fingerprint(without_scheme(entry.link))[:8] if entry.link else ""


def _page(entry: Entry) -> str:
    return fingerprint(without_scheme(entry.link).partition("?")[0])[:8] if entry.link else ""


def _published(entry: Entry) -> int | None:
    at = entry.published or entry.updated
    return (at - _EPOCH) // _MINUTE if at is not None else None


def _sample(text: str) -> str:
    least = sorted(_hashes(text))[:_SAMPLE]
    packed = b"".join(each.to_bytes(_HASH_BYTES, "big") for each in least)
    return base64.b64encode(packed).decode("ascii")


def _unpacked(sample: str) -> frozenset[int]:
    packed = base64.b64decode(sample)
    places: Iterable[int] = range(0, len(packed), _HASH_BYTES)
    return frozenset(int.from_bytes(packed[at : at + _HASH_BYTES], "big") for at in places)


def _hashes(text: str) -> frozenset[int]:
    return frozenset(crc32(word.encode("utf-8", "replace")) >> 8 for word in words_of(text))
