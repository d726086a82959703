"""What commands print: in any script whatever the locale, and with a sentence where it does not fit."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

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


async def once(data: Path) -> None:
    async with a_world(data):
        pass
