"""Measure how long the alerter takes for each of many reports about one company within a week.

    .venv/bin/python benchmarks/crowded.py [--reports 500 1000 2000 4000] [--kinds same separate mixed]

`same` tells one event in as many stories, `separate` one in each, `mixed` some dozens of several types, by
copies, revisions and late stories too. Through the alerter's service and a database, in the worker's
batches. CPU seconds count, not time on the clock. Says what came of it, as a hash too: two states of the
code that do the same print the same.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import sqlite3
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from services.alerter.database.connections import Database
from services.alerter.service import AlerterService
from services.alerter.telling import Following
from services.alerter.worker import BATCH
from services.common.clock import ManualClock
from services.common.ids import ChannelId
from tests.support.alerting import a_subscription, records_of
from tests.support.builders import NOON, a_watchlist
from tests.support.one_company import KINDS, reports_about_one

AFTER_ALL = NOON + timedelta(days=7, hours=1)
HORIZON = timedelta(days=30)

_OUTCOME = {
    "event_changes": "seq",
    "alerts": "alert_id",
    "deliveries": "delivery_id",
    "sightings": "story_id, report_id",
}


async def measure(kind: str, count: int) -> None:
    """Print how long each of `count` reports of a kind took, on average and at the end."""
    records = records_of(reports_about_one(count, kind), at=NOON)
    following = Following.of(a_watchlist(), [a_subscription()], [ChannelId("archive")])
    with tempfile.TemporaryDirectory(prefix="kabar-bench-") as directory:
        database = await Database.open(Path(directory))
        service = AlerterService(
            database, following=following, clock=ManualClock(AFTER_ALL), horizon=HORIZON
        )
        times = [time.process_time()]
        for first in range(0, count, BATCH):
            handled = await service.handle(records[first : first + BATCH])
            if handled.failure is not None:
                raise handled.failure
            times.append(time.process_time())
        outcome = await database.read(outcome_of)
        await database.close()
    last = (count - 1) % BATCH + 1
    print(
        f"{kind} {count}: {1_000 * (times[-1] - times[0]) / count:.1f} CPU ms a report, "
        f"{1_000 * (times[-1] - times[-2]) / last:.1f} of the last {last}; {outcome}",
        flush=True,
    )


def outcome_of(connection: sqlite3.Connection) -> str:
    """Return how many events, changes and alerts there are, and a hash of all that is known of them."""
    hashed = hashlib.sha256()
    for table, order in _OUTCOME.items():
        for row in connection.execute(f"SELECT * FROM {table} ORDER BY {order}"):  # noqa: S608  own text
            hashed.update(repr(row).encode())
    events, changes, alerts = (
        connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608  own text
        for table in ("events", "event_changes", "alerts")
    )
    return f"{events} events, {changes} changes, {alerts} alerts, {hashed.hexdigest()[:12]}"


def main() -> None:
    """Measure every kind at every size."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--reports", type=int, nargs="+", default=[500, 1_000, 2_000, 4_000])
    options.add_argument("--kinds", nargs="+", choices=KINDS, default=KINDS)
    arguments = options.parse_args()
    for kind in arguments.kinds:
        for count in arguments.reports:
            asyncio.run(measure(kind, count))


if __name__ == "__main__":
    main()
