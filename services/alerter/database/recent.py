"""Recent: contracts that were written or decoded lately, by their bytes."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import TypeVar

from services.common.contracts.codec import decode, encode

T = TypeVar("T")


class Recent:
    """Contracts by their bytes; they are frozen, so what is remembered stays right.

    An event that many outlets tell is read again with every report of it, and what was decided is
    read again to be sent: without this, tracking the hundredth report takes ten times as long and
    sending a message twice. The writer's thread uses it, and those that read.
    """

    # Decoded, some four times as much.
    MOST_BYTES = 8 * 1024 * 1024

    def __init__(self) -> None:
        self._contracts: OrderedDict[bytes, object] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def decoded(self, kind: type[T], record: bytes) -> T:
        """Return the contract that `record` holds."""
        with self._lock:
            found = self._contracts.get(record)
            if isinstance(found, kind):
                self._contracts.move_to_end(record)
                return found
        contract = decode(kind, record)
        self._keep(record, contract)
        return contract

    def encoded(self, contract: object) -> bytes:
        """Return the record of a contract."""
        record = encode(contract)
        self._keep(record, contract)
        return record

    def _keep(self, record: bytes, contract: object) -> None:
        with self._lock:
            if record in self._contracts:
                return
            self._contracts[record] = contract
            self._bytes += len(record)
            while self._bytes > self.MOST_BYTES:
                oldest, _ = self._contracts.popitem(last=False)
                self._bytes -= len(oldest)


recent = Recent()
"""Those of this process."""
