"""What every channel promises (services/alerter/channels/port.py)."""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import pytest

from services.alerter.channels.apprise import AppriseChannel
from services.alerter.channels.console import ConsoleChannel
from services.alerter.channels.discord import DiscordChannel
from services.alerter.channels.email import EmailChannel
from services.alerter.channels.ntfy import NtfyChannel
from services.alerter.channels.port import Channel, Thread
from services.alerter.channels.relay import Relay
from services.alerter.channels.slack import SlackBotChannel, SlackWebhookChannel
from services.alerter.channels.telegram import TelegramChannel
from services.alerter.channels.webhook import WebhookChannel
from services.common.clock import Clock, ManualClock
from services.common.contracts.reading import Stage
from services.common.errors import ChannelUnavailableError
from services.common.http.client import HttpClient
from tests.support.builders import NOON
from tests.support.channel_servers import (
    DiscordServer,
    NtfyServer,
    SlackApi,
    SlackServer,
    StrictServer,
    TelegramServer,
)
from tests.support.channels import RecordingChannel, WebhookReceiver, a_message
from tests.support.events import an_event, an_event_story
from tests.support.json_receiver import JsonReceiver, a_json_receiver
from tests.support.mail_server import MailServer, a_mail_server

KEY = bytes(range(32))
HOSTILE = '\u202e<script>*_`[x](y)@channel <!everyone> & "“ \x9b31m 🏳️‍🌈 ' + "ا" * 3_000

OVER_HTTP: dict[str, tuple[type[StrictServer], Callable[[HttpClient, Clock], Channel]]] = {
    "slack": (
        SlackServer,
        lambda http, clock: SlackWebhookChannel(
            "https://slack.example/key", http=http, clock=clock
        ),
    ),
    "slack bot": (
        SlackApi,
        lambda http, clock: SlackBotChannel("#ops", token="xoxb-1", http=http, clock=clock),
    ),
    "ntfy": (
        NtfyServer,
        lambda http, clock: NtfyChannel(
            "kabar", server="https://ntfy.example", token="tk", http=http, clock=clock
        ),
    ),
    "telegram": (
        TelegramServer,
        lambda http, clock: TelegramChannel("-100", token="1:key", http=http, clock=clock),
    ),
    "discord": (
        DiscordServer,
        lambda http, clock: DiscordChannel("https://discord.example/key", http=http, clock=clock),
    ),
}


@dataclass
class WayOut:
    """A channel, what its receiver has got so far as text, and a way to take the receiver away."""

    channel: Channel
    received: Callable[[], str]
    take_away: Callable[[], None]


@pytest.fixture(params=["recording", "console", "webhook", "email", "apprise", *OVER_HTTP])
async def way_out(request: pytest.FixtureRequest) -> AsyncIterator[WayOut]:
    match request.param:
        case "recording":
            yield _recording()
        case "console":
            stream = io.StringIO()
            yield WayOut(ConsoleChannel(stream), stream.getvalue, stream.close)
        case "email":
            async with a_mail_server() as server:
                yield _email(server)
        case "apprise":
            with a_json_receiver() as json_receiver:
                yield _apprise(json_receiver)
        case kind if kind in OVER_HTTP:
            async with _over_http(kind) as way:
                yield way
        case _:
            receiver = WebhookReceiver(KEY)
            http = HttpClient(receiver.transport)
            channel = WebhookChannel(
                "https://hooks.example.org/kabar", key=KEY, http=http, clock=ManualClock(NOON)
            )

            def take_away() -> None:
                receiver.status = 503

            yield WayOut(
                channel, lambda: json.dumps(receiver.bodies, ensure_ascii=False), take_away
            )
            await http.aclose()


def _email(server: MailServer) -> WayOut:
    address = f"smtp://127.0.0.1:{server.port}"
    channel = EmailChannel(
        ("legal@example.org",),
        sender="kabar@example.net",
        relay=Relay.of(address),
        clock=ManualClock(NOON),
    )

    def received() -> str:
        plains = (mail.get_body(("plain",)) for mail in server.mails)
        return "\n".join(plain.get_content() for plain in plains if plain is not None)

    def take_away() -> None:
        server.answers["legal@example.org"] = "450 mailbox busy"

    return WayOut(channel, received, take_away)


def _apprise(receiver: JsonReceiver) -> WayOut:
    def received() -> str:
        return "\n".join(f"{it['title']}\n{it['message']}" for it in receiver.documents)

    def take_away() -> None:
        receiver.status = 503

    return WayOut(AppriseChannel(f"json://127.0.0.1:{receiver.port}/"), received, take_away)


