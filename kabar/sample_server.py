"""The sample feeds as a process of their own: `python -m kabar.sample_server`.

For the stack of containers, where the fetcher reaches them by a host name; `kabar demo` serves them
inside its own process.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from starlette.applications import Starlette
from starlette.routing import Mount

from kabar.samples import SampleServer, read_sample_feeds
from kabar.shipped import shipped
from services.common.clock import SystemClock
from services.common.lifecycle import Process, Server, run
from services.common.settings import Settings, read_settings
from services.common.telemetry.health import Health, health_routes

DEFAULT_PORT = 8703

log = structlog.get_logger()


@asynccontextmanager
async def build(settings: Settings) -> AsyncIterator[Process]:
    """Make the process: the feeds at /feeds/…, their stories' pages, and its health."""
    clock = SystemClock()
    health = Health(clock)
    feeds = read_sample_feeds(shipped("samples") / "feeds")
    samples = SampleServer(feeds, clock=clock, announce=_announce)
    app = Starlette(routes=[*health_routes(health), Mount("/", samples.app)])
    server = Server(app=app, host=settings.host, port=settings.port or DEFAULT_PORT)
    yield Process(health=health, tasks=(), servers=(server,))


def _announce(url: str, title: str) -> None:
    log.info("story_served", url=url, title=title)


if __name__ == "__main__":
    sys.exit(run(build, read_settings(), service="samples"))
