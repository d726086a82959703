"""The FeedStore in Redis: for the stack, where several fetchers may share it.

Redis here holds nothing that cannot be rebuilt; it runs with `noeviction` and an append-only file.
redis-py repeats a command whose reply got lost, so every command here may be run twice: what is written
is absolute, and what a lease protects is a script that compares the lease's token (design decision 28).
A store that was emptied has no installation mark; the fetcher tells it from a new one by the bus.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar, cast

import structlog
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError, OutOfMemoryError, RedisError

from services.common.contracts.codec import encode
from services.common.errors import ConfigurationError, StoreUnavailableError
from services.common.ids import FeedId, StoryId
from services.fetcher.store.port import FeedState, Held, Installation, SeenEntry
from services.fetcher.store.written import HEAD_BYTES, KnownMark, mark_from, state_from, states_from

T = TypeVar("T")

_ANSWERS_WITHIN_SECONDS = 5.0
_PREFIX = "kabar:fetcher:"
_INSTALLATION, _STATES, _LEASES, _PENALTIES = (
    _PREFIX + name for name in ("installation", "states", "leases", "penalties")
)
_AT_ONCE = 1_000  # Lua takes some 8,000 values from its stack, and an entry is three
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

# A lease is "until token", in microseconds since 1970; they fit into Lua's numbers until 2255.
_MARK = """
redis.call('SET', KEYS[1], ARGV[1], 'NX')
return redis.call('GET', KEYS[1])
"""
_HOLD = """
local lease = redis.call('HGET', KEYS[1], ARGV[1])
if lease then
  local ends_at, token = string.match(lease, '^(%-?%d+) (.*)$')
  local now, ours = tonumber(ARGV[3]), tonumber(ARGV[4])
  ends_at = tonumber(ends_at)
  if token ~= ARGV[2] and ends_at > now and ends_at <= ours + (ours - now) then return false end
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[4] .. ' ' .. ARGV[2])
local mark = redis.call('GETRANGE', KEYS[2], 0, ARGV[6] - 1)
if mark ~= ARGV[5] then mark = redis.call('GET', KEYS[2]) or '' end
return {mark, redis.call('HGET', KEYS[3], ARGV[1]) or ''}
"""
_RELEASE = """
local lease = redis.call('HGET', KEYS[1], ARGV[1])
if lease and string.match(lease, ' (.*)$') == ARGV[2] then
  redis.call('HDEL', KEYS[1], ARGV[1])
end
return 1
"""
_REMEMBER = """
local lease = redis.call('HGET', KEYS[1], ARGV[1])
if lease and string.match(lease, ' (.*)$') ~= ARGV[2] then return 0 end
for place = 5, #ARGV, 3 do
  redis.call('HSET', KEYS[3], ARGV[place], ARGV[place + 1])
  redis.call('ZADD', KEYS[4], ARGV[place + 2], ARGV[place])
end
if ARGV[3] == '' then return 1 end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[3])
if ARGV[4] ~= '' then
  for _, story in ipairs(redis.call('ZRANGEBYSCORE', KEYS[4], '-inf', '(' .. ARGV[4])) do
    redis.call('HDEL', KEYS[3], story)
    redis.call('ZREM', KEYS[4], story)
  end
