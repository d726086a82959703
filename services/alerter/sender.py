"""Sender: messages go out of the outbox, channels side by side, each channel in its order."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from services.alerter import figures
from services.alerter.channels.port import Channel, Thread
from services.alerter.database import fallbacks, outbox, sending
from services.alerter.database.connections import Database
from services.alerter.database.outages import Outage, outages
from services.alerter.database.reckoned import reckon_again
from services.alerter.database.sending import Aftermath, Claimed, Stopped, StoppedChannel
from services.alerter.delivery import ChannelVerdict, Settlement, kill, put_back, settle
from services.alerter.life import ProofsOfLife
from services.alerter.outcome import Denied, Gone, Outcome, Taken, Unavailable, outcome_of
from services.alerter.rendering import rendered
from services.alerter.service import AlerterService
from services.alerter.ways import WaysOut
from services.alerter.weather import Weather
from services.common.clock import Clock
from services.common.contracts.delivery import Delivery, DeliveryState
from services.common.errors import (
    ChannelRefusedError,
    ChannelUnavailableError,
    ChannelUnwantedError,
)
from services.common.ids import ChannelId
from services.common.stop import Stop
from services.common.waits import first_of

SEND_WITHIN_SECONDS = 45.0
"""The longest a channel may take; well within the lease of a claimed message."""

_LOOK_EVERY = timedelta(seconds=30)  # at the latest: the machine may have slept, its clock been set
_IDLE = timedelta(seconds=1)

log = structlog.get_logger()


class Sender:
    """Claims one message, sends it, writes what became of it; for each channel in its order.

    While a message is to be tried again, those behind it in its channel wait, for about twenty
    minutes; after that only those on the same events do.
    """

    def __init__(
        self,
        database: Database,
        service: AlerterService,
        *,
        clock: Clock,
        lives: ProofsOfLife | None = None,
    ) -> None:
        self._database = database
        self._service = service
        self._lives = lives
        self._clock = clock
        self._ways = WaysOut()
        self._weather: dict[ChannelId, Weather] = {}
        self._stopped: dict[ChannelId, StoppedChannel] = {}
        self._noted: dict[ChannelId, Outage] = {}  # as the database has them
        self._looked_at: datetime | None = None
        self._woken = asyncio.Event()
        self._figures = figures.OutboxFigures(database)

    async def run(self, stop: Stop) -> None:
        """Send what is due until `stop` is asked; what is being sent then is finished."""
        lost = await self._heal()
        if lost:
            log.warning("deliveries_unknown", count=lost)
        async with asyncio.TaskGroup() as lanes:
            while not stop.is_asked:
                self._woken.clear()
                await self._follow_clock()
                closes_at = await self._service.close_gathered()
                lives_at = None if self._lives is None else await self._lives.plan()
                stands_in_at = await self._stand_in()
                times, now = await self._times(), self._clock.now()
                for channel in [channel for channel, at in times.items() if at <= now]:
                    self._open_lanes(channel, lanes, stop)
                moments = [closes_at, lives_at, stands_in_at, *times.values()]
                await self._rest([at for at in moments if at is not None and at > now], stop)

    async def configure(self, ways: WaysOut) -> None:
        """Send through these channels from the next message on, through paused ones too.

        One that is made anew, with another address or key, is a channel of which nothing is known.
        """
        before, self._ways = self._ways, ways
        figures.expect_tries(ways.channels.values())
        changed = {
            name
            for name, channel in ways.channels.items()
            if before.channels.get(name, channel) is not channel
        }
        # Before anything is waited for: a lane would kill what a mended channel can take.
        self._stopped = {
            channel: stopped
            for channel, stopped in self._stopped.items()
            if stopped.configured == ways.configured.get(channel) and channel not in changed
        }
        for name in changed:
            self._forget_wishes(name)
        if before.channels:
            await self._database.write(sending.resume, changed, now=self._clock.now())
        else:
            await self._database.write(sending.resume_all)
        await self._look_who_is_stopped()
        self.wake()

    async def reopen(self, channel: ChannelId) -> None:
        """Send again through a channel that just took a test, whatever stopped it before."""
        self._forget_wishes(channel)
        await self._database.write(sending.reopen, channel, now=self._clock.now())
        await self._look_who_is_stopped()
        self.wake()

    def wake(self) -> None:
        """Look now: something was planned."""
        for weather in self._weather.values():
            weather.idle_until = None
        self._woken.set()

    @property
    def ways(self) -> WaysOut:
        """Return the channels in use."""
        return self._ways

    @property
    def stopped(self) -> Mapping[ChannelId, StoppedChannel]:
        """Return the channels to which nothing goes, and why."""
        return self._stopped

    async def _heal(self) -> int:
        """Put right what a dead process left behind; return how many messages it was sending."""
        channels = self._ways.channels.items()
        lost = await self._database.write(
            sending.heal,
            now=self._clock.now(),
            repeat_safe={name for name, channel in channels if channel.is_repeat_safe},
            held=self._ways.holding,
        )
        for channel, outage in (await self._database.read(outages)).items():
            self._weather_of(channel).outage = outage
            self._note(channel, outage)
        return lost

    async def _follow_clock(self) -> None:
        """Wait for nothing that was reckoned by a clock that was set back since, before a start too."""
        now, before = self._clock.now(), self._looked_at
        self._looked_at = now
        if before is None or now < before:
            changed = await self._database.write(
                reckon_again, self._service.subscriptions_by_id, now=now
            )
            for weather in self._weather.values():
                weather.follow_clock(now=now)
            for channel in changed:
                self._forget_wishes(channel)

    async def _stand_in(self) -> datetime | None:
        """Have fallback channels stand in where it is time; return when it is next."""
        now, stopped = self._clock.now(), self._stopped
        at = await self._database.read(fallbacks.next_stand_in, list(stopped), now=now)
        if at is None or at > now:
            return at
        made = await self._database.write(
            fallbacks.stand_in_for_all,
            {name: f"{one.state}: {one.reason}" for name, one in stopped.items()},
            single=self._service.single_channels,
            now=now,
        )
        log.warning("fallbacks_stand_in", deliveries=made)
        return await self._database.read(fallbacks.next_stand_in, list(stopped), now=now)

    async def _times(self) -> dict[ChannelId, datetime]:
        """Return when each channel that is not paused has something to send."""
        await self._figures.count(now=self._clock.now())
        times = await self._database.read(outbox.next_times)
        return {
            channel: self._weather_of(channel).later_than(at)
            for channel, at in times.items()
            if not self._is_paused(channel)
        }

    async def _rest(self, moments: Iterable[datetime], stop: Stop) -> None:
        """Return at the first of `moments`, when something was planned, or the end is asked for."""
        now = self._clock.now()
        until = min([*moments, now + _LOOK_EVERY])
        await first_of(self._woken.wait(), stop.wait(), self._clock.sleep(until - now))

    def _open_lanes(self, channel: ChannelId, lanes: asyncio.TaskGroup, stop: Stop) -> None:
        weather = self._weather_of(channel)
        for _ in range(weather.window - weather.lanes):
            weather.lanes += 1
            lanes.create_task(self._lane(channel, stop))

    async def _lane(self, channel: ChannelId, stop: Stop) -> None:
        """Send what the channel has to send now, one message after the other."""
        weather = self._weather_of(channel)
        try:
            claimed = await self._database.write(
                sending.claim_next,
                channel,
                now=self._clock.now(),
                outage=weather.outage,
                is_single=channel in self._service.single_channels,
                quiet=self._service.quiet_hours,
            )
            while claimed is not None:
                ways = self._ways
                settlement = await self._try(claimed, ways)
                goes_on = self._goes_on(settlement, stop)
                claimed = await self._settle(settlement, claimed, ways, goes_on=goes_on)
                weather.idle_until = None
                if weather.lanes < weather.window:
                    self._woken.set()
                if not goes_on:
                    return
            weather.idle_until = self._clock.now() + _IDLE
        finally:
            weather.lanes -= 1
            self._woken.set()

    def _goes_on(self, settlement: Settlement, stop: Stop) -> bool:
        """Return whether the lane takes the channel's next message."""
        if stop.is_asked or settlement.channel is not ChannelVerdict.KEEP:
            return False
        weather = self._weather_of(settlement.delivery.channel)
        return weather.lanes <= weather.window and not self._must_wait(settlement.delivery.channel)

    async def _try(self, claimed: Claimed, ways: WaysOut) -> Settlement:
        """Return what becomes of a claimed message after one try through `ways`."""
        delivery = claimed.delivery
        channel = ways.channels.get(delivery.channel)
        if channel is None:
            return self._kill(delivery, f"There is no channel {delivery.channel} any more.")
        if self._is_paused(delivery.channel):
            # Another lane was denied while this one was claimed.
            return Settlement(delivery=put_back(delivery, now=self._clock.now()))
        if (stopped := self._stopped.get(delivery.channel)) is not None:
            return self._kill(delivery, f"The channel is {stopped.state}: {stopped.reason}")
        try:
            outcome = await self._outcome(channel, claimed)
        except Exception as error:
            # Decision 13: what rendering raises concerns this message alone.
            log.exception("render_failed", delivery_id=delivery.id, channel=delivery.channel)
            return self._kill(delivery, f"It could not be rendered: {type(error).__name__}.")
        if isinstance(outcome, Denied | Gone) and ways is not self._ways:
            # What was denied was the configuration of before; that of now is tried.
            denied = Denied(reason=outcome.reason, status=outcome.status)
            settled = settle(delivery, denied, now=self._clock.now())
            return replace(settled, channel=ChannelVerdict.KEEP)
        self._observe(delivery, outcome, most=channel.concurrency)
        return settle(delivery, outcome, now=self._clock.now())

    async def _outcome(self, channel: Channel, claimed: Claimed) -> Outcome:
        message = await rendered(claimed.delivery, claimed.told, watchlist=self._ways.watchlist)
        try:
            async with asyncio.timeout(SEND_WITHIN_SECONDS):
                sent = await channel.send(message, thread=self._thread(claimed))
                return Taken(status=sent.status, handle=sent.handle, note=sent.note)
        except (ChannelUnavailableError, ChannelRefusedError, ChannelUnwantedError) as error:
            return outcome_of(error)
        except TimeoutError:
            return Unavailable(reason=f"Not done within {SEND_WITHIN_SECONDS:g} s.")

    def _thread(self, claimed: Claimed) -> Thread | None:
        """Return the thread to answer in, where the channel is still the one that has it."""
        known, channel = claimed.thread, claimed.delivery.channel
        is_its = known is not None and known.configured == self._ways.configured.get(channel, "")
        return known.thread if known is not None and is_its else None

    def _observe(self, delivery: Delivery, outcome: Outcome, *, most: int) -> None:
        weather = self._weather_of(delivery.channel)
        if isinstance(outcome, Taken):
            weather.window = min(weather.window * 2, most)
        if isinstance(outcome, Denied):
            weather.failed(now=self._clock.now(), wait=None)
        if isinstance(outcome, Unavailable) and not outcome.is_partial:
            weather.failing.add(delivery.id)
            weather.window = 1
            weather.failed(now=self._clock.now(), wait=outcome.retry_after)
        elif not isinstance(outcome, Taken | Unavailable):
            weather.failing.discard(delivery.id)

    async def _settle(
        self, settlement: Settlement, tried: Claimed, ways: WaysOut, *, goes_on: bool
    ) -> Claimed | None:
        """Write what became of a message that went through `ways`; return the channel's next one,
        claimed, where it goes on.
        """
        delivery, verdict = settlement.delivery, settlement.channel
        weather = self._weather_of(delivery.channel)
        has_passed = delivery.state is DeliveryState.SENT or settlement.is_partial
        earlier = self._noted.get(delivery.channel)
        if has_passed:
            weather.outage = None
        self._note(delivery.channel, weather.outage)
        claimed = await self._database.write(
            sending.settle_and_claim,
            settlement,
            Aftermath(
                configured=ways.configured.get(delivery.channel, ""),
                has_recovered=has_passed and weather.is_down,
                goes_on=goes_on,
                told=tried.told,
                is_single=delivery.channel in self._service.single_channels,
                outage=weather.outage,
                earlier=earlier,
                fallbacks=self._ways.fallbacks.get(delivery.channel, {}),
                quiet=self._service.quiet_hours,
            ),
            now=self._clock.now(),
        )
        if has_passed:
            weather.failing.clear()
        channel = self._ways.channels.get(delivery.channel)
        figures.note_try(delivery, tried, channel=channel, now=self._clock.now())
        if verdict is not ChannelVerdict.KEEP:
            await self._look_who_is_stopped()
            log.error("channel_stopped", channel=delivery.channel, verdict=verdict)
        return claimed

    def _forget_wishes(self, channel: ChannelId) -> None:
        weather = self._weather_of(channel)
        weather.forget_wishes()
        self._note(channel, weather.outage)

    def _note(self, channel: ChannelId, outage: Outage | None) -> None:
        if outage is None:
            self._noted.pop(channel, None)
        else:
            self._noted[channel] = outage

    async def _look_who_is_stopped(self) -> None:
        configured = self._ways.configured
        self._stopped = await self._database.read(sending.stopped_channels, configured)
        figures.show_stopped(self._stopped.values())

    def _kill(self, delivery: Delivery, reason: str) -> Settlement:
        return Settlement(delivery=kill(delivery, reason=reason, now=self._clock.now()))

    def _weather_of(self, channel: ChannelId) -> Weather:
        return self._weather.setdefault(channel, Weather())

    def _must_wait(self, channel: ChannelId) -> bool:
        not_before = self._weather_of(channel).not_before
        is_early = not_before is not None and self._clock.now() < not_before
        return is_early or self._is_paused(channel)

    def _is_paused(self, channel: ChannelId) -> bool:
        stopped = self._stopped.get(channel)
        return stopped is not None and stopped.state is Stopped.PAUSED
