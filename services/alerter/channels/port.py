"""The Channel port: what every way out promises, so that an adapter can be written from this page.

A channel turns a Message into its own form and hands it over. It keeps nothing that has to survive:
order, retries, threads and what was sent are the outbox's. tests/contract/test_channels.py says the
same in tests; every adapter passes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from services.alerter.render.message import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """Where a channel told of an event before: its own handles of the first message and the newest."""

    root: str
    last: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """The channel has the message. `status` is what it answered, None where it answers nothing.

    `handle` is its own name for the message, for replies and edits; None where it has none. `note`
    says what the operator should know, such as an address that does not exist; empty for nothing.
    """

    status: int | None = None
    handle: str | None = None
    note: str = ""


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

    @property
    def can_edit(self) -> bool:
        """Return whether a message that was sent can be changed without ringing anybody."""
        ...

    async def send(self, message: Message, *, thread: Thread | None = None) -> Sent:
        """Return when the channel has taken the message, as a reply in `thread` where there is one.

        Where the channel has no threads, or lost this one, the message stands alone: never is it
        refused for its thread. It ends within 45 seconds, whatever the receiver does; cancelled, it
        may have sent or not. The texts of its errors hold no secret: neither keys nor addresses that
        are keys.

        Raises:
            ChannelUnavailableError: not now: no answer, 404, 405, 407, 408, 421, 425, 429, 5xx, a redirect. Try again
                after the schedule's wait, or after `retry_after` where that is longer. Where it
                `is_partial`, some of the channel's people have the message: the channel fares well.
            ChannelRefusedError: never this message. `status` tells why: 401 and 403 a wrong key,
                410 a receiver that wants nothing any more, others the message itself. With
                `is_format` it is sent once more as a message that `is_plain`.
            ChannelUnwantedError: everybody whom it would reach has asked for no more messages.
        """
        ...

    async def edit(self, message: Message, *, handle: str) -> None:
        """Return when the message that `handle` names reads as `message` does.

        Asked only of a channel that `can_edit`. Nobody is told again. Errors as those of `send`; a
        message that is gone is refused.
        """
        ...


class Unthreaded:
    """What channels share whose messages can be neither answered nor changed."""

    can_edit = False

    async def edit(self, message: Message, *, handle: str) -> None:
        """Raise: nobody asks a channel for this that cannot do it."""
        raise NotImplementedError(f"{type(self).__name__} cannot edit.")
