from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from services.common.bus.memory import MemoryBus, MemoryLog
from services.common.clock import SystemClock
from services.common.http.client import guarded_client
from services.fetcher.parse.document_reader import DocumentReader
from services.fetcher.store.memory import MemoryStore
from tests.support.feed_server import feed_server
from tests.support.fetching import LOOPBACK, Ground


@pytest.fixture
async def ground() -> AsyncIterator[Ground]:
    client = guarded_client(allowed_networks=LOOPBACK, deadline=timedelta(seconds=1))
    reader = DocumentReader()
    async with feed_server() as server:
        clock = SystemClock()
        bus = MemoryBus(clock, log=MemoryLog(clock))
        yield Ground(server=server, store=MemoryStore(), bus=bus, client=client, reader=reader)
        await client.aclose()
    await reader.aclose()
