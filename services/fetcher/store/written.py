"""What a store has written, read again: states, and the installation mark.

What cannot be read (a disk that lost a page, a hand in the database, a newer kabar that was taken back) costs
one feed what was known of it, not every feed its fetcher.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

import structlog

from services.common.contracts.codec import decode
from services.common.errors import MalformedRecordError
from services.common.ids import FeedId
from services.fetcher.store.port import FeedState, Installation

HEAD_BYTES = 64
"""So much of a written mark has its id, which no other mark has."""

_UNREADABLE = Installation(id="unreadable", marked_at=datetime(1970, 1, 1, tzinfo=UTC))

log = structlog.get_logger()


def state_from(feed: FeedId, written: bytes) -> FeedState:
    """Return the state of a feed that is written so.

    One that cannot be read is that of a feed which was fetched, at an address that nobody knows: what its
    entries tell that were seen is told no more, and of the others what is old is back-fill.
    """
    try:
        return decode(FeedState, written)
    except MalformedRecordError as error:
        log.error(  # noqa: TRY400  the sentence says all
            "feed_state_unreadable",
            feed_id=feed,
            reason=str(error),
            advice="The feed is polled as after a move, and its next poll writes another state.",
        )
        return _unreadable(feed)


def states_from(written: Iterable[tuple[FeedId, bytes]]) -> dict[FeedId, FeedState]:
    """Return the states of feeds that are written so; who holds one that cannot be read says so."""
    states = {}
    for feed, each in written:
        try:
            states[feed] = decode(FeedState, each)
        except MalformedRecordError:
            states[feed] = _unreadable(feed)
    return states


def mark_from(written: bytes) -> Installation:
    """Return the mark that is written so; one that cannot be read says that there was a store, and no more."""
    try:
        return decode(Installation, written)
    except MalformedRecordError as error:
        log.error(  # noqa: TRY400  the sentence says all
            "store_mark_unreadable",
            reason=str(error),
            advice="A feed that was never fetched is taken for a new one.",
        )
        return _UNREADABLE


def _unreadable(feed: FeedId) -> FeedState:
    return FeedState(feed_id=feed, url="", is_fetched=True)


class KnownMark:
    """The mark as it was read last: each poll asks for it, and it may name every feed.

    A store that was emptied has another one afterwards, which is read too.
    """

    def __init__(self) -> None:
        self.head = b""
        self._mark: Installation | None = None

    def read(self, written: bytes) -> Installation | None:
        """Return the mark that is written so, None where nothing is; of the one known a head will do."""
        if not written:
            return None
        if self._mark is None or written[:HEAD_BYTES] != self.head:
            self._mark, self.head = mark_from(written), written[:HEAD_BYTES]
        return self._mark
