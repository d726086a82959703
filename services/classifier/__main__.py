"""python -m services.classifier: the classifier as a process of its own."""

from __future__ import annotations

import sys

from services.classifier.wiring import build
from services.common.lifecycle import run_from_environment

if __name__ == "__main__":
    sys.exit(run_from_environment(build, service="classifier"))
