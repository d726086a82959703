"""python -m services.classifier: the classifier as a process of its own."""

from __future__ import annotations

import sys

from services.classifier.wiring import build
from services.common.errors import ConfigurationError
from services.common.lifecycle import MISCONFIGURED, run
from services.common.settings import read_settings


def main() -> int:
    """Return the exit code of a run with the settings of the environment."""
    try:
        settings = read_settings()
    except ConfigurationError as error:
        print(error, file=sys.stderr)  # noqa: T201  nothing is set up to log yet
        return MISCONFIGURED
    return run(build, settings, service="classifier")


if __name__ == "__main__":
    sys.exit(main())
