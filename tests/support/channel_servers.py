"""Strict stand-ins for the servers of channels: each refuses what the real one would."""

from __future__ import annotations

import json
from typing import Any

import httpx

from services.alerter.render.units import utf8_bytes, utf16_units


class StrictServer:
    """Answers a POST with 200 where `check` finds nothing wrong, with 400 and the reason else."""

    def __init__(self) -> None:
        self.documents: list[dict[str, Any]] = []
        self.headers: list[httpx.Headers] = []
        self.status = 200

    @property
    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self._answer)

    def check(self, document: dict[str, Any]) -> str | None:
        raise NotImplementedError

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if self.status != 200:
            return _response(self.status, b"not now")
        document = json.loads(request.content)
        if (wrong := self.check(document)) is not None:
            return _response(400, wrong.encode())
        self.documents.append(document)
        self.headers.append(request.headers)
        return _response(200, b"ok")


class SlackServer(StrictServer):
    """https://docs.slack.dev/reference/block-kit/blocks"""

    def check(self, document: dict[str, Any]) -> str | None:
        blocks = document["blocks"]
        if not 1 <= len(blocks) <= 50:
            return "invalid_blocks"
        if not document["text"] or len(document["text"]) > 40_000:
            return "no_text"
        if any(character in document["text"] for character in "<>"):
            return "markup in the text"
        for block in blocks:
            for part in block["elements"]:
                for element in part["elements"]:
                    if element["type"] not in {"text", "link"}:
                        return "an element that could mention somebody"
                    if not 0 < len(element["text"]) <= 3_000:
                        return "invalid_blocks_format"
        return None


class NtfyServer(StrictServer):
    """https://docs.ntfy.sh/publish/"""

    def check(self, document: dict[str, Any]) -> str | None:
        if not document["topic"] or utf8_bytes(document["message"]) > 4_096:
            return "message too long: would become an attachment"
        if not document["message"] or utf8_bytes(document["title"]) > 256:
            return "title too long"
        if len(document["sequence_id"]) > 64:
            return "invalid sequence id"
        return None


class TelegramServer(StrictServer):
    """https://core.telegram.org/bots/api#sendmessage"""

    def check(self, document: dict[str, Any]) -> str | None:
        units = utf16_units(document["text"])
        if not 0 < units <= 4_096:
            return "Bad Request: message is too long"
        if len(document["entities"]) > 100 or "parse_mode" in document:
            return "Bad Request: too many entities"
        for entity in document["entities"]:
            if entity["offset"] < 0 or not 0 < entity["length"] <= units - entity["offset"]:
                return "Bad Request: ENTITY_BOUNDS_INVALID"
        return None


class DiscordServer(StrictServer):
    """https://discord.com/developers/docs/resources/message"""

    def check(self, document: dict[str, Any]) -> str | None:
        embeds = document["embeds"]
        texts = [it.get("title", "") + it.get("description", "") for it in embeds]
        if not 1 <= len(embeds) <= 10 or sum(map(len, texts)) > 6_000:
            return "Embed size exceeds maximum size of 6000"
        if any(len(it["title"]) > 256 or len(it.get("description", "")) > 4_096 for it in embeds):
            return "Must be 256 or fewer in length."
        if len(document.get("content", "")) > 2_000 or document["allowed_mentions"]["parse"]:
            return "Must be 2000 or fewer in length."
        return None


def _response(status: int, body: bytes) -> httpx.Response:
    return httpx.Response(status, stream=httpx.ByteStream(body))
