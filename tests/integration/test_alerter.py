"""The alerter as it runs: configuration files, database, page, control socket, a real webhook."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path

import httpx
import pytest

from kabar.cli.control import ask_process
from services.alerter.channels.signature import signature, signing_key
from services.alerter.parts import Surroundings
from services.alerter.wiring import Alerter, build
from services.common.bus.memory import MemoryBus
from services.common.bus.port import Outgoing
from services.common.clock import SystemClock
from services.common.config.watcher import ConfigurationWatcher
from services.common.contracts.codec import encode
from services.common.contracts.reading import Reading
from services.common.contracts.topics import READINGS
from services.common.errors import ConfigurationError
from services.common.settings import Settings
from services.common.stop import Stop
from services.common.telemetry.health import Health
from tests.support.alerting import told_by
from tests.support.feed_server import FeedServer, Reply, feed_server

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()

COMPANIES = """
companies:
  - id: bytedance
    name: ByteDance
  - id: tiktok
    name: TikTok
    owner: bytedance
"""
SUBSCRIPTIONS = """
channels:
  archive: {{type: webhook, url: "{url}", secret: {{env: HOOK_SECRET}}}}
subscriptions:
  - id: everything
    name: Everything
    send: [{{to: archive}}]
"""


@dataclass
class Running:
    """An alerter whose task runs."""

    alerter: Alerter
    around: Surroundings
    stop: Stop

    async def publish(self, *readings: Reading) -> None:
        await self.around.bus.publish(
            READINGS, [Outgoing(key=r.story.story_id, value=encode(r)) for r in readings]
        )

    @property
    def health(self) -> Health:
        return self.around.health


@asynccontextmanager
async def running(
    directory: Path, *, url: str, bus: MemoryBus | None = None, waits: bool = True
) -> AsyncIterator[Running]:
    """Run an alerter on `directory` that sends to the webhook `url`."""
    config = directory / "config"
    config.mkdir(exist_ok=True)
    (config / "companies.yml").write_text(COMPANIES)
    (config / "subscriptions.yml").write_text(SUBSCRIPTIONS.format(url=url))
    clock = SystemClock()
    watcher = ConfigurationWatcher(config, environment={"HOOK_SECRET": SECRET})
    watcher.load()
    around = Surroundings(
        settings=Settings(
            config=config,
            data=directory / "data",
            allow_networks=(ip_network("127.0.0.0/8"),),
        ),
        bus=bus or MemoryBus(clock),
        clock=clock,
        health=Health(clock),
        watcher=watcher,
    )
    alerter = Alerter(around, waits=waits)
    stop = Stop()
    async with asyncio.timeout(20), asyncio.TaskGroup() as tasks:
        tasks.create_task(alerter.run(stop))
        try:
            yield Running(alerter, around, stop)
        finally:
            stop.ask()


async def until(is_so: Callable[[], Awaitable[bool] | bool]) -> None:
    while True:
        answer = is_so()
        if answer if isinstance(answer, bool) else await answer:
            return
        await asyncio.sleep(0.01)


@pytest.fixture
async def receiver() -> AsyncIterator[FeedServer]:
    async with feed_server() as server:
        server.script("/hook", Reply(status=204))
        yield server


async def test_a_reading_becomes_a_signed_webhook_and_an_event_on_the_page(
    tmp_path: Path, receiver: FeedServer
) -> None:
    reading = told_by("One", since=SystemClock().now())

    async with running(tmp_path, url=receiver.url("/hook")) as kabar:
        await kabar.publish(reading)
        await until(lambda: bool(receiver.asked("/hook")))
        transport = httpx.ASGITransport(kabar.alerter.entrance)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            page = await client.get("/api/v1/events")
        deliveries = await asyncio.to_thread(
            ask_process, tmp_path / "data", "GET", "/api/v1/deliveries"
        )

    [asked] = receiver.asked("/hook")
    body = json.loads(asked.body)
    assert body["data"]["alerts"][0]["sentence"] == "TikTok banned (confirmed; 1 outlet)"
    assert asked.headers["webhook-signature"] == signature(
        signing_key(SECRET),
        message_id=asked.headers["webhook-id"],
        timestamp=int(asked.headers["webhook-timestamp"]),
        body=asked.body,
    )
    assert [event["id"] for event in page.json()["events"]] == [
        body["data"]["alerts"][0]["event"]["id"]
    ]
    assert deliveries is not None
    assert deliveries["deliveries"][0]["id"] == asked.headers["webhook-id"]


async def test_a_standby_takes_over_when_the_active_one_is_gone(
    tmp_path: Path, receiver: FeedServer
) -> None:
    url = receiver.url("/hook")
    bus = MemoryBus(SystemClock())
    async with running(tmp_path, url=url, bus=bus) as first:
        await until(lambda: not first.health.reasons().get("alerter"))
        async with running(tmp_path, url=url, bus=bus) as second:
            await until(lambda: second.health.is_standby)

            first.stop.ask()
            await until(lambda: not second.health.reasons())
            await second.publish(told_by("One", since=SystemClock().now()))
            await until(lambda: bool(receiver.asked("/hook")))

    assert len(receiver.asked("/hook")) == 1


async def test_one_that_cannot_send_to_a_channel_ends_before_it_could_stand_by(
    tmp_path: Path,
) -> None:
    (tmp_path / "companies.yml").write_text(COMPANIES)
    mail = "channels:\n  legal: {type: email, to: [legal@example.org]}\n"
    (tmp_path / "subscriptions.yml").write_text(mail)
    settings = Settings(config=tmp_path, data=tmp_path / "data", bus="kafka://127.0.0.1:1")

    with pytest.raises(ConfigurationError, match=r"subscriptions\.yml:2:1: error: .*KABAR_SMTP"):
        async with build(settings):
            pass


async def test_a_directory_in_use_is_refused_where_nobody_waits(
    tmp_path: Path, receiver: FeedServer
) -> None:
    url = receiver.url("/hook")
    async with running(tmp_path, url=url) as first:
        await until(lambda: not first.health.reasons().get("alerter"))

        with pytest.raises(ExceptionGroup) as refused:
            async with running(tmp_path, url=url, waits=False) as second:
                await second.stop.wait()

    assert refused.group_contains(ConfigurationError, match="Another kabar runs on")


async def test_a_data_directory_that_is_a_file_is_refused_with_its_name(
    tmp_path: Path, receiver: FeedServer
) -> None:
    (tmp_path / "data").write_text("")

    with pytest.raises(ExceptionGroup) as refused:
        async with running(tmp_path, url=receiver.url("/hook")) as kabar:
            await kabar.stop.wait()

    assert refused.group_contains(ConfigurationError, match="data.* cannot be written: Not a dir")
