from __future__ import annotations

import sys
import threading

from services.common.turns import in_turns


def test_everything_comes_once_and_in_order() -> None:
    assert list(in_turns(range(1_000))) == list(range(1_000))


def test_another_thread_gets_on_that_python_itself_would_not_let_in() -> None:
    got_on = threading.Event()
    before = sys.getswitchinterval()
    sys.setswitchinterval(100)

    try:
        threading.Thread(target=got_on.set).start()
        left = iter(in_turns(range(1_000_000)))
        while not got_on.is_set():
            next(left)
    finally:
        sys.setswitchinterval(before)

    assert next(left, None) is not None