@asynccontextmanager
async def _over_http(kind: str) -> AsyncIterator[WayOut]:
    make_server, make_channel = OVER_HTTP[kind]
    server = make_server()
    http = HttpClient(server.transport)
    channel = make_channel(http, ManualClock(NOON))

    def received() -> str:
        return "\n".join(json.dumps(document) for document in server.documents).replace("\\\\", "")

    def take_away() -> None:
        server.status = 503

    yield WayOut(channel, received, take_away)
    await http.aclose()


def _recording() -> WayOut:
    channel = RecordingChannel()

    def received() -> str:
        shown = (section for message in channel.shown.values() for section in message.sections)
        return "\n".join(section.alert.sentence for section in shown)

    def take_away() -> None:
        channel.answers.append(ChannelUnavailableError("away"))

    return WayOut(channel, received, take_away)


async def test_a_message_that_was_taken_has_arrived(way_out: WayOut) -> None:
    message = a_message()

    sent = await way_out.channel.send(message)

    assert sent.status is None or 200 <= sent.status < 300
    assert "TikTok banned (confirmed; 1 outlet)" in way_out.received()


async def test_a_message_can_be_sent_again(way_out: WayOut) -> None:
    message = a_message()

    await way_out.channel.send(message)
    once = way_out.received().count("TikTok banned")
    await way_out.channel.send(message)

    assert way_out.received().count("TikTok banned") == 2 * once


async def test_a_receiver_that_is_away_is_unavailable(way_out: WayOut) -> None:
    way_out.take_away()

    with pytest.raises(ChannelUnavailableError):
        await way_out.channel.send(a_message())


async def test_hostile_text_is_taken_and_changes_nothing_around_it(way_out: WayOut) -> None:
    story = an_event_story(title=HOSTILE[:2_000], quote=HOSTILE[:500], outlet=HOSTILE[:100])

    await way_out.channel.send(a_message(an_event(stories=(story,))))

    assert "TikTok banned (confirmed; 1 outlet)" in way_out.received()


async def test_a_message_of_a_thousand_alerts_with_the_longest_titles_is_taken(
    way_out: WayOut,
) -> None:
    story = an_event_story(title="字🇹🇷" * 600, quote="é" * 500, outlet="ا" * 200)
    message = a_message(an_event(stories=(story,)))

    await way_out.channel.send(replace(message, sections=message.sections * 1_000))

    assert way_out.received()


async def test_a_later_message_takes_the_thread_of_the_first(way_out: WayOut) -> None:
    first = await way_out.channel.send(a_message())
    thread = None
    if first.handle is not None:
        thread = Thread(root=first.handle, last=first.handle)
    reversed_event = an_event(stage=Stage.REVERSED)

    reply = await way_out.channel.send(a_message(reversed_event), thread=thread)

    assert (reply.handle is None) == (first.handle is None)
    assert "Ban on TikTok lifted" in way_out.received()


async def test_a_thread_that_is_no_more_refuses_no_message(way_out: WayOut) -> None:
    gone = Thread(root="C9/404", last="C9/404")

    await way_out.channel.send(a_message(), thread=gone)

    assert "TikTok banned (confirmed; 1 outlet)" in way_out.received()


async def test_what_can_edit_shows_the_newest_text_and_no_second_message(way_out: WayOut) -> None:
    sent = await way_out.channel.send(a_message())
    lifted = a_message(an_event(stage=Stage.REVERSED))
    if not way_out.channel.can_edit:
        with pytest.raises(NotImplementedError):
            await way_out.channel.edit(lifted, handle="1")
        return
    assert sent.handle is not None

    await way_out.channel.edit(lifted, handle=sent.handle)

    assert "Ban on TikTok lifted" in way_out.received()


async def test_a_plain_message_says_the_same(way_out: WayOut) -> None:
    await way_out.channel.send(replace(a_message(), is_plain=True))

    assert "TikTok banned (confirmed; 1 outlet)" in way_out.received()


async def test_a_message_without_alerts_says_its_note(way_out: WayOut) -> None:
    notice = replace(a_message(), sections=(), note="Nothing happened; 40 feeds are read")

    await way_out.channel.send(notice)

    is_for_people = way_out.channel.type not in {"webhook", "recording"}
    assert ("Nothing happened; 40 feeds are read" in way_out.received()) == is_for_people
