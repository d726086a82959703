"""Telegram: a bot writes to a chat, with entities instead of markup: there is nothing to escape."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from services.alerter.channels.answers import LONGEST_WAIT, said
from services.alerter.channels.port import Sent, Thread
from services.alerter.channels.posting import found_in, post_bytes, require_taken
from services.alerter.render.document import Document, Passage, cut_sentence, fitted, plain_text
from services.alerter.render.message import Message
from services.alerter.render.units import cut_to, utf16_units
from services.common.clock import Clock
from services.common.errors import ChannelRefusedError, ChannelUnavailableError
from services.common.http.client import Answer, HttpClient

SERVER = "https://api.telegram.org"

MAX_TEXT = 4_096
"""UTF-16 units, markup aside. https://core.telegram.org/bots/api#sendmessage"""
MAX_ENTITIES = 100

_MOST_SECTIONS = 30
_MAX_SENTENCE = 600
_MAX_QUOTE = 400

# What it says in a 400 of a chat to which the bot may not write.
_CLOSED_CHAT = (
    b"chat not found",
    b"not enough rights",
    b"have no rights to send",
    b"need administrator rights",
    b"chat_write_forbidden",
)

# Telegram makes a mention of every "@name" in a text; an invisible word joiner makes it none.
_NO_MENTION = "@\u2060"


class TelegramChannel:
    """Writes to `chat` as the bot that has `token`; the token stands in the address.

    A new stage answers the event's first message. A handle is the message's number in the chat, behind
    the chat's id, "-1001/7", in one to which it moved.
    """

    type = "telegram"
    concurrency = 1
    is_repeat_safe = False
    can_edit = True

    def __init__(self, chat: str, *, token: str, http: HttpClient, clock: Clock) -> None:
        self._configured = chat
        self._chat = chat
        self._base = f"{SERVER}/bot{token}"
        self._http = http
        self._clock = clock

    async def send(self, message: Message, *, thread: Thread | None = None) -> Sent:
        """Return the status of a 2xx answer and the message's number."""
        answer = await self._call("sendMessage", self._document(message, thread))
        if answer.status == 400 and (moved := found_in(answer, "parameters", "migrate_to_chat_id")):
            # Its group became a supergroup, which has another id: https://core.telegram.org/bots/api#responseparameters
            self._chat = moved
            answer = await self._call("sendMessage", self._document(message, thread))
        _require_open(answer)
        status = require_taken(answer, clock=self._clock)
        number = found_in(answer, "result", "message_id")
        if self._chat == self._configured:
            return Sent(status=status, handle=number)
        note = f"the chat is a supergroup now: configure it as {self._chat}"
        return Sent(status=status, handle=number and f"{self._chat}/{number}", note=note)

    async def edit(self, message: Message, *, handle: str) -> None:
        """Return when the message reads as `message`, also where it did before."""
        chat, _, number = handle.rpartition("/")
        document = {
            "chat_id": chat or self._configured,
            "message_id": int(number),
            **telegram_payload(message),
        }
        answer = await self._call("editMessageText", document)
        if answer.status == 400 and b"message is not modified" in answer.body:
            return
        require_taken(answer, clock=self._clock)

    def _document(self, message: Message, thread: Thread | None) -> dict[str, object]:
        """Return what is sent to the chat; an answer where the chat is the one that has the thread: a
        supergroup counts its messages anew.
        """
        document = {"chat_id": self._chat, **telegram_payload(message)}
        chat, _, number = thread.root.rpartition("/") if thread is not None else ("", "", "")
        if number.isdecimal() and (chat or self._configured) == self._chat:
            document["reply_parameters"] = {
                "message_id": int(number),
                "allow_sending_without_reply": True,
            }
        return document

    async def _call(self, method: str, document: Mapping[str, object]) -> Answer:
        body = json.dumps(document, ensure_ascii=False).encode()
        answer = await post_bytes(self._http, f"{self._base}/{method}", body, headers={})
        if answer.status == 429 and (wait := _wished_wait(answer)) is not None:
            raise ChannelUnavailableError("429 Too Many Requests.", status=429, retry_after=wait)
        return answer


def telegram_payload(message: Message) -> dict[str, Any]:
    """Return the message without its chat; a plain one has no entities."""
    payload = fitted(message, most=_MOST_SECTIONS, form=_payload, fits=_is_in_limits)
    if message.is_plain:
        payload["text"] = cut_to(_harmless(plain_text(message)), MAX_TEXT, unit=utf16_units)
        payload["entities"] = []
    return payload


def _payload(document: Document) -> dict[str, Any]:
    text = _Text()
    for passage in document.passages:
        text.add(_told(passage))
    if document.note:
        text.add(_Text().say(cut_to(_harmless(document.note), _MAX_QUOTE, unit=utf16_units)))
    return {
        "text": text.text,
        "entities": text.entities,
        "link_preview_options": {"is_disabled": True},
    }


def _is_in_limits(payload: Mapping[str, Any]) -> bool:
    return utf16_units(payload["text"]) <= MAX_TEXT and len(payload["entities"]) <= MAX_ENTITIES


@dataclass(slots=True)
class _Text:
    """A text and what is said of its places, which count UTF-16 units."""

    text: str = ""
    entities: list[dict[str, Any]] = field(default_factory=list)

    def say(self, words: str, **entity: str) -> _Text:
        if entity:
            offset, length = utf16_units(self.text), utf16_units(words)
            self.entities.append({"offset": offset, "length": length, **entity})
        self.text += words
        return self

    def add(self, other: _Text) -> None:
        if self.text:
            self.text += "\n\n"
        offset = utf16_units(self.text)
        self.entities += [{**each, "offset": each["offset"] + offset} for each in other.entities]
        self.text += other.text


def _told(passage: Passage) -> _Text:
    sentence = cut_sentence(_harmless(passage.sentence), _MAX_SENTENCE, unit=utf16_units)
    text = _Text().say(sentence, type="bold")
    if (quote := passage.quote) is None:
        return text
    text.say("\n")
    if words := cut_to(_harmless(quote.words), _MAX_QUOTE, unit=utf16_units):
        text.say(words, type="blockquote").say("\n")
    source = _harmless(quote.source)
    if quote.url is None:
        text.say(source)
    else:
        text.say(source, type="text_link", url=quote.url)
    return text.say(f" · {passage.coverage}") if passage.coverage else text


def _harmless(text: str) -> str:
    return text.replace("@", _NO_MENTION)


def _require_open(answer: Answer) -> None:
    """Raise for an answer that speaks of the bot or the chat, not of the message: nothing will pass."""
    of_chat = answer.status == 400 and any(it in answer.body.lower() for it in _CLOSED_CHAT)
    # Its own 404, not a proxy's, is a token that there is not.
    of_token = answer.status == 404 and found_in(answer, "description") is not None
    if of_chat or of_token:
        raise ChannelRefusedError(said(answer), status=403)


def _wished_wait(answer: Answer) -> timedelta | None:
    """Return the wait that the answer's body asks for, where Telegram says it; None without one."""
    try:
        seconds = json.loads(answer.body)["parameters"]["retry_after"]
        return min(timedelta(seconds=float(seconds)), LONGEST_WAIT)
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return None
