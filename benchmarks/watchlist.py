"""Measure how soon a saved companies.yml takes effect in `kabar run`, and who waits meanwhile.

    .venv/bin/python benchmarks/watchlist.py --aliases 20000 --aliases 200000

A feed shows ten stories a second, each about a company of its own, one in ten about one that was saved
into companies.yml a moment before. Three files are saved: one with a company more, one that is
mostly new, and one with a mistake. What is printed: seconds until the configuration's hash in /metrics
is the new one (the classifier reads with it by then), the longest wait of a page that is asked for all
the time, CPU seconds of the main process, and how many of the stories were read. Where others
use the machine the waits of "before" say how long they are without a save.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import sys
import tempfile
import threading
import time
import urllib.request
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.support.kill_run import reply, serving
from tests.support.running import Running, running

NAMES_OF_A_COMPANY = 10
STORIES_A_SECOND = 10
_WAIT_SECONDS = 60
_LOOK_SECONDS = 0.1  # /metrics takes some ms of the very loop whose waits are measured


class Outlet:
    """One feed that shows a story more every tenth of a second."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    @property
    def shown(self) -> int:
        """Return how many stories can be seen by now."""
        return int((time.monotonic() - self._began) * STORIES_A_SECOND)

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        """Serve the last 300 stories."""
        items = "".join(
            f"<item><guid isPermaLink='false'>{number}</guid><title>India bans Tavo {number}</title>"
            f"<description>India has banned Tavo {number}, officials said.</description></item>"
            for number in range(max(self.shown - 300, 0), self.shown)
        )
        body = f"<rss version='2.0'><channel><title>news</title>{items}</channel></rss>"
        reply(handler, 200, body.encode(), "application/rss+xml")


@dataclass
class Page:
    """Asks for the page's data again and again and keeps how long each answer took."""

    address: str
    waits: list[float] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def ask(self) -> None:
        """Ask fifty times a second until told to stop."""
        while not self.stop.wait(0.02):
            began = time.monotonic()
            _get(f"{self.address}/api/v1/events")
            self.waits.append(time.monotonic() - began)

    def longest(self) -> tuple[float, float]:
        """Return median and longest wait in ms since the last call."""
        waits, self.waits = self.waits, []
        return statistics.median(waits) * 1e3, max(waits) * 1e3


class Busy:
    """The CPU time of a process from now on."""

    def __init__(self, pid: int) -> None:
        self._stat = Path(f"/proc/{pid}/stat")
        self._began = time.monotonic(), self._seconds()

    def told(self) -> str:
        """Return what it took so far, and in how long."""
        since, seconds = self._began
        return f"main process {self._seconds() - seconds:.2f} CPU s in {time.monotonic() - since:.1f} s"

    def _seconds(self) -> float:
        user, system = self._stat.read_text(encoding="ascii").rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def measure(directory: Path, aliases: int) -> None:
    """Run once with so many aliases and print what was seen."""
    outlet = Outlet()
    config = directory / "config"
    config.mkdir(parents=True)
    with serving(outlet.answer) as feed:
        (config / "feeds.yml").write_text(
            f"feeds:\n  - {{url: '{feed}/0', outlet: News, language: en, every: 1s}}\n"
        )
        _save(config, _companies(aliases, "a"))
        arguments = ("run", "--config", config, "--data", directory / "data")
        environment = {"KABAR_LOG": "warning", "KABAR_ALLOW_NETWORKS": "127.0.0.0/8"}
        with running(arguments, log=directory / "log", environment=environment) as kabar:
            kabar.wait_until_ready()
            _observe(kabar, config, aliases, outlet)
            kabar.stop()


def _observe(kabar: Running, config: Path, aliases: int, outlet: Outlet) -> None:
    page = Page(kabar.url)
    asking = threading.Thread(target=page.ask)
    asking.start()
    try:
        busy = Busy(kabar.process.pid)
        time.sleep(5)
        waits = "page p50 {:.0f} ms, longest {:.0f} ms".format(*page.longest())
        print(f"{aliases} aliases; before: {waits}; {busy.told()}")
        changes = (
            ("one company more", [*_companies(aliases, "a"), ("tavo", ["Tavo"])]),
            ("mostly new", [*_companies(aliases, "b"), ("tavo", ["Tavo"])]),
        )
        for told, companies in changes:
            before = _hash(kabar)
            content = _content(companies)
            _save(config, content=content)
            began = time.monotonic()
            busy = Busy(kabar.process.pid)
            while _hash(kabar) == before and time.monotonic() - began < _WAIT_SECONDS:
                time.sleep(_LOOK_SECONDS)
            seconds = time.monotonic() - began
            time.sleep(1)
            waits = "page p50 {:.0f} ms, longest {:.0f} ms".format(*page.longest())
            print(f"  {told}: in effect after {seconds:.2f} s; {waits}; {busy.told()}")
        before = _hash(kabar)
        _save(config, content=_content(companies) + "  - id: [\n")
        while not _refused(kabar):
            time.sleep(0.1)
        print(f"  a mistake: refused, the old one stays: {_hash(kabar) == before}")
        wanted = outlet.shown
        began = time.monotonic()
        while _read(kabar) < wanted and time.monotonic() - began < _WAIT_SECONDS:
            time.sleep(0.2)
        print(f"  stories shown {wanted}, read {min(_read(kabar), wanted)}")
    finally:
        page.stop.set()
        asking.join()


Companies = list[tuple[str, list[str]]]


def _companies(aliases: int, begin: str) -> Companies:
    return [
        (
            f"{begin}{number}",
            [f"{begin}{number * 7919 % 1_000_003:x} q{part}" for part in range(NAMES_OF_A_COMPANY)],
        )
        for number in range(aliases // NAMES_OF_A_COMPANY)
    ]


def _content(companies: Companies) -> str:
    lines = [
        f"  - id: {key}\n    name: {names[0]}\n    aliases: [{', '.join(names[1:])}]"
        for key, names in companies
    ]
    return "\n".join(["companies:", *lines, ""])


def _save(config: Path, companies: Companies | None = None, *, content: str = "") -> None:
    (config / "companies.yml").write_text(content or _content(companies or []), encoding="utf-8")


def _get(address: str) -> str:
    with urllib.request.urlopen(address, timeout=_WAIT_SECONDS) as answer:  # noqa: S310  http, as above
        return str(answer.read().decode())


def _hash(kabar: Running) -> str:
    found = re.search(r"kabar_config_hash{[^\n]*", _get(f"{kabar.url}/metrics"))
    return found[0] if found else ""


def _refused(kabar: Running) -> bool:
    return 'result="refused"} 1' in _get(f"{kabar.url}/metrics")


def _read(kabar: Running) -> int:
    metrics = _get(f"{kabar.url}/metrics")
    return int(sum(map(float, re.findall(r"kabar_readings_total{[^}]*} ([\d.e+]+)", metrics))))


def main() -> None:
    """Measure with each number of aliases."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--aliases", type=int, action="append")
    for aliases in arguments.parse_args().aliases or [20_000, 200_000]:
        with tempfile.TemporaryDirectory(prefix="kabar-bench-") as directory:
            measure(Path(directory), aliases)


if __name__ == "__main__":
    main()
