"""The Channel port: what every way out promises, so that an adapter can be written from this page.

A channel turns a Message into its own form and hands it over. It keeps nothing: order, retries and
what was sent are the outbox's. tests/contract/test_channels.py says the same in tests; every adapter
passes it.
"""

from __future__ import annotations

from typing import Protocol

from services.alerter.render.message import Message


class Channel(Protocol):
    """One configured way out. Used by up to `concurrency` tasks at a time."""

    @property
    def type(self) -> str:
        """Return the type's name as the configuration has it, for metrics."""
        ...

    @property
    def concurrency(self) -> int:
        """Return how many messages may be on their way at once, at least 1.

        They are begun in order, but may arrive in another; two on one event are never on their way
        together.
        """
        ...

    @property
    def is_repeat_safe(self) -> bool:
        """Return whether the receiver knows a repeat by the message's id, and shows it once."""
        ...

    async def send(self, message: Message) -> int | None:
        """Return the channel's status when it has taken the message: HTTP status, None without one.

        It ends within 45 seconds, whatever the receiver does; cancelled, it may have sent or not.
        The texts of its errors hold no secret: neither keys nor addresses that are keys.

        Raises:
            ChannelUnavailableError: not now: no answer, 408, 425, 429, 5xx, a redirect. Try again
                after the schedule's wait, or after `retry_after` where that is longer.
            ChannelRefusedError: never this message. `status` tells why: 401 and 403 a wrong key,
                410 a receiver that wants nothing any more, others the message itself. With
                `is_format` it is sent once more as a message that `is_plain`.
        """
        ...
