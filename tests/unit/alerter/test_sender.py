from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from services.alerter.channels.port import Channel, Sent, Thread
from services.alerter.database import outbox
from services.alerter.render.message import Message
from services.alerter.ways import WaysOut
from services.common.contracts.delivery import DeliveryState
from services.common.contracts.reading import Stage
from services.common.errors import ChannelRefusedError, ChannelUnavailableError
from services.common.ids import ChannelId
from services.common.stop import Stop
from services.common.telemetry.metrics import REGISTRY
from tests.support.alerting import Alerter, a_subscription, an_alerter, told_by
from tests.support.channels import RecordingChannel

DAY = timedelta(days=1)


def unavailable(status: int = 503, *, wait: timedelta | None = None) -> ChannelUnavailableError:
    return ChannelUnavailableError("away", status=status, retry_after=wait)


async def tell_of(alerter: Alerter, *companies: str) -> None:
    """Have each of `companies` banned by one outlet, in order."""
    await alerter.tell(
        *(told_by("One", f"{it} banned", target=it, minute=n) for n, it in enumerate(companies))
    )


def companies_told(alerter: Alerter) -> list[str]:
    return [section.alert.event.companies[0].id for section in alerter.recorded().sections]


async def is_in_order(alerter: Alerter) -> bool:
    """Return whether everything was sent, in the order in which it was planned."""
    planned = [delivery.id for delivery in await alerter.deliveries()]
    return [message.id for message in alerter.recorded().messages] == planned


async def until_sent(channel: RecordingChannel) -> None:
    while True:
        if channel.messages:
            return
        await asyncio.sleep(0.001)


async def test_a_message_is_tried_again_on_schedule_and_holds_up_those_behind_it(
    tmp_path: Path,
) -> None:
    channel = RecordingChannel(unavailable(), unavailable())
    async with an_alerter(tmp_path, channels={"archive": channel}) as alerter:
        await tell_of(alerter, "a", "b", "c")
        assert companies_told(alerter) == []

        alerter.clock.move(timedelta(seconds=13))
        await alerter.send()
        assert companies_told(alerter) == []

        alerter.clock.move(timedelta(seconds=73))
        await alerter.send()

        assert await is_in_order(alerter)
        first = (await alerter.deliveries())[0]
        assert [attempt.status for attempt in first.attempts] == [503, 503, 200]


async def test_after_twenty_minutes_one_message_no_longer_holds_up_the_others(
    tmp_path: Path,
) -> None:
    poison = [unavailable(500) for _ in range(outbox.PATIENCE)]
    channel = RecordingChannel(*poison)
    async with an_alerter(tmp_path, channels={"archive": channel}) as alerter:
        await tell_of(alerter, "a", "b")
        for _ in range(30):
            alerter.clock.move(timedelta(minutes=1))
            await alerter.send()

        assert len(companies_told(alerter)) == 1


async def test_when_a_channel_is_back_what_waited_goes_at_once_and_in_order(
    tmp_path: Path,
) -> None:
    class Outage(RecordingChannel):
        is_over = False

        async def send(self, message: Message, *, thread: Thread | None = None) -> Sent:
            if not self.is_over:
                raise unavailable()
            return await super().send(message, thread=thread)

    channel = Outage()
    async with an_alerter(tmp_path, channels={"archive": channel}) as alerter:
        await tell_of(alerter, "a", "b", "c", "d")
        for _ in range(40):
            alerter.clock.move(timedelta(minutes=1))
            await alerter.send()

        channel.is_over = True
        for _ in range(25):
            alerter.clock.move(timedelta(minutes=1))
            await alerter.send()

        planned = [delivery.id for delivery in await alerter.deliveries()]
        probe, *others = [message.id for message in channel.messages]
        assert others == [delivery for delivery in planned if delivery != probe]


async def test_a_wish_to_wait_is_never_undercut(tmp_path: Path) -> None:
    channel = RecordingChannel(unavailable(429, wait=timedelta(hours=2)))
    async with an_alerter(tmp_path, channels={"archive": channel}) as alerter:
        await tell_of(alerter, "a", "b")

        alerter.clock.move(timedelta(minutes=119))
        await alerter.send()
        assert companies_told(alerter) == []

        alerter.clock.move(timedelta(minutes=2))
        await alerter.send()
        assert await is_in_order(alerter)


async def test_a_refused_message_is_dead_with_its_reason_and_the_next_one_goes(
    tmp_path: Path,
) -> None:
    channel = RecordingChannel(ChannelRefusedError("422 no", status=422))
    async with an_alerter(tmp_path, channels={"archive": channel}) as alerter:
        await tell_of(alerter, "a", "b")

        [dead] = await alerter.deliveries(DeliveryState.DEAD)
        assert dead.attempts[-1].reason == "422 no"
        assert len(companies_told(alerter)) == 1


