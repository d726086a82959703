"""What README and ARCHITECTURE name is there."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from kabar.cli import main
from services.common.settings import Settings

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_inside_the_repository_leads_to_a_file(page: Path) -> None:
    links = re.findall(r"\]\((?!https?://|#)([^)#]+)", page.read_text(encoding="utf-8"))

    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_reading_order_names_files_that_exist() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    order = text.partition("## Reading order")[2].partition("\n## ")[0]
    named = re.findall(r"`((?:services|kabar|tests)/[^`]*)`", order)

    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_every_command_in_the_readme_is_a_command() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    commands = set(re.findall(r"\.venv/bin/kabar ([a-z-]+)", text))

    assert commands
    assert [name for name in sorted(commands) if main.get_command(None, name) is None] == []  # type: ignore[arg-type]  # our group needs no context


def test_every_make_target_in_readme_and_contributing_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {
        target
        for page in ("README.md", "CONTRIBUTING.md")
        for target in re.findall(r"^make ([a-z-]+)", (ROOT / page).read_text(), re.MULTILINE)
    }

    assert named - targets == set()


def test_every_setting_is_described_for_operators() -> None:
    page = (ROOT / "docs/operations.md").read_text(encoding="utf-8")

    settings = [f"KABAR_{field.name.upper()}" for field in fields(Settings)]

    assert [name for name in settings if f"| `{name}` |" not in page] == []
