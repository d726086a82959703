"""A run in which kabar is killed again and again: what was told in the end, and how often.

Stories about generated companies are served by feeds on loopback; kabar polls, classifies, tracks and
posts to a sink that counts. Meanwhile processes get SIGKILL at moments chosen by a seed. The feeds
reveal stories so that a number of them is always outstanding when a kill comes.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Protocol

from tests.support.ports import free_port
from tests.support.stack import Stack

OUTSTANDING = 120
"""How many stories are revealed and not yet told, while there are enough."""
LEAST_OUTSTANDING = 50
FEEDS = 10
SINK_SECONDS = 0.004

_SYLLABLES = ("ba", "do", "fi", "ga", "ku", "lo", "mi", "ne", "pa", "ru", "sa", "ti", "vo", "ze")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came out. `changed_ids` are companies that were told under more than one delivery id."""

    expected: int
    delivered: int
    repeated: int
    distinct_ids: int
    changed_ids: int
    kills: int

    @property
    def lost(self) -> int:
        """Return how many companies nobody was told of."""
        return self.expected - self.delivered

    @property
    def is_good(self) -> bool:
        """Return whether nothing was lost and every repeat had the id of the first."""
        return self.lost == 0 and self.changed_ids == 0 and self.distinct_ids == self.expected

    def __str__(self) -> str:
        return (
            f"expected={self.expected} delivered={self.delivered} lost={self.lost} "
            f"repeated={self.repeated} distinct_ids={self.distinct_ids}"
        )


@dataclass
class Ledger:
    """What the sink got: webhook ids by company, in order of arrival. Used from several threads."""

    ids_by_company: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    changed: threading.Condition = field(default_factory=threading.Condition)

    def add(self, webhook_id: str, body: Mapping[str, Any]) -> None:
        with self.changed:
            for alert in body["data"]["alerts"]:
                for company in alert["event"]["companies"]:
                    self.ids_by_company[company["id"]].append(webhook_id)
            self.changed.notify_all()

    @property
    def delivered(self) -> int:
        with self.changed:
            return len(self.ids_by_company)

    def wait_for(self, delivered: int, *, seconds: float) -> bool:
        with self.changed:
            return self.changed.wait_for(lambda: len(self.ids_by_company) >= delivered, seconds)

    def outcome(self, expected: int, kills: int) -> Outcome:
        with self.changed:
            ids = Counter(i for ids in self.ids_by_company.values() for i in ids)
            return Outcome(
                expected=expected,
                delivered=len(self.ids_by_company),
                repeated=sum(ids.values()) - len(ids),
                distinct_ids=len(ids),
                changed_ids=sum(len(set(ids)) > 1 for ids in self.ids_by_company.values()),
                kills=kills,
            )


def companies(count: int, seed: int) -> list[str]:
    """Return `count` names that no language has as a word."""
    draw = random.Random(seed)
    return [
        "".join(draw.choices(_SYLLABLES, k=3)).title() + f"x{number:03d}" for number in range(count)
    ]


@contextmanager
def serving(answer: Any) -> Iterator[str]:
    """Serve on a free loopback port; `answer(handler)` does one request. Yields the address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Head and body go in two writes; the second would wait some 40 ms for the first to be acknowledged.
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            answer(self)

        do_POST = do_GET  # noqa: N815  the base class's names

        def log_message(self, *_: object) -> None:
            """Say nothing: the run prints one line."""

    server = _PatientServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


class _PatientServer(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: clients are killed in mid-sentence here."""


