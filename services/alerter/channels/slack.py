"""Slack, through an incoming webhook: one message, without threads since no id comes back."""

from __future__ import annotations

from typing import Any

from services.alerter.channels.posting import post_json
from services.alerter.render.message import Message, Section, quotation
from services.alerter.render.units import code_points, cut_to
from services.alerter.render.words import one_line, shortened
from services.common.clock import Clock
from services.common.http.client import HttpClient

MAX_BLOCKS = 50
MAX_TEXT = 3_000
"""https://docs.slack.dev/reference/block-kit/blocks: 50 blocks, 3,000 characters a text."""

_MOST_SECTIONS = 20
_MAX_QUOTE = 500


class SlackWebhookChannel:
    """POSTs to an incoming webhook's address, which is a key."""

    type = "slack"
    concurrency = 1
    is_repeat_safe = False

    def __init__(self, url: str, *, http: HttpClient, clock: Clock) -> None:
        self._url = url
        self._http = http
        self._clock = clock

    async def send(self, message: Message) -> int:
        """Return the status of a 2xx answer."""
        return await post_json(self._http, self._url, slack_payload(message), clock=self._clock)


def slack_payload(message: Message) -> dict[str, Any]:
    """Return the message in Slack's rich text, whose texts are never read as markup.

    Nothing in it can mention anybody: `text`, shown in notifications, is escaped.
    """
    sections = message.sections[:_MOST_SECTIONS]
    blocks = [{"type": "rich_text", "elements": _elements(section)} for section in sections]
    if (left_out := len(message.sections) - len(sections)) > 0:
        more = f"{left_out} more alerts are on the page."
        blocks.append(
            {"type": "rich_text", "elements": [_paragraph({"type": "text", "text": more})]}
        )
    said = "\n".join(section.alert.sentence for section in sections)
    return {
        "text": _escaped(cut_to(said, MAX_TEXT, unit=code_points)),
        "blocks": blocks,
        "unfurl_links": False,
        "unfurl_media": False,
    }


def _elements(section: Section) -> list[dict[str, Any]]:
    sentence = cut_to(section.alert.sentence, MAX_TEXT, unit=code_points)
    elements = [_paragraph({"type": "text", "text": sentence, "style": {"bold": True}})]
    if (story := section.quoted) is None:
        return elements
    words = cut_to(quotation(story), _MAX_QUOTE, unit=code_points)
    if words:
        elements.append({"type": "rich_text_quote", "elements": [{"type": "text", "text": words}]})
    named = f"{shortened(story.outlet) or 'the story'} ({one_line(story.lang)})"
    url = one_line(story.url)
    is_web = url.startswith(("https://", "http://")) and len(url) <= MAX_TEXT
    source: dict[str, Any] = {"type": "text", "text": named}
    if is_web:
        source = {"type": "link", "url": url, "text": named}
    return [*elements, _paragraph(source)]


def _paragraph(element: dict[str, Any]) -> dict[str, Any]:
    return {"type": "rich_text_section", "elements": [element]}


def _escaped(text: str) -> str:
    """Return `text` as Slack wants it where it reads markup: these three alone begin anything."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
