"""Telegram: a bot writes to a chat, with entities instead of markup: there is nothing to escape."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from services.alerter.channels.answers import LONGEST_WAIT, accepted
from services.alerter.channels.posting import post_bytes
from services.alerter.render.message import Message, Section, quotation
from services.alerter.render.units import cut_to, utf16_units
from services.alerter.render.words import one_line, shortened
from services.common.clock import Clock
from services.common.errors import ChannelUnavailableError
from services.common.http.client import Answer, HttpClient

SERVER = "https://api.telegram.org"

MAX_TEXT = 4_096
"""UTF-16 units, markup aside. https://core.telegram.org/bots/api#sendmessage"""
MAX_ENTITIES = 100

_MAX_SENTENCE = 500
_MAX_QUOTE = 400
_MAX_URL = 2_000
_ROOM_FOR_THE_REST = 60


class TelegramChannel:
    """Writes to `chat` as the bot that has `token`; the token stands in the address."""

    type = "telegram"
    concurrency = 1
    is_repeat_safe = False

    def __init__(self, chat: str, *, token: str, http: HttpClient, clock: Clock) -> None:
        self._chat = chat
        self._url = f"{SERVER}/bot{token}/sendMessage"
        self._http = http
        self._clock = clock

    async def send(self, message: Message) -> int:
        """Return the status of a 2xx answer."""
        document = {"chat_id": self._chat, **telegram_payload(message)}
        body = json.dumps(document, ensure_ascii=False).encode()
        answer = await post_bytes(self._http, self._url, body, headers={})
        if answer.status == 429 and (wait := _wished_wait(answer)) is not None:
            raise ChannelUnavailableError("429 Too Many Requests.", status=429, retry_after=wait)
        return accepted(answer, now=self._clock.now())


def telegram_payload(message: Message) -> dict[str, Any]:
    """Return the message without its chat."""
    text = _Text()
    left_out = 0
    for section in message.sections:
        told = _told(section)
        if left_out or not text.takes(told):
            left_out += 1
            continue
        text.add(told)
    if left_out:
        text.add(_Text().say(f"{left_out} more alerts are on the page."))
    return {
        "text": text.text,
        "entities": text.entities,
        "link_preview_options": {"is_disabled": True},
    }


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

    def takes(self, other: _Text) -> bool:
        """Return whether there is room for `other` and for the note on what is left out."""
        units = utf16_units(self.text) + 2 + utf16_units(other.text) + _ROOM_FOR_THE_REST
        return units <= MAX_TEXT and len(self.entities) + len(other.entities) <= MAX_ENTITIES

    def add(self, other: _Text) -> None:
        if self.text:
            self.text += "\n\n"
        offset = utf16_units(self.text)
        self.entities += [{**each, "offset": each["offset"] + offset} for each in other.entities]
        self.text += other.text


def _told(section: Section) -> _Text:
    sentence = cut_to(section.alert.sentence, _MAX_SENTENCE, unit=utf16_units)
    text = _Text().say(sentence, type="bold")
    if (story := section.quoted) is None:
        return text
    text.say("\n")
    if words := cut_to(quotation(story), _MAX_QUOTE, unit=utf16_units):
        text.say(words, type="blockquote").say("\n")
    named = f"{shortened(story.outlet) or 'the story'} ({one_line(story.lang)})"
    url = one_line(story.url)
    if url.startswith(("https://", "http://")) and utf16_units(url) <= _MAX_URL:
        return text.say(named, type="text_link", url=url)
    return text.say(named)


def _wished_wait(answer: Answer) -> timedelta | None:
    """Return the wait that the answer's body asks for, where Telegram says it; None without one."""
    try:
        seconds = json.loads(answer.body)["parameters"]["retry_after"]
        return min(timedelta(seconds=float(seconds)), LONGEST_WAIT)
    except (ValueError, KeyError, TypeError, OverflowError):
        return None