end
if lease then redis.call('HDEL', KEYS[1], ARGV[1]) end
return 1
"""
_FORGET = """
local lease = redis.call('HGET', KEYS[1], ARGV[1])
if not lease or string.match(lease, ' (.*)$') ~= ARGV[2] then return 0 end
redis.call('HDEL', KEYS[2], ARGV[1])
redis.call('UNLINK', KEYS[3], KEYS[4])
redis.call('HDEL', KEYS[1], ARGV[1])
return 1
"""
_PENALISE = """
local until_ = tonumber(redis.call('HGET', KEYS[1], ARGV[1]) or '0')
if tonumber(ARGV[2]) > until_ then redis.call('HSET', KEYS[1], ARGV[1], ARGV[2]) end
return 1
"""

log = structlog.get_logger()


class RedisStore:
    """Keeps everything under `kabar:fetcher:` in the database that `url` names."""

    def __init__(self, url: str) -> None:
        """Connects when it is first asked. Raises ConfigurationError where `url` is no address."""
        try:
            self._redis: Redis = Redis.from_url(
                url,
                socket_timeout=_ANSWERS_WITHIN_SECONDS,
                socket_connect_timeout=_ANSWERS_WITHIN_SECONDS,
                retry=Retry(NoBackoff(), 1),  # a connection that idled away; the fetcher insists
            )
        except ValueError as error:
            raise ConfigurationError(f"KABAR_STORE cannot be used: {error}.") from error
        script = self._redis.register_script
        self._mark, self._hold, self._release = script(_MARK), script(_HOLD), script(_RELEASE)
        self._remember, self._penalise = script(_REMEMBER), script(_PENALISE)
        self._forget = script(_FORGET)
        self._known_mark = KnownMark()

    async def check(self) -> None:
        """Log a warning where Redis may throw away what it should keep.

        Raises:
            StoreUnavailableError: it does not answer.
        """
        memory = await _answer(self._redis.info("memory"))
        policy = memory.get("maxmemory_policy", "noeviction")
        if policy != "noeviction" and memory.get("maxmemory"):
            log.warning("redis_may_evict", policy=policy, advice="Set maxmemory-policy noeviction.")

    async def mark(self, installation: Installation) -> Installation:
        """Set the mark unless there is one."""
        marked = await _answer(self._mark(keys=[_INSTALLATION], args=[encode(installation)]))
        return mark_from(marked)

    async def installation(self) -> Installation | None:
        """Return the mark."""
        mark = await _answer(self._redis.get(_INSTALLATION))
        return mark_from(mark) if mark else None

    async def states(self) -> Mapping[FeedId, FeedState]:
        """Return every state."""
        states = await _answer(self._redis.hgetall(_STATES))
        return states_from((FeedId(feed.decode()), state) for feed, state in states.items())

    async def hold(
        self, feed: FeedId, *, token: str, now: datetime, until: datetime
    ) -> Held | None:
        """Take the lease on a feed."""
        held = await _answer(
            self._hold(
                keys=[_LEASES, _INSTALLATION, _STATES],
                args=[
                    feed,
                    token,
                    _number(now),
                    _number(until),
                    self._known_mark.head,
                    HEAD_BYTES,
                ],
            )
        )
        if held is None:
            return None
        mark, state = held
        return Held(
            installation=self._known_mark.read(mark),
            state=state_from(feed, state) if state else None,
        )

    async def release(self, feed: FeedId, *, token: str) -> None:
        """Give the lease back."""
        await _answer(self._release(keys=[_LEASES], args=[feed, token]))

    async def seen(self, feed: FeedId, stories: Collection[StoryId]) -> Mapping[StoryId, SeenEntry]:
        """Return what is known of `stories`."""
        asked = list(stories)
        if not asked:
            return {}
        found = await _answer(self._redis.hmget(_seen_key(feed), cast("list[str]", asked)))
        entries = (
            _entry(story, written)
            for story, written in zip(asked, found, strict=True)
            if written is not None
        )
        return {entry.story_id: entry for entry in entries if entry is not None}

    async def remember(
        self,
        state: FeedState,
        entries: Collection[SeenEntry],
        *,
        token: str,
        shown_since: datetime | None = None,
    ) -> bool:
        """Write state and entries.

        Of more than a thousand entries the first come before the state, in calls of their own: what
        a crash leaves between them is entries that were published.
        """
        feed = state.feed_id
        keys = _keys_of(feed)
        rows = [_row(entry) for entry in entries]
        while len(rows) > _AT_ONCE:
            part, rows = rows[:_AT_ONCE], rows[_AT_ONCE:]
            values = [value for row in part for value in row]
            if not await _answer(self._remember(keys=keys, args=[feed, token, "", "", *values])):
                return False
        since = "" if shown_since is None else _number(shown_since)
        values = [value for row in rows for value in row]
        is_written = await _answer(
            self._remember(keys=keys, args=[feed, token, encode(state), since, *values])
        )
        return bool(is_written)

    async def forget(self, feed: FeedId, *, token: str) -> None:
        """Forget all of a feed."""
        await _answer(self._forget(keys=_keys_of(feed), args=[feed, token]))

    async def penalties(self, *, now: datetime) -> Mapping[str, datetime]:
        """Return the penalties in force."""
        penalties = await _answer(self._redis.hgetall(_PENALTIES))
        return {
            host.decode(): _time(int(until))
            for host, until in penalties.items()
            if int(until) > _number(now)
        }

    async def penalise(self, host: str, *, until: datetime) -> None:
        """Leave a host alone."""
        await _answer(self._penalise(keys=[_PENALTIES], args=[host, _number(until)]))

    async def close(self) -> None:
        """Close the connections."""
        await self._redis.aclose()


async def _answer(asked: Awaitable[Any] | Any) -> Any:
    """Return Redis's answer. redis-py types the async client's results as either kind."""
    with _store_errors():
        return await asked


@contextmanager
def _store_errors() -> Iterator[None]:
    try:
        yield
    except AuthenticationError as error:  # its own words are about the protocol
        raise StoreUnavailableError(
            "Redis wants a password, or another one: write KABAR_STORE=redis://:password@host:port."
        ) from error
    except OutOfMemoryError as error:
        raise StoreUnavailableError(
            "Redis is full: give it more maxmemory (in the stack KABAR_REDIS_MEMORY)."
        ) from error
    except (RedisError, OSError) as error:
        raise StoreUnavailableError(f"Redis did not serve: {str(error).rstrip('.')}.") from error


def _keys_of(feed: FeedId) -> list[str]:
    return [_LEASES, _STATES, _seen_key(feed), f"{_PREFIX}shown:{feed}"]


def _seen_key(feed: FeedId) -> str:
    return f"{_PREFIX}seen:{feed}"


def _row(entry: SeenEntry) -> tuple[str, str, int]:
    written = json.dumps(
        [
            entry.content_hash,
            _number(entry.seen_at),
            _number(entry.shown_at),
            entry.backfill,
            entry.ignored,
            entry.revisions,
        ]
    )
    return entry.story_id, written, _number(entry.shown_at)


def _entry(story: StoryId, written: bytes) -> SeenEntry | None:
    """Return the entry that is written so; None where that cannot be read, as if it was never seen."""
    try:
        content_hash, seen_at, shown_at, backfill, ignored, revisions = json.loads(written)
        return SeenEntry(
            story_id=story,
            content_hash=content_hash,
            seen_at=_time(seen_at),
            shown_at=_time(shown_at),
            backfill=backfill,
            ignored=ignored,
            revisions=revisions,
        )
    except (ValueError, TypeError) as error:
        log.warning("seen_entry_unreadable", story_id=story, reason=str(error))
        return None


def _number(at: datetime) -> int:
    return (at - _EPOCH) // _MICROSECOND


def _time(number: int) -> datetime:
    return _EPOCH + number * _MICROSECOND
