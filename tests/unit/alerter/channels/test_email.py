from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import replace

import pytest

from services.alerter.channels import email
from services.alerter.channels.email import EmailChannel, Mailing
from services.alerter.channels.port import Thread
from services.alerter.channels.relay import Relay
from services.alerter.render.mail import MOST_SECTIONS, begun_thread, mail_of
from services.common.clock import ManualClock
from services.common.contracts.delivery import DeliveryKind
from services.common.contracts.reading import Stage
from services.common.errors import (
    ChannelRefusedError,
    ChannelUnavailableError,
    ChannelUnwantedError,
)
from services.common.ids import DeliveryId, EventId
from tests.support.builders import NOON
from tests.support.channels import a_message
from tests.support.events import an_event, an_event_story
from tests.support.jwz import jwz_threads
from tests.support.mail_server import MailServer, a_mail_server

# aiosmtpd warns that it was asked to take passwords without TLS, which this test wants.
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    async with a_mail_server() as running:
        yield running


def channel(
    server: MailServer, *recipients: str, user: str = "", mailing: Mailing | None = None
) -> EmailChannel:
    return EmailChannel(
        recipients or ("legal@example.org",),
        sender="kabar <kabar@example.net>",
        relay=Relay.of(f"smtp://{user}127.0.0.1:{server.port}"),
        clock=ManualClock(NOON),
        mailing=mailing,
    )


def mailing(*suppressed: str) -> Mailing:
    async def of() -> frozenset[str]:
        return frozenset(suppressed)

    return Mailing(suppressed=of, unsubscribe_url=lambda it: f"https://kabar.example/u/{it[0]}")


async def test_a_mail_says_the_sentence_first_in_text_and_html(server: MailServer) -> None:
    story = an_event_story(title="ভারতে টিকটক নিষিদ্ধ", quote="নিষিদ্ধ", lang="bn")

    sent = await channel(server).send(a_message(an_event(stories=(story,))))

    [mail] = server.mails
    plain, html = (mail.get_body((kind,)) for kind in ("plain", "html"))
    assert sent.status == 250
    assert plain is not None
    assert html is not None
    assert plain.get_content().startswith("TikTok banned (confirmed; 1 outlet)")
    assert "“ভারতে টিকটক নিষিদ্ধ”" in plain.get_content()
    assert '<blockquote dir="auto" lang="bn">ভারতে টিকটক নিষিদ্ধ</blockquote>' in html.get_content()
    assert mail["Auto-Submitted"] == "auto-generated"


async def test_all_that_is_told_of_an_event_is_one_thread_with_one_subject(
    server: MailServer,
) -> None:
    first, later = an_event(), an_event(stage=Stage.REVERSED)
    other = an_event("two")

    for event in (first, later, other):
        await channel(server).send(a_message(event))

    threads = [mail["References"] for mail in server.mails]
    assert threads[0] == threads[1] != threads[2]
    assert {mail["Subject"] for mail in server.mails} == {"TikTok: ban (5 Jan 2026)"}


async def test_a_mail_on_several_events_names_their_companies_in_its_subject(
    server: MailServer,
) -> None:
    message = a_message()
    [section] = message.sections
    [company] = section.alert.event.companies
    named = [
        replace(
            section,
            alert=replace(
                section.alert,
                event=replace(
                    section.alert.event, id=EventId(name), companies=(replace(company, name=name),)
                ),
            ),
        )
        for name in ("Grab", "TikTok", "Grab", "Norvik", "Balto", "Zelmo")
    ]

    await channel(server).send(replace(message, sections=tuple(named)))
    await channel(server).send(
        replace(message, sections=tuple(named[:2]), kind=DeliveryKind.SUMMARY)
    )

    assert [mail["Subject"] for mail in server.mails] == [
        "kabar: 6 alerts on Grab, TikTok, Norvik and 2 more",
        "kabar: old news: 2 alerts on Grab and TikTok",
    ]


async def test_a_repeat_has_the_same_message_id(server: MailServer) -> None:
    message = a_message()

    await channel(server).send(message)
    await channel(server).send(message)

    assert {mail["Message-ID"] for mail in server.mails} == {f"<{message.id}@example.net>"}


async def test_markup_and_header_lines_in_a_story_stay_text(server: MailServer) -> None:
    hostile = 'x\nBcc: a@b <script>alert("1")</script>'
    story = an_event_story(title=hostile, quote=hostile, url="javascript:alert(1)")

    await channel(server).send(a_message(an_event(stories=(story,))))

    [mail] = server.mails
    html = mail.get_body(("html",))
    assert html is not None
    assert mail["Bcc"] is None
    assert "<script>" not in html.get_content()
    assert "href" not in html.get_content()


