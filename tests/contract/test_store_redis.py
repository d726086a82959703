"""The feed store in Redis keeps the FeedStore contract, on a real server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import pytest
from redis.asyncio import Redis

from services.common.errors import ConfigurationError, StoreUnavailableError
from services.common.ids import FeedId, StoryId
from services.fetcher.store.port import FeedStore, Installation
from services.fetcher.store.redis import RedisStore
from tests.contract.store_contract import FEED, WrittenStoreContract, a_state, an_entry
from tests.support.builders import NOON
from tests.support.redis import RedisServer

pytestmark = pytest.mark.redis
MINUTE = timedelta(minutes=1)


async def flush(url: str) -> None:
    client = Redis.from_url(url)
    await client.flushdb()
    await client.aclose()


class RedisGround:
    def __init__(self, url: str) -> None:
        self._url = url
        self.store: FeedStore = RedisStore(url)

    async def reopen(self) -> FeedStore:
        await self.store.close()
        self.store = RedisStore(self._url)
        return self.store

    async def spoil_state(self, feed: FeedId) -> None:
        client = Redis.from_url(self._url)
        await client.hset("kabar:fetcher:states", feed, '{"feed_id": 1')
        await client.aclose()

    async def spoil_mark(self) -> None:
        client = Redis.from_url(self._url)
        await client.set("kabar:fetcher:installation", "?")
        await client.aclose()


class TestRedisStore(WrittenStoreContract):
    @pytest.fixture
    async def ground(self, redis_url: str) -> AsyncIterator[RedisGround]:
        url = f"{redis_url}/9"
        await flush(url)
        ground = RedisGround(url)
        yield ground
        await ground.store.close()


@asynccontextmanager
async def a_wire_that_loses_replies(port: int, *, losses: int) -> AsyncIterator[int]:
    """Give the port of a wire to Redis that carries commands and cuts its first `losses` replies."""
    lost = 0

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal lost
        upstream, redis = await asyncio.open_connection("127.0.0.1", port)
        try:
            while command := await reader.read(1 << 20):
                redis.write(command)
                reply = await upstream.read(1 << 20)
                if b"EVALSHA" in command and not reply.startswith(b"-NOSCRIPT") and lost < losses:
                    lost += 1
                    break
                writer.write(reply)
        finally:
            for end in (redis, writer):
                end.close()
                with suppress(ConnectionError):
                    await end.wait_closed()

    async with await asyncio.start_server(carry, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]
    assert lost == losses, "the wire lost no reply"


async def test_a_lost_reply_makes_no_lease_and_no_memory_disappear(own_redis: RedisServer) -> None:
    mark = Installation(id="one", marked_at=NOON)
    async with a_wire_that_loses_replies(own_redis.port, losses=1) as port:
        store = RedisStore(f"redis://127.0.0.1:{port}")
        held = await store.hold(FEED, token="a", now=NOON, until=NOON + MINUTE)
        await store.close()
    async with a_wire_that_loses_replies(own_redis.port, losses=1) as port:
        store = RedisStore(f"redis://127.0.0.1:{port}")
        marked = await store.mark(mark)
        await store.close()
    async with a_wire_that_loses_replies(own_redis.port, losses=1) as port:
        store = RedisStore(f"redis://127.0.0.1:{port}")
        is_written = await store.remember(a_state(), [an_entry()], token="a")
        seen = await store.seen(FEED, [an_entry().story_id])
        await store.close()

    assert held is not None
    assert marked == mark
    assert is_written
    assert seen == {an_entry().story_id: an_entry()}


async def test_what_was_remembered_outlives_a_killed_server(own_redis: RedisServer) -> None:
    store = RedisStore(own_redis.url)
    await store.remember(a_state(), [an_entry()], token="a")
    own_redis.kill()

    with pytest.raises(StoreUnavailableError):
        await store.states()
    own_redis.start()

    assert await store.states() == {FEED: a_state()}
    await store.check()
    await store.close()


async def test_an_emptied_redis_has_no_mark_any_more(own_redis: RedisServer) -> None:
    store = RedisStore(own_redis.url)
    await store.mark(Installation(id="one", marked_at=NOON))
    await store.remember(a_state(), [an_entry()], token="a")
    await store.hold(FEED, token="a", now=NOON, until=NOON + MINUTE)
    await flush(own_redis.url)

    emptied = await store.hold(FEED, token="a", now=NOON, until=NOON + MINUTE)
    other = await store.mark(Installation(id="two", marked_at=NOON))
    marked_anew = await store.hold(FEED, token="a", now=NOON, until=NOON + MINUTE)

    assert emptied is not None
    assert (emptied.installation, emptied.state) == (None, None)
    assert marked_anew is not None
    assert marked_anew.installation == other
    await store.close()


async def test_more_entries_than_a_script_takes_are_remembered(own_redis: RedisServer) -> None:
    store = RedisStore(own_redis.url)
    entries = [an_entry(f"st_{number}") for number in range(2_500)]

    is_written = await store.remember(a_state(), entries, token="a")

    seen = await store.seen(FeedId(FEED), [StoryId(f"st_{number}") for number in range(2_500)])
    assert is_written
    assert len(seen) == 2_500
    await store.close()


@pytest.mark.parametrize("written", ["?", "[1]", '["c1", "noon", 0, false, false, 0]'])
async def test_an_entry_that_cannot_be_read_is_unknown_and_the_others_are_known(
    own_redis: RedisServer, written: str
) -> None:
    store, client = RedisStore(own_redis.url), Redis.from_url(own_redis.url)
    await store.remember(a_state(), [an_entry("st_1"), an_entry("st_2")], token="a")
    await client.hset(f"kabar:fetcher:seen:{FEED}", "st_1", written)

    seen = await store.seen(FEED, [StoryId("st_1"), StoryId("st_2")])

    assert seen == {StoryId("st_2"): an_entry("st_2")}
    await client.aclose()
    await store.close()


def test_an_address_that_is_none_is_a_mistake_of_the_operator() -> None:
    with pytest.raises(ConfigurationError):
        RedisStore("rediss//:nowhere")


@pytest.mark.parametrize("password", ["", ":another@"], ids=["none", "another"])
async def test_a_password_that_is_missing_or_wrong_is_said_so(
    own_redis: RedisServer, password: str
) -> None:
    client = Redis.from_url(own_redis.url)
    await client.config_set("requirepass", "secret")
    await client.aclose()
    store = RedisStore(own_redis.url.replace("://", f"://{password}"))

    with pytest.raises(StoreUnavailableError, match="Redis wants a password, or another one"):
        await store.states()

    await store.close()


async def test_a_redis_that_is_full_says_so_and_goes_on_once_it_has_room(
    own_redis: RedisServer,
) -> None:
    client, store = Redis.from_url(own_redis.url), RedisStore(own_redis.url)
    await store.hold(FEED, token="one", now=NOON, until=NOON + MINUTE)
    await client.config_set("maxmemory", 1)

    with pytest.raises(StoreUnavailableError, match="KABAR_REDIS_MEMORY"):
        await store.remember(a_state(), [an_entry("st_1")], token="one")
    await client.config_set("maxmemory", 0)

    assert await store.remember(a_state(), [an_entry("st_1")], token="one")
    await client.aclose()
    await store.close()
