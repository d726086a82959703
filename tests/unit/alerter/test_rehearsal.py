"""A preview is worked out in a child process, which belongs to its parent alone."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

from services.alerter.preview import Span
from services.alerter.rehearsal import Rehearsal, rehearsed
from services.alerter.telling import Following
from services.common.ids import SubscriptionId
from tests.support.builders import NOON, a_watchlist

# Says whether it leads a session of its own: Ctrl-C in a terminal goes to all of the session before it.
CHILD = "import os, sys; sys.stdin.buffer.read(); print(os.getsid(0) == os.getpid())"


async def test_ctrl_c_in_a_terminal_does_not_reach_the_child(tmp_path: Path) -> None:
    rehearsal = Rehearsal(
        data=tmp_path,
        subscription=SubscriptionId("bans"),
        span=Span(since=NOON - timedelta(days=1), until=NOON),
        following=Following.of(a_watchlist(), (), frozenset()),
    )

    answer = await rehearsed(
        rehearsal, within=timedelta(seconds=30), command=(sys.executable, "-c", CHILD)
    )

    assert answer == b"True\n"