async def test_every_recipient_has_a_mail_and_a_one_click_link_of_their_own(
    server: MailServer,
) -> None:
    await channel(server, "a@example.org", "b@example.org", mailing=mailing()).send(a_message())

    links = {mail["To"]: mail["List-Unsubscribe"] for mail in server.mails}
    assert links == {
        "a@example.org": "<https://kabar.example/u/a>",
        "b@example.org": "<https://kabar.example/u/b>",
    }
    assert {mail["List-Unsubscribe-Post"] for mail in server.mails} == {
        "List-Unsubscribe=One-Click"
    }
    plain = server.mails[0].get_body(("plain",))
    assert plain is not None
    assert plain.get_content().rstrip().endswith("https://kabar.example/u/a")


def test_what_programs_read_of_a_mail_is_whole_however_long_our_names_are() -> None:
    message, host = a_message(), f"{'kabar.' * 12}example"
    thread = begun_thread(message)
    assert thread is not None

    mail = mail_of(
        message,
        thread=thread,
        sender=f"kabar <kabar@{host}>",
        recipient="a@example.org",
        sent_at=NOON,
        unsubscribe_url=f"https://{host}/u/a",
    )

    head = mail.as_bytes().partition(b"\r\n\r\n")[0].decode()
    said = dict(line.split(": ", 1) for line in head.split("\r\n") if not line.startswith(" "))
    assert said["List-Unsubscribe"] == f"<https://{host}/u/a>"
    assert said["References"] == said["In-Reply-To"]
    assert said["References"].startswith(f"<{thread.root}.")
    assert said["List-Id"] == f"kabar alerts <alerts.kabar.{host}>"
    assert mail.as_string().startswith(f"From: kabar <kabar@{host}>")


async def test_without_a_public_address_no_link_is_promised(server: MailServer) -> None:
    await channel(server).send(a_message())

    assert server.mails[0]["List-Unsubscribe"] is None
    assert server.mails[0]["List-Unsubscribe-Post"] is None


async def test_who_unsubscribed_gets_nothing_however_the_file_spells_them(
    server: MailServer,
) -> None:
    to = channel(server, "A@Example.org", "b@example.org", mailing=mailing("a@example.org"))

    await to.send(a_message())

    assert server.recipients == [["b@example.org"]]


async def test_where_everybody_unsubscribed_the_message_is_unwanted(server: MailServer) -> None:
    with pytest.raises(ChannelUnwantedError):
        await channel(server, "a@example.org", mailing=mailing("a@example.org")).send(a_message())

    assert server.mails == []


async def test_an_event_is_one_thread_by_jwz_and_another_one_is_another(
    server: MailServer,
) -> None:
    to = channel(server)
    first = await to.send(a_message(an_event(stage=Stage.PROPOSED)))
    assert first.handle is not None
    thread = Thread(root=first.handle, last=first.handle)
    # What it is known to be about changes; the mail is still an answer in the old thread.
    later = an_event(stage=Stage.CONFIRMED, countries=("ID",))
    message = replace(a_message(later), id=DeliveryId("dl_two"))
    reply = await to.send(message, thread=thread)
    elsewhere = an_event("other", countries=("US",))
    await to.send(replace(a_message(elsewhere), id=DeliveryId("dl_three")))

    assert reply.handle == first.handle
    assert [len(thread) for thread in jwz_threads(server.mails)] == [2, 1]


async def test_a_full_mailbox_is_tried_again_and_who_has_the_mail_gets_it_once(
    server: MailServer,
) -> None:
    server.answers["b@example.org"] = "452 4.2.2 mailbox full"
    to, message = channel(server, "a@example.org", "b@example.org"), a_message()

    with pytest.raises(ChannelUnavailableError) as soft:
        await to.send(message)
    del server.answers["b@example.org"]
    sent = await to.send(message)

    assert soft.value.status == 452
    assert sent.status == 250
    assert server.recipients == [["a@example.org"], ["b@example.org"]]


async def test_an_address_that_does_not_exist_is_noted_for_the_operator(
    server: MailServer,
) -> None:
    server.answers["b@example.org"] = "550 5.1.1 <b@example.org> unknown"

    sent = await channel(server, "a@example.org", "b@example.org").send(a_message())

    assert sent.note == "1 of 2 addresses refused: 550 5.1.1 (address) unknown"


async def test_a_plain_mail_has_no_html(server: MailServer) -> None:
    await channel(server).send(replace(a_message(), is_plain=True))

    assert server.mails[0].get_body(("html",)) is None


async def test_who_may_be_reached_later_is_tried_again(server: MailServer) -> None:
    server.answers["b@example.org"] = "451 4.7.1 greylisted"

    with pytest.raises(ChannelUnavailableError, match="greylisted"):
        await channel(server, "a@example.org", "b@example.org").send(a_message())


