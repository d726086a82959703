"""ntfy: a push message to everyone who follows a topic."""

from __future__ import annotations

from services.alerter.channels.port import Sent, Thread, Unthreaded
from services.alerter.channels.posting import post_json
from services.alerter.render.document import Document, Passage, cut_sentence, fitted
from services.alerter.render.message import Message, heading
from services.alerter.render.units import cut_to, utf8_bytes
from services.common.clock import Clock
from services.common.http.client import HttpClient

DEFAULT_SERVER = "https://ntfy.sh"

MAX_MESSAGE = 4_096
"""Bytes; what is longer becomes an attachment. https://docs.ntfy.sh/publish/#limitations"""
MAX_TITLE = 250
MAX_SENTENCE = 500

_MOST_SECTIONS = 30
_MAX_QUOTE = 1_500
_MAX_NOTE = 300
_HIGH_PRIORITY = 4


class NtfyChannel(Unthreaded):
    """Publishes to `topic` of a server; `token` where the topic is protected.

    It has no threads: a new stage takes the place of what was shown of the event.
    """

    type = "ntfy"
    # A server from 2.16 on replaces what has the same sequence id; an older one shows both.
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

    async def send(self, message: Message, *, thread: Thread | None = None) -> Sent:  # noqa: ARG002  the sequence id is it
        """Return the status of a 2xx answer."""
        document = {"topic": self._topic, **ntfy_payload(message)}
        answer = await post_json(
            self._http, self._server, document, clock=self._clock, headers=self._headers
        )
        return Sent(status=answer.status)


def ntfy_payload(message: Message) -> dict[str, object]:
    """Return the message without its topic: plain text, which ntfy shows as it is.

    What is told of one event has the event's id as its sequence id, so that the newest stage stands
    in the place of the one before. A correction has one of its own: the app does not ring for what
    takes the place of something that is still shown, and a correction has to ring.
    """
    return fitted(
        message,
        most=_MOST_SECTIONS,
        form=lambda document: _payload(document, message),
        fits=lambda payload: utf8_bytes(str(payload["message"])) <= MAX_MESSAGE,
    )


def _payload(document: Document, message: Message) -> dict[str, object]:
    payload: dict[str, object] = {
        "title": _title(document, message),
        "message": _text(document),
        "sequence_id": _sequence(document, message),
    }
    if document.is_correction:
        payload["priority"] = _HIGH_PRIORITY
    [first, *others] = document.passages
    if first.quote is not None and first.quote.url is not None and not others:
        payload["click"] = first.quote.url
    return payload


def _sequence(document: Document, message: Message) -> str:
    events = {section.alert.event.id for section in message.sections}
    if len(events) == 1 and not document.is_correction:
        return events.pop()
    return message.id


def _title(document: Document, message: Message) -> str:
    [first, *others] = document.passages
    if others:
        return cut_to(heading(message.sections), MAX_TITLE, unit=utf8_bytes)
    return cut_sentence(first.sentence, MAX_TITLE, unit=utf8_bytes)


def _text(document: Document) -> str:
    [first, *others] = document.passages
    if others:
        parts = ["\n".join(_line(passage)) for passage in document.passages]
    else:
        parts = ["\n".join(_own_words(first)) or first.sentence]
    note = cut_to(document.note, _MAX_NOTE, unit=utf8_bytes)
    return "\n\n".join(filter(None, [*parts, note]))


def _own_words(passage: Passage) -> list[str]:
    if (quote := passage.quote) is None:
        return []
    words = cut_to(quote.words, _MAX_QUOTE, unit=utf8_bytes)
    source = f"{quote.source} · {passage.coverage}" if passage.coverage else quote.source
    return [*([words] if words else []), source]


def _line(passage: Passage) -> list[str]:
    sentence = cut_sentence(passage.sentence, MAX_SENTENCE, unit=utf8_bytes)
    url = passage.quote.url if passage.quote else None
    return [sentence, url] if url else [sentence]
