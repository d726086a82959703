"""The topics of the bus: names, keys, partitions, how long they keep, what they carry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

MAX_RECORD_BYTES = 256 * 1024
"""The largest record, key and value together; checked before every send."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A stream of records. Partitions of one that exists change by `kabar init-topics --force` alone."""

    name: str
    partitions: int
    keeps: timedelta
    is_compacted: bool = False


STORIES = Topic(name="kabar.stories.v1", partitions=6, keeps=timedelta(days=35))
"""Story, keyed by feed id."""
READINGS = Topic(name="kabar.readings.v1", partitions=6, keeps=timedelta(days=35))
"""Reading, keyed by story id."""
DEAD_LETTERS = Topic(name="kabar.dead-letters.v1", partitions=1, keeps=timedelta(days=90))
"""DeadLetter, keyed by letter id."""
FEED_HEALTH = Topic(
    name="kabar.feed-health.v1", partitions=1, keeps=timedelta(days=35), is_compacted=True
)
"""FeedHealth, keyed by feed id; the newest of each feed stays."""

TOPICS = (STORIES, READINGS, DEAD_LETTERS, FEED_HEALTH)