async def test_who_does_not_exist_keeps_the_mail_from_nobody_else(server: MailServer) -> None:
    server.answers["b@example.org"] = "550 5.1.1 <b@example.org> unknown"

    await channel(server, "a@example.org", "b@example.org").send(a_message())

    assert server.recipients == [["a@example.org"]]


async def test_where_nobody_exists_the_message_is_refused_without_naming_them(
    server: MailServer,
) -> None:
    server.answers["b@example.org"] = "550 5.1.1 <b@example.org> unknown"

    with pytest.raises(ChannelRefusedError) as refused:
        await channel(server, "b@example.org").send(a_message())

    assert str(refused.value) == "550 5.1.1 (address) unknown"


async def test_a_wrong_password_is_told_apart() -> None:
    async with a_mail_server(needs_password=b"right") as server:
        with pytest.raises(ChannelRefusedError) as refused:
            await channel(server, user="kabar:wrong@").send(a_message())
        await channel(server, user="kabar:right@").send(a_message())

    assert refused.value.status == 535
    assert len(server.mails) == 1


async def test_a_relay_that_is_away_is_unavailable() -> None:
    away = Relay.of("smtp://127.0.0.1:1")
    unreachable = EmailChannel(
        ("a@example.org",), sender="k@example.net", relay=away, clock=ManualClock(NOON)
    )

    with pytest.raises(ChannelUnavailableError, match="does not answer"):
        await unreachable.send(a_message())


async def test_a_long_summary_is_cut_and_says_where_all_of_it_stands(server: MailServer) -> None:
    message = a_message()
    many = replace(message, sections=message.sections * (MOST_SECTIONS + 7))
    told = Mailing(page_url=lambda delivery: f"https://kabar.example/deliveries?id={delivery}")

    await channel(server).send(many)
    await channel(server, mailing=told).send(many)
    await channel(server, mailing=told).send(message)

    without, cut, whole = (
        [part.get_content() for kind in ("plain", "html") if (part := mail.get_body((kind,)))]
        for mail in server.mails
    )
    url = f"https://kabar.example/deliveries?id={message.id}"
    assert all("7 more alerts are on the page." in text for text in (*without, *cut))
    assert f"All of them: {url}" in cut[0].splitlines()
    assert f'<a href="{url}">All of them</a>' in cut[1]
    assert not any("All of them" in text for text in (*without, *whole))


def test_a_relays_address_has_a_port_and_a_password_that_is_not_shown() -> None:
    relay = Relay.of("smtps://me:p%40ss@mail.example.org")

    assert (relay.port, relay.is_tls, relay.password) == (465, True, "p@ss")
    assert "p@ss" not in repr(relay)


@pytest.mark.parametrize("goodbye", ["250 Bye", "421 Too busy", "nonsense"])
async def test_how_a_relay_says_goodbye_takes_nothing_back(
    server: MailServer, goodbye: str
) -> None:
    server.goodbye = goodbye

    sent = await channel(server).send(a_message())

    assert (sent.status, len(server.mails)) == (250, 1)


