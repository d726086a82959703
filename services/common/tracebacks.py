"""Tracebacks: which failures are the same one."""

from __future__ import annotations

import traceback

from services.common.ids import fingerprint


def traceback_hash_of(error: BaseException) -> str:
    """Return the same for errors of one class that were raised at the same place by the same way.

    Modules, functions and lines count; the text does not, nor where the program is installed.
    """
    places = [
        f"{frame.f_globals.get('__name__')}:{frame.f_code.co_qualname}:{line}"
        for frame, line in traceback.walk_tb(error.__traceback__)
    ]
    return fingerprint("traceback", type(error).__qualname__, *places)
