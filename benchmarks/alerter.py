"""Measure the alerter alone: readings tracked, matched and planned a second on a fresh database.

    .venv/bin/python benchmarks/alerter.py --readings 2000

First readings about as many companies with one subscription to everything; then the same with a
thousand subscriptions and ten thousand events that are open already. CPU seconds count, not time on
the clock: the machine may be busy. Exits 1 under 1,000 readings a CPU second.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from services.alerter.database.connections import Database
from services.alerter.service import AlerterService
from services.alerter.telling import Following
from services.alerter.worker import BATCH
from services.common.bus.port import Record
from services.common.clock import SystemClock
from services.common.contracts.subscription import Conditions, Subscription
from services.common.ids import ChannelId
from services.common.watchlist import Watchlist
from tests.support.alerting import a_subscription, records_of, told_by
from tests.support.builders import a_company

WANTED = 1_000
SUBSCRIPTIONS = 1_000
OPEN_EVENTS = 10_000
HORIZON = timedelta(hours=24)


def names(first: int, count: int) -> list[str]:
    """Return the ids of `count` companies, those from number `first` on."""
    return [f"company-{number}" for number in range(first, first + count)]


def records(companies: Sequence[str], *, outlet: str) -> list[Record]:
    """Return one reading about each company, as it stands on the bus."""
    now = SystemClock().now()
    readings = (told_by(outlet, f"India bans {name}", target=name, since=now) for name in companies)
    return records_of(readings, at=now)


def subscriptions(companies: Sequence[str]) -> list[Subscription]:
    """Return a subscription to everything and many to one company each."""
    return [
        a_subscription(to=["archive"]),
        *(
            a_subscription(f"only-{name}", to=["archive"], when=Conditions(companies=(name,)))
            for name in companies
        ),
    ]


async def handle(service: AlerterService, some: Sequence[Record]) -> float:
    """Handle `some` in the worker's batches; return the CPU seconds that took."""
    began = time.process_time()
    for first in range(0, len(some), BATCH):
        handled = await service.handle(some[first : first + BATCH])
        if handled.failure is not None:
            raise handled.failure
    return time.process_time() - began


async def measure(label: str, readings: int, *, open_events: int, subscribed: int) -> float:
    """Return the readings a CPU second, printed too."""
    companies = names(0, readings + open_events)
    following = Following.of(
        Watchlist.of([a_company(name) for name in companies]),
        subscriptions(companies[:subscribed]),
        [ChannelId("archive")],
    )
    with tempfile.TemporaryDirectory(prefix="kabar-bench-") as directory:
        database = await Database.open(Path(directory))
        service = AlerterService(
            database, following=following, clock=SystemClock(), horizon=HORIZON
        )
        await handle(service, records(companies[readings:], outlet="earlier"))
        seconds = await handle(service, records(companies[:readings], outlet="now"))
        await database.close()
    print(
        f"{label}: {readings / seconds:.0f} readings per CPU second, "
        f"{1_000 * seconds / readings:.2f} CPU seconds per 1,000"
    )
    return readings / seconds


def main() -> int:
    """Measure both and judge."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--readings", type=int, default=2_000)
    count: int = arguments.parse_args().readings
    rates = (
        asyncio.run(measure("fresh", count, open_events=0, subscribed=0)),
        asyncio.run(measure("much", count, open_events=OPEN_EVENTS, subscribed=SUBSCRIPTIONS)),
    )
    return 0 if min(rates) >= WANTED else 1


if __name__ == "__main__":
    sys.exit(main())