async def test_a_try_that_took_too_long_sends_nothing_any_more(
    server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(email, "_DONE_WITHIN_SECONDS", 0.3)
    server.is_quick.clear()
    slow = channel(server, "a@example.org", "b@example.org", "c@example.org")

    with pytest.raises(ChannelUnavailableError):
        await slow.send(a_message())
    monkeypatch.setattr(email, "_DONE_WITHIN_SECONDS", 10)
    again = asyncio.ensure_future(slow.send(a_message()))
    while len(server.mails) < 2:  # noqa: ASYNC110  the server only counts
        await asyncio.sleep(0.001)
    server.is_quick.set()
    await again

    # Of the one mail that was on its way nobody knows; the others come once.
    reached = Counter(recipient for [recipient] in server.recipients)
    assert reached == {"a@example.org": 2, "b@example.org": 1, "c@example.org": 1}


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
async def test_a_relay_that_says_a_byte_a_while_takes_no_thread_from_others(
    monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    monkeypatch.setattr(email, "_DONE_WITHIN_SECONDS", 0.05)

    async def say(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # As TLS begins a greeting too: 22 is a handshake, whose rest does not come.
        writer.write(b"\x16\x03\x03\x40\x00" if scheme == "smtps" else b"220")
        with suppress(OSError):
            while not writer.is_closing():
                writer.write(b"-")
                await writer.drain()
                await asyncio.sleep(0.01)
        writer.close()
        is_gone.set()

    is_gone = asyncio.Event()
    relay = await asyncio.start_server(say, "127.0.0.1", 0)
    slow = EmailChannel(
        ["a@example.org"],
        sender="kabar@example.net",
        relay=Relay.of(f"{scheme}://127.0.0.1:{relay.sockets[0].getsockname()[1]}"),
        clock=ManualClock(NOON),
    )
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))

    with pytest.raises(ChannelUnavailableError):
        await slow.send(a_message())

    async with asyncio.timeout(10):
        assert await asyncio.to_thread(lambda: "a page") == "a page"
        await is_gone.wait()
    relay.close()


async def test_an_address_that_the_relay_cannot_write_to_keeps_the_mail_from_nobody_else() -> None:
    async with a_mail_server(is_international=False) as server:
        sent = await channel(server, "jürgen@example.org", "b@example.org").send(a_message())

        assert server.recipients == [["b@example.org"]]
    assert sent.note.startswith("1 of 2 addresses refused")


def test_an_address_in_a_note_stays_text() -> None:
    message = replace(a_message(), note="stands in for hook: 302 Found: https://hook.example/moved")

    mail = mail_of(
        message, thread=None, sender="k@example.org", recipient="a@example.org", sent_at=NOON
    )

    html = mail.get_body(("html",))
    assert html is not None
    assert "302 Found: https://hook.example/moved" in html.get_content()
    assert 'href="https://hook' not in html.get_content()


async def test_a_password_may_have_any_letters() -> None:
    async with a_mail_server(needs_password="grün".encode()) as server:
        await channel(server, user="kabar:gr%C3%BCn@").send(a_message())
        with pytest.raises(ChannelRefusedError) as refused:
            await channel(server, user="kabar:gr%C3%BCner@").send(a_message())

    assert len(server.mails) == 1
    assert refused.value.status == 535


async def test_a_senders_name_may_have_letters_that_the_relay_cannot_write() -> None:
    async with a_mail_server(is_international=False) as server:
        relay = Relay.of(f"smtp://127.0.0.1:{server.port}")
        sender = "Büro <kabar@example.net>"
        mailing = EmailChannel(
            ("a@example.org",), sender=sender, relay=relay, clock=ManualClock(NOON)
        )

        await mailing.send(a_message())

    assert str(server.mails[0]["From"]) == sender


@pytest.mark.parametrize(
    "answers",
    [
        {"": "554 5.7.1 your address is on a list"},
        {"EHLO": "554 nobody at home", "HELO": "554 nobody at home"},
        {"MAIL": "550 5.4.5 the quota of today is used up"},
        {"RCPT": "554 5.7.1 client host is on a list"},
        {"DATA": "554 5.7.1 client host is on a list"},
        {"MAIL": "421 4.7.0 too many connections"},
        {"DATA": ""},
        {"STARTTLS": "554 no certificate", "EHLO": "250-relay\r\n250 STARTTLS"},
    ],
)
async def test_what_a_relay_has_against_us_kills_no_message(answers: dict[str, str]) -> None:
    async with a_relay(answers) as relay:
        mails = EmailChannel(
            ("a@example.org",), sender="k@example.net", relay=relay, clock=ManualClock(NOON)
        )

        with pytest.raises(ChannelUnavailableError):
            await mails.send(a_message())


async def test_a_relay_that_offers_no_tls_for_a_password_is_asked_again_later() -> None:
    async with a_relay({}) as relay:
        elsewhere = replace(relay, host="127.0.0.2", user="kabar", password="secret")
        mails = EmailChannel(
            ("a@example.org",), sender="k@example.net", relay=elsewhere, clock=ManualClock(NOON)
        )

        with pytest.raises(ChannelUnavailableError, match="no TLS"):
            await mails.send(a_message())


async def test_a_mail_that_is_too_large_is_refused() -> None:
    async with a_relay({"MAIL": "552 5.3.4 too large"}) as relay:
        mails = EmailChannel(
            ("a@example.org",), sender="k@example.net", relay=relay, clock=ManualClock(NOON)
        )

        with pytest.raises(ChannelRefusedError, match="too large"):
            await mails.send(a_message())


@asynccontextmanager
async def a_relay(answers: Mapping[str, str]) -> AsyncIterator[Relay]:
    """Give a relay with these answers by command, "" for its greeting; an empty one hangs up."""
    usual = {"": "220 relay", "DATA": "354 go on", "EHLO": "250 relay"}

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        said = ""
        while answer := {**usual, **answers}.get(said, "250 OK"):
            writer.write(f"{answer}\r\n".encode())
            if not (line := await reader.readline()):
                break
            said = line.decode().partition(" ")[0].strip().upper()
        writer.close()

    listening = await asyncio.start_server(talk, "0.0.0.0", 0)  # noqa: S104  127.0.0.2 is a stranger
    async with listening:
        yield Relay.of(f"smtp://127.0.0.1:{listening.sockets[0].getsockname()[1]}")
