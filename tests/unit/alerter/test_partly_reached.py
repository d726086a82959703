"""A mail channel some of whose people cannot be reached for now: the others wait for nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from services.alerter.channels.email import EmailChannel, Mailing
from services.alerter.channels.relay import Relay
from services.alerter.database import outages
from services.alerter.database.reached import keep_reached, reached_in
from services.common.bus.memory import MemoryBus
from services.common.clock import ManualClock
from services.common.contracts.delivery import DeliveryState
from services.common.contracts.reading import Stage
from services.common.ids import ChannelId
from tests.support.alerting import Alerter, an_alerter, told_by
from tests.support.builders import NOON
from tests.support.mail_server import MailServer, a_mail_server, texts

A, B = "a@example.org", "b@example.org"
FULL = "452 4.2.2 mailbox full"
HOUR = timedelta(hours=1)


@asynccontextmanager
async def mailing(directory: Path) -> AsyncIterator[tuple[Alerter, MailServer]]:
    """Give an alerter that mails two people through a server where the second one's mailbox is full."""
    async with a_mail_server() as server:
        server.answers[B] = FULL
        async with running(directory, server, clock=ManualClock(NOON)) as alerter:
            yield alerter, server


@asynccontextmanager
async def running(
    directory: Path, server: MailServer, *, clock: ManualClock, bus: MemoryBus | None = None
) -> AsyncIterator[Alerter]:
    """Give an alerter over the database in `directory` that mails two people."""
    started: list[Alerter] = []
    here = ChannelId("archive")

    async def keep(reached: Iterable[tuple[str, str]]) -> None:
        await started[0].database.write(keep_reached, here, reached, now=clock.now())

    channel = EmailChannel(
        (A, B),
        sender="kabar@example.net",
        relay=Relay.of(f"smtp://127.0.0.1:{server.port}"),
        clock=clock,
        mailing=Mailing(
            reached=lambda: started[0].database.read(reached_in, here), keep_reached=keep
        ),
    )
    async with an_alerter(
        directory, channels={here: channel}, clock=clock, bus=bus, single=()
    ) as alerter:
        started.append(alerter)
        yield alerter


async def tell_of(alerter: Alerter, *companies: str) -> None:
    at = int((alerter.clock.now() - NOON) / timedelta(minutes=1))
    told = (
        told_by("One", f"{it} banned", target=it, minute=at + n) for n, it in enumerate(companies)
    )
    await alerter.tell(*told)


def mailed(server: MailServer, recipient: str) -> Counter[str]:
    """Return how often each of four companies stood in the mails to `recipient`."""
    return Counter(
        name
        for text in texts(server, recipient)
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


async def test_a_new_stage_waits_for_no_full_mailbox_and_comes_there_in_order(
    tmp_path: Path,
) -> None:
    async with mailing(tmp_path) as (alerter, server):
        await alerter.tell(told_by("One", "one to be banned", target="one", stage=Stage.PROPOSED))
        await alerter.tell(told_by("Two", "one banned", target="one", minute=10))
        had = [to for [to] in server.recipients]
        del server.answers[B]
        for _ in range(30):
            alerter.clock.move(HOUR)
            await alerter.send()

        assert had == [A, A]
        assert [to for [to] in server.recipients] == [A, A, B]
        [said] = texts(server, B)
        assert said.index("one could be banned (") < said.index("one banned (")
        assert not await alerter.deliveries(DeliveryState.DUE)


async def test_a_full_mailbox_gets_two_events_in_order_however_their_stages_come(
    tmp_path: Path,
) -> None:
    async with mailing(tmp_path) as (alerter, server):
        server.answers |= {A: "421 4.3.2 not now"}
        for company in ("one", "two"):
            await alerter.tell(
                told_by("One", f"{company} to be banned", target=company, stage=Stage.PROPOSED)
            )
            for _ in range(2):
                alerter.clock.move(HOUR)
                await alerter.send()
        server.answers = {B: FULL}
        alerter.clock.move(24 * HOUR)
        await alerter.send()
        await alerter.publish(
            told_by("Two", "one banned", target="one", minute=1500),
            told_by("Two", "two banned", target="two", minute=1501),
        )
        await alerter.intake()
        await alerter.send()
        had = [to for [to] in server.recipients]
        del server.answers[B]
        await alerter.tell(told_by("Two", "six banned", target="six", minute=1502))
        for _ in range(30):
            alerter.clock.move(HOUR)
            await alerter.send()

        assert had == [A, A, A]
        said = "".join(texts(server, B))
        assert mailed(server, A) == mailed(server, B) == Counter(one=1, two=1, six=1)
        for company in ("one", "two"):
            assert said.index(f"{company} could be banned (") < said.index(f"{company} banned (")


async def test_after_an_outage_what_waited_goes_at_once_though_a_mailbox_is_full(
    tmp_path: Path,
) -> None:
    async with mailing(tmp_path) as (alerter, server):
        server.answers |= {A: "421 4.3.2 not now", B: "421 4.3.2 not now"}
        for company in ("one", "two"):
            await tell_of(alerter, company)
            for _ in range(20):
                alerter.clock.move(timedelta(minutes=1))
                await alerter.send()
        server.answers = {B: FULL}
        for _ in range(5):
            alerter.clock.move(timedelta(minutes=1))
            await alerter.send()

        assert mailed(server, A) == Counter(one=1, two=1)


async def test_after_a_restart_nobody_waits_for_a_full_mailbox_or_is_told_twice(
    tmp_path: Path,
) -> None:
    async with a_mail_server() as server:
        server.answers[B] = FULL
        clock = ManualClock(NOON)
        async with running(tmp_path, server, clock=clock) as alerter:
            await tell_of(alerter, "one")
            for _ in range(8):
                clock.move(timedelta(minutes=1))
                await alerter.send()
        async with running(tmp_path, server, clock=clock, bus=alerter.bus) as alerter:
            await alerter.tell(told_by("Two", "two banned", target="two", minute=9))
            had = mailed(server, A)
            for _ in range(3):
                clock.move(HOUR)
                await alerter.send()
            del server.answers[B]
            for _ in range(30):
                clock.move(HOUR)
                await alerter.send()
            kept = await alerter.database.read(reached_in, ChannelId("archive"))

        assert had == mailed(server, A) == mailed(server, B) == Counter(one=1, two=1)
        assert kept == []
