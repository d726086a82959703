"""Garbage: what makes many objects and no cycles keeps the collector away, for a while or as good as for ever."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

COLLECT_EVERY = 10_000
"""Objects made between two walks of the collector. Reading stories makes no cycles, so that a walk finds nothing:
at Python's own 700 objects that is a tenth of the time, measured on the stories of `make bench`; with 50,000
a story that meets a walk waits ten milliseconds for it.
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
    """Have the collector come rarely, and pass over what there is, built to stay to the end.

    So is what it finds later: lexicons and how their forms go on. Another walk over all of these would take
    as long as fifty stories.
    """
    gc.freeze()
    gc.set_threshold(COLLECT_EVERY)
    # A child that is given another watchlist comes again.
    if _pass_over_what_is_left not in gc.callbacks:
        gc.callbacks.append(_pass_over_what_is_left)


def _pass_over_what_is_left(phase: str, _: Mapping[str, int]) -> None:
    if phase == "stop":
        gc.freeze()
