"""Garbage: how often a process that reads stories looks for some."""

from __future__ import annotations

import gc

COLLECT_EVERY = 50_000
"""Objects made between two walks of the collector. Reading makes no cycles, so that a walk finds nothing:
at Python's own 700 objects that is a tenth of the time, measured on the stories of `make bench`.
"""


def collect_rarely() -> None:
    """Have the collector pass over what there is, built to stay to the end, and come rarely."""
    gc.freeze()
    gc.set_threshold(COLLECT_EVERY)
