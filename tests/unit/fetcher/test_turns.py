from __future__ import annotations

from datetime import timedelta

from services.common.ids import FeedId
from services.fetcher.turns import Turns
from tests.support.builders import NOON

ONE, TWO, THREE, FOUR = (FeedId(name) for name in ("one", "two", "three", "four"))
MINUTE = timedelta(minutes=1)


def test_feeds_that_failed_have_half_of_the_places() -> None:
    turns = Turns(places=2)
    for feed, minutes in ((ONE, 1), (TWO, 2)):
        turns.put(feed, NOON - minutes * MINUTE, has_failed=True)
    turns.begin(TWO)
    assert (turns.due(now=NOON), turns.next_at()) == (None, None)

    turns.put(THREE, NOON, has_failed=False)
    assert turns.due(now=NOON) == THREE

    turns.end(TWO)
    assert turns.due(now=NOON) == ONE


def test_a_feed_is_planned_once_wherever_it_stands_now() -> None:
    turns = Turns(places=2)
    turns.put(ONE, NOON, has_failed=True)
    turns.put(ONE, NOON + MINUTE, has_failed=False)

    assert turns.next_at() == NOON + MINUTE
    turns.drop(ONE)
    assert turns.next_at() is None


def test_who_is_due_longest_is_first_whether_it_failed_or_not() -> None:
    turns = Turns(places=4)
    turns.put(ONE, NOON - MINUTE, has_failed=False)
    turns.put(TWO, NOON - 2 * MINUTE, has_failed=True)
    assert turns.due(now=NOON) == TWO

    turns.postpone(TWO, NOON + MINUTE)
    assert turns.due(now=NOON) == ONE

    turns.move(-5 * MINUTE)
    turns.begin(ONE)
    assert (turns.due(now=NOON), turns.is_asked(ONE), turns.is_asked(TWO)) == (TWO, True, False)
