"""Webhook: a signed POST of JSON, as Standard Webhooks has it."""

from __future__ import annotations

from services.alerter.channels.answers import accepted
from services.alerter.channels.port import Sent, Thread, Unthreaded
from services.alerter.channels.posting import post_bytes
from services.alerter.channels.signature import signature
from services.alerter.render.bodies import webhook_body
from services.alerter.render.message import Message
from services.common.clock import Clock
from services.common.http.client import HttpClient


class WebhookChannel(Unthreaded):
    """POSTs to `url`, signed with `key`; unsigned without one.

    Receivers know a repeat by `webhook-id`, the delivery's id.
    """

    type = "webhook"
    concurrency = 16
    is_repeat_safe = True

    def __init__(self, url: str, *, key: bytes | None, http: HttpClient, clock: Clock) -> None:
        self._url = url
        self._key = key
        self._http = http
        self._clock = clock

    async def send(self, message: Message, *, thread: Thread | None = None) -> Sent:  # noqa: ARG002  events have ids
        """Return the status of a 2xx answer."""
        body = webhook_body(
            (section.alert for section in message.sections),
            subscription=message.subscriptions[0],
            planned_at=message.planned_at,
        )
        headers = self._headers(message, body)
        answer = await post_bytes(self._http, self._url, body, headers=headers)
        return Sent(status=accepted(answer, now=self._clock.now()))

    def _headers(self, message: Message, body: bytes) -> dict[str, str]:
        timestamp = int(self._clock.now().timestamp())
        headers = {
            "webhook-id": message.id,
            "webhook-timestamp": str(timestamp),
        }
        if self._key is not None:
            headers["webhook-signature"] = signature(
                self._key, message_id=message.id, timestamp=timestamp, body=body
            )
        return headers
