"""What the guides for users show is run: commands, requests and files, in their order."""

from __future__ import annotations

import asyncio
import json
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from kabar.cli import main
from services.common.config.channels import CHANNEL_TYPES, options_of
from services.common.config.configuration import (
    Configuration,
    configuration_of,
    read_configuration,
)
from services.common.config.subscriptions import (
    SEND_KEYS,
    SUBSCRIPTION_KEYS,
    URGENT_KEYS,
    WHEN_KEYS,
)
from services.common.contracts.reading import Role, Stage
from services.common.event_types import event_types
from tests.support.alerting import an_alerter, told_by
from tests.support.web import a_browser, a_web, a_world

DOCS = Path(__file__).parents[3] / "docs"
SUBSCRIPTIONS, CHANNELS = DOCS / "subscriptions.md", DOCS / "channels.md"
README = DOCS.parent / "README.md"
LIST = '<opml version="2.0"><body><outline xmlUrl="https://example.org/a.xml"/></body></opml>'

COMPANIES = """
companies:
  - {id: bytedance, name: ByteDance, tags: [social]}
  - {id: tiktok, name: TikTok, owner: bytedance}
"""
FEEDS = """
feeds:
  - {url: https://example.org/wire, outlet: Example Wire}
  - {url: https://example.org/mill, outlet: Rumour Mill}
"""
POLICY_TEAM = """
  - id: policy-team
    send: [{to: desk}]
"""
READING = told_by("One")


def blocks(page: Path, language: str) -> list[str]:
    """Return the code of one language in a page, in order."""
    text = page.read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def commands(page: Path) -> list[list[str]]:
    """Return every line of shell in a page, as words without its comment."""
    lines = (line for block in blocks(page, "sh") for line in block.splitlines() if line.strip())
    return [shlex.split(line, comments=True) for line in lines]


