"""Kill kabar again and again while stories are outstanding, and count what was told.

    make kill-test MODE=embedded SEED=1
    make kill-test MODE=kafka SEED=1
    make kill-test MODE=deliveries SEED=1
    .venv/bin/python benchmarks/kill_test.py --mode kafka --fault broker-stop --fault-seconds 60

Prints one line and exits 1 when a story was lost or a repeat came under another id; on Kafka a second
line with the memory of each service at its most, and how often it was started. The mode kafka starts a
broker and a Redis of its own.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.support import delivery_run
from tests.support.kill_run import Embedded, OnKafka, Outcome, kill_run
from tests.support.stack import FAULTS, SERVICES, Stack


def main() -> int:
    """Return 0 when nothing was lost and no id changed."""
    given = _arguments()
    with tempfile.TemporaryDirectory(prefix="kabar-kill-") as directory:
        if given.mode == "deliveries":
            return _deliveries(Path(directory), given)
        run = _on_kafka if given.mode == "kafka" else _embedded
        outcome = run(Path(directory), given)
    return 0 if outcome.is_good and outcome.kills == given.kills else 1


def _arguments() -> argparse.Namespace:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument(
        "--mode", choices=["embedded", "kafka", "deliveries"], default="embedded"
    )
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--stories", type=int, default=500)
    arguments.add_argument("--kills", type=int, default=6)
    arguments.add_argument("--seconds", type=float, default=400, help="the most a run may take")
    arguments.add_argument("--fault", choices=sorted(FAULTS), help="what else breaks, mode kafka")
    arguments.add_argument("--fault-seconds", type=float, default=5, help="how long it lasts")
    arguments.add_argument(
        "--redis-loses-one-in", type=int, help="every n-th reply of Redis is lost, mode kafka"
    )
    arguments.add_argument("--logs", type=Path, help="write the logs of the services there")
    return arguments.parse_args()


def _deliveries(directory: Path, given: argparse.Namespace) -> int:
    """Kill the sender of 2,000 deliveries every 0.25 to 0.6 s."""
    killed = delivery_run.kill_run(
        directory, count=2_000, kills=10, seed=given.seed, seconds=given.seconds
    )
    print(killed)
    return 0 if killed.is_good and killed.kills >= 5 else 1


def _embedded(directory: Path, given: argparse.Namespace) -> Outcome:
    outcome = kill_run(
        directory,
        system=Embedded(directory),
        stories=given.stories,
        kills=given.kills,
        seed=given.seed,
        seconds=given.seconds,
    )
    print(outcome)
    return outcome


def _on_kafka(directory: Path, given: argparse.Namespace) -> Outcome:
    with Stack(directory, redis_loses_one_in=given.redis_loses_one_in) as stack:

        def fault() -> None:
            FAULTS[given.fault](stack, given.fault_seconds)

        with _memory_noted(stack):
            outcome = kill_run(
                directory,
                system=OnKafka(stack),
                stories=given.stories,
                kills=given.kills,
                seed=given.seed,
                seconds=given.seconds,
                fault=fault if given.fault else None,
            )
    print(outcome)
    print(
        *(
            f"{kind}_starts={stack.services[kind].starts} "
            f"{kind}_most_mb={stack.most_megabytes[kind]:.0f}"
            for kind in SERVICES
        )
    )
    if given.logs:
        given.logs.mkdir(parents=True, exist_ok=True)
        for kind in SERVICES:
            (given.logs / f"{kind}.log").write_text(stack.services[kind].log)
    return outcome


@contextmanager
def _memory_noted(stack: Stack) -> Iterator[None]:
    """Look at the memory of the services every second."""
    is_over = threading.Event()

    def look() -> None:
        while not is_over.wait(1):
            stack.note_memory()

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield
    finally:
        is_over.set()
        looking.join()


if __name__ == "__main__":
    sys.exit(main())
