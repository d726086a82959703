"""Slack: through an incoming webhook, or as a bot that answers in threads and edits what it said.

An incoming webhook gives no message's id back, so each of its messages stands alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from services.alerter.channels.port import Sent, Thread, Unthreaded
from services.alerter.channels.posting import found_in, post_json
from services.alerter.render.document import Document, Passage, cut_sentence, fitted, plain_text
from services.alerter.render.message import Message
from services.alerter.render.units import cut_to, utf16_units
from services.common.clock import Clock
from services.common.errors import ChannelRefusedError, ChannelUnavailableError
from services.common.http.client import Answer, HttpClient

API = "https://slack.com/api"

MAX_BLOCKS = 50
MAX_TEXT = 3_000
"""https://docs.slack.dev/reference/block-kit/blocks: 50 blocks, 3,000 characters a text. Whether
characters are code points is not told; we count UTF-16 units, which are never fewer."""
MAX_IN_ALL = 12_000
"""Slack answers msg_blocks_too_long from some 13,200 on (https://github.com/slackapi/bolt-js/issues/2509)."""

_MOST_SECTIONS = 20
_MAX_SENTENCE = 600
_MAX_QUOTE = 500

# What Slack says in a 200. The others are taken as a message that it will never take.
_WRONG_KEY = frozenset(
    {
        "access_denied",
        "account_inactive",
        "channel_not_found",
        "ekm_access_denied",
        "enterprise_is_restricted",
        "invalid_auth",
        "is_archived",
        "missing_scope",
        "no_permission",
        "not_allowed_token_type",
        "not_authed",
        "not_in_channel",
        "org_login_required",
        "restricted_action",
        "restricted_action_read_only_channel",
        "restricted_action_thread_only_channel",
        "team_access_not_granted",
        "token_expired",
        "token_revoked",
        "two_factor_setup_required",
    }
)
_PASSING = frozenset(
    {
        "accesslimited",
        "fatal_error",
        "internal_error",
        "ratelimited",
        "rate_limited",
        "request_timeout",
        "service_unavailable",
    }
)
_NO_SUCH_THREAD = frozenset(
    {
        "cannot_reply_to_message",
        "invalid_thread_ts",
        "restricted_action_non_threadable_channel",
        "restricted_action_thread_locked",
        "thread_not_found",
    }
)

# What it says, with 403, 404 or 410, of an incoming webhook through which nothing passes until somebody
# opens it: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks#handling_errors
_CLOSED_WEBHOOK = frozenset(
    {
        b"channel_is_archived",
        b"channel_not_found",
        b"no_active_hooks",
        b"no_service",
        b"no_team",
        b"team_disabled",
    }
)


class SlackWebhookChannel(Unthreaded):
    """POSTs to an incoming webhook's address, which is a key."""

    type = "slack"
    concurrency = 1
    is_repeat_safe = False

    def __init__(self, url: str, *, http: HttpClient, clock: Clock) -> None:
        self._url = url
        self._http = http
        self._clock = clock

    async def send(self, message: Message, *, thread: Thread | None = None) -> Sent:  # noqa: ARG002  it has none
        """Return the status of a 2xx answer."""
        payload = slack_payload(message)
        answer = await post_json(
            self._http, self._url, payload, clock=self._clock, is_closed=_is_closed
        )
        return Sent(status=answer.status)


def _is_closed(answer: Answer) -> bool:
    return answer.status >= 400 and answer.body.strip() in _CLOSED_WEBHOOK


class SlackBotChannel:
    """Writes to `channel` as the app that has `token`.

    A new stage is a reply in the event's thread that the channel sees too. A handle is the channel's
    id and the message's time stamp, "C0123/1700000000.000100".
    """

    type = "slack"
    concurrency = 1
    is_repeat_safe = False
    can_edit = True

    def __init__(self, channel: str, *, token: str, http: HttpClient, clock: Clock) -> None:
        self._channel = channel
        self._headers = {"authorization": f"Bearer {token}"}
        self._http = http
        self._clock = clock

    async def send(self, message: Message, *, thread: Thread | None = None) -> Sent:
        """Return Slack's status and the message's handle."""
        payload = {"channel": self._channel, **slack_payload(message)}
        if thread is None:
            return await self._post(payload)
        # An edit keeps its place under the event, so that the newest stage is found there.
        stamp = thread.root.rpartition("/")[2]
        try:
            return await self._post({**payload, "thread_ts": stamp, "reply_broadcast": True})
        except _NoThreadError:
            return await self._post(payload)

    async def edit(self, message: Message, *, handle: str) -> None:
        """Return when the message reads as `message`; one that is gone is refused."""
        channel, _, stamp = handle.rpartition("/")
        await self._call("chat.update", {"channel": channel, "ts": stamp, **slack_payload(message)})

    async def _post(self, payload: Mapping[str, object]) -> Sent:
        answer = await self._call("chat.postMessage", payload)
        channel, stamp = found_in(answer, "channel"), found_in(answer, "ts")
        handle = f"{channel}/{stamp}" if channel and stamp else None
        return Sent(status=answer.status, handle=handle)

    async def _call(self, method: str, payload: Mapping[str, object]) -> Answer:
        answer = await post_json(
            self._http, f"{API}/{method}", payload, clock=self._clock, headers=self._headers
        )
        _require_ok(answer)
        return answer


class _NoThreadError(ChannelRefusedError):
    """The thread's root is no more."""


def slack_payload(message: Message) -> dict[str, Any]:
    """Return the message in Slack's rich text, whose texts are never read as markup.

    Nothing in it can mention anybody: `text`, shown in notifications, is escaped. A plain message is
    that text alone.
    """
    if message.is_plain:
        text = plain_text(message)
        return {"text": _text(text), "mrkdwn": False, "unfurl_links": False, "unfurl_media": False}
    return fitted(message, most=_MOST_SECTIONS, form=_payload, fits=_is_in_limits)


def _payload(document: Document) -> dict[str, Any]:
    blocks = [
        {"type": "rich_text", "elements": _elements(passage)} for passage in document.passages
    ]
    if document.note:
        note = {"type": "text", "text": cut_to(document.note, _MAX_QUOTE, unit=utf16_units)}
        blocks.append({"type": "rich_text", "elements": [_paragraph(note)]})
    said = "\n".join(passage.sentence for passage in document.passages)
    return {
        "text": _text(said),
        "blocks": blocks,
        "mrkdwn": False,
        "unfurl_links": False,
        "unfurl_media": False,
    }


def _is_in_limits(payload: Mapping[str, Any]) -> bool:
    return (
        len(payload["blocks"]) <= MAX_BLOCKS
        and utf16_units(json.dumps(payload["blocks"], ensure_ascii=False)) <= MAX_IN_ALL
    )


def _elements(passage: Passage) -> list[dict[str, Any]]:
    sentence = cut_sentence(passage.sentence, _MAX_SENTENCE, unit=utf16_units)
    elements = [_paragraph({"type": "text", "text": sentence, "style": {"bold": True}})]
    if (quote := passage.quote) is None:
        return elements
    if words := cut_to(quote.words, _MAX_QUOTE, unit=utf16_units):
        elements.append({"type": "rich_text_quote", "elements": [{"type": "text", "text": words}]})
    source: dict[str, Any] = {"type": "text", "text": quote.source}
    if quote.url is not None:
        source = {"type": "link", "url": quote.url, "text": quote.source}
    coverage = [{"type": "text", "text": f" · {passage.coverage}"}] if passage.coverage else []
    return [*elements, _paragraph(source, *coverage)]


def _paragraph(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "rich_text_section", "elements": list(elements)}


def _text(text: str) -> str:
    return _escaped(cut_to(text, MAX_TEXT, unit=lambda cut: utf16_units(_escaped(cut))))


def _escaped(text: str) -> str:
    """Return `text` as Slack wants it where it reads markup: these three alone begin anything."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _require_ok(answer: Answer) -> None:
    """Raise what an answer of the Web API means that is a 200 and no success."""
    try:
        said = json.loads(answer.body)
        if said["ok"] is True:
            return
        error = str(said.get("error", "unknown"))[:100]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as wrong:
        raise ChannelUnavailableError("Slack's answer is none of its API.") from wrong
    reason = f"Slack says {error}."
    if error in _PASSING:
        raise ChannelUnavailableError(reason, status=503)
    if error in _NO_SUCH_THREAD:
        raise _NoThreadError(reason, status=404)
    is_key = error in _WRONG_KEY
    raise ChannelRefusedError(reason, status=403 if is_key else 400, is_format=not is_key)