def read(text: str) -> Configuration:
    """Return what a subscriptions.yml of this text says, beside our companies."""
    contents = {
        "companies.yml": COMPANIES.encode(),
        "feeds.yml": FEEDS.encode(),
        "subscriptions.yml": text.encode(),
    }
    loaded = configuration_of(contents, directory=Path("config"))
    assert loaded.findings == ()
    return loaded.require()


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a directory as a reader of the guides has it, in which one event was told."""
    config, data = tmp_path / "config", tmp_path / "data"
    config.mkdir()
    data.mkdir()
    monkeypatch.chdir(tmp_path)
    first, *_ = blocks(SUBSCRIPTIONS, "yaml")
    (config / "companies.yml").write_text(COMPANIES)
    (config / "feeds.yml").write_text("feeds: []\n")
    (config / "subscriptions.yml").write_text(first + POLICY_TEAM)
    mine = next(block for block in blocks(SUBSCRIPTIONS, "yaml") if "# mine.yml" in block)
    Path("mine.yml").write_text(mine)
    return tmp_path


async def told_event(data: Path) -> str:
    """Tell one event in the database of `data`; return its id."""
    async with an_alerter(data) as alerter:
        await alerter.tell(READING)
        [event] = await alerter.events()
        return event.id


@pytest.mark.parametrize("page", [SUBSCRIPTIONS, CHANNELS], ids=lambda page: page.name)
def test_every_command_works(here: Path, page: Path) -> None:
    event = asyncio.run(told_event(here / "data"))
    ran = 0
    for program, *arguments in commands(page):
        if program == ".venv/bin/kabar":
            run([meant(word, event) for word in arguments])
            ran += 1

    assert ran >= 3
    if page == SUBSCRIPTIONS:
        assert event in (here / "dossier.html").read_text()


def test_the_readme_edits_the_configuration_that_kabar_comes_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(README.parent / "config", tmp_path / "config")
    monkeypatch.chdir(tmp_path)
    Path("feeds.opml").write_text(LIST)
    shown = [words[1:] for words in commands(README) if words[0] == ".venv/bin/kabar"]
    edits = [words for words in shown if words[0] in {"companies", "feeds", "check"}]

    changed = [run(words) != "" for words in edits if words[1] in {"add", "import"}]
    run(["check", "--config", "config"])

    assert changed == [True, True, True]


def run(words: list[str]) -> str:
    """Run one command as a shell would; return what it wrote to stdout."""
    words, into = (words[:-2], words[-1]) if words[-2:-1] == [">"] else (words, None)
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 0, f"{' '.join(words)}: {result.output}"
    if into is not None:
        Path(into).write_text(result.stdout)
    return result.stdout


def meant(word: str, event: str) -> str:
    """Return what a reader would write instead of a word in capitals."""
    match word:
        case "EVENT":
            return event
        case "STORY-URL":
            return READING.story.url
        case "MUTE":
            return str(json.loads(run(["mute", "--json"]))["mutes"][0]["id"])
        case "DELIVERY":
            sent = json.loads(run(["deliveries", "--json"]))["deliveries"]
            return next(str(one["id"]) for one in sent if one["kind"] != "test")
        case _:
            return word


async def test_every_request_to_the_api_works(tmp_path: Path) -> None:
    requests = [words[1:] for words in commands(SUBSCRIPTIONS) if words[0] == "curl"]
    async with a_world(tmp_path) as world:
        first, *_ = blocks(SUBSCRIPTIONS, "yaml")
        world.configuration = replace(read(first), hash="x")
        async with a_browser(a_web(world, tmp_path)) as browser:
            statuses = [(await asked(browser, words)).status_code for words in requests]

    assert statuses == [200, 201, 200, 200, 204]


async def asked(browser: httpx.AsyncClient, words: list[str]) -> httpx.Response:
    """Return the answer to what curl is told to ask."""
    method = words[words.index("-X") + 1] if "-X" in words else "GET"
    content = words[words.index("-d") + 1] if "-d" in words else None
    [url] = [word for word in words if word.startswith("http")]
    return await browser.request(method, url, content=content)


def test_every_file_shown_is_one_without_a_mistake() -> None:
    for page in (SUBSCRIPTIONS, CHANNELS):
        for block in blocks(page, "yaml"):
            way = "" if "channels:" in block else "channels:\n  desk: {type: console}\n"
            assert read(way + block).subscriptions, block


def test_the_webhook_secret_that_is_made_is_one_that_is_taken() -> None:
    [[_, flag, program]] = [words for words in commands(CHANNELS) if words[0] == "python3"]
    made = subprocess.run(
        [sys.executable, flag, program], capture_output=True, text=True, check=True
    ).stdout.strip()
    hook = f"{{type: webhook, url: https://example.org/, secret: {json.dumps({'env': 'S'})}}}"
    contents = {
        "companies.yml": COMPANIES.encode(),
        "feeds.yml": b"feeds: []",
        "subscriptions.yml": f"channels:\n  hook: {hook}\n".encode(),
    }

    loaded = configuration_of(contents, directory=Path("c"), environment={"S": made})

    assert loaded.errors == ()


def test_every_option_is_described() -> None:
    subscriptions, channels = (
        page.read_text(encoding="utf-8") for page in (SUBSCRIPTIONS, CHANNELS)
    )

    keys = {*SUBSCRIPTION_KEYS, *WHEN_KEYS, *SEND_KEYS, *URGENT_KEYS, "at", "days", "zone", "empty"}
    words = {*map(str, Stage), *map(str, Role), *event_types()}
    assert [name for name in sorted(keys | words) if f"`{name}" not in subscriptions] == []
    rows = {row.split("`")[1]: row for row in channels.splitlines() if row.startswith("| `")}
    assert set(rows) == set(CHANNEL_TYPES)
    for kind in CHANNEL_TYPES:
        for option in options_of(kind):
            assert f"`{option}`" in (channels if option == "on_unknown" else rows[kind]), kind


def test_the_first_example_is_read_from_its_directory(here: Path) -> None:
    assert read_configuration(here / "config").findings == ()
