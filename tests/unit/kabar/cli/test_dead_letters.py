"""kabar dead-letters, through the process that runs and by hand where none does."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from starlette.applications import Starlette

from kabar.cli import main
from services.common.breaker import Breaker
from services.common.bus.memory import MemoryBus
from services.common.bus.port import Bus, Record
from services.common.bus.sqlite import SqliteBus
from services.common.clock import ManualClock
from services.common.contracts.topics import STORIES
from services.common.control_socket import control_listener
from services.common.dead_letter_routes import dead_letter_routes
from services.common.dead_letters import LetterBox, letter_of, publish_letter
from services.common.lifecycle import serve
from services.common.stop import Stop
from services.common.telemetry.health import Gate
from tests.support.builders import NOON

CLOCK = ManualClock(NOON)


async def a_letter_on(bus: Bus, *, offset: int = 7) -> str:
    record = Record(
        topic=STORIES.name,
        topic_id="t",
        partition=0,
        offset=offset,
        key="fd_wire",
        value="খবর".encode(),
        at=NOON,
    )
    letter = letter_of(record, service="classifier", error=ValueError("bad"), at=NOON)
    await publish_letter(bus, letter)
    return letter.id


async def kabar(*arguments: str) -> Result:
    return await asyncio.to_thread(CliRunner().invoke, main, ["dead-letters", *arguments])


@pytest.fixture
async def letter_id(tmp_path: Path) -> str:
    """A letter on the bus of `tmp_path`, where no process runs."""
    bus = SqliteBus(tmp_path / "bus.db", CLOCK)
    letter_id = await a_letter_on(bus)
    await bus.close()
    return letter_id


async def test_the_list_shows_id_service_origin_error_and_time(
    tmp_path: Path, letter_id: str
) -> None:
    lines = await kabar("list", "--data", str(tmp_path))
    body = await kabar("list", "--data", str(tmp_path), "--json")

    assert lines.exit_code == body.exit_code == 0
    assert letter_id in lines.stdout
    assert json.loads(body.stdout) == {
        "dead_letters": [
            {
                "id": letter_id,
                "service": "classifier",
                "origin": {"topic": STORIES.name, "partition": 0, "offset": 7},
                "error": "ValueError: bad",
                "at": "2026-01-05T12:00:00Z",
            }
        ]
    }


async def test_show_prints_the_record_in_its_own_script(tmp_path: Path, letter_id: str) -> None:
    shown = await kabar("show", letter_id, "--data", str(tmp_path))

    assert shown.exit_code == 0
    assert "খবর" in shown.stdout


async def test_replay_puts_the_record_back_and_closes_the_letter(
    tmp_path: Path, letter_id: str
) -> None:
    replayed = await kabar("replay", letter_id, "--data", str(tmp_path))
    listed = await kabar("list", "--data", str(tmp_path), "--json")

    bus = SqliteBus(tmp_path / "bus.db", CLOCK)
    [record] = await bus.read_all(STORIES)
    await bus.close()
    assert replayed.exit_code == 0
    assert record.value.decode() == "খবর"
    assert json.loads(listed.stdout) == {"dead_letters": []}


async def test_an_id_that_nobody_knows_is_a_no(tmp_path: Path, letter_id: str) -> None:
    dropped = await kabar("drop", letter_id, "le_unknown", "--data", str(tmp_path))

    assert dropped.exit_code == 1
    assert dropped.stdout == f"{letter_id} dropped\n"
    assert "le_unknown" in dropped.stderr


async def test_a_directory_without_a_bus_is_wrong_use(tmp_path: Path) -> None:
    listed = await kabar("list", "--data", str(tmp_path))

    assert listed.exit_code == 2
    assert "--data" in listed.stderr


async def test_resume_without_a_process_is_a_no(tmp_path: Path) -> None:
    resumed = await kabar("resume", "--data", str(tmp_path))

    assert resumed.exit_code == 1
    assert "No process runs" in resumed.stderr


@asynccontextmanager
async def a_process_on(data: Path, box: LetterBox) -> AsyncIterator[None]:
    stop = Stop()
    with control_listener(data) as listener:
        async with asyncio.TaskGroup() as group:
            app = Starlette(routes=dead_letter_routes(box))
            group.create_task(serve(app, on=listener, stop=stop))
            yield
            stop.ask()


async def test_where_a_process_runs_it_does_what_is_asked(tmp_path: Path) -> None:
    bus = MemoryBus(CLOCK)
    letter_id = await a_letter_on(bus)
    breaker = Breaker(service="classifier", gate=Gate(reason=None))
    for _ in range(21):
        breaker.failed()

    async with a_process_on(tmp_path, LetterBox(bus, CLOCK, breakers=[breaker])):
        listed = await kabar("list", "--data", str(tmp_path))
        dropped = await kabar("drop", letter_id, "--data", str(tmp_path))
        again = await kabar("drop", letter_id, "--data", str(tmp_path))
        resumed = await kabar("resume", "--data", str(tmp_path))

    assert letter_id in listed.stdout
    assert (dropped.exit_code, again.exit_code) == (0, 1)
    assert letter_id in again.stderr
    assert resumed.stdout == "1 resumed\n"
    assert not breaker.is_open


async def test_the_socket_that_a_killed_process_left_is_nobody(
    tmp_path: Path, letter_id: str
) -> None:
    with control_listener(tmp_path) as listener:
        listener.close()

        listed = await kabar("list", "--data", str(tmp_path))

    assert letter_id in listed.stdout


@pytest.mark.parametrize("verb", ["list", "show", "replay", "drop", "resume"])
async def test_every_verb_takes_the_directories_that_other_commands_take(verb: str) -> None:
    described = await kabar(verb, "--help")

    assert "--config" in described.stdout
    assert "--data" in described.stdout


async def test_letters_are_listed_where_a_configuration_is_named_too(
    tmp_path: Path, letter_id: str
) -> None:
    listed = await kabar("list", "--config", str(tmp_path), "--data", str(tmp_path))

    assert listed.exit_code == 0
    assert letter_id in listed.stdout


async def test_without_kafkas_client_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "services.common.bus.kafka", raising=False)
    monkeypatch.setitem(sys.modules, "kafka", None)
    monkeypatch.setenv("KABAR_BUS", "kafka://127.0.0.1:9")

    result = await kabar("list", "--data", str(tmp_path))

    assert result.exit_code == 2
    assert "pip install 'kabar[kafka]'" in result.stderr
