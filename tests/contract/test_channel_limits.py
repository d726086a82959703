"""What every channel takes at most (channel_limits.yml), and that nothing we send is over it."""

from __future__ import annotations

import copy
import json
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import httpx
import pytest

from services.alerter.channels.discord import DiscordChannel, discord_payload
from services.alerter.channels.email import EmailChannel
from services.alerter.channels.ntfy import NtfyChannel, ntfy_payload
from services.alerter.channels.port import Channel
from services.alerter.channels.relay import Relay
from services.alerter.channels.slack import SlackBotChannel, slack_payload
from services.alerter.channels.telegram import TelegramChannel, telegram_payload
from services.alerter.channels.webhook import WebhookChannel
from services.alerter.render.bodies import webhook_body
from services.alerter.render.mail import mail_of
from services.alerter.render.message import Message, quotation
from services.alerter.render.units import graphemes
from services.common.clock import Clock, ManualClock
from services.common.contracts.reading import OtherParty, Role, Stage
from services.common.http.client import HttpClient
from services.common.text import clean
from tests.support.builders import NOON
from tests.support.channel_servers import (
    UNITS,
    DiscordServer,
    Limit,
    NtfyServer,
    SlackApi,
    StrictServer,
    TelegramServer,
    every_limit,
    limits_of,
    over_limit,
)
from tests.support.channels import WebhookReceiver, a_message
from tests.support.events import an_event, an_event_story
from tests.support.mail_server import a_mail_server, mail_document

FRAGMENTS = (
    *"_*[]()<>&~`|#-.!\\\"'@/:{}",
    "<!everyone>",
    "@channel",
    "@everyone",
    "@here ",
    "<@U0123>",
    "<#C1|x>",
    "</blockquote><script>alert(1)</script>",
    "[click](https://evil.example)",
    "&amp;&lt;",
    "\u202eevil\u202c",
    "\u200f",
    "حظرت الهند",
    "ממשלה",
    "ভারত নিষিদ্ধ করেছে",
    "क्षत्रिय",
    "字节跳动",
    "🏳️‍🌈",
    "👩🏽‍🚀",
    "🇹🇷🇮🇳",
    "e\u0301\u0323",
    "👍🏿",
    " India bans TikTok ",
    "\n\t",
    "=?utf-8?q?x?=",
)
COUNT = 500


def words(draw: random.Random, most: int) -> str:
    text = ""
    while len(text) < most:
        text += draw.choice(FRAGMENTS) + draw.choice(("", " "))
    return clean(text[:most])


def generated(seed: int) -> Message:
    """Return a message as hostile as a feed can make it; one in ten has titles of 10,000 characters."""
    draw = random.Random(seed)
    most = 10_000 if seed % 10 == 0 else draw.randint(1, 400)
    story = an_event_story(
        title=words(draw, most)[:4_000] or "x",
        quote=words(draw, draw.randint(0, 500)),
        outlet=words(draw, draw.randint(1, 150)),
        url=f"https://example.org/{seed}?a=1&b=<{'x' * draw.randint(0, 1_500)}",
        lang=draw.choice(("ar", "bn", "en", "zh", "xx")),
    )
    others = tuple(
        OtherParty(name=words(draw, 90) or "x", role=Role.ACTOR) for _ in range(draw.randint(0, 4))
    )
    event = an_event(
        stage=draw.choice(list(Stage)),
        others=others,
        scope=words(draw, 60) or None,
        stories=(story,),
    )
    message = a_message(event)
    count = draw.choice((1, 1, 1, 1, 2, 7, 40))
    [section] = message.sections
    assert section.quoted is not None
    # A story has 4,000 at most; the channels do not lean on that.
    longer = replace(section, quoted=replace(section.quoted, title=words(draw, most)))
    return replace(message, sections=(longer,) * count, note=words(draw, 200))


MESSAGES = [generated(seed) for seed in range(COUNT)]


