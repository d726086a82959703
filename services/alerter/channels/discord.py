"""Discord, through a webhook: an embed for each alert."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from services.alerter.channels.port import Sent, Thread
from services.alerter.channels.posting import found_in, patch_json, post_json
from services.alerter.render.document import Document, Passage, cut_sentence, fitted, plain_text
from services.alerter.render.message import Message
from services.alerter.render.units import cut_to, utf16_units
from services.common.clock import Clock
from services.common.http.client import Answer, HttpClient

MAX_TITLE = 256
MAX_CONTENT = 2_000
MAX_IN_ALL = 6_000
MAX_EMBEDS = 10
"""https://discord.com/developers/docs/resources/message#embed-object-embed-limits, in characters: we
count UTF-16 units, which are never fewer than those."""

_UNKNOWN_WEBHOOK = "10015"
"""https://discord.com/developers/docs/topics/opcodes-and-status-codes#json"""

_MAX_QUOTE = 600
_MAX_SOURCE = 300

_ESCAPED = str.maketrans({mark: f"\\{mark}" for mark in "\\*_~`|>[]()#<@:-"})


class DiscordChannel:
    """POSTs to a webhook's address, which is a key.

    A webhook cannot answer a message: a new stage follows as a message of its own, and the first one
    is edited. A handle is the message's id.
    """

    type = "discord"
    concurrency = 1
    is_repeat_safe = False
    can_edit = True

    def __init__(self, url: str, *, http: HttpClient, clock: Clock) -> None:
        self._url = url
        self._http = http
        self._clock = clock

    async def send(self, message: Message, *, thread: Thread | None = None) -> Sent:  # noqa: ARG002  it cannot answer
        """Return the status of a 2xx answer and the message's id."""
        # With wait Discord answers when it has the message, not when it has the request.
        url = f"{self._url}{'&' if '?' in self._url else '?'}wait=true"
        answer = await post_json(
            self._http, url, discord_payload(message), clock=self._clock, is_closed=_is_deleted
        )
        return Sent(status=answer.status, handle=found_in(answer, "id"))

    async def edit(self, message: Message, *, handle: str) -> None:
        """Return when the message reads as `message`; one that was deleted is refused."""
        parts = urlsplit(self._url)
        # The query stays: thread_id has to be there for a message of a thread too.
        url = urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/messages/{handle}"))
        payload = {"content": "", **discord_payload(message)}
        await patch_json(self._http, url, payload, clock=self._clock)


def _is_deleted(answer: Answer) -> bool:
    return answer.status == HTTPStatus.NOT_FOUND and found_in(answer, "code") == _UNKNOWN_WEBHOOK


def discord_payload(message: Message) -> dict[str, Any]:
    """Return the message as embeds, a plain one as text; it mentions nobody, whatever it says."""
    if message.is_plain:
        text = cut_to(plain_text(message), MAX_CONTENT, unit=_escaped_units)
        return {"content": _escaped(text), "allowed_mentions": {"parse": []}}
    return fitted(message, most=MAX_EMBEDS, form=_payload, fits=_is_in_limits)


def _payload(document: Document) -> dict[str, Any]:
    payload: dict[str, Any] = {
        "embeds": [_embed(passage) for passage in document.passages],
        "allowed_mentions": {"parse": []},
    }
    if document.note:
        payload["content"] = _escaped(cut_to(document.note, MAX_CONTENT, unit=_escaped_units))
    return payload


def _is_in_limits(payload: Mapping[str, Any]) -> bool:
    texts = (
        text
        for embed in payload["embeds"]
        for text in (embed["title"], embed.get("description", ""))
    )
    return sum(map(utf16_units, texts)) <= MAX_IN_ALL


def _embed(passage: Passage) -> dict[str, Any]:
    sentence = cut_sentence(passage.sentence, MAX_TITLE, unit=_escaped_units)
    embed: dict[str, Any] = {"title": _escaped(sentence)}
    if (quote := passage.quote) is None:
        return embed
    words = _escaped(cut_to(quote.words, _MAX_QUOTE, unit=_escaped_units))
    source = _escaped(cut_to(quote.source, _MAX_SOURCE, unit=_escaped_units))
    lines = [f"> {words}"] if words else []
    lines.append(f"{source} · {passage.coverage}" if passage.coverage else source)
    embed["description"] = "\n".join(lines)
    if quote.url is not None:
        embed["url"] = quote.url
    return embed


def _escaped(text: str) -> str:
    """Return `text` with everything escaped that begins markup, a mention or an emoji."""
    return text.translate(_ESCAPED)


def _escaped_units(text: str) -> int:
    return utf16_units(_escaped(text))
