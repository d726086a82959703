"""What another process reads is what is read here: configuration and findings."""

from __future__ import annotations

import pickle
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.common.config.apart import ReadingProcess, Request, packed, unpacked
from services.common.config.configuration import FileContent, Loaded
from services.common.watchlist import Watchlist
from tests.unit.common.config.test_configuration import GOOD, SECRET

LINES = (
    "companies:",
    "  - id: tiktok",
    "    name: TikTok",
    "  - {id: meta, name: Meta, aliases: [FB, Мета, {name: Meta AI, case: exact, needs: [ai]}]}",
    "    owner: meta",
    "    aliases: [টিকটক, ТикТок]",
    "    tags: [social]",
    "    not: [tic tac toe]",
    "\tname: indented by a tab",
    "    nmae: A",
    "  - id: [",
    '    name: "not closed',
)
files = st.lists(st.sampled_from(LINES), max_size=8).map(
    lambda lines: "\n".join((LINES[0], *lines, "")).encode()
)


def reading_of(companies: FileContent) -> Request:
    contents: dict[str, FileContent] = {name: text.encode() for name, text in GOOD.items()}
    return Request(
        contents={**contents, "companies.yml": companies},
        directory=Path("config"),
        environment={"ARCHIVE": SECRET},
    )


def hash_of_companies(loaded: Loaded) -> str:
    return "" if loaded.configuration is None else loaded.configuration.watchlist.hash


@given(files, files)
@settings(max_examples=80)
def test_what_travels_is_what_was_read_whatever_was_known_before(new: bytes, old: bytes) -> None:
    here = reading_of(new).here()
    before = reading_of(old).here().configuration
    known = Watchlist.of([]) if before is None else before.watchlist

    arrived = unpacked(pickle.loads(pickle.dumps(packed(here))), known)  # noqa: S301  our own bytes

    assert arrived == here
    assert hash_of_companies(arrived) == hash_of_companies(here)


def test_another_process_reads_the_same() -> None:
    reading = reading_of(GOOD["companies.yml"].encode())
    here = reading.here()
    known = here.require().watchlist

    apart = ReadingProcess().read(reading, known)

    assert apart == here
    assert apart.require().secrets == here.require().secrets != {}
    kept = apart.require().watchlist
    assert all(kept.companies[key] is company for key, company in known.companies.items())


def test_another_process_tells_the_same_mistakes_with_their_places() -> None:
    reading = reading_of(b"companies:\n  - id: tiktok\n  - id: [\n")

    apart = ReadingProcess().read(reading, Watchlist.of([]))

    assert apart.configuration is None
    assert apart.findings == reading.here().findings != ()


def test_a_process_that_dies_is_an_os_error_and_the_next_one_another() -> None:
    reading = reading_of(GOOD["companies.yml"].encode())
    dying = ReadingProcess((sys.executable, "-c", "raise SystemExit(3)"))

    for _ in range(2):
        with pytest.raises(OSError, match="ended with 3"):
            dying.read(reading, Watchlist.of([]))


def test_a_process_that_was_not_needed_ends_without_a_word(
    capfd: pytest.CaptureFixture[str],
) -> None:
    process = ReadingProcess()

    process.start()
    process.end()

    assert capfd.readouterr() == ("", "")
