from __future__ import annotations

from services.common.tracebacks import traceback_hash_of


def _raised(divisor: int) -> Exception:
    try:
        return ValueError(1 // divisor)
    except ZeroDivisionError as error:
        return error


def test_failures_at_the_same_place_have_the_same_traceback_hash() -> None:
    hashes = {traceback_hash_of(_raised(0)) for _ in range(3)}

    assert len(hashes) == 1
    assert traceback_hash_of(ValueError("elsewhere")) not in hashes
