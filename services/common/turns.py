"""Turns: long computing in a thread that leaves the interpreter to the others in between.

Python runs one thread at a time, and takes it from one that computes only after 5 ms, each time that
another wants it. An event loop wants it after every read and write, so beside a thread that computes
for a second an answer of some milliseconds takes a hundred.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from time import perf_counter, sleep
from typing import TypeVar

T = TypeVar("T")

_TURN_SECONDS = 0.001
_PAUSE_SECONDS = 0.0005


def in_turns(items: Iterable[T]) -> Iterator[T]:
    """Yield `items`, and sleep half a millisecond whenever the work on them took one; for threads only."""
    began = perf_counter()
    for item in items:
        yield item
        if perf_counter() - began > _TURN_SECONDS:
            sleep(_PAUSE_SECONDS)
            began = perf_counter()
