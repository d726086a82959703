"""Strict stand-ins for the servers of channels: each refuses what the real one would.

Their limits stand with unit and source in tests/contract/channel_limits.yml; each server checks every
one of its own. They keep what they took as people would see it: posts in their order, the newest text
of each, and whom somebody was mentioned to.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import yaml

from services.alerter.render.units import code_points, utf8_bytes, utf16_units

LIMITS_FILE = Path(__file__).parents[1] / "contract" / "channel_limits.yml"
UNITS = {"utf-16": utf16_units, "bytes": utf8_bytes, "code points": code_points, "items": len}


@dataclass(frozen=True)
class Limit:
    """What one value of a payload may be. `at` is its place: keys, with * for each of a list."""

    name: str
    at: tuple[str, ...]
    most: int
    unit: str
    source: str
    is_sum: bool = False

    def broken_by(self, document: Any) -> bool:
        sizes = [UNITS[self.unit](value) for value in values_at(document, self.at)]
        return (sum(sizes) if self.is_sum else max(sizes, default=0)) > self.most


@cache
def limits_of(channel: str) -> list[Limit]:
    """Return the limits that channel_limits.yml has for a channel."""
    every = every_limit()
    return [
        Limit(
            name=one["name"],
            at=tuple(one["at"].split(".")),
            most=one["most"],
            unit=one["unit"],
            source=one["source"],
            is_sum=one.get("sum", False),
        )
        for one in every[channel]
    ]


@cache
def every_limit() -> dict[str, list[dict[str, Any]]]:
    """Return channel_limits.yml."""
    limits: dict[str, list[dict[str, Any]]] = yaml.safe_load(
        LIMITS_FILE.read_text(encoding="utf-8")
    )
    return limits


def over_limit(channel: str, document: Any) -> str | None:
    """Return the name of the first limit of a channel that `document` breaks; None for none."""
    return next((one.name for one in limits_of(channel) if one.broken_by(document)), None)


def values_at(document: Any, at: tuple[str, ...]) -> Iterator[Any]:
    """Yield every value at a place; a part "a|b" is either key."""
    if not at:
        yield document
        return
    first, *rest = at
    if first == "*":
        for each in document if isinstance(document, list) else ():
            yield from values_at(each, tuple(rest))
        return
    for key in first.split("|"):
        if isinstance(document, dict) and key in document:
            yield from values_at(document[key], tuple(rest))


@dataclass
class Post:
    """A message as its readers see it now; `answers` is the post that it is a reply to."""

    id: str
    document: dict[str, Any]
    answers: str | None = None
    edits: int = 0


@dataclass
class StrictServer:
    """Answers a request with 200 where `check` finds nothing wrong, with 400 and the reason else."""

    channel = ""
    documents: list[dict[str, Any]] = field(default_factory=list)
    headers: list[httpx.Headers] = field(default_factory=list)
    posts: dict[str, Post] = field(default_factory=dict)
    status: int = 200
    edit_status: int = 200

    @property
    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self._answer)

    def check(self, document: dict[str, Any]) -> str | None:
        """Return what is wrong with a payload; None for nothing."""
        return over_limit(self.channel, document) or self.more(document)

    def more(self, document: dict[str, Any]) -> str | None:
        """Return what is wrong besides sizes."""
        raise NotImplementedError

    def edits(self, request: httpx.Request, document: dict[str, Any]) -> str | None:
        """Return the id of the post that a request edits; None for a new one."""
        del request, document
        return None

    def answers(self, document: dict[str, Any]) -> str | None:
        """Return the id of the post that a new one is a reply to."""
        del document
        return None

    def said(self, post: Post) -> bytes:
        """Return the body of the answer that took a post."""
        del post
        return b"ok"

    def refusal(self, reason: str) -> httpx.Response:
        return _response(400, reason.encode())

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if self.status != 200:
            return _response(self.status, b"not now")
        document = json.loads(request.content)
        edited = self.edits(request, document)
        if edited is not None and self.edit_status != 200:
            return _response(self.edit_status, b"no edits now")
        if (wrong := self.check(document)) is not None:
            return self.refusal(wrong)
        if edited is not None and edited not in self.posts:
            return self.refusal("message_not_found")
        self.documents.append(document)
        self.headers.append(request.headers)
        return _response(200, self.said(self._kept(edited, document)))

    def _kept(self, edited: str | None, document: dict[str, Any]) -> Post:
        if edited is not None:
            post = self.posts[edited]
            post.document, post.edits = document, post.edits + 1
            return post
        post = Post(str(1000 + len(self.posts)), document, self.answers(document))
        self.posts[post.id] = post
        return post


class SlackServer(StrictServer):
    """An incoming webhook. https://docs.slack.dev/reference/block-kit/blocks"""

    channel = "slack"

    def more(self, document: dict[str, Any]) -> str | None:
        if not document["text"]:
            return "no_text"
        if re.search(r"[<>]|&(?!amp;|lt;|gt;)", document["text"]):
            return "markup in the text"
        for element in values_at(document, ("blocks", "*", "elements", "*", "elements", "*")):
            if element["type"] not in {"text", "link"}:
                return "an element that could mention somebody"
            if not element["text"]:
                return "invalid_blocks"
        return None


