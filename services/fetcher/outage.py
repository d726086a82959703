"""Whether it is we who are off the network, rather than the feeds."""

from __future__ import annotations

from datetime import datetime, timedelta

_REMEMBERED = timedelta(minutes=15)


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
        """Return whether more than half of the hosts that were asked lately could not be reached.

        Where few are asked that may be one, and its own fault. To ask it as often as before costs nobody
        much; to ask it in a day, since a laptop was off the network for the night, costs the news.
        """
        unreached = sum(not is_reached for _, is_reached in self._last.values())
        return 2 * unreached > len(self._last)
