"""Deliveries to a receiver on loopback: planned by the alerter, sent by a sender that may be killed."""

from __future__ import annotations

import asyncio
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from ipaddress import ip_network
from pathlib import Path

from services.alerter.channels.webhook import WebhookChannel
from services.alerter.database.connections import Database, open_read_only
from services.alerter.sender import Sender
from services.alerter.service import AlerterService
from services.alerter.telling import Following
from services.alerter.ways import WaysOut
from services.common.clock import SystemClock
from services.common.contracts.delivery import DeliveryState
from services.common.http.client import guarded_client
from services.common.ids import ChannelId
from services.common.stop import Stop
from services.common.watchlist import Watchlist
from tests.support.alerting import a_subscription, records_of, told_by
from tests.support.builders import a_company
from tests.support.kill_run import reply, serving

ARCHIVE = ChannelId("archive")
CONCURRENCY = WebhookChannel.concurrency


@dataclass
class Receiver:
    """Takes every POST after `seconds`, and counts them by `webhook-id`."""

    seconds: float
    ids: Counter[str] = field(default_factory=Counter)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        handler.rfile.read(int(handler.headers["content-length"]))
        with self.changed:
            self.ids[handler.headers["webhook-id"]] += 1
            self.changed.notify_all()
        time.sleep(self.seconds)
        reply(handler, 200, b"{}", "application/json")

    @property
    def posts(self) -> int:
        with self.changed:
            return self.ids.total()

    def wait_for_more_than(self, posts: int, *, seconds: float) -> bool:
        with self.changed:
            return self.changed.wait_for(lambda: self.ids.total() > posts, seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Killed:
    """What came of a run: `planned` deliveries, `kills`, and what the receiver got."""

    planned: int
    kills: int
    lost: int
    extra: int
    unknown_ids: int
    unsent: int

    @property
    def is_good(self) -> bool:
        """Return whether none was lost, and no more repeated than were in flight at the kills."""
        is_bounded = self.extra <= self.kills * CONCURRENCY
        return self.lost == self.unknown_ids == self.unsent == 0 and is_bounded

    def __str__(self) -> str:
        return (
            f"deliveries={self.planned} kills={self.kills} lost={self.lost} extra={self.extra} "
            f"allowed={self.kills * CONCURRENCY} unknown_ids={self.unknown_ids} unsent={self.unsent}"
        )


async def plan(data: Path, count: int) -> None:
    """Have `count` deliveries planned in the database of `data`, each of one event."""
    names = [f"company-{number}" for number in range(count)]
    now = SystemClock().now()
    database = await Database.open(data)
    service = AlerterService(
        database,
        following=Following.of(
            Watchlist.of([a_company(name) for name in names]), [a_subscription()], [ARCHIVE]
        ),
        clock=SystemClock(),
        horizon=timedelta(days=1),
    )
    readings = [told_by("One", f"India bans {it}", target=it, since=now) for it in names]
    records = records_of(readings, at=now)
    for first in range(0, count, 200):
        handled = await service.handle(records[first : first + 200])
        if handled.failure is not None:
            raise handled.failure
    await database.close()


async def send_all(data: Path, url: str) -> None:
    """Send what the database of `data` holds to `url` until all is sent."""
    clock = SystemClock()
    database = await Database.open(data)
    watchlist = Watchlist.of(())
    following = Following.of(watchlist, (), [ARCHIVE])
    service = AlerterService(database, following=following, clock=clock, horizon=timedelta(days=1))
    sender = Sender(database, service, clock=clock)
    http = guarded_client(allowed_networks=(ip_network("127.0.0.0/8"),))
    channel = WebhookChannel(url, key=None, http=http, clock=clock)
    await sender.configure(WaysOut(channels={ARCHIVE: channel}, watchlist=watchlist))
    stop = Stop()
    async with asyncio.TaskGroup() as group:
        group.create_task(sender.run(stop))
        while await database.read(_open):  # noqa: ASYNC110  a database has no event to wait for
            await asyncio.sleep(0.02)
        stop.ask()
    await http.aclose()
    await database.close()


def kill_run(data: Path, *, count: int, kills: int, seed: int, seconds: float) -> Killed:
    """Plan `count` deliveries and kill their sender `kills` times, 0.25 to 0.6 s after it began."""
    draw = random.Random(seed)
    asyncio.run(plan(data, count))
    receiver = Receiver(seconds=0.1)
    killed = 0
    deadline = time.monotonic() + seconds
    with serving(receiver.answer) as url:
        for last in [*[False] * kills, True]:
            before = receiver.posts
            child = subprocess.Popen(
                [sys.executable, "-m", "tests.support.delivery_run", str(data), f"{url}/hook"],
                stdout=subprocess.DEVNULL,
            )
            try:
                if last:
                    child.wait(max(deadline - time.monotonic(), 1))
                    break
                receiver.wait_for_more_than(before, seconds=30)
                time.sleep(draw.uniform(0.25, 0.6))
                if child.poll() is not None:
                    break
                child.send_signal(signal.SIGKILL)
                killed += 1
            finally:
                child.kill()
                child.wait(10)
    connection = open_read_only(data)
    every = {name for (name,) in connection.execute("SELECT delivery_id FROM deliveries")}
    unsent = _open(connection)
    connection.close()
    got = set(receiver.ids)
    return Killed(
        planned=len(every),
        kills=killed,
        lost=len(every - got),
        extra=receiver.posts - len(got),
        unknown_ids=len(got - every),
        unsent=unsent,
    )


def _open(connection: sqlite3.Connection) -> int:
    """Return how many deliveries are not sent."""
    (count,) = connection.execute(
        "SELECT count(*) FROM deliveries WHERE state <> ?", (DeliveryState.SENT,)
    ).fetchone()
    return int(count)


if __name__ == "__main__":
    asyncio.run(send_all(Path(sys.argv[1]), sys.argv[2]))
