"""The installation mark as it was read last: each poll asks for it, and it may name every feed."""

from __future__ import annotations

from services.common.contracts.codec import decode
from services.fetcher.store.port import Installation

HEAD_BYTES = 64
"""So much of a written mark has its id, which no other mark has."""


class KnownMark:
    """Reads a mark once. A store that was emptied has another one afterwards, which is read too."""

    def __init__(self) -> None:
        self.head = b""
        self._mark: Installation | None = None

    def read(self, written: bytes) -> Installation | None:
        """Return the mark that is written so, None where nothing is; of the one known a head will do."""
        if not written:
            return None
        if self._mark is None or written[:HEAD_BYTES] != self.head:
            self._mark, self.head = decode(Installation, written), written[:HEAD_BYTES]
        return self._mark
