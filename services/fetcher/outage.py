"""Whether it is we who are off the network, rather than the feeds."""

from __future__ import annotations

from datetime import datetime, timedelta

_REMEMBERED = timedelta(minutes=15)
_MIN_HOSTS = 3


class Outage:
    """Watches what asking each host last came to."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[datetime, bool]] = {}

    def note(self, host: str, *, is_reached: bool, now: datetime) -> None:
        """Note whether a host could be reached."""
        self._last.pop(host, None)
        self._last[host] = (now, is_reached)
        oldest = now - _REMEMBERED
        while self._last:
            first = next(iter(self._last))
            if self._last[first][0] >= oldest:
                break
            del self._last[first]

    @property
    def is_ours(self) -> bool:
        """Return whether more than half of at least three hosts could not be reached lately."""
        unreached = sum(not is_reached for _, is_reached in self._last.values())
        return len(self._last) >= _MIN_HOSTS and 2 * unreached > len(self._last)
