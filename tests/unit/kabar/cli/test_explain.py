from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kabar.cli import main
from services.common.contracts.reading import Stage
from tests.support.alerting import an_alerter, told_by

COMPANIES = """
companies:
  - {id: bytedance, name: ByteDance}
  - {id: tiktok, name: TikTok, owner: bytedance}
"""
SUBSCRIPTIONS = """
channels:
  archive: {type: console}
subscriptions:
  - {id: everything, name: Everything, send: [{to: archive}]}
  - {id: sure, name: Sure, when: {stages: [confirmed]}, send: [{to: archive}]}
"""

RUMOUR = told_by("One", stage=Stage.RUMOURED)


@pytest.fixture
def directories(tmp_path: Path) -> list[str]:
    """Return the options that name a configuration, and data in which one rumour was told."""
    config, data = tmp_path / "config", tmp_path / "data"
    config.mkdir()
    data.mkdir()
    (config / "companies.yml").write_text(COMPANIES)
    (config / "subscriptions.yml").write_text(SUBSCRIPTIONS)

    async def tell() -> None:
        async with an_alerter(data) as alerter:
            await alerter.tell(RUMOUR)

    asyncio.run(tell())
    return ["--config", str(config), "--data", str(data)]


def explain(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["explain", *arguments])


def test_what_was_sent_exits_with_0_and_says_where(directories: list[str]) -> None:
    told = explain(RUMOUR.story.url, "everything", *directories)

    assert told.exit_code == 0, told.output
    assert "TikTok may be banned (rumoured; 1 outlet)" in told.stdout
    assert "  ban, rumoured, main: tiktok (target); confidence 0.90\n" in told.stdout
    assert told.stdout.endswith("Told: new to archive: sent.\n")


def test_what_is_not_told_exits_with_1_and_names_the_condition(directories: list[str]) -> None:
    told = explain(RUMOUR.story.url, "sure", "--json", *directories)

    assert told.exit_code == 1
    account = json.loads(told.stdout)
    conditions = {one["name"]: one for one in account["events"][0]["conditions"]}
    assert conditions["stages"] == {
        "name": "stages",
        "holds": False,
        "expected": "confirmed",
        "found": "rumoured",
    }


@pytest.mark.parametrize(
    ("of", "subscription", "said"),
    [
        ("https://example.org/never", "everything", "no event and no story of the last weeks"),
        (RUMOUR.story.url, "nobody", 'There is no subscription "nobody"'),
    ],
)
def test_what_is_unknown_exits_with_1(
    directories: list[str], of: str, subscription: str, said: str
) -> None:
    told = explain(of, subscription, *directories)

    assert told.exit_code == 1
    assert said in told.stderr


def test_networks_that_are_allowed_are_allowed_here_too(
    directories: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    feeds = "feeds:\n  - {url: http://127.0.0.1:8080/rss.xml, every: 1s}\n"
    (Path(directories[1]) / "feeds.yml").write_text(feeds)
    monkeypatch.setenv("KABAR_ALLOW_NETWORKS", "127.0.0.0/8")

    told = explain(RUMOUR.story.url, "everything", *directories)

    assert told.exit_code == 0, told.output
