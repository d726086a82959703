"""The breaker opens when most records fail, and closes only when somebody says so."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.common.breaker import Breaker
from services.common.telemetry.health import Gate
from services.common.telemetry.metrics import REGISTRY


def a_breaker() -> Breaker:
    return Breaker(service="test", gate=Gate(reason=None))


def test_twenty_failures_in_a_row_are_borne_and_one_more_is_not() -> None:
    breaker = a_breaker()

    for _ in range(20):
        breaker.failed()
    after_twenty = breaker.is_open
    breaker.failed()

    assert (after_twenty, breaker.is_open) == (False, True)


def test_one_record_that_is_handled_begins_the_row_anew() -> None:
    breaker = a_breaker()

    for _ in range(9):
        for _ in range(20):
            breaker.failed()
        breaker.handled()

    assert not breaker.is_open


def test_of_a_batch_only_those_in_a_row_are_a_row() -> None:
    breaker = a_breaker()

    breaker.note([True, False] * 50)

    assert not breaker.is_open


@pytest.mark.parametrize(("failures", "is_open"), [(200, False), (201, True)])
def test_of_the_last_thousand_two_hundred_may_fail(failures: int, *, is_open: bool) -> None:
    breaker = a_breaker()

    for n in range(1_000):
        if n % 4 == 0 and n // 4 < failures:
            breaker.failed()
        else:
            breaker.handled()

    assert breaker.is_open == is_open


def test_failures_before_the_last_thousand_are_forgotten() -> None:
    breaker = a_breaker()

    for n in range(10_000):
        if n % 6:
            breaker.handled()
        else:
            breaker.failed()

    assert not breaker.is_open


def test_an_open_breaker_stays_open_until_it_is_closed() -> None:
    breaker = a_breaker()
    for _ in range(21):
        breaker.failed()

    breaker.handled()
    while_open = breaker.is_open
    breaker.close()
    breaker.failed()

    assert (while_open, breaker.is_open) == (True, False)


def test_gate_and_metric_say_that_it_is_open_and_why() -> None:
    gate = Gate(reason=None)
    breaker = Breaker(service="test", gate=gate)

    for _ in range(21):
        breaker.failed()
    reason, shown = (
        gate.reason,
        REGISTRY.get_sample_value("kabar_breaker_open", {"service": "test"}),
    )
    breaker.close()

    assert reason is not None
    assert reason.startswith("21 records in a row failed")
    assert shown == 1
    assert gate.reason is None


@given(st.lists(st.booleans(), max_size=400))
def test_it_opens_exactly_when_a_limit_is_passed(outcomes: list[bool]) -> None:
    breaker = a_breaker()
    longest = in_a_row = 0

    for has_failed in outcomes:
        in_a_row = in_a_row + 1 if has_failed else 0
        longest = max(longest, in_a_row)
        (breaker.failed if has_failed else breaker.handled)()

    assert breaker.is_open == (longest > 20 or sum(outcomes) > 200)
