"""Channels over HTTP whose servers, or what stands in front of them, answer as they should not."""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from services.alerter.channels import posting
from services.alerter.channels import slack as slack_module
from services.alerter.channels import telegram as telegram_module
from services.alerter.channels.discord import DiscordChannel
from services.alerter.channels.ntfy import NtfyChannel
from services.alerter.channels.port import Channel
from services.alerter.channels.slack import SlackBotChannel, SlackWebhookChannel
from services.alerter.channels.telegram import TelegramChannel
from services.alerter.channels.webhook import WebhookChannel
from services.common.clock import ManualClock
from services.common.errors import ChannelRefusedError, ChannelUnavailableError
from services.common.http.addresses import AddressGuard
from services.common.http.client import HttpClient
from services.common.http.transport import GuardedTransport
from tests.support.builders import NOON
from tests.support.channels import a_message
from tests.support.faulty_relay import a_certificate_of_its_own
from tests.support.feed_server import FeedServer, Reply, feed_server

LOOPBACK = ipaddress.ip_network("127.0.0.0/8")
LOGIN_PAGE = b"\n<!DOCTYPE html>\n<html><head><title>Welcome to our WLAN</title></head></html>"
BAD_GATEWAY = (
    b"<html><head><title>502 Bad Gateway</title></head><body><center>nginx</center></body></html>"
)


@pytest.fixture
async def server() -> AsyncIterator[FeedServer]:
    async with feed_server() as running:
        yield running


@pytest.fixture
async def http() -> AsyncIterator[HttpClient]:
    client = HttpClient(GuardedTransport(AddressGuard([LOOPBACK])))
    yield client
    await client.aclose()


def webhook(url: str, http: HttpClient) -> WebhookChannel:
    return WebhookChannel(url, key=None, http=http, clock=ManualClock(NOON))


@pytest.mark.parametrize(
    "broken",
    [
        Reply(headers={"Content-Length": "100"}, never_ends=True),
        Reply(raw=b"HTTP/1.1 %d No\r\nContent-Length: 100\r\nRetry-After: 600\r\n\r\nnot all"),
        Reply(headers={"Content-Encoding": "br"}, body=b"\x0b\x02\x80"),
        Reply(headers={"Content-Length": str(2**40)}, never_ends=True),
    ],
)
@pytest.mark.parametrize("status", [401, 410, 429])
async def test_what_a_status_says_counts_however_the_rest_of_the_answer_ends(
    server: FeedServer,
    http: HttpClient,
    monkeypatch: pytest.MonkeyPatch,
    status: int,
    broken: Reply,
) -> None:
    monkeypatch.setattr(posting, "DEADLINE", timedelta(seconds=2))
    raw = broken.raw and broken.raw % status
    headers = {**broken.headers, "Retry-After": "600"}
    url = server.script("/hook", replace(broken, status=status, raw=raw, headers=headers))

    with pytest.raises((ChannelRefusedError, ChannelUnavailableError)) as raised:
        await webhook(url, http).send(a_message())

    error = raised.value
    assert isinstance(error, ChannelRefusedError | ChannelUnavailableError)
    assert error.status == status
    if isinstance(error, ChannelUnavailableError):
        assert error.retry_after == timedelta(minutes=10)


@pytest.mark.parametrize("status", [405, 407, 421])
async def test_what_speaks_of_the_address_or_of_a_proxy_kills_no_message(
    server: FeedServer, http: HttpClient, status: int
) -> None:
    url = server.script("/hook", Reply(status=status))

    with pytest.raises(ChannelUnavailableError) as raised:
        await webhook(url, http).send(a_message())

    assert raised.value.status == status


def to_server(kind: str, server: FeedServer, http: HttpClient) -> Channel:
    clock, url = ManualClock(NOON), server.url("/key")
    match kind:
        case "slack":
            return SlackWebhookChannel(url, http=http, clock=clock)
        case "slack bot":
            return SlackBotChannel("C1", token="xoxb-1", http=http, clock=clock)
        case "telegram":
            return TelegramChannel("-1", token="1:key", http=http, clock=clock)
        case "discord":
            return DiscordChannel(url, http=http, clock=clock)
        case _:
            return NtfyChannel("topic", server=url, token=None, http=http, clock=clock)


