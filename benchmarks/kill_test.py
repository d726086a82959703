"""Kill kabar again and again while stories are outstanding, and count what was told.

    make kill-test MODE=embedded SEED=1

Prints one line and exits 1 when a story was lost or a repeat came under another id.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.support.kill_run import kill_run


def main() -> int:
    """Return 0 when nothing was lost and no id changed."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--mode", choices=["embedded"], default="embedded")
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--stories", type=int, default=500)
    arguments.add_argument("--kills", type=int, default=6)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="kabar-kill-") as directory:
        outcome = kill_run(
            Path(directory), stories=given.stories, kills=given.kills, seed=given.seed, seconds=240
        )
    print(outcome)
    return 0 if outcome.is_good and outcome.kills == given.kills else 1


if __name__ == "__main__":
    sys.exit(main())
