"""Rehearsal: a preview, worked out in a child process.

A month of changes takes seconds, in which this process has to track and to send. The child opens the
database to read, and gets what it needs of the configuration on its stdin.
"""

from __future__ import annotations

import asyncio
import pickle
import sys
from asyncio.subprocess import PIPE
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from services.alerter.preview import Span, preview
from services.alerter.telling import Following
from services.common.contracts.codec import encode
from services.common.contracts.subscription import Subscription
from services.common.errors import TransientError
from services.common.ids import ChannelId, SubscriptionId
from services.common.packed import pack, unpack
from services.common.watchlist import Watchlist

COMMAND = (sys.executable, "-m", "services.alerter.rehearsal")


class RehearsalFailedError(TransientError):
    """The child died; what it said is on stderr."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """What a subscription, as it stands in `following`, would have been sent within `span`."""

    data: Path
    subscription: SubscriptionId
    span: Span
    following: Following


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """A rehearsal as it travels; both ends are our own. `companies` are packed."""

    data: Path
    subscription: SubscriptionId
    span: Span
    subscriptions: Sequence[Subscription]
    single_channels: frozenset[ChannelId]
    companies: Sequence[bytes]
    watchlist_hash: str


async def rehearsed(
    rehearsal: Rehearsal, *, within: timedelta, command: Sequence[str] = COMMAND
) -> bytes:
    """Return the PlannedMessages as JSON. The child ends with us, also where we are cancelled.

    Raises:
        TimeoutError: it took longer.
        RehearsalFailedError: the child died.
    """
    child = await asyncio.create_subprocess_exec(
        *command,
        stdin=PIPE,
        stdout=PIPE,
        start_new_session=True,  # Ctrl-C in a terminal is for its parent alone
    )
    try:
        question = await asyncio.to_thread(_asked, rehearsal)
        async with asyncio.timeout(within.total_seconds()):
            answer, _ = await child.communicate(question)
    finally:
        if child.returncode is None:
            with suppress(ProcessLookupError):
                child.kill()
            await child.wait()
    if child.returncode != 0:
        raise RehearsalFailedError(f"The preview ended with {child.returncode}.")
    return answer


def _asked(rehearsal: Rehearsal) -> bytes:
    following = rehearsal.following
    return pickle.dumps(
        _Question(
            data=rehearsal.data,
            subscription=rehearsal.subscription,
            span=rehearsal.span,
            subscriptions=tuple(following.subscriptions.values()),
            single_channels=following.single_channels,
            companies=tuple(pack(following.watchlist.companies.values())),
            watchlist_hash=following.watchlist.hash,
        )
    )


def main() -> None:
    """Answer the one question on stdin."""
    asked: _Question = pickle.load(sys.stdin.buffer)  # noqa: S301  our own parent
    companies = unpack(asked.companies, {})
    following = Following.of(
        Watchlist.checked(companies, hash=asked.watchlist_hash),
        asked.subscriptions,
        asked.single_channels,
    )
    messages = preview(asked.data, asked.subscription, span=asked.span, following=following)
    sys.stdout.buffer.write(encode(messages))


if __name__ == "__main__":
    main()
