from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kabar.cli import main
from services.alerter.control.app import control_app
from services.alerter.database.lock import ActiveLock
from services.common.config.configuration import Configuration
from services.common.contracts.subscription import ChannelConfig
from services.common.control_socket import serve_control
from services.common.ids import ChannelId
from services.common.stop import Stop
from tests.support.builders import a_watchlist
from tests.support.web import World, a_world

COMPANIES = """
companies:
  - {id: bytedance, name: ByteDance}
  - {id: tiktok, name: TikTok, owner: bytedance}
"""
SUBSCRIPTIONS = """
channels:
  archive: {type: console}
subscriptions:
  - id: of-file
    send: [{to: archive}]
"""
NORWAY = """
id: norway
name: Forbud i Norge
when:
  countries: [NO]
  outlets: 2
send:
  - to: archive
    quiet: {days: mon-fri, from: 22:00, to: 07:00, zone: Europe/Oslo}
"""


@pytest.fixture
def here(tmp_path: Path) -> list[str]:
    """Return the options that name a configuration, and a data directory in which nothing ran."""
    config = tmp_path / "config"
    config.mkdir()
    (config / "companies.yml").write_text(COMPANIES)
    (config / "subscriptions.yml").write_text(SUBSCRIPTIONS)
    return ["--config", str(config), "--data", str(tmp_path / "data")]


def run(*arguments: str, text: str | None = None) -> Result:
    return CliRunner().invoke(main, ["subscriptions", *arguments], input=text)


def test_one_is_made_listed_shown_and_removed_where_nobody_runs(here: list[str]) -> None:
    made = run("add", "-", *here, text=NORWAY)
    listed = run("list", *here)
    shown = run("show", "norway", *here)
    removed = run("remove", "norway", *here)

    assert (made.exit_code, made.stdout) == (0, "norway is made.\n"), made.output
    assert [line.split()[0] for line in listed.stdout.splitlines()] == ["of-file", "norway"]
    assert "countries:\n  - 'NO'\n" in shown.stdout
    assert "from: '22:00'" in shown.stdout
    assert (removed.exit_code, removed.stdout) == (0, "norway is removed.\n")
    assert "norway" not in run("list", *here).stdout


def test_those_of_files_are_listed_before_anything_ran(here: list[str]) -> None:
    body = json.loads(run("list", "--json", *here).stdout)

    [one] = body["subscriptions"]
    assert one["id"] == "of-file"
    assert one["origin"].endswith("subscriptions.yml:5")
    assert one["last_alert_at"] is None


def test_without_a_command_they_are_listed(here: list[str]) -> None:
    assert run("--json", *here).stdout == run("list", "--json", *here).stdout
    assert run(*here).stdout == run("list", *here).stdout


def test_options_before_a_command_are_refused_as_they_would_have_no_effect(here: list[str]) -> None:
    refused = run("--json", "list", *here)

    assert refused.exit_code == 2
    assert "kabar subscriptions list" in refused.stderr


def test_what_is_exported_may_be_made_again(here: list[str]) -> None:
    run("add", "-", *here, text=NORWAY)
    before = run("show", "norway", "--json", *here).stdout
    exported = run("export", *here).stdout
    run("remove", "norway", *here)

    again = run("add", "-", *here, text=exported)

    assert again.exit_code == 0, again.output
    assert run("show", "norway", "--json", *here).stdout == before
    assert "of-file" not in exported
    assert "of-file" in run("export", "of-file", *here).stdout


def test_mistakes_are_named_with_their_place_in_the_file_and_the_rest_is_made(
    here: list[str], tmp_path: Path
) -> None:
    file = tmp_path / "mine.yml"
    file.write_text(
        "subscriptions:\n"
        "  - id: good\n"
        "    send: [{to: archive}]\n"
        "  - id: bad\n"
        "    when: {stages: [confirmd]}\n"
        "    send: [{to: archiv}]\n"
        "  - id: of-file\n"
        "    send: [{to: archive}]\n"
    )

    told = run("add", str(file), *here)

    assert told.exit_code == 1
    assert told.stdout == "good is made.\n"
    first, second, third = told.stderr.splitlines()
    assert first.startswith(f'{file}:5:21: error: "confirmd" is no value of "stages"')
    assert second.startswith(f'{file}:6:17: error: the channel "archiv" does not exist')
    assert third.startswith(f"{file}:7:5: error: ")
    assert "change it there" in third


def test_replacing_is_asked_for(here: list[str]) -> None:
    run("add", "-", *here, text=NORWAY)

    again = run("add", "-", *here, text=NORWAY)
    replaced = run("add", "-", "--replace", *here, text=NORWAY.replace("Forbud", "Alle forbud"))

    assert again.exit_code == 1
    assert replaced.stdout == "norway is changed.\n"
    assert "Alle forbud i Norge" in run("list", *here).stdout


@pytest.mark.parametrize("text", ["", "a: [", "subscriptions: []"])
def test_a_file_without_a_subscription_is_wrong_use(here: list[str], text: str) -> None:
    assert run("add", "-", *here, text=text).exit_code == 2


@pytest.mark.parametrize(
    "arguments", [("remove", "nobody"), ("show", "nobody"), ("export", "nobody")]
)
def test_an_unknown_one_exits_with_1(here: list[str], arguments: tuple[str, ...]) -> None:
    told = run(*arguments, *here)

    assert told.exit_code == 1
    assert "nobody" in told.stderr


def test_nothing_is_changed_while_a_process_starts(here: list[str]) -> None:
    data = Path(here[-1])
    data.mkdir()
    with ActiveLock(data) as lock:
        assert lock.try_acquire()
        told = run("add", "-", *here, text=NORWAY)

    assert told.exit_code == 2
    assert "starting or ending" in told.stderr


@asynccontextmanager
async def a_running_process(directory: Path) -> AsyncIterator[World]:
    async with a_world(directory) as world:
        archive = ChannelConfig(id=ChannelId("archive"), type="console")
        world.configuration = Configuration(watchlist=a_watchlist(), channels=(archive,))
        app = control_app(world.sources, fresh_login_url=lambda: "")
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


async def test_the_process_that_runs_makes_and_removes_them(tmp_path: Path) -> None:
    async with a_running_process(tmp_path) as world:
        there = ["--data", str(tmp_path)]
        made = await asyncio.to_thread(run, "add", "-", *there, text=NORWAY)
        in_use = [one.id for one in world.sources.configuration().subscriptions]
        refused = await asyncio.to_thread(
            run, "add", "-", *there, text="{id: x, send: [{to: nowhere}]}"
        )
        removed = await asyncio.to_thread(run, "remove", "norway", *there)

    assert made.stdout == "norway is made.\n", made.output
    assert in_use == ["norway"]
    assert refused.exit_code == 1
    assert '-:1:21: error: the channel "nowhere" does not exist' in refused.stderr
    assert removed.exit_code == 0
    assert world.sources.configuration().subscriptions == ()
