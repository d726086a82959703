"""Weather: how a channel fares, and how many messages may be on their way to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from services.alerter.database.outages import Outage
from services.common.ids import DeliveryId


@dataclass(slots=True)
class Weather:
    """How a channel fares: which messages failed one after the other, and since when none passed.

    `lanes` are the messages on their way, `window` is how many may be: it doubles with every success
    and falls to one with a failure, so that a channel that is just back is not run over. What is due
    but has to wait for another message is looked for again after `idle_until`.
    """

    failing: set[DeliveryId] = field(default_factory=set)
    outage: Outage | None = None
    idle_until: datetime | None = None
    lanes: int = 0
    window: int = 1

    @property
    def not_before(self) -> datetime | None:
        """Return until when the channel wishes to be left alone."""
        return self.outage.not_before if self.outage else None

    def failed(self, *, now: datetime, wait: timedelta | None) -> None:
        """Note a failure of the channel, which wishes to be left alone for `wait`."""
        wish = None if wait is None else now + wait
        times = [at for at in (self.not_before, wish) if at is not None]
        since = self.outage.since if self.outage else now
        self.outage = Outage(since=since, not_before=max(times, default=None))

    def follow_clock(self, *, now: datetime) -> None:
        """Forget times that a clock had reckoned before it was set back to `now`."""
        self.idle_until = None
        if self.outage is not None and self.outage.since > now:
            self.outage = Outage(since=now)

    def forget_wishes(self) -> None:
        """Wait no longer for what the channel asked for: it is another one now."""
        if self.outage is not None:
            self.outage = Outage(since=self.outage.since)

    @property
    def is_down(self) -> bool:
        """Return whether it is the channel that fails, not one message."""
        return len(self.failing) > 1

    def later_than(self, at: datetime) -> datetime:
        """Return when something may be tried that is due `at`."""
        return max(at, self.not_before or at, self.idle_until or at)
