"""What commands print: in any script whatever the locale, and with a sentence where it does not fit."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.alerting import an_alerter, told_by
from tests.support.web import a_world

COMPANIES = "companies:\n  - {id: yandex, name: Yandex, aliases: [Яндекс, 양덱스]}\n"


@pytest.fixture
def command(tmp_path: Path) -> list[str]:
    (tmp_path / "companies.yml").write_text(COMPANIES, encoding="utf-8")
    return [sys.executable, "-m", "kabar", "companies", "list", "--config", str(tmp_path)]


@pytest.mark.parametrize("encoding", ["latin-1", "ascii"])
def test_names_in_any_script_go_into_a_file_whatever_the_locale(
    command: list[str], encoding: str
) -> None:
    ran = subprocess.run(
        command,
        env={**os.environ, "PYTHONIOENCODING": encoding},
        capture_output=True,
        check=False,
    )

    assert ran.returncode == 0, ran.stderr.decode()
    assert ran.stdout.decode("utf-8") == "yandex  Yandex, Яндекс, 양덱스\n"


def test_a_full_disk_under_the_output_is_told_in_one_sentence(command: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        ran = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, check=False)

    assert ran.returncode == 1
    assert ran.stderr.decode() == "Error: Not all was written: No space left on device.\n"


def test_a_full_disk_under_the_help_is_told_in_one_sentence() -> None:
    with Path("/dev/full").open("wb") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "kabar", "--help"],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )

    assert ran.returncode == 1
    assert ran.stderr.decode() == "Error: Not all was written: No space left on device.\n"


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_command_works_where_streams_are_closed(tmp_path: Path, closed: str) -> None:
    (tmp_path / "companies.yml").write_text(COMPANIES, encoding="utf-8")
    story = tmp_path / "stories.jsonl"
    story.write_text('{"id": "1", "title": "Turkey bans Yandex"}\n', encoding="utf-8")
    command = [sys.executable, "-m", "kabar", "classify", str(story)]
    companies = ["--companies", str(tmp_path / "companies.yml")]

    ran = subprocess.run(
        ["sh", "-c", f'exec "$@" {closed}', "sh", *command, *companies],
        capture_output=True,
        check=False,
    )

    assert (ran.returncode, ran.stderr) == (0, b"")
    assert (b'"ban"' in ran.stdout) is (">&-" not in closed.split())


@pytest.mark.parametrize("encoding", ["utf-8:strict", "ascii"])
def test_a_directory_whose_name_is_no_text_is_shown_as_it_is(tmp_path: Path, encoding: str) -> None:
    directory = os.fsencode(tmp_path) + b"/caf\xe9"
    Path(os.fsdecode(directory)).mkdir()
    Path(os.fsdecode(directory + b"/companies.yml")).write_text(COMPANIES, encoding="utf-8")

    ran = subprocess.run(
        [sys.executable, "-m", "kabar", "check", "--config", directory],
        env={**os.environ, "PYTHONIOENCODING": encoding},
        capture_output=True,
        check=False,
    )

    assert ran.returncode == 0, ran.stderr.decode()
    assert ran.stdout.startswith(directory + b"/feeds.yml:1:1: warning: ")


@pytest.mark.parametrize("words", [["events", "--search"], ["explain", "x"], []])
def test_a_word_that_is_no_text_is_told_as_wrong_use(tmp_path: Path, words: list[str]) -> None:
    asyncio.run(once(tmp_path))
    command: list[str | bytes] = [sys.executable, "-m", "kabar", *words, b"caf\xe9"]
    here = {**os.environ, "KABAR_DATA": str(tmp_path), "KABAR_CONFIG": str(tmp_path)}

    ran = subprocess.run(command, env=here, capture_output=True, check=False)

    assert ran.returncode == 2, ran.stderr.decode()
    assert b"caf\\udce9" in ran.stderr
    assert b"Traceback" not in ran.stderr


@pytest.mark.parametrize("words", [["events", "--search"], ["ack"]])
def test_a_question_longer_than_an_address_may_be_is_told_as_wrong_use(
    tmp_path: Path, words: list[str]
) -> None:
    (tmp_path / "companies.yml").write_text(COMPANIES, encoding="utf-8")
    asyncio.run(once(tmp_path))
    command = [sys.executable, "-m", "kabar", *words, "a" * 70_000]

    ran = subprocess.run(
        [*command, "--data", str(tmp_path), "--config", str(tmp_path)],
        capture_output=True,
        check=False,
    )

    assert (ran.returncode, ran.stderr.decode()) == (
        2,
        "Error: This cannot be asked: URL too long.\n",
    )


def test_a_full_disk_under_the_database_is_told_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "companies.yml").write_text(COMPANIES, encoding="utf-8")
    asyncio.run(once(tmp_path))
    where = ["--config", str(tmp_path), "--data", str(tmp_path)]
    mute = [sys.executable, "-m", "kabar", "mute", "--company", "yandex", "--for", "1h", *where]

    ran = subprocess.run(
        ["sh", "-c", 'ulimit -f 0; exec "$@"', "sh", *mute], capture_output=True, check=False
    )

    assert ran.returncode == 1
    assert b"Error: The data directory does not serve: " in ran.stderr
    assert b"Traceback" not in ran.stderr


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("UPDATE event_changes SET record = X'7b7b'", "has a record that cannot be read: Not a"),
        ("DROP TABLE event_changes", "does not serve: no such table"),
        ("a page of rubbish", "does not serve: database disk image is malformed"),
    ],
)
def test_damage_in_the_database_is_told_in_one_sentence(
    tmp_path: Path, damage: str, said: str
) -> None:
    (tmp_path / "companies.yml").write_text(COMPANIES, encoding="utf-8")
    asyncio.run(with_an_event(tmp_path))
    with closing(sqlite3.connect(tmp_path / "kabar.db")) as connection:
        if damage.startswith("a page"):
            [(root,)] = connection.execute(
                "SELECT rootpage FROM sqlite_schema WHERE name = 'event_changes'"
            )
            [(size,)] = connection.execute("PRAGMA page_size")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            with (tmp_path / "kabar.db").open("r+b") as file:
                file.seek((root - 1) * size)
                file.write(b"\xff" * size)
        else:
            connection.execute(damage)
            connection.commit()
    events = [sys.executable, "-m", "kabar", "events"]

    ran = subprocess.run(
        [*events, "--config", str(tmp_path), "--data", str(tmp_path)],
        capture_output=True,
        check=False,
    )

    [line] = ran.stderr.decode().splitlines()
    assert ran.returncode == 1
    assert said in line


async def with_an_event(data: Path) -> None:
    async with an_alerter(data) as alerter:
        await alerter.tell(told_by("reuters"))


async def once(data: Path) -> None:
    async with a_world(data):
        pass
