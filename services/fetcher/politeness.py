"""How much we ask of one host: two feeds at once, five seconds apart, and nothing when it says so."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from services.common.ids import FeedId

SLOTS = 2
SPACING = timedelta(seconds=5)
UNLESS_TOLD = timedelta(minutes=10)
"""How long a host is left alone that says too often and not for how long."""

_LONGEST = timedelta(hours=24)  # as long as any host is left alone
_RETRY_SLOT = timedelta(seconds=1)
_FEW_HOSTS = 1_000  # what a feed links to may be another host each time


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

    def is_idle(self, now: datetime) -> bool:
        """Return whether nothing about it matters any more."""
        is_spaced = self.next_start is None or self.next_start <= now
        return not self.running and not self.limited and is_spaced and not self.rests_until(now)


class Politeness:
    """Gives turns at hosts. Whoever got one gives it back with `finish`."""

    def __init__(self, *, slots: int = SLOTS, spacing: timedelta = SPACING) -> None:
        self._slots = slots
        self._spacing = spacing
        self._hosts: dict[str, _Host] = {}
        self._many_hosts = _FEW_HOSTS

    @property
    def hosts(self) -> int:
        """Return of how many hosts something is kept."""
        return len(self._hosts)

    def ask(self, *hosts: str, now: datetime) -> datetime | None:
        """Return None and take a turn at each of these hosts when it may start now, else when to ask again."""
        self._forget_idle(now)
        states = [self._hosts.setdefault(host, _Host()) for host in {*hosts}]
        waits = [later for state in states if (later := self._later(state, now)) is not None]
        if waits:
            return max(waits)
        for state in states:
            state.running += 1
            state.next_start = now + self._spacing
        return None

    def _later(self, state: _Host, now: datetime) -> datetime | None:
        """Return when to ask a host again; None when a turn may start now."""
        if (until := state.rests_until(now)) is not None:
            return until
        # Further off it is only where the clock was set back.
        if state.next_start is not None and now < state.next_start <= now + self._spacing:
            return state.next_start
        if state.running >= self._slots:
            return now + _RETRY_SLOT
        return None

    def finish(self, *hosts: str) -> None:
        """Give a turn at each of these hosts back."""
        for host in {*hosts}:
            self._hosts[host].running -= 1

    def finish_and_rest(self, host: str, *, now: datetime) -> None:
        """Give a turn back; the next begins the spacing after `now`, whoever waits for it.

        Otherwise who had a turn at a slow host could take the next at once, and nobody else ever would.
        """
        self.finish(host)
        self._hosts[host].next_start = now + self._spacing

    def leave_alone(self, host: str, *, until: datetime, now: datetime) -> None:
        """Give no turn at `host` before `until`, nor before an end that holds already."""
        state = self._hosts.setdefault(host, _Host())
        state.left_alone_until = max(until, state.rests_until(now) or until)

    def is_left_alone(self, host: str, *, now: datetime) -> bool:
        """Return whether the host is to be left alone now."""
        state = self._hosts.get(host)
        return state is not None and state.rests_until(now) is not None

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

    def _forget_idle(self, now: datetime) -> None:
        if len(self._hosts) < self._many_hosts:
            return
        self._hosts = {host: state for host, state in self._hosts.items() if not state.is_idle(now)}
        self._many_hosts = max(_FEW_HOSTS, 2 * len(self._hosts))


def left_alone_until(wish: timedelta | None, *, now: datetime) -> datetime:
    """Return until when to leave a host alone that asked for it, for as long as it wishes."""
    return now + min(wish or UNLESS_TOLD, _LONGEST)
