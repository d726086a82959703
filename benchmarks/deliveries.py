"""Measure sending alone: deliveries a second to a receiver on loopback that answers in 100 ms.

    .venv/bin/python benchmarks/deliveries.py --deliveries 500

All are planned before; what counts is the time from the sender's start until the last is sent.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.support.delivery_run import CONCURRENCY, Receiver, plan, send_all
from tests.support.kill_run import serving

ANSWERS_AFTER_SECONDS = 0.1


def main() -> int:
    """Measure; exit 1 where one was lost or came twice."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--deliveries", type=int, default=500)
    count: int = arguments.parse_args().deliveries
    receiver = Receiver(seconds=ANSWERS_AFTER_SECONDS)
    with tempfile.TemporaryDirectory(prefix="kabar-bench-") as directory:
        asyncio.run(plan(Path(directory), count))
        with serving(receiver.answer) as url:
            began = time.perf_counter()
            asyncio.run(send_all(Path(directory), f"{url}/hook"))
            seconds = time.perf_counter() - began
    print(
        f"deliveries: {count / seconds:.0f} a second to a receiver that answers in 100 ms, "
        f"up to {CONCURRENCY} at once"
    )
    return 0 if len(receiver.ids) == receiver.posts == count else 1


if __name__ == "__main__":
    sys.exit(main())