@dataclass(frozen=True)
class Chat:
    """A channel with its strict server, its payload, and what a reader sees of a payload."""

    server: type[StrictServer]
    channel: Callable[[HttpClient, Clock], Channel]
    payload: Callable[[Message], dict[str, Any]]
    seen: Callable[[dict[str, Any]], str]


def seen_in_slack(payload: dict[str, Any]) -> str:
    return "\n".join(
        element["text"]
        for block in payload["blocks"]
        for part in block["elements"]
        for element in part["elements"]
    )


def seen_in_discord(payload: dict[str, Any]) -> str:
    texts = [f"{it['title']}\n{it.get('description', '')}" for it in payload["embeds"]]
    return re.sub(r"\\(.)", r"\1", "\n".join(texts))


CHATS = {
    "slack": Chat(
        SlackApi,
        lambda http, clock: SlackBotChannel("#ops", token="xoxb-1", http=http, clock=clock),
        slack_payload,
        seen_in_slack,
    ),
    "telegram": Chat(
        TelegramServer,
        lambda http, clock: TelegramChannel("-100", token="1:key", http=http, clock=clock),
        telegram_payload,
        lambda payload: str(payload["text"]).replace("\u2060", ""),
    ),
    "discord": Chat(
        DiscordServer,
        lambda http, clock: DiscordChannel("https://discord.example/k", http=http, clock=clock),
        discord_payload,
        seen_in_discord,
    ),
    "ntfy": Chat(
        NtfyServer,
        lambda http, clock: NtfyChannel(
            "kabar", server="https://ntfy.example", token=None, http=http, clock=clock
        ),
        lambda message: {"topic": "kabar", **ntfy_payload(message)},
        lambda payload: f"{payload['title']}\n{payload['message']}",
    ),
}


def standing(message: Message) -> str:
    return message.sections[0].alert.sentence.rpartition(" (")[2]


@pytest.mark.parametrize("name", CHATS)
async def test_five_hundred_hostile_alerts_are_taken_whole_and_mention_nobody(name: str) -> None:
    chat = CHATS[name]
    server = chat.server()
    http = HttpClient(server.transport)
    channel = chat.channel(http, ManualClock(NOON))

    for message in MESSAGES:
        await channel.send(message)  # the server refuses what is over a limit, and what mentions

    assert len(server.documents) == COUNT
    for message, document in zip(MESSAGES, server.documents, strict=True):
        quoted = message.sections[0].quoted
        assert quoted is not None
        assert standing(message) in chat.seen(document)
        assert json.dumps(quoted.url, ensure_ascii=False) in json.dumps(
            document, ensure_ascii=False
        ).replace("\\n", '"')
    await http.aclose()


@pytest.mark.parametrize("seed", range(0, COUNT, 25))
def test_words_are_cut_between_what_people_see_as_characters(seed: int) -> None:
    message = MESSAGES[seed]
    quoted = message.sections[0].quoted
    assert quoted is not None

    quote = slack_payload(message)["blocks"][0]["elements"][1]["elements"][0]["text"]

    kept = quote.removesuffix("…")
    borders = {""}
    for grapheme in graphemes(quotation(quoted)):
        borders.add(max(borders, key=len) + grapheme)
        if max(map(len, borders)) > len(kept) + 50:
            break
    assert kept in {border.rstrip() for border in borders} | borders


async def test_five_hundred_hostile_mails_are_taken_and_their_headers_hold() -> None:
    async with a_mail_server() as server:
        channel = EmailChannel(
            ("legal@example.org",),
            sender="kabar@example.net",
            relay=Relay.of(f"smtp://127.0.0.1:{server.port}"),
            clock=ManualClock(NOON),
        )
        # A tenth over a real connection, all of them against the limits.
        for message in MESSAGES[::10]:
            await channel.send(message)

    assert len(server.mails) == COUNT / 10
    for message in MESSAGES:
        mail = mail_of(
            message, thread=None, sender="k@example.net", recipient="a@example.org", sent_at=NOON
        )
        content = mail.as_bytes()
        assert over_limit("email", mail_document(mail, content)) is None
        plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
        assert plain is not None
        assert html is not None
        assert standing(message) in plain.get_content()
        quoted = message.sections[0].quoted
        assert quoted is not None
        assert quoted.url in plain.get_content()
        assert "<script" not in html.get_content()