@pytest.fixture(params=["slack", "slack bot", "telegram", "discord", "ntfy"])
def answering(
    request: pytest.FixtureRequest,
    server: FeedServer,
    http: HttpClient,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[[Reply], Channel]:
    """Return a function that gives a channel to whose posts the server replies as told."""

    def channel(reply: Reply) -> Channel:
        for path in ("/key", "/key?wait=true", "/chat.postMessage", "/bot1:key/sendMessage"):
            server.script(path, reply)
        monkeypatch.setattr(slack_module, "API", server.url(""))
        monkeypatch.setattr(telegram_module, "SERVER", server.url(""))
        return to_server(request.param, server, http)

    return channel


async def test_a_page_that_a_network_or_a_proxy_puts_in_between_has_taken_nothing(
    answering: Callable[[Reply], Channel],
) -> None:
    with pytest.raises(ChannelUnavailableError) as raised:
        await answering(Reply(body=LOGIN_PAGE)).send(a_message())

    assert "Welcome to our WLAN" in str(raised.value)
    assert "<" not in str(raised.value)


async def test_a_page_of_an_error_is_told_as_people_see_it(
    answering: Callable[[Reply], Channel],
) -> None:
    with pytest.raises(ChannelUnavailableError) as raised:
        await answering(Reply(status=502, body=BAD_GATEWAY)).send(a_message())

    assert str(raised.value) == "502 Bad Gateway: 502 Bad Gateway nginx"


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (404, b"Cannot POST /hooks/T0/B0/secret-key?token=another-key"),
        (404, b'The requested webhook "POST secret-key" is not registered.'),
        (500, b"<p>http://127.0.0.1:%d/hooks/T0/B0/secret-key?token=another-key</p>"),
        (400, b'{"instance": "\\/hooks\\/T0\\/B0\\/secret-key", "token": "another-key"}'),
        (403, b"I know of no swordfishes"),
    ],
)
async def test_what_a_server_says_of_an_address_that_is_a_key_is_not_repeated(
    server: FeedServer, http: HttpClient, status: int, body: bytes
) -> None:
    said = body.replace(b"%d", str(server.port).encode())
    url = server.script(
        "/hooks/T0/B0/secret-key?token=another-key&key=swordfishes",
        Reply(status=status, body=said),
    )

    with pytest.raises((ChannelRefusedError, ChannelUnavailableError)) as raised:
        await webhook(url, http).send(a_message())

    assert "secret-key" not in str(raised.value)
    assert "another-key" not in str(raised.value)
    assert "swordfishes" not in str(raised.value)


@pytest.mark.parametrize(
    "body",
    [
        b"Bad login ann:kept/quiet",
        b"No such user: http://ann:kept%2Fquiet@127.0.0.1/hook",
        b"authorization: Basic YW5uOmtlcHQvcXVpZXQ=",
    ],
)
async def test_the_password_of_an_address_is_not_repeated(
    server: FeedServer, http: HttpClient, body: bytes
) -> None:
    url = server.script("/hook", Reply(status=401, body=body))
    with_password = url.replace("http://", "http://ann:kept%2Fquiet@")

    with pytest.raises(ChannelRefusedError) as raised:
        await webhook(with_password, http).send(a_message())

    assert "(address)" in str(raised.value)
    assert not [it for it in ("quiet", "YW5uOmtlcHQvcXVpZXQ") if it in str(raised.value)]


async def test_a_token_that_a_server_sends_back_is_not_repeated(
    server: FeedServer, http: HttpClient
) -> None:
    url = server.url("")
    phones = NtfyChannel(
        "alerts", server=url, token="tk_swordfish", http=http, clock=ManualClock(NOON)
    )
    server.script("/", Reply(status=401, body=b"authorization: Bearer tk_swordfish"))

    with pytest.raises(ChannelRefusedError) as raised:
        await phones.send(a_message())

    assert "Bearer (key)" in str(raised.value)


