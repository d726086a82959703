"""The command `kabar`, also as `python -m kabar`."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line; Ctrl-C while it is imported ends it as it does later, without a traceback."""
    try:
        from kabar.cli import main as commands  # noqa: PLC0415  what takes a while is imported inside
    except KeyboardInterrupt:
        sys.stderr.write("Aborted!\n")
        sys.exit(1)
    commands()


if __name__ == "__main__":
    main()
