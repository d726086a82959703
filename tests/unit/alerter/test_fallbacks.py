"""A channel that stands in for another, and what the operator hears."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from services.alerter.channels.port import Channel
from services.common.contracts.delivery import Delivery, DeliveryKind, DeliveryState
from services.common.contracts.subscription import Fallback, Send, Subscription
from services.common.errors import ChannelRefusedError, ChannelUnavailableError
from services.common.ids import ChannelId, SubscriptionId
from tests.support.alerting import an_alerter, told_by
from tests.support.builders import NOON
from tests.support.channels import RecordingChannel

MINUTE = timedelta(minutes=1)
MAIL = ChannelId("mail")
OPS = Send(
    to=ChannelId("ops"),
    burst=timedelta(),
    max_per_hour=None,
    fallback=Fallback(to=MAIL, after=30 * MINUTE),
)
TEAM = Subscription(id=SubscriptionId("team"), name="team", sends=(OPS,))


def ways(*answers: Exception | None) -> dict[str, Channel]:
    return {"ops": RecordingChannel(*answers), "mail": RecordingChannel()}


def to_mail(deliveries: Iterable[Delivery]) -> list[Delivery]:
    return [one for one in deliveries if one.channel == MAIL]


async def test_what_was_not_sent_in_time_goes_to_the_fallback_once_and_says_so(
    tmp_path: Path,
) -> None:
    away = [ChannelUnavailableError("503", status=503)] * 7
    async with an_alerter(tmp_path, TEAM, channels=ways(*away)) as alerter:
        await alerter.tell(told_by("One"))
        alerter.clock.move(29 * MINUTE)
        await alerter.send()
        assert alerter.said("mail") == []

        for _ in range(30):
            alerter.clock.move(10 * MINUTE)
            await alerter.send()

        [message] = alerter.recorded("mail").messages
        assert message.note == "stands in for ops: not sent in time (503)"
        [stand_in] = to_mail(await alerter.deliveries())
        original = next(one for one in await alerter.deliveries() if one.channel == OPS.to)
        assert stand_in.stands_in_for == original.id
        assert stand_in.alerts == original.alerts


async def test_in_a_long_outage_the_fallback_is_told_each_alert_once(tmp_path: Path) -> None:
    away = [ChannelUnavailableError("503", status=503)] * 200
    companies = ["alpha", "beta", "gamma", "delta"]
    async with an_alerter(tmp_path, TEAM, channels=ways(*away)) as alerter:
        for company in companies:
            minute = int((alerter.clock.now() - NOON) / MINUTE)
            await alerter.tell(told_by("One", f"{company} banned", target=company, minute=minute))
            for _ in range(15):
                alerter.clock.move(4 * MINUTE)
                await alerter.send()

        told = [
            section.alert.event.companies[0].id for section in alerter.recorded("mail").sections
        ]
        assert told == companies


async def test_what_is_sent_in_time_has_nobody_stand_in(tmp_path: Path) -> None:
    away = ChannelUnavailableError("503", status=503)
    async with an_alerter(tmp_path, TEAM, channels=ways(away)) as alerter:
        await alerter.tell(told_by("One"))
        for _ in range(8):
            alerter.clock.move(10 * MINUTE)
            await alerter.send()

        assert len(alerter.said("ops")) == 1
        assert to_mail(await alerter.deliveries()) == []


async def test_a_refused_message_goes_to_the_fallback_at_once(tmp_path: Path) -> None:
    refused = ChannelRefusedError("422 too odd", status=422)
    async with an_alerter(tmp_path, TEAM, channels=ways(refused)) as alerter:
        await alerter.tell(told_by("One"))
        await alerter.send()

        [message] = alerter.recorded("mail").messages
        assert message.note == "stands in for ops: 422 too odd"


async def test_the_operator_hears_of_a_wrong_key_through_the_fallback(tmp_path: Path) -> None:
    wrong = ChannelRefusedError("401 invalid_auth", status=401)
    async with an_alerter(tmp_path, TEAM, channels=ways(wrong)) as alerter:
        await alerter.tell(told_by("One"), told_by("One", "Alpha banned", target="alpha"))
        await alerter.send()

        messages = alerter.recorded("mail").messages
        [notice] = [one for one in messages if one.kind is DeliveryKind.NOTICE]
        assert notice.note.startswith("The channel ops is paused: 401 invalid_auth. Its messages")
        assert sum(len(message.sections) for message in messages) == 2
        held = await alerter.deliveries(DeliveryState.HELD)
        assert [one.channel for one in held] == ["ops"]


async def test_a_channel_that_is_gone_hands_its_messages_to_the_fallback(tmp_path: Path) -> None:
    gone = ChannelRefusedError("410 gone", status=410)
    async with an_alerter(tmp_path, TEAM, channels=ways(gone)) as alerter:
        await alerter.tell(told_by("One"), told_by("One", "Alpha banned", target="alpha"))
        await alerter.send()

        messages = alerter.recorded("mail").messages
        assert sum(len(message.sections) for message in messages) == 2
        assert "is disabled: 410 gone" in next(one.note for one in messages if not one.sections)


async def test_a_refused_form_goes_once_more_as_plain_text(tmp_path: Path) -> None:
    form = ChannelRefusedError("400 invalid_blocks", status=400, is_format=True)
    quiet = replace(TEAM, sends=(replace(OPS, fallback=None),))
    async with an_alerter(tmp_path, quiet, channels=ways(form)) as alerter:
        await alerter.tell(told_by("One"))

        [message] = alerter.recorded("ops").messages
        assert message.is_plain
        [delivery] = await alerter.deliveries()
        assert (delivery.state, delivery.failures) == (DeliveryState.SENT, 0)
        assert [one.status for one in delivery.attempts] == [400, 200]


async def test_plain_text_that_is_refused_too_is_dead(tmp_path: Path) -> None:
    form = ChannelRefusedError("400 invalid_blocks", status=400, is_format=True)
    quiet = replace(TEAM, sends=(replace(OPS, fallback=None),))
    async with an_alerter(tmp_path, quiet, channels=ways(form, form)) as alerter:
        await alerter.tell(told_by("One"))

        [delivery] = await alerter.deliveries()
        assert (delivery.state, len(delivery.attempts)) == (DeliveryState.DEAD, 2)
