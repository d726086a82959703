"""How much we ask of one host: two requests at once, five seconds apart, and none when it says so."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from services.common.ids import FeedId

SLOTS = 2
SPACING = timedelta(seconds=5)
_LONGEST = timedelta(hours=24)  # as long as any host is left alone
_RETRY_SLOT = timedelta(seconds=1)


@dataclass(slots=True)
class _Host:
    running: int = 0
    next_start: datetime | None = None
    left_alone_until: datetime | None = None
    limited: set[FeedId] = field(default_factory=set)

    def rests_until(self, now: datetime) -> datetime | None:
        """Return until when to leave it alone; an end further off than any is that of a wrong clock."""
        until = self.left_alone_until
        return until if until is not None and now < until <= now + _LONGEST else None


class Politeness:
    """Gives turns at hosts. Whoever got one gives it back with `finish`."""

    def __init__(self, *, slots: int = SLOTS, spacing: timedelta = SPACING) -> None:
        self._slots = slots
        self._spacing = spacing
        self._hosts: dict[str, _Host] = {}

    def ask(self, host: str, *, now: datetime) -> datetime | None:
        """Return None and take a turn when it may start now, else when to ask again."""
        state = self._hosts.setdefault(host, _Host())
        if (until := state.rests_until(now)) is not None:
            return until
        # Further off it is only where the clock was set back.
        if state.next_start is not None and now < state.next_start <= now + self._spacing:
            return state.next_start
        if state.running >= self._slots:
            return now + _RETRY_SLOT
        state.running += 1
        state.next_start = now + self._spacing
        return None

    def finish(self, host: str) -> None:
        """Give a turn back."""
        self._hosts[host].running -= 1

    def leave_alone(self, host: str, *, until: datetime, now: datetime) -> None:
        """Give no turn at `host` before `until`, nor before an end that holds already."""
        state = self._hosts.setdefault(host, _Host())
        state.left_alone_until = max(until, state.rests_until(now) or until)

    def limit(self, host: str, feed: FeedId) -> bool:
        """Note that the host limits requests for a feed; return whether it seems to mean all of them.

        One feed's 429 may be about that feed alone; a second feed's is about the host.
        """
        limited = self._hosts.setdefault(host, _Host()).limited
        limited.add(feed)
        return len(limited) > 1

    def welcome(self, host: str, feed: FeedId) -> None:
        """Note that the host answered a feed."""
        if (state := self._hosts.get(host)) is not None:
            state.limited.discard(feed)