async def test_a_certificate_that_nobody_vouches_for_is_told(
    http: HttpClient, tmp_path: Path
) -> None:
    def refuse_nobody(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    certificate: ssl.SSLContext = a_certificate_of_its_own(tmp_path)
    listening = await asyncio.start_server(refuse_nobody, "127.0.0.1", 0, ssl=certificate)
    port = listening.sockets[0].getsockname()[1]

    async with listening:
        with pytest.raises(ChannelUnavailableError) as raised:
            await webhook(f"https://127.0.0.1:{port}/secret-key", http).send(a_message())

    assert "certificate verify failed: self-signed certificate" in str(raised.value)
    assert "secret-key" not in str(raised.value)


async def test_a_server_that_is_not_there_is_told(http: HttpClient) -> None:
    with pytest.raises(ChannelUnavailableError, match="No connection: Connect") as raised:
        await webhook("http://127.0.0.1:1/secret-key", http).send(a_message())

    assert "secret-key" not in str(raised.value)


async def test_a_server_that_hangs_up_is_told(server: FeedServer, http: HttpClient) -> None:
    url = server.script("/secret-key", Reply(raw=b""))

    with pytest.raises(ChannelUnavailableError, match="It hung up") as raised:
        await webhook(url, http).send(a_message())

    assert "secret-key" not in str(raised.value)


async def test_a_name_that_leads_to_a_private_address_for_now_kills_no_message() -> None:
    http = HttpClient(GuardedTransport(AddressGuard()))

    with pytest.raises(ChannelUnavailableError, match="KABAR_ALLOW_NETWORKS"):
        await webhook("http://localhost:1/", http).send(a_message())

    await http.aclose()


async def test_a_private_address_pauses_the_channel_rather_than_kill_what_it_gets() -> None:
    http = HttpClient(GuardedTransport(AddressGuard()))

    with pytest.raises(ChannelRefusedError, match="KABAR_ALLOW_NETWORKS") as raised:
        await webhook("http://127.0.0.1:1/", http).send(a_message())

    assert raised.value.status == 403
    await http.aclose()


@pytest.mark.parametrize(
    ("kind", "reply"),
    [
        ("slack", Reply(status=404, body=b"no_service")),
        ("slack", Reply(status=404, body=b"channel_not_found")),
        ("slack", Reply(status=404, body=b"no_team")),
        ("slack", Reply(status=410, body=b"channel_is_archived")),
        (
            "discord",
            Reply(status=404, body=b'{"message": "Unknown Webhook", "code": 10015}'),
        ),
    ],
)
async def test_a_webhook_that_its_service_knows_no_more_pauses_the_channel(
    server: FeedServer, http: HttpClient, kind: str, reply: Reply
) -> None:
    for path in ("/key", "/key?wait=true"):
        server.script(path, reply)

    with pytest.raises(ChannelRefusedError) as raised:
        await to_server(kind, server, http).send(a_message())

    assert raised.value.status == 403


async def test_a_404_that_is_not_the_services_own_may_pass(
    answering: Callable[[Reply], Channel],
) -> None:
    with pytest.raises(ChannelUnavailableError):
        await answering(Reply(status=404, body=b"default backend - 404")).send(a_message())


@pytest.mark.parametrize(
    ("error", "status"),
    [
        ("access_denied", 403),
        ("ekm_access_denied", 403),
        ("not_allowed_token_type", 403),
        ("restricted_action_read_only_channel", 403),
        ("team_access_not_granted", 403),
        ("msg_too_long", 400),
    ],
)
async def test_what_slack_has_against_a_bot_pauses_the_channel(
    server: FeedServer,
    http: HttpClient,
    monkeypatch: pytest.MonkeyPatch,
    error: str,
    status: int,
) -> None:
    monkeypatch.setattr(slack_module, "API", server.url(""))
    server.script("/chat.postMessage", Reply(body=b'{"ok": false, "error": "%s"}' % error.encode()))

    with pytest.raises(ChannelRefusedError) as raised:
        await to_server("slack bot", server, http).send(a_message())

    assert raised.value.status == status