def reply(handler: BaseHTTPRequestHandler, status: int, body: bytes, kind: str) -> None:
    """Answer one request; a client that was killed meanwhile is no error."""
    try:
        handler.send_response(status)
        handler.send_header("content-type", kind)
        handler.send_header("content-length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)
    except OSError:
        handler.close_connection = True


class Feeds:
    """Feeds whose stories appear so that `OUTSTANDING` of them are always untold."""

    def __init__(self, names: Sequence[str], ledger: Ledger) -> None:
        self._names = names
        self._ledger = ledger

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        feed = int(handler.path.rpartition("/")[2])
        revealed = min(len(self._names), self._ledger.delivered + OUTSTANDING)
        items = "".join(
            f"<item><guid isPermaLink='false'>{name}</guid><title>India bans {name}</title>"
            f"<link>http://news.example/{name}</link>"
            f"<description>The government of India has banned {name}, officials said.</description>"
            "</item>"
            for number, name in enumerate(self._names[:revealed])
            if number % FEEDS == feed
        )
        body = f"<rss version='2.0'><channel><title>Feed {feed}</title>{items}</channel></rss>"
        reply(handler, 200, body.encode(), "application/rss+xml")

    @property
    def revealed(self) -> int:
        return min(len(self._names), self._ledger.delivered + OUTSTANDING)


def write_configuration(config: Path, names: Sequence[str], feeds: str, sink: str) -> None:
    """Write a configuration with one webhook that is told of everything."""
    config.mkdir(parents=True, exist_ok=True)
    rows = "".join(f"  - {{id: {name.lower()}, name: {name}}}\n" for name in names)
    (config / "companies.yml").write_text(f"companies:\n{rows}")
    rows = "".join(f"  - {{url: {feeds}/feeds/{n}, id: feed-{n}}}\n" for n in range(FEEDS))
    (config / "feeds.yml").write_text(
        f"defaults: {{every: 1s, first_fetch: alert}}\nfeeds:\n{rows}"
    )
    (config / "subscriptions.yml").write_text(
        f"channels:\n  sink: {{type: webhook, url: {sink}/hook}}\n"
        "subscriptions:\n  - {id: all, name: All, send: [{to: sink}]}\n"
    )


class System(Protocol):
    """A kabar that can be killed: one process tree, or three on Kafka and Redis."""

    def start(self) -> None:
        """Start all of it."""
        ...

    def kill(self, draw: random.Random) -> None:
        """Kill a part at random, or all, and start it again."""
        ...

    def wait_for_moment(self) -> None:
        """Return at a moment that is worth a kill."""
        ...

    def stop(self) -> Mapping[str, int]:
        """End it in good order; return the exit codes."""
        ...


class Embedded:
    """`kabar run`; a kill takes the classifying child with it."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with (self._directory / "stderr.log").open("ab") as stderr:
            self._process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "kabar", "run", "--port", str(free_port())),
                    *("--config", self._directory / "config", "--data", self._directory / "data"),
                ],
                env={**os.environ, "KABAR_ALLOW_NETWORKS": "127.0.0.0/8", "KABAR_LOG": "warning"},
                stdout=subprocess.DEVNULL,
                stderr=stderr,
                start_new_session=True,
            )

    def kill(self, draw: random.Random) -> None:  # noqa: ARG002  others choose among processes
        assert self._process is not None
        for pid in (self._process.pid, *_children(self._process.pid)):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.wait(10)
        self.start()

    def wait_for_moment(self) -> None:
        _wait_for_write(self._directory / "data" / "bus.db-wal", seconds=0.05)

    def stop(self) -> Mapping[str, int]:
        assert self._process is not None
        self._process.terminate()
        try:
            return {"kabar": self._process.wait(20)}
        finally:
            if self._process.poll() is None:
                os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait(10)


class OnKafka:
    """The three services on a stack; a kill picks one of them."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack

    def start(self) -> None:
        self._stack.start()

    def kill(self, draw: random.Random) -> None:
        self._stack.kill(draw)

    def wait_for_moment(self) -> None:
        """Any moment will do: three processes are never all idle while stories are outstanding."""

    def stop(self) -> Mapping[str, int]:
        return self._stack.stop()


def kill_run(
    directory: Path,
    *,
    system: System,
    stories: int,
    kills: int,
    seed: int,
    seconds: float,
    fault: Callable[[], None] | None = None,
) -> Outcome:
    """Run until every company was told or `seconds` are over, with `kills` kills; return what came.

    `system` reads `directory / "config"`. `fault` happens once, in the middle.
    """
    draw = random.Random(seed)
    names = companies(stories, seed)
    ledger = Ledger()
    feeds = Feeds(names, ledger)

    one_at_a_time = threading.Lock()

    def sink(handler: BaseHTTPRequestHandler) -> None:
        body = json.loads(handler.rfile.read(int(handler.headers["content-length"])))
        with (
            one_at_a_time
        ):  # else the stories are all told between the choice of a kill and the kill
            ledger.add(handler.headers["webhook-id"], body)
            time.sleep(SINK_SECONDS)
        reply(handler, 200, b"{}", "application/json")

    deadline = time.monotonic() + seconds
    killed = 0
    with ExitStack() as stack:
        feeds_at = stack.enter_context(serving(feeds.answer))
        sink_at = stack.enter_context(serving(sink))
        write_configuration(directory / "config", names, feeds_at, sink_at)
        system.start()
        stack.callback(system.stop)
        for number in range(kills):
            reach = max(stories - OUTSTANDING, stories // 4) * (number + 1) // (kills + 1)
            if not ledger.wait_for(reach, seconds=deadline - time.monotonic()):
                break
            if number == kills // 2 and fault is not None:
                fault()
            if number % 2:
                system.wait_for_moment()
            time.sleep(draw.uniform(0, 0.15))
            if fault is None and feeds.revealed - ledger.delivered < LEAST_OUTSTANDING:
                raise AssertionError("A kill must come while stories are outstanding.")
            system.kill(draw)
            killed += 1
        ledger.wait_for(stories, seconds=deadline - time.monotonic())
    return ledger.outcome(stories, killed)


def _children(pid: int) -> list[int]:
    """Return the processes that `pid` started and that still run."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it ended while we looked
            parent = status.read_text().rpartition(")")[2].split()[1]
            if int(parent) == pid:
                found.append(int(status.parent.name))
    return found


def _wait_for_write(path: Path, *, seconds: float) -> None:
    """Return after the next change of a file, or after `seconds`."""
    deadline = time.monotonic() + seconds
    before = _stamp(path)
    while _stamp(path) == before and time.monotonic() < deadline:
        time.sleep(0.001)


def _stamp(path: Path) -> tuple[int, int]:
    try:
        status = path.stat()
    except OSError:
        return (0, 0)
    return (status.st_mtime_ns, status.st_size)
