"""Commands of a user whose data directory it is not: each says whose it is, and none says more."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kabar.cli import main
from services.common.bus.sqlite import SqliteBus
from services.common.clock import SystemClock
from services.common.contracts.topics import TOPICS
from services.common.control_socket import control_listener
from tests.support.another_user import closed, only_readable
from tests.support.web import a_world

COMPANIES = "companies:\n  - {id: tiktok, name: TikTok}\n"
COMMANDS = (
    ("events",),
    ("deliveries",),
    ("subscriptions", "list"),
    ("explain", "ev_1", "team"),
    ("mute", "--company", "tiktok", "--for", "1h"),
    ("redeliver", "dl_1"),
    ("feeds", "list"),
    ("dead-letters", "list"),
    ("replay", "--since", "1d"),
    ("rebuild",),
)


@pytest.fixture(scope="module")
def here() -> Iterator[Path]:
    """Yield a configuration and a data directory that anybody could reach, the files in it apart."""
    directory = Path(tempfile.mkdtemp())
    directory.chmod(0o755)
    for name, text in (("companies", COMPANIES), ("feeds", ""), ("subscriptions", "")):
        (directory / f"{name}.yml").write_text(text, encoding="utf-8")
    (directory / "data").mkdir()
    asyncio.run(once(directory / "data"))
    for name in ("bus.db", "feeds.db", "alerter.lock", "run.lock"):
        (directory / "data" / name).touch()
    yield directory
    shutil.rmtree(directory)


async def once(data: Path) -> None:
    async with a_world(data):
        pass


def run(here: Path, *words: str, data: str = "data") -> Result:
    where = ["--data", str(here / data)]
    if words[0] not in {"backup", "token"}:
        where += ["--config", str(here)]
    return CliRunner().invoke(main, [*words, *where])


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("closed_part", ["directory", "files"])
def test_a_command_says_whose_the_data_is_and_ends_with_2(
    here: Path, words: tuple[str, ...], closed_part: str
) -> None:
    run(here, *words)  # so that it is imported
    data = here / "data"

    with closed(*([data] if closed_part == "directory" else data.iterdir())):
        result = run(here, *words)

    assert result.exit_code == 2, result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert "the user that runs kabar" in result.stderr


def test_a_backup_that_may_not_read_says_whose_it_is(here: Path) -> None:
    run(here, "backup", str(here / "mine.tar.gz"))

    with closed(*(here / "data").iterdir()):
        result = run(here, "backup", str(here / "theirs.tar.gz"))

    assert result.exit_code == 2
    assert "the user that runs kabar" in result.stderr


def test_no_healthy_database_is_called_damaged(here: Path) -> None:
    run(here, "doctor")

    with closed(*(here / "data").iterdir()):
        result = run(here, "doctor")

    assert result.exit_code == 1
    assert "damaged" not in result.stdout
    assert f"{here / 'data' / 'kabar.db'} cannot be read: it belongs to" in result.stdout


def test_a_process_of_another_user_is_not_said_to_be_missing(here: Path) -> None:
    with control_listener(here / "data"), closed(here / "data" / "control.sock"):
        result = run(here, "token")

    assert result.exit_code == 2
    assert "No kabar runs" not in result.stderr
    assert "the user that runs kabar" in result.stderr


def test_a_user_without_a_name_can_mute(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os, "getuid", lambda: 4_000_000)  # as in a container

    result = run(here, "mute", "--company", "tiktok", "--for", "1h", "--json")

    assert result.exit_code == 0, result.output
    assert '"who": "4000000"' in result.stdout


@pytest.mark.parametrize("words", [("events",), ("deliveries",), ("doctor",)], ids=" ".join)
def test_a_snapshot_that_may_only_be_read_is_read_and_is_not_damaged(
    here: Path, words: tuple[str, ...]
) -> None:
    run(here, *words)  # so that it is imported

    with only_readable(here / "data"):
        result = run(here, *words)

    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert "readonly" not in result.output
    assert f"{here / 'data' / 'kabar.db'} is damaged" not in result.output
    assert words == ("doctor",) or result.exit_code == 0


@pytest.mark.parametrize("words", [("feeds", "list"), ("dead-letters", "list")], ids=" ".join)
def test_a_bus_that_may_only_be_read_is_read(here: Path, words: tuple[str, ...]) -> None:
    (here / "snapshot").mkdir(exist_ok=True)
    asyncio.run(a_bus(here / "snapshot" / "bus.db"))
    run(here, *words, data="snapshot")  # so that it is imported

    with only_readable(here / "snapshot"):
        result = run(here, *words, data="snapshot")

    assert result.exit_code == 0, result.output


async def a_bus(path: Path) -> None:
    bus = SqliteBus(path, SystemClock())
    await bus.ensure_topics(TOPICS)
    await bus.close()
