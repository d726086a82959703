"""Measure sending alone: deliveries a second to a receiver on loopback that answers in 100 ms.

    .venv/bin/python benchmarks/deliveries.py --deliveries 500

All are planned before; what counts is the time from the sender's start until the last is sent. Where
Apprise is installed (`pip install "kabar[apprise]"`), it then posts to the same receiver one message
after the other, as it does for one address; the ratio is printed, and under 5 the exit code is 1.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import logging
import sys
import tempfile
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import structlog

sys.path.insert(0, str(Path(__file__).parent.parent))

from services.alerter.channels.apprise import is_installed
from tests.support.delivery_run import CONCURRENCY, Receiver, plan, send_all
from tests.support.kill_run import reply, serving

ANSWERS_AFTER_SECONDS = 0.1
WANTED_RATIO = 5
MESSAGES_OF_APPRISE = 50
"""One after the other they take five seconds at least; the rate does not depend on how many."""


def main() -> int:
    """Measure; exit 1 where one was lost or came twice, or Apprise was not outdone enough."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--deliveries", type=int, default=500)
    count: int = arguments.parse_args().deliveries
    # A line for each delivery would measure the terminal.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    receiver = Receiver(seconds=ANSWERS_AFTER_SECONDS)
    with tempfile.TemporaryDirectory(prefix="kabar-bench-") as directory:
        asyncio.run(plan(Path(directory), count))
        with serving(receiver.answer) as url:
            began, cpu = time.perf_counter(), time.process_time()
            asyncio.run(send_all(Path(directory), f"{url}/hook"))
            seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    rate = count / seconds
    print(
        f"deliveries: {rate:.0f} a second to a receiver that answers in 100 ms, "
        f"up to {CONCURRENCY} at once; {1_000 * cpu / count:.1f} ms of CPU each, the receiver's too"
    )
    is_complete = len(receiver.ids) == receiver.posts == count
    if not is_installed():
        print("apprise: not installed, not compared")
        return 0 if is_complete else 1
    theirs = apprise_rate(MESSAGES_OF_APPRISE)
    print(
        f"apprise: {theirs:.1f} a second, one after the other; kabar has {rate / theirs:.1f} times"
    )
    return 0 if is_complete and rate >= WANTED_RATIO * theirs else 1


def apprise_rate(messages: int) -> float:
    """Return how many messages a second Apprise hands to such a receiver."""
    package: Any = importlib.import_module("apprise")  # untyped, and an extra
    taken = 0

    def answer(handler: BaseHTTPRequestHandler) -> None:
        nonlocal taken
        handler.rfile.read(int(handler.headers["content-length"]))
        taken += 1
        time.sleep(ANSWERS_AFTER_SECONDS)
        reply(handler, 200, b"{}", "application/json")

    with serving(answer) as url:
        sending = package.Apprise(asset=package.AppriseAsset(storage_mode="memory"))
        sending.add(f"{url.replace('http://', 'json://')}/hook")
        began = time.perf_counter()
        for number in range(messages):
            message: Mapping[str, str] = {
                "title": f"India bans firm {number}",
                "body": "Confirmed.",
            }
            if not sending.notify(**message):
                raise RuntimeError("Apprise could not send.")
        seconds = time.perf_counter() - began
    if taken != messages:
        raise RuntimeError(f"Apprise sent {taken} of {messages}.")
    return messages / seconds


if __name__ == "__main__":
    sys.exit(main())
