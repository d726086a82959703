"""The FeedStore port: what the fetcher remembers between polls, so that an adapter can be written.

It holds no story: everything in it can be rebuilt by polling again, since ids are functions of content
and a repeat changes nothing. The fetcher publishes first and remembers after the bus took it.

Every command may be repeated: writes are absolute, and those under a lease carry its token. Every
method raises StoreUnavailableError when the store does not serve; nothing or all of the call happened.
What was written and cannot be read is said in the log and is nobody's end: a feed with such a state was
fetched, and nothing else is known of it, not even when; such a mark is one that names no feed.

tests/contract/store_contract.py says the same in tests; every adapter passes it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from pydantic import AwareDatetime

from services.common.contracts.feed import FeedCondition, FeedError
from services.common.ids import FeedId, StoryId


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What a server gave to be asked with again: opaque, replayed byte for byte."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedState:
    """How one feed stands after a poll.

    `url` is the address that was polled: validators are worth nothing at another one. `body_hash` is
    that of the newest body that was read there, None where none was, empty where it is to be read again,
    `read_at` when one last came, and `ttl_minutes` how long it says that it holds. `failures` counts
    polls that failed since the last good one. `is_fetched` says that a first fetch brought entries to
    remember, and was not cut off within one. `waiting` are the stories whose pages did not come,
    and since when, `wall` is the hash of the last page that stood in the place of several.
    """

    feed_id: FeedId
    url: str
    validators: Validators = Validators()
    body_hash: str | None = None
    read_at: AwareDatetime | None = None
    ttl_minutes: int | None = None
    condition: FeedCondition = FeedCondition.NEW
    error: FeedError | None = None
    failures: int = 0
    is_fetched: bool = False
    last_polled_at: AwareDatetime | None = None
    next_poll_at: AwareDatetime | None = None
    last_story_at: AwareDatetime | None = None
    stories_seen: int = 0
    waiting: dict[StoryId, AwareDatetime] = field(default_factory=dict)
    wall: str = ""

    def is_read_at(self, url: str) -> bool:
        """Return whether a document of the feed was ever read at this address."""
        return self.url == url and self.body_hash is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenEntry:
    """An entry that was published, or left out on purpose.

    `content_hash` is that of the entry as the feed has it, empty where its page is to come. `seen_at` is
    when it was first seen, `shown_at` when the feed last had it, `revisions` how often its content changed.
    `ignored` ones were left out on purpose and stay so. One of each feed is none of its entries: it keeps
    what its last document said (last_document.py), of any length, in `content_hash`.
    """

    story_id: StoryId
    content_hash: str
    seen_at: AwareDatetime
    shown_at: AwareDatetime
    backfill: bool = False
    ignored: bool = False
    revisions: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """The mark that this store has served before (design decision 11).

    `recovering` are the feeds that were configured when a store was found empty though stories had
    been published: their next fetch marks as back-fill only what was published long ago.
    """

    id: str
    marked_at: AwareDatetime
    recovering: tuple[FeedId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A feed under a lease, with what the store knew of it and the mark, read together."""

    installation: Installation | None
    state: FeedState | None


class FeedStore(Protocol):
    """The memory of the fetchers; several may share one."""

    async def mark(self, installation: Installation) -> Installation:
        """Set the installation mark unless there is one; return the one that holds, durable."""
        ...

    async def installation(self) -> Installation | None:
        """Return the mark; None in a store that is new or was emptied."""
        ...

    async def states(self) -> Mapping[FeedId, FeedState]:
        """Return the state of every feed that has one."""
        ...

    async def hold(
        self, feed: FeedId, *, token: str, now: datetime, until: datetime
    ) -> Held | None:
        """Take the lease on a feed until `until`; None while another token's has not run out.

        The same token may take it again. Mark and state are of one moment, after the lease began. A lease
        that ends further off than twice the time asked for is that of a wrong clock, and has run out.
        """
        ...

    async def release(self, feed: FeedId, *, token: str) -> None:
        """Give the lease back; nothing happens when it is another token's."""
        ...

    async def seen(self, feed: FeedId, stories: Collection[StoryId]) -> Mapping[StoryId, SeenEntry]:
        """Return those of `stories` that the feed was seen to have."""
        ...

    async def remember(
        self,
        state: FeedState,
        entries: Collection[SeenEntry],
        *,
        token: str,
        shown_since: datetime | None = None,
    ) -> bool:
        """Write state and entries as one and give the lease back; return when they are durable.

        Entries not shown since `shown_since` are forgotten. False, and nothing is written, when the
        lease is another token's by now: that poll counts. A lease that ran out and that nobody took,
        or that an emptied store forgot, is no obstacle.
        """
        ...

    async def forget(self, feed: FeedId, *, token: str) -> None:
        """Forget all of a feed, its state, entries and lease; nothing happens without this token's lease."""
        ...

    async def penalties(self, *, now: datetime) -> Mapping[str, datetime]:
        """Return until when each host is to be left alone; only those still in force."""
        ...

    async def penalise(self, host: str, *, until: datetime) -> None:
        """Leave `host` alone until `until`; a later end that it already has stays."""
        ...

    async def close(self) -> None:
        """Give the store back."""
        ...
