"""A classifying child that does what a story's title says: die, hang, spin, look ahead, be ready, raise, or
report at length.
"""

from __future__ import annotations

import os
import select
import sys
import threading
from datetime import timedelta

from services.classifier.answering import Preparation, main
from services.classifier.change import Change
from services.common.contracts.reading import Reading
from services.common.contracts.story import Story
from services.common.watchlist import Watchlist
from tests.support.builders import a_reading, a_report

_MANY = 50
_prepared = threading.Event()


class FaultyReader:
    """Reads every story as one report, unless its title tells it to fail."""

    def __init__(self, watchlist: Watchlist | Change) -> None:
        self._hash = watchlist.hash

    def changed(self, change: Change) -> FaultyReader:
        return FaultyReader(change)

    def read(self, story: Story) -> Reading:
        if "die" in story.title:
            os._exit(9)
        if "hang" in story.title:
            threading.Event().wait()
        while "spin" in story.title:
            pass
        if "look ahead" in story.title:
            select.select([sys.stdin], [], [])
        if "ready" in story.title and not _prepared.is_set():
            raise RuntimeError("not ready")
        if "raise" in story.title:
            raise RuntimeError("told to raise")
        reports = [a_report(story.story_id)] * (_MANY if "at length" in story.title else 1)
        return a_reading(story, *reports, watchlist_hash=self._hash)


if __name__ == "__main__":
    if "idle" in sys.argv:
        main(FaultyReader, preparations=[Preparation(after=timedelta(), make=_prepared.set)])
    main(FaultyReader, computes_within=timedelta(seconds=0.5))