async def test_five_hundred_hostile_webhooks_are_taken() -> None:
    receiver = WebhookReceiver()
    http = HttpClient(receiver.transport)
    channel = WebhookChannel(
        "https://hooks.example.org/k", key=None, http=http, clock=ManualClock(NOON)
    )

    for message in MESSAGES:
        await channel.send(message)

    assert len(receiver.bodies) == COUNT
    await http.aclose()


def documents() -> dict[str, dict[str, Any]]:
    """Return a payload of every channel that is within its limits."""
    message = a_message()
    found = {name: chat.payload(message) for name, chat in CHATS.items()}
    found["discord"]["content"] = "1 more alert is on the page."
    mail = mail_of(
        message, thread=None, sender="k@example.net", recipient="a@example.org", sent_at=NOON
    )
    found["email"] = mail_document(mail, mail.as_bytes())
    alerts = (section.alert for section in message.sections)
    found["webhook"] = json.loads(
        webhook_body(alerts, subscription=message.subscriptions[0], planned_at=NOON)
    )
    return found


def mutated(document: dict[str, Any], limit: Limit) -> dict[str, Any]:
    """Return `document` with the value of a limit one unit over it, or the sum of several."""
    changed = copy.deepcopy(document)
    *path, last = limit.at
    places: list[Any] = [changed]
    for key in path:
        places = [
            each for it in places for each in (it if key == "*" else [it[key]] if key in it else [])
        ]
    if limit.is_sum:
        # Several values, none of them over a limit of its own.
        holder = changed[limit.at[0]]
        smaller = [
            it
            for it in limits_of(channel_of(limit))
            if it.at[:-1] == limit.at[:-1] and not it.is_sum
        ]
        size = min(it.most for it in smaller if it.at[-1] in last.split("|"))
        key = next(it.at[-1] for it in smaller if it.most == size)
        target = places[0]
        target[key] = "x" * size
        changed[limit.at[0]] = holder + [
            copy.deepcopy(holder[0]) for _ in range(limit.most // size + 1)
        ]
        return changed
    target = places[0]
    if last == "*":
        target.append("x" * (limit.most + 1))
    elif limit.unit == "items":
        target[last] = target[last] * (limit.most + 1)
    else:
        target[last] = "x" * (limit.most + 1)
    return changed


def channel_of(limit: Limit) -> str:
    return next(name for name in every_limit() if limit in limits_of(name))


@pytest.mark.parametrize(
    ("name", "limit"),
    [(name, limit) for name in every_limit() for limit in limits_of(name)],
    ids=lambda value: value.name if isinstance(value, Limit) else value,
)
def test_a_strict_server_takes_what_is_at_a_limit_and_refuses_what_is_over_it(
    name: str, limit: Limit
) -> None:
    document = documents()[name]

    assert over_limit(name, document) is None
    broken = mutated(document, limit)
    assert limit.broken_by(broken)
    assert over_limit(name, broken) is not None
    assert limit.unit in UNITS
    assert limit.source.startswith("https://")


@pytest.mark.parametrize("name", CHATS)
def test_every_strict_server_refuses_over_the_wire(name: str) -> None:
    chat = CHATS[name]
    server = chat.server()
    for limit in limits_of(name):
        request = httpx.Request(
            "POST",
            "https://x.example/api/chat.postMessage",
            headers={"authorization": "Bearer xoxb-1"},
            content=json.dumps(mutated(documents()[name], limit)),
        )
        answer = server._answer(request)
        is_refused = answer.status_code == 400 or b'"ok": false' in _body(answer)
        assert is_refused, limit.name
    assert server.documents == []


def _body(answer: httpx.Response) -> bytes:
    return answer.read()
