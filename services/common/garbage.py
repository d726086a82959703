"""Garbage: what makes many objects and no cycles keeps the collector away, for a while or as good as for ever."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

COLLECT_EVERY = 50_000
"""Objects made between two walks of the collector. Reading stories makes no cycles, so that a walk finds nothing:
at Python's own 700 objects that is a tenth of the time, measured on the stories of `make bench`.
"""

_MANY_OBJECTS = 50_000


@contextmanager
def collector_paused() -> Iterator[None]:
    """Keep the garbage collector away, which would walk what is made for nothing.

    It would take a fifteenth of the time of tracking a batch.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@contextmanager
def collector_kept_off() -> Iterator[None]:
    """Keep the garbage collector away, and for ever from what is there at the end if much was made.

    It would take half the time of reading a long file. Only for what is read seldom and stays: what is
    garbage in a cycle at the end, of any thread, is never collected.
    """
    with collector_paused():
        try:
            yield
        finally:
            if gc.get_count()[0] > _MANY_OBJECTS:
                # The first collection would walk all of them, and nothing else runs meanwhile.
                gc.freeze()


def collect_rarely() -> None:
    """Have the collector pass over what there is, built to stay to the end, and come rarely."""
    gc.freeze()
    gc.set_threshold(COLLECT_EVERY)
