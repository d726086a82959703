"""Standard streams: stdin, stdout and stderr where whoever started this process closed them."""

from __future__ import annotations

import os
import sys

_STREAMS = (("stdin", "r"), ("stdout", "w"), ("stderr", "w"))


def fill_in_closed_streams() -> None:
    """Have each of the three that is closed lead nowhere, here and in child processes.

    Else what is opened next takes its number: what a child process prints would go into a database.
    """
    for name, mode in _STREAMS:
        if getattr(sys, name) is None:
            number = os.open(os.devnull, os.O_RDWR)  # the lowest that is free: its own
            os.set_inheritable(number, True)
            stream = os.fdopen(number, mode, encoding="utf-8", closefd=False)
            setattr(sys, name, stream)