async def test_a_wrong_key_pauses_the_channel_until_it_is_configured_again(tmp_path: Path) -> None:
    channel = RecordingChannel(ChannelRefusedError("403 no", status=403))
    async with an_alerter(tmp_path, channels={"archive": channel}) as alerter:
        await tell_of(alerter, "a", "b")
        alerter.clock.move(DAY)
        await alerter.send()
        assert companies_told(alerter) == []
        assert alerter.sender.stopped[ChannelId("archive")].reason == "403 no"
        assert REGISTRY.get_sample_value("kabar_channels_stopped", {"state": "paused"}) == 1

        await alerter.sender.configure(WaysOut(channels={ChannelId("archive"): channel}))
        await alerter.send()

        assert companies_told(alerter) == ["a", "b"]
        assert REGISTRY.get_sample_value("kabar_channels_stopped", {"state": "paused"}) == 0
        assert [message.kind for message in channel.messages] == ["catch-up"]


@pytest.mark.parametrize("status", [403, 410])
async def test_a_stopped_channel_that_took_a_test_gets_what_waits_and_what_comes(
    tmp_path: Path, status: int
) -> None:
    channel = RecordingChannel(ChannelRefusedError("not_in_channel", status=status))
    async with an_alerter(tmp_path, channels={"archive": channel}) as alerter:
        await tell_of(alerter, "a")

        await alerter.sender.reopen(ChannelId("archive"))
        await alerter.send()
        await tell_of(alerter, "b")

        assert companies_told(alerter) == (["a", "b"] if status == 403 else ["b"])
        assert alerter.sender.stopped == {}


async def test_tests_that_pass_while_messages_fail_end_no_schedule_and_hold_up_nobody(
    tmp_path: Path,
) -> None:
    channel = RecordingChannel(*[unavailable(500)] * 60)
    async with an_alerter(tmp_path, channels={"archive": channel}) as alerter:
        await tell_of(alerter, "a")
        for _ in range(40):
            alerter.clock.move(timedelta(minutes=5))
            await alerter.sender.reopen(ChannelId("archive"))
            await alerter.send()

        [waiting] = await alerter.deliveries()
        assert (waiting.state, waiting.failures) == (DeliveryState.DUE, outbox.PATIENCE + 1)


async def test_a_channel_that_is_gone_gets_nothing_more_and_its_messages_are_dead(
    tmp_path: Path,
) -> None:
    channel = RecordingChannel(ChannelRefusedError("410 gone", status=410))
    async with an_alerter(tmp_path, channels={"archive": channel}) as alerter:
        await tell_of(alerter, "a", "b")

        states = [delivery.state for delivery in await alerter.deliveries()]
        assert states == [DeliveryState.DEAD, DeliveryState.DEAD]
        assert companies_told(alerter) == []


async def test_messages_to_a_channel_that_was_removed_are_dead(tmp_path: Path) -> None:
    async with an_alerter(tmp_path, a_subscription(to=("elsewhere",))) as alerter:
        await tell_of(alerter, "a")

        [dead] = await alerter.deliveries(DeliveryState.DEAD)
        assert dead.attempts[-1].reason == "There is no channel elsewhere any more."


async def test_what_a_channel_raises_by_mistake_concerns_one_message(tmp_path: Path) -> None:
    channel = RecordingChannel(ZeroDivisionError())
    async with an_alerter(tmp_path, channels={"archive": channel}) as alerter:
        await tell_of(alerter, "a", "b")

        [dead] = await alerter.deliveries(DeliveryState.DEAD)
        assert dead.attempts[-1].reason == "It could not be rendered: ZeroDivisionError."
        assert len(companies_told(alerter)) == 1


async def test_a_slow_channel_holds_up_no_other(tmp_path: Path) -> None:
    class Stuck(RecordingChannel):
        async def send(self, message: Message, *, thread: Thread | None = None) -> Sent:
            await asyncio.Event().wait()
            return await super().send(message, thread=thread)

    channels: dict[str, Channel] = {"slow": Stuck(), "quick": RecordingChannel()}
    subscription = a_subscription(to=("slow", "quick"))
    async with an_alerter(tmp_path, subscription, channels=channels) as alerter:
        await alerter.publish(told_by("One"))
        await alerter.intake()
        sending = asyncio.ensure_future(alerter.sender.run(Stop()))
        await until_sent(alerter.recorded("quick"))

        assert alerter.recorded("slow").messages == []
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending


async def test_a_message_in_flight_when_the_process_died_is_sent_again_under_its_id(
    tmp_path: Path,
) -> None:
    class Dies(RecordingChannel):
        async def send(self, message: Message, *, thread: Thread | None = None) -> Sent:
            await super().send(message, thread=thread)
            await asyncio.Event().wait()
            return Sent()

    dying = Dies()
    async with an_alerter(tmp_path, channels={"archive": dying}) as alerter:
        await alerter.publish(told_by("One"))
        await alerter.intake()
        sending = asyncio.ensure_future(alerter.sender.run(Stop()))
        await until_sent(dying)
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
        bus, clock = alerter.bus, alerter.clock

    async with an_alerter(tmp_path, bus=bus, clock=clock) as alerter:
        await alerter.send()

        [again] = alerter.recorded().messages
        assert again.id == dying.messages[0].id
        [delivery] = await alerter.deliveries()
        assert delivery.state is DeliveryState.SENT
        assert "repeated" in delivery.note


