"""A mail channel some of whose people cannot be reached for now: the others wait for nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from services.alerter.channels.email import EmailChannel
from services.alerter.channels.relay import Relay
from services.alerter.database import outages
from services.common.clock import ManualClock
from services.common.contracts.delivery import DeliveryState
from tests.support.alerting import Alerter, an_alerter, told_by
from tests.support.builders import NOON
from tests.support.mail_server import MailServer, a_mail_server

A, B = "a@example.org", "b@example.org"
FULL = "452 4.2.2 mailbox full"
HOUR = timedelta(hours=1)


@asynccontextmanager
async def mailing(directory: Path) -> AsyncIterator[tuple[Alerter, MailServer]]:
    """Give an alerter that mails two people through a server where the second one's mailbox is full."""
    clock = ManualClock(NOON)
    async with a_mail_server() as server:
        server.answers[B] = FULL
        channel = EmailChannel(
            (A, B),
            sender="kabar@example.net",
            relay=Relay.of(f"smtp://127.0.0.1:{server.port}"),
            clock=clock,
        )
        async with an_alerter(
            directory, channels={"archive": channel}, clock=clock, single=()
        ) as alerter:
            yield alerter, server


async def tell_of(alerter: Alerter, *companies: str) -> None:
    at = int((alerter.clock.now() - NOON) / timedelta(minutes=1))
    told = (
        told_by("One", f"{it} banned", target=it, minute=at + n) for n, it in enumerate(companies)
    )
    await alerter.tell(*told)


def mailed(server: MailServer, recipient: str) -> Counter[str]:
    """Return how often each of four companies stood in the mails to `recipient`."""
    texts = [
        part.get_content()
        for mail, [to] in zip(server.mails, server.recipients, strict=True)
        if to == recipient and (part := mail.get_body(("plain",))) is not None
    ]
    return Counter(
        name
        for text in texts
        for name in ("one", "two", "six", "ten")
        if f"{name} banned (" in text
    )


async def test_a_full_mailbox_holds_up_no_mail_to_the_others(tmp_path: Path) -> None:
    async with mailing(tmp_path) as (alerter, server):
        await tell_of(alerter, "one", "two", "six")

        assert mailed(server, A) == Counter(one=1, two=1, six=1)
        waiting = await alerter.deliveries(DeliveryState.DUE)
        assert {it.attempts[-1].reason for it in waiting} == {
            "1 of 2 addresses not reached yet: 452 4.2.2 mailbox full"
        }
        assert await alerter.database.read(outages.outages) == {}


async def test_nobody_gets_twice_what_waits_for_a_full_mailbox(tmp_path: Path) -> None:
    async with mailing(tmp_path) as (alerter, server):
        for company in ("one", "two", "six"):
            await tell_of(alerter, company)
            alerter.clock.move(5 * HOUR)
            await alerter.send()
        del server.answers[B]
        await tell_of(alerter, "ten")
        for _ in range(30):
            alerter.clock.move(HOUR)
            await alerter.send()

        assert mailed(server, A) == mailed(server, B) == Counter(one=1, two=1, six=1, ten=1)
        assert not await alerter.deliveries(DeliveryState.DUE)


async def test_after_an_outage_only_who_has_not_got_an_alert_gets_it(tmp_path: Path) -> None:
    async with mailing(tmp_path) as (alerter, server):
        await tell_of(alerter, "one")
        server.answers |= {A: "421 4.3.2 not now", B: "421 4.3.2 not now"}
        for company in ("two", "six"):
            await tell_of(alerter, company)
            for _ in range(6):
                alerter.clock.move(HOUR)
                await alerter.send()
        server.answers.clear()
        for _ in range(30):
            alerter.clock.move(HOUR)
            await alerter.send()

        assert mailed(server, A) == mailed(server, B) == Counter(one=1, two=1, six=1)
