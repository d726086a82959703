"""What the pages name is there: files, commands with their options, make targets, settings."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import click
import pytest

from kabar.backup import DATABASES
from kabar.cli import main
from kabar.data_directory import RUN_LOCK
from services.alerter.database.lock import FILE_NAME as ALERTER_LOCK
from services.alerter.web.token import TOKEN_FILE, USED_FILE
from services.common.control_socket import SOCKET_NAME
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


def test_each_step_of_the_reading_order_is_a_function_of_the_file_that_it_names() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    steps = re.findall(r"^\d\. `(.*?\.py)`, `(\w+)`: ", text, re.MULTILINE)

    assert len(steps) == 6
    assert [
        (file, function)
        for file, function in steps
        if not re.search(rf"^ *(async )?def {function}\(", (ROOT / file).read_text(), re.MULTILINE)
    ] == []


def shown(page: Path) -> list[str]:
    """Return what a page shows as code: the lines of its blocks, and what stands in backticks."""
    text = page.read_text(encoding="utf-8")
    blocks = re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    rest = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    spans = re.findall(r"`([^`]+)`", rest)
    return [line for block in blocks for line in block.splitlines()] + [
        " ".join(span.split()) for span in spans
    ]


def kabar_commands(page: Path) -> list[list[str]]:
    """Return the words behind `kabar` wherever a page shows it as a command."""
    found = (_COMMAND.search(line) for line in shown(page))
    return [re.split(r"\s+#|[|&>]", each[1])[0].split() for each in found if each]


_COMMAND = re.compile(r"(?:^|/|alerter |& )kabar ([a-z][a-z-]+(?: .*)?)$")


def fault(words: list[str]) -> str | None:
    """Return what of a command is not there; None where all of it is."""
    context = click.Context(main)
    command: click.Command = main
    for word in words:
        options = {name for each in command.params for name in each.opts}
        if word.startswith("--"):
            if word.split("=")[0] not in {*options, "--help"}:
                return f"{command.name} {word}"
        elif isinstance(command, click.Group) and re.fullmatch(r"[a-z][a-z-]*", word):
            within = command.get_command(context, word)
            if within is None:
                return f"{command.name} {word}"
            command = within
    return None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_shown_is_a_command_with_these_options(page: Path) -> None:
    faults = [each for words in kabar_commands(page) if (each := fault(words)) is not None]

    assert faults == []


def test_the_guides_show_commands() -> None:
    assert len([words for page in PAGES for words in kabar_commands(page)]) > 50


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_make_target_and_benchmark_shown_exists(page: Path) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    code = shown(page)

    named = {match[1] for line in code if (match := re.match(r"make ([a-z-]+)", line))}
    measured = {match[0] for line in code if (match := re.search(r"benchmarks/\w+\.py", line))}

    assert named - targets == set()
    assert {file for file in measured if not (ROOT / file).exists()} == set()


def test_every_file_that_kabar_keeps_is_described_for_operators() -> None:
    page = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    table = page.partition("## Files")[2].partition("\n## ")[0]

    kept = {*DATABASES, TOKEN_FILE, USED_FILE, SOCKET_NAME, RUN_LOCK, ALERTER_LOCK}

    assert [name for name in sorted(kept) if f"`{name}`" not in table] == []


def test_every_setting_is_described_for_operators() -> None:
    page = (ROOT / "docs/operations.md").read_text(encoding="utf-8")

    settings = [f"KABAR_{field.name.upper()}" for field in fields(Settings)]

    assert [name for name in settings if f"| `{name}` |" not in page] == []
