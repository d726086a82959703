from __future__ import annotations

from dataclasses import replace

import pytest

from services.alerter.channels.ntfy import NtfyChannel, ntfy_payload
from services.alerter.channels.slack import SlackWebhookChannel, slack_payload
from services.common.clock import ManualClock
from services.common.errors import ChannelUnavailableError
from services.common.http.client import HttpClient
from tests.support.builders import NOON
from tests.support.channel_servers import NtfyServer, SlackServer
from tests.support.channels import a_message
from tests.support.events import an_event, an_event_story


def test_slack_shows_sentence_quote_and_source_as_text_that_is_never_markup() -> None:
    story = an_event_story(title="India *bans* <TikTok> @channel", lang="en")

    payload = slack_payload(a_message(an_event(stories=(story,))))

    [block] = payload["blocks"]
    sentence, quote, source = block["elements"]
    assert sentence["elements"] == [
        {"type": "text", "text": "TikTok banned (confirmed; 1 outlet)", "style": {"bold": True}}
    ]
    assert quote["elements"][0]["text"].startswith("India *bans* <TikTok> @channel")
    assert source["elements"] == [
        {"type": "link", "url": "https://example.org/st_one", "text": "Example Wire (English)"}
    ]


def test_an_address_that_is_none_of_the_web_is_not_linked() -> None:
    story = an_event_story(url="javascript:alert(1)")
    message = a_message(an_event(stories=(story,)))

    assert "javascript" not in str(slack_payload(message))
    assert "click" not in ntfy_payload(message)


def test_ntfy_has_the_sentence_as_title_and_the_event_as_sequence() -> None:
    message = a_message()

    payload = ntfy_payload(message)

    assert payload == {
        "title": "TikTok banned (confirmed; 1 outlet)",
        "message": "India bans TikTok\nExample Wire (English)",
        "sequence_id": message.sections[0].alert.event.id,
        "click": "https://example.org/st_one",
    }


def test_ntfy_tells_several_alerts_in_one_message() -> None:
    message = a_message()

    payload = ntfy_payload(replace(message, sections=message.sections * 2))

    assert payload["title"] == "kabar: 2 alerts on TikTok"
    assert str(payload["message"]).count("TikTok banned") == 2


async def test_ntfy_authorises_with_its_token() -> None:
    server = NtfyServer()
    http = HttpClient(server.transport)
    channel = NtfyChannel(
        "kabar", server="https://ntfy.example", token="tk_1", http=http, clock=ManualClock(NOON)
    )

    await channel.send(a_message())

    assert server.headers[0]["authorization"] == "Bearer tk_1"
    await http.aclose()


async def test_the_address_of_a_webhook_is_in_no_error() -> None:
    server = SlackServer()
    server.status = 404
    http = HttpClient(server.transport)
    channel = SlackWebhookChannel(
        "https://hooks.example/T/B/secret-key", http=http, clock=ManualClock(NOON)
    )

    with pytest.raises(ChannelUnavailableError) as refused:
        await channel.send(a_message())

    assert "secret-key" not in str(refused.value)
    await http.aclose()
