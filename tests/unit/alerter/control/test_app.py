from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from kabar.cli import main
from kabar.cli.control import ask_process
from services.alerter.control.app import control_app
from services.alerter.control.trial import trial_route
from services.common.contracts.delivery import DeliveryState
from services.common.control_socket import serve_control
from services.common.errors import ChannelRefusedError
from services.common.ids import ChannelId
from services.common.stop import Stop
from tests.support.channels import RecordingChannel, a_delivery
from tests.support.events import an_alert, an_event
from tests.support.web import World, a_browser, a_web, a_world


class NoSender:
    """Notes which channels took a test."""

    def __init__(self) -> None:
        self.reopened: list[ChannelId] = []

    async def reopen(self, channel: ChannelId) -> None:
        self.reopened.append(channel)


@asynccontextmanager
async def a_running_process(
    directory: Path, *, channel: RecordingChannel | None = None, sender: NoSender | None = None
) -> AsyncIterator[World]:
    """Give the world of a process that serves the control socket of `directory`."""

    async def extra(_: Request) -> Response:
        return JSONResponse({"extra": True})

    async with a_world(directory) as world:
        app = control_app(
            world.sources,
            fresh_login_url=lambda: "http://127.0.0.1:8700/login?link=x",
            routes=[
                Route("/control/extra", extra, methods=["POST"]),
                trial_route(
                    world.database,
                    lambda: {ChannelId("ops"): channel or RecordingChannel()},
                    clock=world.clock,
                    on_taken=(sender or NoSender()).reopen,
                ),
            ],
        )
        stop = Stop()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(serve_control(app, directory, stop))
            try:
                async with asyncio.timeout(5):
                    while not (directory / "control.sock").exists():  # noqa: ASYNC110  a file has no event
                        await asyncio.sleep(0.01)
                yield world
            finally:
                stop.ask()


async def run(*arguments: str) -> tuple[int, str, str]:
    """Return exit code, stdout and stderr of `kabar` with `arguments`."""
    result = await asyncio.to_thread(CliRunner().invoke, main, arguments)
    return result.exit_code, result.stdout, result.stderr


async def test_the_socket_has_the_api_and_what_only_the_owner_may_do(tmp_path: Path) -> None:
    async with a_running_process(tmp_path) as world:
        await world.tell(an_event())

        events = await asyncio.to_thread(ask_process, tmp_path, "GET", "/api/v1/events")
        extra = await asyncio.to_thread(ask_process, tmp_path, "POST", "/control/extra")

    assert events is not None
    assert [event["id"] for event in events["events"]] == [an_event().id]
    assert extra == {"extra": True}
    assert not (tmp_path / "control.sock").exists()


async def test_token_prints_a_fresh_link(tmp_path: Path) -> None:
    async with a_running_process(tmp_path):
        running = await run("token", "--data", str(tmp_path))
    stopped = await run("token", "--data", str(tmp_path))

    assert running == (0, "http://127.0.0.1:8700/login?link=x\n", "")
    assert stopped[:2] == (1, "")
    assert "No kabar runs on" in stopped[2]


async def test_a_test_of_a_running_channel_stands_among_its_deliveries(tmp_path: Path) -> None:
    (tmp_path / "companies.yml").write_text("companies:\n  - {id: tiktok, name: TikTok}\n")
    where = ("--data", str(tmp_path), "--config", str(tmp_path))
    async with a_running_process(tmp_path):
        asked = await run("channels", "test", "ops", "--json", *where)
        shown = await run("deliveries", "--channel", "ops", "--json", *where)

    [row] = json.loads(shown[1])["deliveries"]
    assert row["id"] == json.loads(asked[1])["delivery"]
    assert (row["kind"], row["state"], row["alerts"]) == ("test", "sent", [])
    assert [attempt["status"] for attempt in row["attempts"]] == [200]


async def test_a_channel_that_takes_its_test_is_open_again_and_one_that_does_not_is_not(
    tmp_path: Path,
) -> None:
    (tmp_path / "companies.yml").write_text("companies:\n  - {id: tiktok, name: TikTok}\n")
    where = ("--data", str(tmp_path), "--config", str(tmp_path))
    channel = RecordingChannel(ChannelRefusedError("403 not_in_channel", status=403))
    sender = NoSender()
    async with a_running_process(tmp_path, channel=channel, sender=sender):
        refused = await run("channels", "test", "ops", *where)
        before = list(sender.reopened)
        taken = await run("channels", "test", "ops", *where)

    assert (refused[0], before) == (1, [])
    assert (taken[0], sender.reopened) == (0, ["ops"])


@pytest.mark.parametrize("command", ["events", "deliveries"])
async def test_a_command_says_the_same_whether_kabar_runs_or_not(
    tmp_path: Path, command: str
) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config/companies.yml").write_text("companies:\n  - {id: tiktok, name: TikTok}\n")
    asked: tuple[str, ...] = (command, "--json", "--data", str(tmp_path))
    asked += ("--config", str(tmp_path / "config")) if command == "events" else ()
    async with a_running_process(tmp_path) as world:
        await world.tell(an_event())
        await world.decide(an_alert())
        running = await run(*asked)
    stopped = await run(*asked)

    assert running == stopped
    assert running[0] == 0


async def test_events_are_shown_as_a_table(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        await world.tell(an_event(countries=("IN",)))

    code, out, _ = await run("events", "--data", str(tmp_path), "--config", str(tmp_path))

    assert code == 0
    assert out.split("  ") == [
        an_event().id,
        "2026-01-05 12:00",
        "ban",
        "confirmed",
        "IN",
        "tiktok (target)",
        "1 outlet (en)\n",
    ]


async def test_what_is_not_sent_stands_among_the_deliveries_with_its_reason(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        await world.tell(an_event())
        await world.decide(an_alert())
        await world.plan(a_delivery(state=DeliveryState.SUPPRESSED, note="muted by ann: we know"))
        async with a_browser(a_web(world, tmp_path)) as browser:
            page = await browser.get("/deliveries")

    _, out, _ = await run("deliveries", "--data", str(tmp_path))

    assert out.splitlines()[0].endswith("1 alert  muted by ann: we know")
    assert "muted by ann: we know" in page.text


async def test_where_nothing_ever_ran_there_is_nothing_to_show(tmp_path: Path) -> None:
    code, out, error = await run("events", "--data", str(tmp_path), "--config", str(tmp_path))

    assert (code, out) == (2, "")
    assert "nothing ran here yet" in error


async def test_a_wrong_cursor_is_refused_with_its_reason(tmp_path: Path) -> None:
    async with a_world(tmp_path):
        pass

    code, _, error = await run("deliveries", "--cursor", "x", "--data", str(tmp_path))

    assert code == 2
    assert "cursor" in error