class SlackApi(SlackServer):
    """The Web API with a bot's token: it says what is wrong in a 200, as Slack does."""

    def more(self, document: dict[str, Any]) -> str | None:
        stamp = document.get("thread_ts")
        if stamp is not None and stamp not in self.posts:
            return "thread_not_found"
        return super().more(document)

    def edits(self, request: httpx.Request, document: dict[str, Any]) -> str | None:
        if request.headers["authorization"] != "Bearer xoxb-1":
            return None
        return str(document["ts"]) if request.url.path == "/api/chat.update" else None

    def answers(self, document: dict[str, Any]) -> str | None:
        return document.get("thread_ts")

    def said(self, post: Post) -> bytes:
        return json.dumps({"ok": True, "channel": "C0123", "ts": post.id}).encode()

    def refusal(self, reason: str) -> httpx.Response:
        return _response(200, json.dumps({"ok": False, "error": reason}).encode())


class NtfyServer(StrictServer):
    """A server from 2.16 on: the same sequence id replaces. https://docs.ntfy.sh/publish/"""

    channel = "ntfy"

    def more(self, document: dict[str, Any]) -> str | None:
        if not document["topic"] or not document["message"]:
            return "nothing to publish"
        if not re.fullmatch(r"[-_A-Za-z0-9]{1,64}", document["sequence_id"]):
            return "invalid sequence id"
        return None

    def _kept(self, edited: str | None, document: dict[str, Any]) -> Post:
        del edited
        sequence = document["sequence_id"]
        replaced = self.posts.get(sequence)
        edits = replaced.edits + 1 if replaced else 0
        self.posts[sequence] = Post(sequence, document, edits=edits)
        return self.posts[sequence]


class TelegramServer(StrictServer):
    """https://core.telegram.org/bots/api#sendmessage"""

    channel = "telegram"

    def more(self, document: dict[str, Any]) -> str | None:
        units = utf16_units(document["text"])
        if not units or "parse_mode" in document:
            return "Bad Request: message text is empty, or has markup"
        if re.search(r"@[A-Za-z0-9_]{3,}", document["text"]):
            return "a mention"  # the real one takes it, and tells whoever has that name
        for entity in document["entities"]:
            if entity["offset"] < 0 or not 0 < entity["length"] <= units - entity["offset"]:
                return "Bad Request: ENTITY_BOUNDS_INVALID"
        return None

    def edits(self, request: httpx.Request, document: dict[str, Any]) -> str | None:
        return (
            str(document["message_id"]) if request.url.path.endswith("/editMessageText") else None
        )

    def answers(self, document: dict[str, Any]) -> str | None:
        reply = document.get("reply_parameters")
        return None if reply is None else str(reply["message_id"])

    def said(self, post: Post) -> bytes:
        return json.dumps({"ok": True, "result": {"message_id": int(post.id)}}).encode()


class DiscordServer(StrictServer):
    """https://discord.com/developers/docs/resources/webhook"""

    channel = "discord"

    def more(self, document: dict[str, Any]) -> str | None:
        if not document.get("embeds") and not document.get("content"):
            return "Cannot send an empty message"
        if document["allowed_mentions"] != {"parse": []}:
            return "a mention"
        return None

    def edits(self, request: httpx.Request, document: dict[str, Any]) -> str | None:
        del document
        return request.url.path.rpartition("/")[2] if request.method == "PATCH" else None

    def said(self, post: Post) -> bytes:
        return json.dumps({"id": post.id}).encode()


def _response(status: int, body: bytes) -> httpx.Response:
    return httpx.Response(status, stream=httpx.ByteStream(body))
