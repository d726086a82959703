from __future__ import annotations

import socket
from datetime import timedelta
from typing import Any

import httpx
import pytest
from aiohttp.connector import AddrInfoType

from services.alerter.channels.signature import signature
from services.alerter.channels.webhook import WebhookChannel
from services.common.clock import ManualClock
from services.common.errors import ChannelRefusedError, ChannelUnavailableError
from services.common.http.addresses import AddressGuard
from services.common.http.client import HttpClient
from services.common.http.transport import GuardedTransport
from tests.support.builders import NOON
from tests.support.channels import WebhookReceiver, a_message

KEY = bytes(range(32))


async def test_every_try_has_the_same_id_and_a_time_and_signature_of_its_own() -> None:
    clock = ManualClock(NOON)
    seen: list[tuple[str, str, str]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        names = ("webhook-id", "webhook-timestamp", "webhook-signature")
        message_id, timestamp, signed = (request.headers[name] for name in names)
        seen.append((message_id, timestamp, signed))
        expected = signature(
            KEY, message_id=message_id, timestamp=int(timestamp), body=request.content
        )
        assert signed == expected
        return httpx.Response(503, stream=httpx.ByteStream(b""))

    http = HttpClient(httpx.MockTransport(answer))
    channel = WebhookChannel("https://hooks.example.org/k", key=KEY, http=http, clock=clock)
    message = a_message()

    for _ in range(2):
        with pytest.raises(ChannelUnavailableError):
            await channel.send(message)
        clock.move(timedelta(hours=1))

    assert {it[0] for it in seen} == {message.id}
    assert len({it[1] for it in seen}) == len({it[2] for it in seen}) == 2
    await http.aclose()


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://10.0.0.1/",
        "http://[::1]/",
        "http://[::ffff:192.168.0.1]/",
        "http://169.254.169.254/latest/meta-data",
        "http://100.64.0.1/",
        "http://0x7f.1/",
    ],
)
async def test_a_private_address_is_refused_for_good(url: str) -> None:
    http = HttpClient(GuardedTransport(AddressGuard()))
    channel = WebhookChannel(url, key=None, http=http, clock=ManualClock(NOON))

    with pytest.raises((ChannelRefusedError, ChannelUnavailableError)) as raised:
        await channel.send(a_message())

    assert isinstance(raised.value, ChannelRefusedError) or "0x7f" in url
    await http.aclose()


async def test_a_name_that_turns_private_between_check_and_connect_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers = iter(["8.8.8.8", "192.168.0.10"])

    def rebinding(_host: str, port: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]

    def no_socket(address: AddrInfoType) -> socket.socket:
        connected.append(str(address[4][0]))
        raise OSError("no packet leaves this machine")

    connected: list[str] = []
    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    message = a_message()
    for reason in ("No connection", "192.168.0.10 is not reached: a private network"):
        http = HttpClient(GuardedTransport(AddressGuard(), open_socket=no_socket))
        channel = WebhookChannel(
            "https://rebinding.example/", key=None, http=http, clock=ManualClock(NOON)
        )
        with pytest.raises(ChannelUnavailableError, match=reason):
            await channel.send(message)
        await http.aclose()

    assert connected == ["8.8.8.8"]


async def test_a_receiver_that_checks_as_the_standard_says_takes_it() -> None:
    receiver = WebhookReceiver(KEY)
    http = HttpClient(receiver.transport)
    channel = WebhookChannel(
        "https://hooks.example.org/k", key=KEY, http=http, clock=ManualClock(NOON)
    )

    sent = await channel.send(a_message())

    assert sent.status == 200
    assert len(receiver.bodies) == 1
    await http.aclose()
