"""ntfy: a push message to everyone who follows a topic."""

from __future__ import annotations

from services.alerter.channels.posting import post_json
from services.alerter.render.message import Message, quotation
from services.alerter.render.units import cut_to, utf8_bytes
from services.alerter.render.words import one_line, shortened
from services.common.clock import Clock
from services.common.http.client import HttpClient

DEFAULT_SERVER = "https://ntfy.sh"

MAX_MESSAGE = 4_096
"""Bytes; what is longer becomes an attachment. https://docs.ntfy.sh/publish/#limitations"""
MAX_TITLE = 250

_MAX_CLICK = 2_000


class NtfyChannel:
    """Publishes to `topic` of a server; `token` where the topic is protected."""

    type = "ntfy"
    # A server from 2.16 on replaces what has the same sequence id; an older one shows it twice.
    concurrency = 1
    is_repeat_safe = True

    def __init__(
        self, topic: str, *, server: str, token: str | None, http: HttpClient, clock: Clock
    ) -> None:
        self._topic = topic
        self._server = server
        self._headers = {} if token is None else {"authorization": f"Bearer {token}"}
        self._http = http
        self._clock = clock

    async def send(self, message: Message) -> int:
        """Return the status of a 2xx answer."""
        document = {"topic": self._topic, **ntfy_payload(message)}
        return await post_json(
            self._http, self._server, document, clock=self._clock, headers=self._headers
        )


def ntfy_payload(message: Message) -> dict[str, object]:
    """Return the message without its topic: plain text, which ntfy shows as it is.

    The delivery's id is its sequence id: a repeat takes its own place and rings nobody again. The
    event's would do so with a correction too, which has to ring.
    """
    first = message.sections[0]
    payload: dict[str, object] = {
        "title": cut_to(_title(message), MAX_TITLE, unit=utf8_bytes),
        "message": cut_to(_text(message), MAX_MESSAGE, unit=utf8_bytes),
        "sequence_id": message.id,
    }
    url = one_line(first.quoted.url) if first.quoted and len(message.sections) == 1 else ""
    if url.startswith(("https://", "http://")) and utf8_bytes(url) <= _MAX_CLICK:
        payload["click"] = url
    return payload


def _title(message: Message) -> str:
    if len(message.sections) == 1:
        return message.sections[0].alert.sentence
    return f"kabar: {len(message.sections)} alerts"


def _text(message: Message) -> str:
    if len(message.sections) > 1:
        return "\n".join(section.alert.sentence for section in message.sections)
    story = message.sections[0].quoted
    if story is None:
        return message.sections[0].alert.sentence
    return f"{quotation(story)}\n{shortened(story.outlet)} ({one_line(story.lang)})"
