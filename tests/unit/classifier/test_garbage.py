"""Garbage: what the collector of a process that reads stories does, and what it leaves."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from services.classifier.garbage import COLLECT_EVERY, collect_rarely


@pytest.fixture(autouse=True)
def _collector_as_before() -> Iterator[None]:
    callbacks, threshold = list(gc.callbacks), gc.get_threshold()
    yield
    gc.callbacks[:] = callbacks
    gc.set_threshold(*threshold)
    gc.unfreeze()


def test_the_collector_comes_rarely_however_often_that_is_asked_for() -> None:
    collect_rarely()
    callbacks = len(gc.callbacks)

    collect_rarely()

    assert gc.get_threshold()[0] == COLLECT_EVERY
    assert len(gc.callbacks) == callbacks


def test_what_a_walk_finds_alive_is_not_walked_over_again() -> None:
    collect_rarely()
    kept: list[list[int]] = [[] for _ in range(100)]

    gc.collect()

    assert not any(one is kept for one in gc.get_objects())
