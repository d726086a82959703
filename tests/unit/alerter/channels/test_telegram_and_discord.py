from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.alerter.channels.discord import MAX_IN_ALL, discord_payload
from services.alerter.channels.port import Thread
from services.alerter.channels.telegram import MAX_TEXT, TelegramChannel, telegram_payload
from services.alerter.render.units import utf16_units
from services.common.clock import ManualClock
from services.common.errors import ChannelRefusedError, ChannelUnavailableError
from services.common.http.client import HttpClient
from services.common.text import clean
from tests.support.builders import NOON
from tests.support.channels import a_message
from tests.support.events import an_event, an_event_story


def place(text: str, entity: dict[str, object]) -> str:
    """Return what an entity covers, counted as Telegram counts."""
    units = text.encode("utf-16-le")
    offset, length = entity["offset"], entity["length"]
    assert isinstance(offset, int)
    assert isinstance(length, int)
    return units[2 * offset : 2 * (offset + length)].decode("utf-16-le")


def test_telegram_marks_sentence_quote_and_source_also_behind_wide_characters() -> None:
    story = an_event_story(title="🇮🇳 *bans* TikTok 字", outlet="Wire 🗞")

    payload = telegram_payload(a_message(an_event(stories=(story,))))

    marked = {it["type"]: place(payload["text"], it) for it in payload["entities"]}
    assert marked == {
        "bold": "TikTok banned (confirmed; 1 outlet)",
        "blockquote": "🇮🇳 *bans* TikTok 字 […] bans TikTok",
        "text_link": "Wire 🗞 (English)",
    }


@settings(max_examples=30)
@given(title=st.text(max_size=300).map(clean), count=st.integers(1, 60))
def test_telegram_is_never_over_its_limit_and_its_places_are_whole(title: str, count: int) -> None:
    message = a_message(an_event(stories=(an_event_story(title=title),)))

    payload = telegram_payload(replace(message, sections=message.sections * count))

    assert utf16_units(payload["text"]) <= MAX_TEXT
    bold = [place(payload["text"], it) for it in payload["entities"] if it["type"] == "bold"]
    assert set(bold) == {"TikTok banned (confirmed; 1 outlet)"}


async def test_telegrams_wish_to_wait_stands_in_its_answer() -> None:
    body = json.dumps({"ok": False, "error_code": 429, "parameters": {"retry_after": 35}}).encode()
    answer = httpx.Response(429, stream=httpx.ByteStream(body))
    http = HttpClient(httpx.MockTransport(lambda _: answer))
    channel = TelegramChannel("-100", token="1:key", http=http, clock=ManualClock(NOON))

    with pytest.raises(ChannelUnavailableError) as raised:
        await channel.send(a_message())

    assert raised.value.retry_after == timedelta(seconds=35)
    await http.aclose()


async def test_a_wish_to_wait_that_cannot_be_read_is_none() -> None:
    answer = httpx.Response(429, stream=httpx.ByteStream(b"[" * 100_000))
    http = HttpClient(httpx.MockTransport(lambda _: answer))
    channel = TelegramChannel("-100", token="1:key", http=http, clock=ManualClock(NOON))

    with pytest.raises(ChannelUnavailableError) as raised:
        await channel.send(a_message())

    assert raised.value.retry_after is None
    await http.aclose()


async def test_telegrams_token_is_in_no_error() -> None:
    answer = httpx.Response(404, stream=httpx.ByteStream(b'{"ok":false,"description":"Not Found"}'))
    http = HttpClient(httpx.MockTransport(lambda _: answer))
    channel = TelegramChannel("-100", token="1:key", http=http, clock=ManualClock(NOON))

    with pytest.raises(ChannelRefusedError) as refused:
        await channel.send(a_message())

    assert "1:key" not in str(refused.value)
    await http.aclose()


@pytest.mark.parametrize(
    ("status", "description"),
    [
        (400, "Bad Request: chat not found"),
        (400, "Bad Request: not enough rights to send text messages to the chat"),
        (403, "Forbidden: bot was kicked from the group chat"),
        (404, "Not Found"),
    ],
)
async def test_a_telegram_chat_that_is_closed_to_the_bot_is_told_apart_from_a_wrong_message(
    status: int, description: str
) -> None:
    body = json.dumps({"ok": False, "error_code": status, "description": description}).encode()
    answer = httpx.Response(status, stream=httpx.ByteStream(body))
    http = HttpClient(httpx.MockTransport(lambda _: answer))
    channel = TelegramChannel("-100", token="1:key", http=http, clock=ManualClock(NOON))

    with pytest.raises(ChannelRefusedError) as refused:
        await channel.send(a_message())

    assert (refused.value.status, refused.value.is_format) == (403, False)
    assert description in str(refused.value)
    await http.aclose()


async def test_a_telegram_group_that_became_a_supergroup_is_followed_and_the_operator_told() -> (
    None
):
    sent: list[tuple[str, int | None]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        document = json.loads(request.content)
        replied = document.get("reply_parameters", {}).get("message_id")
        sent.append((document["chat_id"], document.get("message_id", replied)))
        if document["chat_id"] == "-1":
            moved = {"ok": False, "error_code": 400, "parameters": {"migrate_to_chat_id": -1001}}
            return httpx.Response(400, json=moved)
        return httpx.Response(200, json={"ok": True, "result": {"message_id": 7}})

    http = HttpClient(httpx.MockTransport(answer))
    channel = TelegramChannel("-1", token="1:key", http=http, clock=ManualClock(NOON))
    started_again = TelegramChannel("-1", token="1:key", http=http, clock=ManualClock(NOON))

    # A supergroup counts anew: its own 4 is none that the group knew.
    first = await channel.send(a_message(), thread=Thread(root="4", last="4"))
    assert first.handle == "-1001/7"
    joined = Thread(root=first.handle, last=first.handle)
    await channel.send(a_message(), thread=joined)
    again = await started_again.send(a_message(), thread=joined)
    await started_again.edit(a_message(), handle=first.handle)

    new = "-1001"
    assert sent == [("-1", 4), (new, None), (new, 7), ("-1", None), (new, 7), (new, 7)]
    assert first.note == again.note == "the chat is a supergroup now: configure it as -1001"
    await http.aclose()


@settings(max_examples=30)
@given(title=st.text("*_~`|>[]()#<@:-\\字a ", max_size=600), count=st.integers(1, 30))
def test_discord_is_never_over_its_limit_and_mentions_nobody(title: str, count: int) -> None:
    message = a_message(an_event(stories=(an_event_story(title=title, outlet=title[:90]),)))

    payload = discord_payload(replace(message, sections=message.sections * count))

    said = "".join(it["title"] + it.get("description", "") for it in payload["embeds"])
    assert len(said) <= MAX_IN_ALL
    assert payload["allowed_mentions"] == {"parse": []}


def test_discord_escapes_markup_and_links_the_story() -> None:
    story = an_event_story(title="*bans* [TikTok](https://x.example) @everyone")

    [embed] = discord_payload(a_message(an_event(stories=(story,))))["embeds"]

    assert embed["url"] == "https://example.org/st_one"
    assert r"\*bans\* \[TikTok\]\(https\://x.example\) \@everyone" in embed["description"]
