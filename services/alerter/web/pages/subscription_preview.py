"""Beside the form of a subscription: what it would have been sent, or what keeps it from being read."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from starlette.requests import Request

from services.alerter.preview import PlannedMessage, PlannedMessages, Span
from services.alerter.web.sources import Rehearse
from services.alerter.web.subscription_form import Mistake
from services.common.clock import Clock
from services.common.config.configuration import Configuration
from services.common.errors import TransientError
from services.common.ids import SubscriptionId

T = TypeVar("T")

DAYS = (7, 30, 90)
DEFAULT_DAYS = 30
MOST_SHOWN = 30
"""Messages; of more the newest are shown."""

UNNAMED = SubscriptionId("not-named-yet")
"""What a subscription is called while nobody gave it an id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownMessage:
    """A message that would have gone: `alerts` are reason, sentence and the event's id."""

    channel: str
    kind: str
    planned_at: datetime
    held_until: datetime | None
    alerts: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewPanel:
    """What stands beside the form. Before anything was asked `is_asked` is false.

    With `mistakes` nothing could be worked out, with a `trouble` it was not.
    """

    days: int = DEFAULT_DAYS
    is_asked: bool = False
    mistakes: tuple[Mistake, ...] = ()
    trouble: str = ""
    messages: tuple[ShownMessage, ...] = ()
    total: int = 0
    alerts: int = 0


def days_of(sent: Sequence[str]) -> int:
    """Return the days that a form asks for."""
    [text] = sent[:1] or [""]
    return int(text) if text in {str(days) for days in DAYS} else DEFAULT_DAYS


class Previews:
    """Works out panels, one at a time: each takes a process of its own for a second or more."""

    def __init__(self, rehearse: Rehearse, *, clock: Clock) -> None:
        self._rehearse = rehearse
        self._clock = clock
        self._one_at_a_time = asyncio.Semaphore(1)

    async def panel(
        self, name: SubscriptionId, configuration: Configuration, *, days: int, request: Request
    ) -> PreviewPanel:
        """Return what `name` would have been sent in the last `days`, newest first.

        It is given up when the browser of `request` is gone: with each change a form asks anew.
        """
        async with self._one_at_a_time:
            until = self._clock.now()
            span = Span(since=until - timedelta(days=days), until=until)
            try:
                planned = await _unless_gone(request, self._rehearse(name, configuration, span))
            except TimeoutError:
                return PreviewPanel(days=days, is_asked=True, trouble=_TOO_LONG)
            except TransientError:
                return PreviewPanel(days=days, is_asked=True, trouble=_FAILED)
        return PreviewPanel(days=days) if planned is None else _panel(planned, days)


_TOO_LONG = "This takes too long for a page: choose fewer days, or save it and run `kabar preview`."
_FAILED = "kabar failed to work this out; its log says why."


def _panel(planned: PlannedMessages, days: int) -> PreviewPanel:
    return PreviewPanel(
        days=days,
        is_asked=True,
        messages=tuple(_shown(one) for one in reversed(planned.messages[-MOST_SHOWN:])),
        total=len(planned.messages),
        alerts=sum(len(one.alerts) for one in planned.messages),
    )


def _shown(message: PlannedMessage) -> ShownMessage:
    return ShownMessage(
        channel=message.channel,
        kind=message.kind,
        planned_at=message.planned_at,
        held_until=message.held_until,
        alerts=tuple((one.reason, one.sentence, one.event.id) for one in message.body),
    )


async def _unless_gone(request: Request, work: Awaitable[T]) -> T | None:
    """Return what `work` returns; None, and the work is cancelled, when the browser is gone."""
    working = asyncio.ensure_future(work)
    try:
        while not working.done():
            await asyncio.wait({working}, timeout=_LOOK_EVERY_SECONDS)
            if not working.done() and await request.is_disconnected():
                return None
        return working.result()
    finally:
        if working.cancel():
            await asyncio.wait({working})


_LOOK_EVERY_SECONDS = 0.3
