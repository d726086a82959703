"""python -m services.fetcher: the fetcher as a process of its own."""

from __future__ import annotations

import sys

from services.common.lifecycle import run_from_environment
from services.fetcher.wiring import build

if __name__ == "__main__":
    sys.exit(run_from_environment(build, service="fetcher"))
