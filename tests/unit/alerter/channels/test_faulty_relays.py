"""Mail through relays that hang up, limit, keep silent, or have a certificate of their own making."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import pytest

from services.alerter.channels import email
from services.alerter.channels import relay as relay_module
from services.alerter.channels.email import EmailChannel
from services.alerter.channels.relay import Relay
from services.common.clock import ManualClock
from services.common.errors import ChannelRefusedError, ChannelUnavailableError
from tests.support.builders import NOON
from tests.support.channels import a_message
from tests.support.faulty_relay import (
    SILENCE,
    FaultyRelay,
    a_certificate_of_its_own,
    a_faulty_relay,
)

A, B, C = "a@example.org", "b@example.org", "c@example.org"


@pytest.fixture
async def relay() -> AsyncIterator[FaultyRelay]:
    async with a_faulty_relay() as running:
        yield running


def mails(relay: FaultyRelay, *recipients: str, host: str = "127.0.0.1") -> EmailChannel:
    return EmailChannel(
        recipients or (A, B, C),
        sender="kabar@example.net",
        relay=Relay.of(f"smtp://{host}:{relay.port}"),
        clock=ManualClock(NOON),
    )


@pytest.mark.parametrize("enough", ["421 4.7.0 too many messages", "452 4.5.3 enough", ""])
async def test_a_relay_that_takes_few_mails_a_connection_has_all_of_them_after_one_try(
    relay: FaultyRelay, enough: str
) -> None:
    relay.most, relay.enough = 1, enough

    sent = await mails(relay).send(a_message())

    assert (sent.status, sent.note) == (250, "")
    assert relay.taken == [A, B, C]


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("RCPT", "421 4.3.2 not now"),
        ("RCPT", ""),
        ("DATA", "421 4.3.2 not now"),
        ("DATA", ""),
        (".", "421 4.3.2 not now"),
        (".", ""),
        (".", "451 4.7.1 greylisted"),
    ],
)
@pytest.mark.parametrize("unlucky", [A, B])
async def test_a_relay_that_hangs_up_at_one_address_keeps_the_mail_from_nobody_else(
    relay: FaultyRelay, unlucky: str, command: str, answer: str
) -> None:
    relay.answers[command, unlucky] = answer
    others = [one for one in (A, B, C) if one != unlucky]
    to, message = mails(relay), a_message()

    with pytest.raises(ChannelUnavailableError):
        await to.send(message)
    had = list(relay.taken)
    relay.answers.clear()
    await to.send(message)

    assert had == others
    assert relay.taken == [*others, unlucky]


async def test_a_relay_that_always_hangs_up_is_asked_once_for_each_address(
    relay: FaultyRelay,
) -> None:
    relay.answers = {("DATA", each): "" for each in (A, B, C)}

    with pytest.raises(ChannelUnavailableError, match="does not answer") as raised:
        await mails(relay).send(a_message())

    assert raised.value.status is None
    assert (relay.taken, relay.connections) == ([], 3)


async def test_relays_that_keep_silent_take_no_thread_from_pages_and_other_channels(
    relay: FaultyRelay,
) -> None:
    relay.is_silent = True
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))
    waiting = [asyncio.ensure_future(mails(relay).send(a_message())) for _ in range(3)]
    while relay.connections < 1:  # noqa: ASYNC110  the relay only counts
        await asyncio.sleep(0.001)

    async with asyncio.timeout(5):
        page = await asyncio.to_thread(lambda: "a page")

    assert page == "a page"
    for each in waiting:
        each.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)


async def test_a_relay_on_this_machine_may_have_a_certificate_of_its_own_making(
    relay: FaultyRelay, tmp_path: Path
) -> None:
    relay.certificate = a_certificate_of_its_own(tmp_path)

    sent = await mails(relay, A).send(a_message())

    assert sent.status == 250
    assert relay.taken == [A]


async def test_a_certificate_that_nobody_vouches_for_is_told_with_what_to_do(
    relay: FaultyRelay, tmp_path: Path
) -> None:
    relay.certificate = a_certificate_of_its_own(tmp_path)

    with pytest.raises(ChannelUnavailableError) as raised:
        await mails(relay, A, host="127.0.0.2").send(a_message())

    assert "certificate is not trusted: self-signed certificate" in str(raised.value)
    assert "SSL_CERT_FILE" in str(raised.value)
    assert relay.taken == []


@pytest.mark.parametrize("host", ["relay..example.org", f"{'x' * 70}.example.org"])
async def test_a_relay_whose_name_cannot_be_looked_up_kills_no_message(host: str) -> None:
    to = EmailChannel(
        (A,), sender="k@example.net", relay=Relay.of(f"smtp://{host}"), clock=ManualClock(NOON)
    )

    with pytest.raises(ChannelUnavailableError, match="does not answer"):
        await to.send(a_message())


@pytest.mark.parametrize("password", ["s3cr3t", "s3cr3t-ä"])
@pytest.mark.parametrize("way", ["PLAIN", "LOGIN"])
async def test_a_relay_that_repeats_the_login_gets_no_password_into_the_reason(
    relay: FaultyRelay, way: str, password: str
) -> None:
    relay.logins = way
    to = EmailChannel(
        (A,),
        sender="k@example.net",
        relay=Relay.of(f"smtp://kabar:{quote(password)}@127.0.0.1:{relay.port}"),
        clock=ManualClock(NOON),
    )

    with pytest.raises(ChannelRefusedError, match="I do not take") as raised:
        await to.send(a_message())

    said = str(raised.value)
    for secret in (f"\0kabar\0{password}", password):
        assert b64encode(secret.encode()).decode() not in said


async def test_addresses_at_which_a_relay_keeps_silent_keep_the_mail_from_nobody_behind_them(
    relay: FaultyRelay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay_module, "_ANSWER_WITHIN_SECONDS", 0.6)
    monkeypatch.setattr(email, "_DONE_WITHIN_SECONDS", 1.0)
    relay.answers = {("RCPT", each): SILENCE for each in (A, B)}
    to, message = mails(relay), a_message()

    with pytest.raises(ChannelUnavailableError) as first:
        await to.send(message)
    with pytest.raises(ChannelUnavailableError) as second:
        await to.send(message)

    assert relay.taken == [C]
    assert (first.value.is_partial, second.value.is_partial) == (False, True)
