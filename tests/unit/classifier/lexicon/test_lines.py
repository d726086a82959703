"""How the files of the lexicons are written: so that a person reads them, and a change shows what it changes."""

from __future__ import annotations

from pathlib import Path

import pytest

import services.classifier.lexicon
from services.classifier.lexicon.load import LANGUAGES

FILES = sorted(Path(services.classifier.lexicon.__path__[0]).glob("*/*.yml"))
LONGEST = 160


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_no_line_is_longer_than_a_screen_is_wide(file: Path) -> None:
    lines = file.read_text(encoding="utf-8").splitlines()

    assert [number for number, line in enumerate(lines, 1) if len(line) > LONGEST] == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_a_file_begins_with_what_it_is_for(file: Path) -> None:
    first, *_ = file.read_text(encoding="utf-8").splitlines()

    assert first.startswith("# ")
    assert first.isascii() or file.parent.name not in LANGUAGES or file.name == "cues.yml"
