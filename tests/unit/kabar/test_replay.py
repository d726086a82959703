"""A replay where there is no bus to read from: it refuses and leaves the directory as it is."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from kabar.cli import main
from kabar.replay import replay
from services.common.bus.port import Outgoing
from services.common.errors import ConfigurationError
from services.common.settings import read_settings
from tests.support.builders import NOON

CONFIG = Path(__file__).parents[3] / "samples" / "config"


async def nobody(_: Sequence[Outgoing]) -> None:
    raise AssertionError


def write_notes(path: Path) -> None:
    """Write another program's database, with a log beside it as it was left."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE notes (text)")


def write_nothing(path: Path) -> None:
    """Write an empty file."""
    path.touch()


def write_text(path: Path) -> None:
    """Write what no database is."""
    path.write_text("bus\n" * 2_000)


def files_in(directory: Path) -> dict[str, bytes]:
    """Return what each file of a directory holds."""
    return {entry.name: entry.read_bytes() for entry in directory.iterdir()}


@pytest.mark.parametrize(
    ("write", "reason"),
    [
        (write_nothing, "is empty: no kabar ran on it yet"),
        (write_notes, "is another program's, no bus"),
        (write_text, "is no bus: file is not a database"),
    ],
)
async def test_a_file_that_is_no_bus_is_refused_and_not_touched(
    tmp_path: Path, write: Callable[[Path], None], reason: str
) -> None:
    path = tmp_path / "bus.db"
    await asyncio.to_thread(write, path)
    before = files_in(tmp_path)
    settings = replace(read_settings(), config=CONFIG, data=tmp_path)

    with pytest.raises(ConfigurationError, match=reason):
        await replay(settings, since=NOON, companies=None, hand_over=nobody)

    assert files_in(tmp_path) == before


def test_a_company_that_nobody_watches_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    (tmp_path / "companies.yml").write_text("companies: [{id: tiktok, name: TikTok}]\n")
    asked = ["replay", "--config", str(tmp_path), "--data", str(tmp_path), "--companies"]

    result = CliRunner().invoke(main, [*asked, "tiktok,TikTok"])

    assert result.exit_code == 2
    assert 'No company has the id "TikTok"; did you mean "tiktok"?' in result.stderr
