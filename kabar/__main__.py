"""The command `kabar`, also as `python -m kabar`."""

from __future__ import annotations

import os
import signal
import sys

from services.common.standard_streams import fill_in_closed_streams

_LONG_RUNNING = {"run", "serve", "demo"}


def main() -> None:
    """Run the command line.

    While it is imported, Ctrl-C ends it as it does later, without a traceback, and SIGTERM ends with 0
    what it asks to stop later.
    """
    fill_in_closed_streams()
    if _LONG_RUNNING.intersection(sys.argv[1:2]):
        signal.signal(signal.SIGTERM, _stopped)  # until the lifecycle takes it over
    try:
        from kabar.cli import main as commands  # noqa: PLC0415  what takes a while is imported inside
    except KeyboardInterrupt:
        sys.stderr.write("Aborted!\n")
        sys.exit(1)
    commands()


def _stopped(*_: object) -> None:
    os._exit(0)  # nothing is open yet; an exception could be caught by whoever is being imported


if __name__ == "__main__":
    main()
