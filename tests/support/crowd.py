"""How much longer than on a machine of its own a process takes here."""

from __future__ import annotations

import os


def crowd() -> float:
    """Return how many want a core for each that there is, as of the last minute; 1 where some are free."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
