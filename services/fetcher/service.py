"""The fetcher: asks feeds when they are due and publishes what is new, before it remembers it."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from services.common.bus.port import Bus, Outgoing
from services.common.clock import Clock
from services.common.contracts.codec import encode
from services.common.contracts.feed import Feed, FeedError
from services.common.contracts.topics import FEED_HEALTH
from services.common.errors import BusUnavailableError, StoreUnavailableError, TransientError
from services.common.http.client import HttpClient
from services.common.ids import FeedId
from services.common.settings import Network
from services.common.stop import Stop
from services.common.telemetry.health import Gate, Pulse, Work
from services.common.telemetry.metrics import (
    BUS_ERRORS,
    POLL_SECONDS,
    POLLS,
)
from services.common.waits import first_of
from services.fetcher.forgetting import forget_taken_out
from services.fetcher.last_document import kept
from services.fetcher.leads import Leads
from services.fetcher.memory import Memory
from services.fetcher.outage import Outage
from services.fetcher.parse.document import CUT_OFF, Document
from services.fetcher.parse.document_reader import DocumentReader
from services.fetcher.patience import RETRY_LONGEST, Patience, StoppingError
from services.fetcher.places import LENT_AFTER, Place, Places
from services.fetcher.politeness import Politeness, left_alone_until
from services.fetcher.poll import Failed, PollOutcome, Read, poll
from services.fetcher.publishing import Published, StoryPublisher
from services.fetcher.recognition import Recognised, recognised
from services.fetcher.standing import Standing
from services.fetcher.states import health_of, overdue, state_after
from services.fetcher.store.port import (
    FeedState,
    FeedStore,
    Held,
    Installation,
    SeenEntry,
)
from services.fetcher.stories import Finding, arrival_of, findings, horizon_of, seen_of
from services.fetcher.turns import Turns
from services.fetcher.urls import host_of

CONCURRENCY = 64
_LOOK_EVERY = timedelta(minutes=1)  # at the latest: the machine may have slept, its clock been set
_SET_BACK = timedelta(seconds=30)  # what is less comes late by less

# Of the fifteen seconds in which a process ends; giving up a client of Kafka takes up to five of them.
_FINISH_WITHIN = timedelta(seconds=5)
_GIVE_BACK_WITHIN_SECONDS = 1.0

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Connections:
    """What a fetcher works with; all are opened and closed by who makes it."""

    bus: Bus
    store: FeedStore
    client: HttpClient
    reader: DocumentReader
    clock: Clock


class FetcherService:
    """Polls the feeds it is configured with, until it is stopped."""

    def __init__(
        self,
        connections: Connections,
        *,
        owner: str,
        polls: Pulse,
        gate: Gate,
        horizon: timedelta,
        allow_networks: Sequence[Network] = (),
        concurrency: int = CONCURRENCY,
        lent_after: timedelta = LENT_AFTER,
    ) -> None:
        """Take what it works with.

        `owner` names this fetcher among those that share a store; it is the same after a crash, so that
        the leases it had then are still its own.
        `polls` watches that polls come to an end, `gate` is shut while bus or store do not serve.
        `horizon` is how old news may be after the store was emptied. Hosts in `allow_networks` are
        exempt from politeness. Of `concurrency` polls at once those that wait for so long lend their places.
        """
        self._bus = connections.bus
        self._client = connections.client
        self._reader = connections.reader
        self._clock = connections.clock
        self._pulse = polls
        self._horizon = horizon
        self._places = Places(concurrency, lent_after=lent_after)
        self._politeness = Politeness()
        self._outage = Outage()
        self._feeds: dict[FeedId, Feed] = {}
        self._leads = Leads(allow_networks=allow_networks)
        self._standing = Standing()
        self._turns = Turns(places=concurrency)
        self._polls: set[asyncio.Task[None]] = set()
        self._looked_at = (self._clock.now(), self._clock.monotonic())
        self._changed = asyncio.Event()
        self._stopping = asyncio.Event()
        self._patience = Patience(
            clock=self._clock, gate=gate, pulse=polls, stopping=self._stopping
        )
        self._memory = Memory(
            connections.store, self._bus, owner=owner, patience=self._patience, clock=self._clock
        )
        self._publisher = StoryPublisher(
            self._bus,
            client=self._client,
            clock=self._clock,
            patience=self._patience,
            allow_networks=allow_networks,
        )

    async def run(self, stop: Stop) -> None:
        """Poll each feed when it is due, many at once, until `stop` is asked."""
        async with asyncio.TaskGroup() as group:
            beside = [
                group.create_task(self._end(stop)),
                group.create_task(self._heed_others()),
                group.create_task(
                    forget_taken_out(self._standing, memory=self._memory, clock=self._clock)
                ),
            ]
            async with asyncio.TaskGroup() as polls:
                await self._poll_all(polls)
            for task in beside:
                task.cancel()

    async def _poll_all(self, polls: asyncio.TaskGroup) -> None:
        """Start the poll of each feed when it is due, until we are to end."""
        await self._recall()
        while not self._stopping.is_set():
            if (feed := self._next_due()) is None:
                await self._wait_for_change()
                continue
            # Where it has its turns: once there is a place for it, it may lead nowhere that we know.
            hosts = self._leads.polite_hosts(feed)
            place = await self._places.take()
            task = polls.create_task(self._poll_in_turn(feed, hosts, place))
            self._polls.add(task)
            task.add_done_callback(self._polls.discard)

    async def configure(self, feeds: Iterable[Feed]) -> None:
        """Poll these feeds from now on; a poll of a feed that is gone comes to its end.

        A failing feed that somebody edited is asked at once, unless its server wants to be left alone.
        """
        before, self._feeds = self._feeds, {feed.id: feed for feed in feeds}
        for feed_id in before.keys() - self._feeds.keys():
            self._turns.drop(feed_id)
            self._leads.drop(feed_id)
        for feed in self._feeds.values():
            if before.get(feed.id) != feed and not self._turns.is_asked(feed.id):
                is_mended = feed.id in before and self._standing.may_be_mended(feed)
                due_at = self._clock.now() if is_mended else self._first_due(feed)
                self._put(feed.id, due_at)
        self._standing.count(self._feeds)
        self._changed.set()

    async def _end(self, stop: Stop) -> None:
        """Once `stop` is asked begin nothing, and leave undone what bus or store keep waiting for long."""
        await stop.wait()
        self._stopping.set()
        self._changed.set()
        await self._clock.sleep(_FINISH_WITHIN)
        for task in self._polls:
            task.cancel()

    async def _recall(self) -> None:
        """Read how feeds and hosts stood when somebody last polled, and plan by it."""
        try:
            states = await self._memory.states()
            await self._heed()
        except TransientError:
            return  # it was stopped before the store served
        self._standing.recall(states)
        for feed in self._feeds.values():
            self._put(feed.id, self._first_due(feed))
        self._standing.count(self._feeds)

    async def _heed_others(self) -> None:
        """Leave alone what another fetcher was asked to leave alone, a minute later at most."""
        while True:
            await self._clock.sleep(_LOOK_EVERY)
            with suppress(TransientError):
                await self._heed()

    async def _heed(self) -> None:
        """Leave alone each host that any fetcher was asked to leave alone."""
        penalties, now = await self._memory.penalties(), self._clock.now()
        for host, until in penalties.items():
            self._politeness.leave_alone(host, until=until, now=now)

    def _first_due(self, feed: Feed) -> datetime:
        return self._standing.first_due(feed, now=self._clock.now())

    def _next_due(self) -> Feed | None:
        """Return a feed to ask now, with its turn at its host taken; None while there is none."""
        now = self._clock.now()
        self._follow_the_clock(now)
        while (feed_id := self._turns.due(now=now)) is not None:
            feed = self._feeds[feed_id]
            later = self._politeness.ask(*self._leads.polite_hosts(feed), now=now)
            if later is None:
                self._turns.begin(feed.id)
                return feed
            self._turns.postpone(feed.id, later)
        return None

    def _put(self, feed: FeedId, at: datetime) -> None:
        self._turns.put(feed, at, has_failed=self._standing.is_failing(feed))

    def _follow_the_clock(self, now: datetime) -> None:
        """Move the plan with a clock that was set back: all of it would come too late by as much."""
        before, ticks_before = self._looked_at
        ticks = self._clock.monotonic()
        back = before + timedelta(seconds=ticks - ticks_before) - now
        self._looked_at = (now, ticks)
        if back > _SET_BACK:
            log.warning("clock_set_back", seconds=round(back.total_seconds()))
            self._turns.move(-back)

    async def _wait_for_change(self) -> None:
        """Return when a feed is due, something else is planned by now, or the clock is to be looked at."""
        due_at = self._turns.next_at()
        wait = due_at - self._clock.now() if due_at is not None else _LOOK_EVERY
        await first_of(self._clock.sleep(min(wait, _LOOK_EVERY)), self._changed.wait())
        self._changed.clear()

    async def _poll_in_turn(self, feed: Feed, hosts: Collection[str], place: Place) -> None:
        """Poll a feed once, with a turn at these `hosts`, and plan it again whatever comes of it."""
        next_at = self._clock.now() + RETRY_LONGEST
        try:
            with self._pulse.busy() as work, POLL_SECONDS.time():
                next_at = await self._poll_or_stop(feed, place, work)
        except TransientError as error:
            log.warning("feed_not_polled", feed_id=feed.id, reason=str(error))
        finally:
            place.give_back()
            self._turns.end(feed.id)
            self._politeness.finish(*hosts)
            self._plan_again(feed, next_at)

    def _plan_again(self, polled: Feed, next_at: datetime) -> None:
        feed = self._feeds.get(polled.id)
        if feed is not None:
            self._put(feed.id, next_at if feed == polled else self._first_due(feed))
        self._changed.set()  # a place is free

    async def _poll_or_stop(self, feed: Feed, place: Place, work: Work) -> datetime:
        """Do as `_poll`; of a poll that a stop cuts short nothing is left, and no lease."""
        try:
            return await self._poll(feed, place, work)
        except StoreUnavailableError:
            raise  # it would not take the lease back either
        except (TransientError, asyncio.CancelledError):
            await self._give_back(feed)
            raise

    async def _give_back(self, feed: Feed) -> None:
        """Give the lease back if the store takes it; left alone it runs out."""
        with suppress(TransientError, TimeoutError):
            async with asyncio.timeout(_GIVE_BACK_WITHIN_SECONDS):
                await self._memory.release(feed.id)

    async def _poll(self, feed: Feed, place: Place, work: Work) -> datetime:
        """Poll a feed under a lease; return when to do it again.

        Raises:
            TransientError: store or bus do not serve and we are to end; what came is not remembered,
                so it comes again.
        """
        now = self._clock.now()
        held = await self._memory.hold(feed.id)
        if held is None:
            return now + RETRY_LONGEST
        if (elsewhere := self._standing.polled_elsewhere(feed, held.state, now=now)) is not None:
            await self._memory.release(feed.id)
            return elsewhere
        outcome = await self._ask(feed, held.state, place)
        work.progress()
        state = await self._taken(feed, held, outcome, place, work)
        self._standing.note(state)
        await self._tell(feed, state)
        return state.next_poll_at or now + feed.every

    async def _ask(self, feed: Feed, state: FeedState | None, place: Place) -> PollOutcome:
        try:
            outcome = await self._patience.unless_stopping(
                poll(
                    feed,
                    state,
                    place=place,
                    client=self._client,
                    reader=self._reader,
                    clock=self._clock,
                )
            )
        except StoppingError:
            raise
        except Exception as error:
            # One feed that trips us over must not keep the others waiting (design decision 13).
            log.exception("poll_raised", feed_id=feed.id)
            return _bug(error)
        now = self._clock.now()
        is_reached = not (isinstance(outcome, Failed) and outcome.is_network)
        self._outage.note(host_of(feed.url), is_reached=is_reached, now=now)
        host = self._leads.note(feed, answered_by=outcome.answered_by)
        if not isinstance(outcome, Failed):
            self._politeness.welcome(host, feed.id)
        elif outcome.is_limited and self._politeness.limit(host, feed.id):
            until = left_alone_until(outcome.retry_after, now=now)
            self._politeness.leave_alone(host, until=until, now=now)
            await self._memory.penalise(host, until=until)
        return outcome

    async def _taken(
        self, feed: Feed, held: Held, outcome: PollOutcome, place: Place, work: Work
    ) -> FeedState:
        """Do as `_take`; what trips us over its entries is a failure of this feed alone."""
        try:
            return await self._take(feed, held, outcome, place, work)
        except TransientError:
            raise
        except Exception as error:
            log.exception("poll_raised", feed_id=feed.id)
            return await self._take(feed, held, _bug(error), place, work)

    async def _take(
        self, feed: Feed, held: Held, outcome: PollOutcome, place: Place, work: Work
    ) -> FeedState:
        """Publish what an outcome brought, then remember it; return the feed's new state."""
        published, seen = Published(stories=0), list[SeenEntry]()
        if isinstance(outcome, Read):
            published, seen = await self._publish(feed, held, outcome.document, place, work)
        state = state_after(
            outcome,
            feed=feed,
            before=held.state,
            new_stories=published.stories,
            without_page=published.without_page,
            wall=published.wall,
            is_own_outage=self._outage.is_ours,
            now=self._clock.now(),
        )
        await self._memory.remember(state, seen)
        _report(feed, outcome, published=published.stories)
        return state

    async def _publish(
        self, feed: Feed, held: Held, document: Document, place: Place, work: Work
    ) -> tuple[Published, list[SeenEntry]]:
        """Publish what a document brought; return it, and what is to be remembered of its entries."""
        installation = held.installation or await self._memory.mark(self._feeds)
        now = self._clock.now()
        told = await recognised(feed.id, document, memory=self._memory, now=now)
        found = await self._findings(feed, held, installation, told)
        published = await self._publisher.publish(
            feed,
            document,
            found,
            place,
            work,
            last=told.last,
            overdue=overdue(held.state, now=now),
            wall=held.state.wall if held.state is not None else "",
        )
        seen = seen_of(found, without_page=published.without_page, untold=published.untold)
        last = await asyncio.to_thread(
            told.last.followed_by,
            found,
            names=told.names,
            untold=published.untold,
            pages=published.pages,
        )
        # Of what is cut off a part is missing, which the one before may have.
        if seen and CUT_OFF not in document.repairs and not last.is_kept(told.last, now=now):
            seen.append(kept(last, feed=feed.id, now=now))
        return published, seen

    async def _findings(
        self, feed: Feed, held: Held, installation: Installation, recognised: Recognised
    ) -> list[Finding]:
        state, known = held.state, recognised.known
        is_fetched = state is not None and state.is_fetched
        # Another address of a feed, or a publisher's new software, may name its entries otherwise: what
        # is old in a document of which nothing is known is no news.
        is_renamed = is_fetched and not (known and state is not None and state.is_read_at(feed.url))
        arrival = arrival_of(
            feed,
            is_fetched=is_fetched and not is_renamed,
            is_recovering=is_renamed or (not is_fetched and feed.id in installation.recovering),
        )
        now = self._clock.now()
        return await asyncio.to_thread(
            findings,
            recognised.told,
            known=known,
            arrival=arrival,
            horizon=horizon_of(feed, state, horizon=self._horizon, now=now),
            now=now,
        )

    async def _tell(self, feed: Feed, state: FeedState) -> None:
        """Publish how the feed fares; the next poll says it again where the bus does not serve."""
        health = health_of(state, feed=feed)
        try:
            await self._bus.publish(FEED_HEALTH, [Outgoing(key=feed.id, value=encode(health))])
        except BusUnavailableError:
            BUS_ERRORS.labels("publish").inc()


def _bug(error: Exception) -> Failed:
    """Return what a poll came to that raised `error`."""
    message = f"kabar failed on this document: {type(error).__name__}."
    return Failed(error=FeedError(error_class="bug", message=message))


def _report(feed: Feed, outcome: PollOutcome, *, published: int) -> None:
    """One line and one count a poll."""
    if isinstance(outcome, Failed):
        error = outcome.error
        POLLS.labels(error.error_class).inc()
        log.warning(
            "feed_failed",
            feed_id=feed.id,
            url=feed.shown_url,
            error=error.error_class,
            reason=error.message,
        )
    else:
        result = "new" if published else "unchanged"
        POLLS.labels(result).inc()
        moved = {"moved_to": outcome.moved_to} if outcome.moved_to else {}
        log.info("feed_polled", feed_id=feed.id, result=result, stories=published, **moved)
