"""What fallbacks tell comes in the order in which it happened, for each subscription and event."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path

from services.alerter.channels.email import EmailChannel
from services.alerter.channels.port import Channel
from services.alerter.channels.relay import Relay
from services.alerter.database import fallbacks, sending
from services.alerter.database.outbox import deliveries_in
from services.common.clock import ManualClock
from services.common.contracts.delivery import Delivery, DeliveryState
from services.common.contracts.reading import Reading, Stage
from services.common.contracts.subscription import Conditions, Fallback, Quiet, Send, Subscription
from services.common.errors import ChannelRefusedError, ChannelUnavailableError
from services.common.ids import ChannelId, SubscriptionId
from tests.support.alerting import Alerter, an_alerter, told_by
from tests.support.builders import NOON
from tests.support.channels import RecordingChannel
from tests.support.mail_server import a_mail_server, texts

MINUTE = timedelta(minutes=1)
MAIL = ChannelId("mail")
AWAY = ChannelUnavailableError("503", status=503)


def a_send(to: str, *, after: int = 30) -> Send:
    return Send(
        to=ChannelId(to),
        burst=timedelta(),
        max_per_hour=None,
        fallback=Fallback(to=MAIL, after=after * MINUTE),
    )


def a_team(*sends: Send, name: str = "team", when: Conditions | None = None) -> Subscription:
    return Subscription(id=SubscriptionId(name), name=name, when=when or Conditions(), sends=sends)


def proposed() -> Reading:
    return told_by("One", "India to ban TikTok", stage=Stage.PROPOSED)


def confirmed(minute: int = 10) -> Reading:
    return told_by("Two", "India bans TikTok", minute=minute)


def stages_said(alerter: Alerter, channel: str = "mail") -> list[Stage]:
    return [section.alert.event.stage for section in alerter.recorded(channel).sections]


async def pass_minutes(alerter: Alerter, count: int) -> None:
    for _ in range(count):
        alerter.clock.move(MINUTE)
        await alerter.send()


async def test_two_channels_with_one_fallback_tell_there_in_order(tmp_path: Path) -> None:
    channels: dict[str, Channel] = {
        "ops": RecordingChannel(*[AWAY] * 99),
        "chat": RecordingChannel(None, ChannelRefusedError("422", status=422)),
        "mail": RecordingChannel(),
    }
    team = a_team(a_send("ops"), a_send("chat"))
    async with an_alerter(tmp_path, team, channels=channels) as alerter:
        await alerter.tell(proposed())
        alerter.clock.move(10 * MINUTE)
        await alerter.tell(confirmed())
        await pass_minutes(alerter, 60)

        assert stages_said(alerter) == [Stage.PROPOSED, Stage.CONFIRMED]


async def test_who_waits_longer_for_the_fallback_is_told_in_order_too(tmp_path: Path) -> None:
    channels: dict[str, Channel] = {
        "ops": RecordingChannel(*[AWAY] * 99),
        "mail": RecordingChannel(),
    }
    patient = a_team(a_send("ops", after=60), name="patient")
    hasty = a_team(a_send("ops", after=5), name="hasty", when=Conditions(stages=(Stage.CONFIRMED,)))
    async with an_alerter(tmp_path, patient, hasty, channels=channels, single=()) as alerter:
        await alerter.tell(proposed())
        alerter.clock.move(10 * MINUTE)
        await alerter.tell(confirmed())
        await pass_minutes(alerter, 90)

        told = [
            section.alert.event.stage
            for message in alerter.recorded("mail").messages
            if "patient" in message.subscriptions
            for section in message.sections
        ]
        assert told[:2] == [Stage.PROPOSED, Stage.CONFIRMED]


async def test_what_urgent_news_took_out_of_quiet_hours_stands_in_before_it(
    tmp_path: Path,
) -> None:
    quiet = Quiet(days=frozenset(range(1, 8)), begins=time(12), ends=time(20), zone="UTC")
    send = replace(a_send("ops"), quiet=quiet, urgent=Conditions(stages=(Stage.CONFIRMED,)))
    channels: dict[str, Channel] = {
        "ops": RecordingChannel(*[AWAY] * 99),
        "mail": RecordingChannel(),
    }
    async with an_alerter(tmp_path, a_team(send), channels=channels) as alerter:
        await alerter.tell(proposed())
        alerter.clock.move(10 * MINUTE)
        await alerter.tell(confirmed())
        await pass_minutes(alerter, 60)

        assert stages_said(alerter) == [Stage.PROPOSED, Stage.CONFIRMED]


async def test_what_is_being_sent_when_the_fallback_is_due_comes_there_first(
    tmp_path: Path,
) -> None:
    channels: dict[str, Channel] = {
        "ops": RecordingChannel(*[AWAY] * 99),
        "mail": RecordingChannel(),
    }
    async with an_alerter(tmp_path, a_team(a_send("ops")), channels=channels) as alerter:
        await alerter.publish(proposed(), confirmed())
        await alerter.intake()
        await alerter.database.write(begin_to_send)
        alerter.clock.move(31 * MINUTE)
        made = await alerter.database.write(
            fallbacks.stand_in_for_all, {}, single=(), now=alerter.clock.now()
        )
        await pass_minutes(alerter, 10)

        assert made == 0
        assert stages_said(alerter) == [Stage.PROPOSED, Stage.CONFIRMED]


def begin_to_send(connection: sqlite3.Connection) -> None:
    """Claim the first message to ops, as a lane does that then waits for an answer."""
    at = NOON + 61 * MINUTE
    assert sending.claim_next(connection, ChannelId("ops"), now=at) is not None


async def test_a_fallback_with_a_full_mailbox_tells_everybody_in_order(tmp_path: Path) -> None:
    first, second = "a@example.org", "b@example.org"
    clock = ManualClock(NOON + timedelta(hours=1))
    async with a_mail_server() as server:
        server.answers[second] = "452 4.2.2 mailbox full"
        mail = EmailChannel(
            (first, second),
            sender="kabar@example.net",
            relay=Relay.of(f"smtp://127.0.0.1:{server.port}"),
            clock=clock,
        )
        channels: dict[str, Channel] = {"ops": RecordingChannel(*[AWAY] * 99), "mail": mail}
        team = a_team(a_send("ops"))
        async with an_alerter(tmp_path, team, channels=channels, clock=clock, single=()) as alerter:
            await alerter.tell(proposed())
            await pass_minutes(alerter, 31)
            await alerter.tell(confirmed(minute=91))
            await pass_minutes(alerter, 35)
            del server.answers[second]
            await pass_minutes(alerter, 180)

            assert not await alerter.database.read(waiting_for_mail)

    for recipient in (first, second):
        said = "".join(texts(server, recipient))
        assert said.count("TikTok could be banned (") == said.count("TikTok banned (") == 1
        assert said.index("TikTok could be banned (") < said.index("TikTok banned (")


def waiting_for_mail(connection: sqlite3.Connection) -> list[Delivery]:
    states = {DeliveryState.DUE, DeliveryState.HELD}
    return deliveries_in(connection, states, channel=MAIL)
