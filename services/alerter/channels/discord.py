"""Discord, through a webhook: an embed for each alert."""

from __future__ import annotations

import re
from typing import Any

from services.alerter.channels.posting import post_json
from services.alerter.render.message import Message, Section, quotation
from services.alerter.render.units import code_points, cut_to
from services.alerter.render.words import one_line, shortened
from services.common.clock import Clock
from services.common.http.client import HttpClient

MAX_TITLE = 256
MAX_DESCRIPTION = 4_096
MAX_IN_ALL = 6_000
MAX_EMBEDS = 10
"""https://discord.com/developers/docs/resources/message#embed-object-embed-limits"""

# Each has at most 256 + 750 characters when every second one had to be escaped.
_MOST_SECTIONS = 5
_MAX_SENTENCE = 128
_MAX_QUOTE = 250
_MAX_OUTLET = 60
_MAX_URL = 2_000

_MARKUP = re.compile(r"([\\*_~`|>\[\]()#<@:\-])")


class DiscordChannel:
    """POSTs to a webhook's address, which is a key."""

    type = "discord"
    concurrency = 1
    is_repeat_safe = False

    def __init__(self, url: str, *, http: HttpClient, clock: Clock) -> None:
        # With wait Discord answers when it has the message, not when it has the request.
        self._url = f"{url}{'&' if '?' in url else '?'}wait=true"
        self._http = http
        self._clock = clock

    async def send(self, message: Message) -> int:
        """Return the status of a 2xx answer."""
        return await post_json(self._http, self._url, discord_payload(message), clock=self._clock)


def discord_payload(message: Message) -> dict[str, Any]:
    """Return the message as embeds; it mentions nobody, whatever stands in it."""
    sections = message.sections[:_MOST_SECTIONS]
    payload: dict[str, Any] = {
        "embeds": [_embed(section) for section in sections],
        "allowed_mentions": {"parse": []},
    }
    if (left_out := len(message.sections) - len(sections)) > 0:
        payload["content"] = f"{left_out} more alerts are on the page."
    return payload


def _embed(section: Section) -> dict[str, Any]:
    sentence = cut_to(section.alert.sentence, _MAX_SENTENCE, unit=code_points)
    embed: dict[str, Any] = {"title": _escaped(sentence)}
    if (story := section.quoted) is None:
        return embed
    words = _escaped(cut_to(quotation(story), _MAX_QUOTE, unit=code_points))
    outlet = shortened(story.outlet, code_points=_MAX_OUTLET)
    embed["description"] = f"> {words}\n{_escaped(f'{outlet} ({one_line(story.lang)})')}"
    url = one_line(story.url)
    if url.startswith(("https://", "http://")) and len(url) <= _MAX_URL:
        embed["url"] = url
    return embed


def _escaped(text: str) -> str:
    """Return `text` with everything escaped that begins markup, a mention or an emoji."""
    return _MARKUP.sub(r"\\\1", text)
