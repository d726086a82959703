"""The breaker: one bad record is set aside, but when most of them fail, something else is broken."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from services.common.telemetry.health import Gate
from services.common.telemetry.metrics import BREAKER_OPEN

MOST_IN_A_ROW = 20
MOST_AMONG_LAST = 200
LAST = 1_000


class Breaker:
    """Opens when more than 20 records failed in a row, or more than 200 of the last 1,000.

    While it is open its service takes no records and stays up:

        while breaker.is_open and not stop.is_asked:
            await stop.pause(timedelta(milliseconds=500))

    It closes by `close` alone: a restart, or `kabar dead-letters resume`. `gate` is shut with the
    reason meanwhile, so that `/readyz` says it.
    """

    def __init__(self, *, service: str, gate: Gate) -> None:
        self._gate = gate
        self._metric = BREAKER_OPEN.labels(service)
        self._last: deque[bool] = deque(maxlen=LAST)
        self._in_a_row = 0
        self._reason: str | None = None
        self.close()

    @property
    def is_open(self) -> bool:
        """Return whether no record may be taken."""
        return self._reason is not None

    @property
    def reason(self) -> str | None:
        """Return why it is open, for people; None while it is closed."""
        return self._reason

    def handled(self) -> None:
        """Note a record that was handled."""
        self._last.append(False)
        self._in_a_row = 0

    def failed(self) -> None:
        """Note a record that became a dead letter."""
        self._last.append(True)
        self._in_a_row += 1
        among_last = sum(self._last)
        if self._in_a_row > MOST_IN_A_ROW:
            self._open(f"{self._in_a_row} records in a row failed")
        elif among_last > MOST_AMONG_LAST:
            self._open(f"{among_last} of the last {len(self._last)} records failed")

    def note(self, were_handled: Iterable[bool]) -> None:
        """Note the records of a batch in their order: True was handled, False became a dead letter."""
        for is_handled in were_handled:
            if is_handled:
                self.handled()
            else:
                self.failed()

    def close(self) -> None:
        """Let records be taken again, and count anew."""
        self._last.clear()
        self._in_a_row = 0
        self._reason = None
        self._metric.set(0)
        self._gate.open()

    def _open(self, what_failed: str) -> None:
        self._reason = (
            f"{what_failed}; none is taken until `kabar dead-letters resume` or a restart"
        )
        self._metric.set(1)
        self._gate.shut(self._reason)
