"""Outcome: what came of one try to send a message, whatever the channel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TypeAlias

from services.common.errors import (
    ChannelRefusedError,
    ChannelUnavailableError,
    ChannelUnwantedError,
)

DENIED = frozenset({401, 403, 535})
"""Statuses by which a channel says that our key is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """The channel has it. `status` as in Attempt; `handle` is its own name for the message; `note` is
    what the operator should know of it, empty for nothing.
    """

    status: int | None = None
    handle: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unavailable:
    """It may pass: no answer, 5xx, or a 4xx of `answers.accepted` that does. `retry_after` is the channel's own wish.

    Where it `is_partial` some of the channel's people have it, and nobody behind it need wait.
    """

    reason: str
    status: int | None = None
    retry_after: timedelta | None = None
    is_partial: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The channel will never take this message; with `is_format`, not in this form."""

    reason: str
    status: int | None = None
    is_format: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Denied:
    """401 or 403: our key is wrong. The channel pauses, its deliveries are kept."""

    reason: str
    status: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """410: the channel wants nothing any more."""

    reason: str
    status: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unwanted:
    """Everybody whom it would reach has asked for no more: it is not sent."""

    reason: str


Outcome: TypeAlias = Taken | Unavailable | Refused | Denied | Gone | Unwanted


def outcome_of(
    error: ChannelUnavailableError | ChannelRefusedError | ChannelUnwantedError,
) -> Outcome:
    """Return the outcome that a channel's error means.

    401, 403 and 410 speak of the channel rather than of the message, whichever error brings them; so
    does a mail relay's 535.
    """
    if isinstance(error, ChannelUnwantedError):
        return Unwanted(reason=str(error))
    if error.status in DENIED:
        return Denied(reason=str(error), status=error.status)
    if error.status == 410:
        return Gone(reason=str(error), status=error.status)
    if isinstance(error, ChannelUnavailableError):
        return Unavailable(
            reason=str(error),
            status=error.status,
            retry_after=error.retry_after,
            is_partial=error.is_partial,
        )
    return Refused(reason=str(error), status=error.status, is_format=error.is_format)
