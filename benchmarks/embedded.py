"""Measure `kabar run` from feed to webhook on this machine: throughput, latency, memory.

    .venv/bin/python benchmarks/embedded.py --stories 3000 --rate 50 --seconds 20

First all stories are there at once and the time from the first poll to the last post counts; then
stories appear at a steady rate and each one's time from being served to being posted counts. Memory is
the sum of the PSS of all processes.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.support.kill_run import FEEDS, companies, reply, serving, write_configuration
from tests.support.memory import pss_megabytes
from tests.support.running import running


@dataclass
class Ledger:
    """When each story was first served and first posted, by company id; monotonic seconds."""

    served_at: dict[str, float] = field(default_factory=dict)
    told_at: dict[str, float] = field(default_factory=dict)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def wait_for(self, count: int, seconds: float) -> None:
        """Return when `count` stories were told, or after `seconds`."""
        with self.changed:
            self.changed.wait_for(lambda: len(self.told_at) >= count, seconds)

    def take(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer a webhook, and note whose alerts it brought."""
        body = json.loads(handler.rfile.read(int(handler.headers["content-length"])))
        now = time.monotonic()
        with self.changed:
            for alert in body["data"]["alerts"]:
                self.told_at.setdefault(alert["event"]["companies"][0]["id"], now)
            self.changed.notify_all()
        reply(handler, 200, b"{}", "application/json")

    def latencies(self) -> list[float]:
        """Return the seconds from served to told, sorted."""
        return sorted(self.told_at[name] - self.served_at[name] for name in self.told_at)


class Outlets:
    """Ten feeds; `revealed` says how many of all stories can be seen."""

    def __init__(self, names: list[str], ledger: Ledger) -> None:
        self._names = names
        self._ledger = ledger
        self.revealed = 0

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        """Serve one feed, newest last, at most the last 400 stories."""
        feed = int(handler.path.rpartition("/")[2])
        names = [n for i, n in enumerate(self._names[: self.revealed]) if i % FEEDS == feed][-400:]
        now = time.monotonic()
        for name in names:
            self._ledger.served_at.setdefault(name.lower(), now)
        items = "".join(
            f"<item><guid isPermaLink='false'>{n}</guid><title>India bans {n}</title>"
            f"<link>http://news.example/{n}</link><description>The government of India has banned "
            f"{n}, officials said on Monday. {'The company employs many people there. ' * 20}"
            "</description></item>"
            for n in names
        )
        body = f"<rss version='2.0'><channel><title>{feed}</title>{items}</channel></rss>".encode()
        reply(handler, 200, body, "application/rss+xml")


def measure(directory: Path, *, stories: int, rate: float | None) -> None:
    """Run once and print what was seen; `rate` None has all stories there at once."""
    names = companies(stories, seed=1)
    ledger = Ledger()
    outlets = Outlets(names, ledger)

    with serving(outlets.answer) as feeds, serving(ledger.take) as hook:
        write_configuration(directory / "config", names, feeds, hook)
        arguments = ("run", "--config", directory / "config", "--data", directory / "data")
        with running(
            arguments, log=directory / "log", environment={"KABAR_LOG": "warning"}
        ) as kabar:
            kabar.wait_until_ready()
            _reveal(outlets, stories, rate)
            ledger.wait_for(stories, 120)
            memory = pss_megabytes(kabar.process.pid)
            kabar.stop()
    latencies = ledger.latencies()
    span = max(ledger.told_at.values()) - min(ledger.served_at.values())
    print(
        f"stories={stories} told={len(latencies)} rate={rate or 'all at once'} "
        f"stories_per_second={len(latencies) / span:.0f} "
        f"p50={statistics.median(latencies):.2f}s p99={latencies[int(len(latencies) * 0.99)]:.2f}s "
        f"pss={memory:.0f}MB"
    )


def _reveal(outlets: Outlets, stories: int, rate: float | None) -> None:
    if rate is None:
        outlets.revealed = stories
        return
    began = time.monotonic()
    while outlets.revealed < stories:
        outlets.revealed = min(stories, int((time.monotonic() - began) * rate))
        time.sleep(0.02)


def main() -> None:
    """Measure both ways."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--stories", type=int, default=3000)
    arguments.add_argument("--rate", type=float, default=50)
    arguments.add_argument("--seconds", type=int, default=20)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="kabar-bench-") as directory:
        (Path(directory) / "all").mkdir()
        (Path(directory) / "steady").mkdir()
        measure(Path(directory) / "all", stories=given.stories, rate=None)
        measure(
            Path(directory) / "steady", stories=int(given.rate * given.seconds), rate=given.rate
        )


if __name__ == "__main__":
    main()