async def test_a_channel_that_is_denied_keeps_what_its_other_lanes_took_meanwhile(
    tmp_path: Path,
) -> None:
    class Expiring(RecordingChannel):
        """Takes eleven messages, eight at a time; then its key is no longer valid."""

        concurrency = 8
        asked = 0

        async def send(self, message: Message, *, thread: Thread | None = None) -> Sent:
            self.asked += 1
            place = self.asked
            for _ in range(place % 3 * 20):
                await asyncio.sleep(0)
            if place > 11:
                raise ChannelRefusedError("401 no", status=401)
            return await super().send(message, thread=thread)

    async with an_alerter(tmp_path, channels={"archive": Expiring()}) as alerter:
        await tell_of(alerter, *(f"company-{n}" for n in range(40)))

        assert await alerter.deliveries(DeliveryState.DEAD) == ()
        assert len(await alerter.deliveries(DeliveryState.SENT)) == 11


class Answering(RecordingChannel):
    """Answers when it `may`, with `answer` or by taking the message."""

    def __init__(self, answer: Exception | None = None) -> None:
        super().__init__(answer)
        self.asked, self.may = asyncio.Event(), asyncio.Event()

    async def send(self, message: Message, *, thread: Thread | None = None) -> Sent:
        self.asked.set()
        await self.may.wait()
        return await super().send(message, thread=thread)


@asynccontextmanager
async def reconfigured(
    alerter: Alerter, asked: Answering, other: RecordingChannel, *, configured: str
) -> AsyncIterator[None]:
    """Send meanwhile, with `other` as the archive from when it `asked` and before that answers."""
    stop = Stop()
    sending = asyncio.ensure_future(alerter.sender.run(stop))
    await asked.asked.wait()
    archive = ChannelId("archive")
    await alerter.sender.configure(
        WaysOut(channels={archive: other}, configured={archive: configured})
    )
    asked.may.set()
    yield
    stop.ask()
    await sending


@pytest.mark.parametrize("status", [401, 410])
async def test_a_key_that_is_mended_while_the_old_one_is_refused_is_used(
    tmp_path: Path, status: int
) -> None:
    old, mended = Answering(ChannelRefusedError("no", status=status)), RecordingChannel()
    async with an_alerter(tmp_path, channels={"archive": old}) as alerter:
        await alerter.publish(told_by("One"))
        await alerter.intake()

        # A secret's value is no part of what a channel's configuration is known by.
        async with reconfigured(alerter, old, mended, configured="archive"):
            await until_sent(mended)

        assert alerter.sender.stopped == {}


async def test_a_thread_stands_where_it_was_begun_though_the_channel_moved_meanwhile(
    tmp_path: Path,
) -> None:
    before, after = Answering(), RecordingChannel()
    async with an_alerter(tmp_path, channels={"archive": before}) as alerter:
        await alerter.publish(told_by("One", stage=Stage.PROPOSED))
        await alerter.intake()

        async with reconfigured(alerter, before, after, configured="moved"):
            await until_sent(before)

        await alerter.tell(told_by("Two", minute=30))

        assert after.replies == [None]


async def test_a_channel_is_stopped_no_longer_from_when_another_configuration_of_it_is_used(
    tmp_path: Path,
) -> None:
    gone = RecordingChannel(ChannelRefusedError("no", status=410))
    async with an_alerter(tmp_path, channels={"archive": gone}) as alerter:
        await alerter.tell(told_by("One"))
        assert list(alerter.sender.stopped) == ["archive"]
        moved = WaysOut(
            channels={ChannelId("archive"): RecordingChannel()},
            configured={ChannelId("archive"): "moved"},
        )

        configuring = asyncio.ensure_future(alerter.sender.configure(moved))
        await asyncio.sleep(0)

        # A lane that claims now would kill its message.
        assert (alerter.sender.ways, alerter.sender.stopped) == (moved, {})
        await configuring


async def test_what_was_to_be_tried_by_a_clock_that_was_set_back_is_tried_now(
    tmp_path: Path,
) -> None:
    away = ChannelUnavailableError("429", status=429, retry_after=timedelta(minutes=10))
    async with an_alerter(tmp_path, channels={"archive": RecordingChannel(away)}) as alerter:
        await alerter.tell(told_by("One"))
        stop = Stop()
        async with asyncio.TaskGroup() as group:
            group.create_task(alerter.sender.run(stop))

            alerter.clock.set(alerter.clock.now() - timedelta(days=300))
            alerter.sender.wake()

            async with asyncio.timeout(10):
                while not alerter.said():  # noqa: ASYNC110  the channel only records
                    await asyncio.sleep(0.001)
            stop.ask()

        assert [one.state for one in await alerter.deliveries()] == [DeliveryState.SENT]
