"""python -m services.alerter: the alerter as a process of its own."""

from __future__ import annotations

import sys

from services.alerter.wiring import build
from services.common.lifecycle import run_from_environment

if __name__ == "__main__":
    sys.exit(run_from_environment(build, service="alerter"))
