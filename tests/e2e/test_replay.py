"""A company that is added later: what older stories say of it comes by itself, in one summary."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from services.alerter.database.connections import open_read_only
from services.common.bus.port import Outgoing
from services.common.bus.sqlite import SqliteBus
from services.common.clock import SystemClock
from services.common.contracts.codec import encode
from services.common.contracts.topics import STORIES, TOPICS
from tests.support.builders import a_story
from tests.support.running import Running, running

WITHIN_SECONDS = 60

TIKTOK = """
companies:
  - {id: tiktok, name: TikTok}
"""
ADDED = TIKTOK + "  - {id: shein, name: Shein}\n"
SUBSCRIPTIONS = """
channels:
  here: {type: console}
subscriptions:
  - {id: all, name: All, send: [{to: here}]}
"""
TITLES = {
    "tiktok": "India bans TikTok",
    "shein": "France bans Shein",
    "shein-shuts": "Shein shuts down its service in Brazil",
}


@pytest.fixture
def directories(tmp_path: Path) -> tuple[Path, Path]:
    """Return a configuration that watches TikTok, and data whose bus holds stories of today."""
    config, data = tmp_path / "config", tmp_path / "data"
    config.mkdir()
    data.mkdir()
    (config / "companies.yml").write_text(TIKTOK)
    (config / "subscriptions.yml").write_text(SUBSCRIPTIONS)
    asyncio.run(_publish(data))
    return config, data


async def _publish(data: Path) -> None:
    now = SystemClock().now()
    bus = SqliteBus(data / "bus.db", SystemClock())
    await bus.ensure_topics(TOPICS)
    stories = [
        a_story(title, seen_at=now, revised_at=now, published=now, text=f"{title}. It said so.")
        for title in TITLES.values()
    ]
    await bus.publish(STORIES, [Outgoing(key=one.feed_id, value=encode(one)) for one in stories])
    await bus.close()


def test_a_company_that_appears_has_its_older_stories_read_again(
    directories: tuple[Path, Path], tmp_path: Path
) -> None:
    config, data = directories
    options = ("--config", config, "--data", data)

    with running(("run", *options), log=tmp_path / "log") as kabar:
        kabar.wait_until_ready()
        _until(lambda: len(_events(kabar)) == 1, kabar)
        (config / "companies.yml").write_text(ADDED)
        _until(lambda: len(_events(kabar)) == 3, kabar)
        _until(lambda: "rereading_done" in kabar.log, kabar)
        page = kabar.get("/companies").text
        deliveries = kabar.get("/api/v1/deliveries").json()["deliveries"]
        events = _events(kabar)
        assert kabar.stop() == 0

    assert {company["id"] for event in events for company in event["companies"]} == {
        "tiktok",
        "shein",
    }
    assert not any(event["withdrawn"] for event in events)
    assert len(deliveries) == 1, "the re-reading alerts nobody singly"
    assert "older stories read again" in page
    assert _gathered(data) == [("summary", 2)]
    by_hand = kabar_command("replay", "--json", "--companies", "shein", *options)
    assert by_hand == {"stories": 3, "readings": 2, "failed": 0}


def _gathered(data: Path) -> list[tuple[str, int]]:
    with closing(open_read_only(data)) as connection:
        return connection.execute("SELECT kind, count(*) FROM gathered GROUP BY kind").fetchall()


def kabar_command(*arguments: str | Path) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "kabar", *map(str, arguments)],
        capture_output=True,
        check=False,
        timeout=WITHIN_SECONDS,
    )
    assert done.returncode == 0, done.stderr.decode()
    body: dict[str, Any] = json.loads(done.stdout)
    return body


def _events(kabar: Running) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = kabar.get("/api/v1/events").json()["events"]
    return events


def _until(is_so: Callable[[], bool], kabar: Running) -> None:
    deadline = time.monotonic() + WITHIN_SECONDS
    while time.monotonic() < deadline:
        if is_so():
            return
        time.sleep(0.1)  # a process of its own: nothing here could wake us
    pytest.fail(kabar.log)
