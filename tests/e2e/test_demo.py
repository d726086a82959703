"""The first five minutes of a new user."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.running import Running, running

RULES = Path(__file__).parents[2] / "deploy/prometheus/rules.yml"
COUNTED = re.compile(r"increase\((kabar_\w+)(?:\{(.*?)\})?\[")
FIRST_EVENT_SECONDS = 15
"""Design.md promises five on two idle cores; benchmarks measure that, this only has to end."""


def test_the_demo_shows_an_event_told_by_a_story_that_it_said_it_served(tmp_path: Path) -> None:
    with running(("demo",), log=tmp_path / "log") as kabar:
        kabar.wait_until_ready()
        events = _first_events(kabar)
        served = kabar.log
        exit_code = kabar.stop()

    told = [story["url"] for event in events for story in event["stories"]]
    assert any(url in served for url in told), served
    assert served.startswith(f"The page is at {kabar.url} ")
    assert "feed_polled" not in served, "five lines a second would hide the alerts"
    assert exit_code == 0


def test_a_demo_whose_port_is_taken_claims_no_page(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        command = [sys.executable, "-m", "kabar", "demo", "--port", str(taken.getsockname()[1])]
        ran = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=60, check=False)

    assert ran.returncode == 2
    assert b"Cannot listen on port" in ran.stderr
    assert b"The page is at" not in ran.stderr


def test_what_an_alert_waits_for_is_counted_from_the_start(tmp_path: Path) -> None:
    """To Prometheus a series that begins with 1 never rose: the first dead letter would wake nobody."""
    with running(("demo",), log=tmp_path / "log") as kabar:
        kabar.wait_until_ready()
        shown = kabar.get("/metrics").text.splitlines()

    awaited = COUNTED.findall(RULES.read_text(encoding="utf-8"))
    assert awaited
    assert [
        (name, label)
        for name, label in awaited
        if not any(line.startswith(f"{name}{{") and label in line for line in shown)
    ] == []


def _first_events(kabar: Running) -> list[dict[str, list[dict[str, str]]]]:
    deadline = time.monotonic() + FIRST_EVENT_SECONDS
    while time.monotonic() < deadline:
        events: list[dict[str, list[dict[str, str]]]]
        events = kabar.get("/api/v1/events").json()["events"]
        if events:
            return events
        time.sleep(0.05)  # a process of its own: nothing here could wake us
    pytest.fail(f"No event after {FIRST_EVENT_SECONDS} s.\n{kabar.log}")
