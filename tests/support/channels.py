"""A channel that remembers what it was sent, and a receiver of webhooks that checks everything."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable
from typing import Any

import httpx

from services.alerter.channels.port import Sent, Thread
from services.alerter.channels.signature import signature
from services.alerter.render.message import Message, Section, message_of
from services.common.contracts.delivery import Delivery, DeliveryKind, DeliveryState
from services.common.contracts.event import Event
from services.common.ids import ChannelId, delivery_id
from tests.support.builders import NOON, a_watchlist
from tests.support.channel_servers import over_limit
from tests.support.events import a_change, an_alert, an_event


class RecordingChannel:
    """Takes every message, except where `answers` holds an error for it: raised, in order.

    It has threads: `replies` are the threads in which messages came, in order, `shown` what each of its
    messages says now, by its handle. `edit_answers` are as `answers`, for edits.
    """

    type = "recording"
    concurrency = 1
    is_repeat_safe = False
    can_edit = True

    def __init__(self, *answers: Exception | None) -> None:
        self.answers = deque(answers)
        self.edit_answers: deque[Exception | None] = deque()
        self.messages: list[Message] = []
        self.replies: list[Thread | None] = []
        self.shown: dict[str, Message] = {}
        self.edits = 0

    async def send(self, message: Message, *, thread: Thread | None = None) -> Sent:
        answer = self.answers.popleft() if self.answers else None
        if answer is not None:
            raise answer
        self.messages.append(message)
        self.replies.append(thread)
        handle = f"m{len(self.messages)}"
        self.shown[handle] = message
        return Sent(status=200, handle=handle)

    async def edit(self, message: Message, *, handle: str) -> None:
        answer = self.edit_answers.popleft() if self.edit_answers else None
        if answer is not None:
            raise answer
        self.edits += 1
        self.shown[handle] = message

    @property
    def sections(self) -> list[Section]:
        return [section for message in self.messages for section in message.sections]


class WebhookReceiver:
    """Answers POSTs with `status`; refuses what is not signed with `key` or has no timestamp near now."""

    def __init__(
        self, key: bytes | None = None, *, now: Callable[[], float] = NOON.timestamp
    ) -> None:
        self.key = key
        self.now = now
        self.status = 200
        self.headers: dict[str, str] = {}
        self.bodies: list[dict[str, Any]] = []
        self.ids: list[str] = []

    @property
    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self._answer)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if self.status // 100 != 2:
            return _response(self.status, b"not now", self.headers)
        timestamp = int(request.headers["webhook-timestamp"])
        message_id = request.headers["webhook-id"]
        if abs(timestamp - self.now()) > 300:
            return _response(400, b"stale")
        if self.key is not None and request.headers["webhook-signature"] != signature(
            self.key, message_id=message_id, timestamp=timestamp, body=request.content
        ):
            return _response(401, b"bad signature")
        body = json.loads(request.content)
        if over_limit("webhook", body) is not None:
            return _response(413, b"too large")
        self.ids.append(message_id)
        self.bodies.append(body)
        return _response(self.status)


def _response(
    status: int, body: bytes = b"", headers: dict[str, str] | None = None
) -> httpx.Response:
    # A stream, since the client reads the wire itself and content given as bytes counts as read.
    return httpx.Response(status, headers=headers, stream=httpx.ByteStream(body))


def a_delivery(*alerts: str, channel: str = "archive", **changes: Any) -> Delivery:
    """Return a message for `alerts`, due at noon."""
    of = alerts or (an_alert().id,)
    fields: dict[str, Any] = {
        "id": delivery_id(ChannelId(channel), DeliveryKind.MESSAGE, *of),
        "channel": ChannelId(channel),
        "kind": DeliveryKind.MESSAGE,
        "state": DeliveryState.DUE,
        "subscriptions": (an_alert().subscription,),
        "alerts": of,
        "planned_at": NOON,
        "next_at": NOON,
    }
    return Delivery(**{**fields, **changes})


def a_message(event: Event | None = None) -> Message:
    """Return the message of one new alert of `event`."""
    of = event or an_event()
    alert = an_alert(event=of.id)
    told = [(alert, a_change(of))]
    return message_of(a_delivery(alert.id), told, watchlist=a_watchlist())
