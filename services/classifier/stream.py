"""Stream: the classifier on Kafka, as a Faust agent that loses nothing.

The only module that imports faust. Its law (docs/adr/0008-the-law-of-the-agent.md, held by
tests/unit/classifier/test_stream_law.py): raw bytes; `stream.noack().noack_take(…)`, both and in this
order; never `concurrency`; classification in the child; every produced future awaited; acks in order
and last; an I/O failure ends the process without a commit; no tables, no windows, no exactly_once.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import faust
import structlog
from aiokafka.client import AIOKafkaClient
from aiokafka.consumer.group_coordinator import GroupCoordinator
from faust.exceptions import ConsumerNotStarted
from faust.transport.drivers import aiokafka as driver

from services.classifier.service import GROUP, ClassifierService, Handled
from services.common.breaker import Breaker
from services.common.bus.port import Bus, Outgoing, Record, time_of
from services.common.clock import Clock
from services.common.contracts.topics import DEAD_LETTERS, MAX_RECORD_BYTES, READINGS, STORIES
from services.common.dead_letters import note_letter, outgoing_of
from services.common.errors import BusUnavailableError, TransientError
from services.common.lifecycle import FAILED
from services.common.stop import Stop
from services.common.telemetry.health import Gate, Pulse
from services.common.telemetry.metrics import CONSUMER_LAG

BATCH = 50
WITHIN_SECONDS = 0.02
"""How long a batch may gather: this is the stream's latency at news volume."""

_USUAL_BATCH_BYTES = 16_384
"""A batch counts as one record against the topic's limit; aiokafka's own size, unless that is lower."""

_STOP_WITHIN_SECONDS = 10.0
_PAUSE = timedelta(seconds=0.5)
_LONGEST_PAUSE = timedelta(seconds=10)
_LOOK_EVERY = timedelta(milliseconds=200)
_NOISY_LINES_PER_SECOND = 5

_RAW: Mapping[str, Any] = {
    "key_type": bytes,
    "key_serializer": "raw",
    "value_type": bytes,
    "value_serializer": "raw",
}

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Who joins the group, on brokers host:port. With a stable `name` a restart keeps its share."""

    servers: tuple[str, ...]
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Topics:
    """What the broker says of the topics: the id of the stories', the largest reading it takes."""

    stories_id: str
    most_bytes: int


class ClassifierStream:
    """Runs the agent while the process lives. `fatal` ends the process at once, with a code.

    `bus` is asked for the topics before Faust starts, which would not wait for a broker.
    """

    def __init__(
        self,
        bus: Bus,
        service: ClassifierService,
        *,
        member: Member,
        breaker: Breaker,
        batches: Pulse,
        connected: Gate,
        clock: Clock,
        fatal: Callable[[int], None] = os._exit,
    ) -> None:
        self._bus = bus
        self._service = service
        self._member = member
        self._breaker = breaker
        self._batches = batches
        self._connected = connected
        self._clock = clock
        self._fatal = fatal

    async def run(self, stop: Stop) -> None:
        """Classify until `stop` is asked; a failure of the broker in between ends the process."""
        topics = await self._topics(stop)
        if topics is None:
            return
        app = create_app(self._member, most_bytes=topics.most_bytes)
        create_agent(app, self._handle_for(topics), fatal=self._fail)
        app.finalize()
        await app.start()
        self._connected.open()
        try:
            while not stop.is_asked:
                if app.crashed:
                    self._batches.end("the stream died")
                    self._fail(app.crash_reason or RuntimeError("The stream died."))
                    return
                if (behind := _behind(app)) is not None:
                    CONSUMER_LAG.labels(STORIES.name, GROUP).set(behind)
                await stop.pause(_LOOK_EVERY)
        finally:
            await self._end(app)

    async def _topics(self, stop: Stop) -> _Topics | None:
        """Return what the broker has when it has all topics; None when the end comes first."""
        pause = _PAUSE
        while not stop.is_asked:
            try:
                for topic in (READINGS, DEAD_LETTERS):
                    await self._bus.topic_id(topic)
                return _Topics(
                    stories_id=await self._bus.topic_id(STORIES),
                    most_bytes=await self._bus.most_bytes(READINGS),
                )
            except BusUnavailableError as error:
                self._connected.shut(str(error))
                log.warning("bus_unavailable", reason=str(error))
                await stop.pause(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)
        return None

    def _handle_for(self, topics: _Topics) -> Handle:
        async def handle(events: Sequence[Any]) -> Handled:
            while self._breaker.is_open:
                await self._clock.sleep(_PAUSE)
            records = [_record(event, topics.stories_id) for event in events]
            with self._batches.busy():
                handled = await self._patiently(records, most_bytes=topics.most_bytes)
            self._breaker.note(handled.were_read)
            return handled

        return handle

    async def _patiently(self, records: Sequence[Record], *, most_bytes: int) -> Handled:
        """Return what the child makes of `records`; one that does not start is waited for."""
        while True:
            try:
                return await self._service.handle(
                    records, on_progress=self._batches.progress, most_bytes=most_bytes
                )
            except TransientError as error:
                log.warning("child_unavailable", reason=str(error))
                await self._clock.sleep(_PAUSE)

    def _fail(self, error: BaseException) -> None:
        log.critical("stream_failed", reason=f"{type(error).__name__}: {error}", exc_info=error)
        self._fatal(FAILED)

    async def _end(self, app: faust.App) -> None:
        try:
            async with asyncio.timeout(_STOP_WITHIN_SECONDS):
                await app.stop()
        except TimeoutError:
            # Without a broker Faust never stops. Nothing is committed, and everything comes again.
            log.warning("stream_did_not_stop", seconds=_STOP_WITHIN_SECONDS)
            self._fatal(0)


Handle = Callable[[Sequence[Any]], Any]


def create_app(member: Member, *, most_bytes: int = MAX_RECORD_BYTES) -> faust.App:
    """Return a Faust app that was not started; it gathers no batch of over `most_bytes`."""
    _quieten()
    _leave_when_stopped()
    app = faust.App(
        GROUP,
        broker=[f"kafka://{server}" for server in member.servers],
        autodiscover=False,
        web_enabled=False,
        store="memory://",
        topic_allow_declare=False,
        topic_disable_leader=True,
        stream_wait_empty=False,
        broker_commit_interval=1.0,
        broker_session_timeout=10.0,
        broker_heartbeat_interval=1.0,
        broker_rebalance_timeout=60.0,
        consumer_auto_offset_reset="earliest",
        consumer_group_instance_id=member.name,
        producer_acks=-1,
        producer_max_batch_size=min(_USUAL_BATCH_BYTES, most_bytes),
        producer_request_timeout=30.0,
        table_standby_replicas=0,
    )
    app.transport.Producer = _IdempotentProducer  # type: ignore[misc]  # declared for the class
    # Without tables it has nothing to keep, but would make three directories where it is started, or die there.
    app._create_directories = lambda: None  # type: ignore[method-assign]  # noqa: SLF001  no setting reaches it
    return app


def create_agent(app: faust.App, handle: Handle, *, fatal: Callable[[BaseException], None]) -> None:
    """Give `app` its one agent: batches of stories go to `handle`, what it gives to the topics."""
    stories = app.topic(STORIES.name, **_RAW)
    readings = app.topic(READINGS.name, **_RAW)
    letters = app.topic(DEAD_LETTERS.name, **_RAW)

    @app.agent(stories, name="classify")
    async def classify(stream: Any) -> None:
        try:
            async for events in stream.noack().noack_take(BATCH, within=WITHIN_SECONDS):
                handled = await handle(events)
                produced = [
                    await topic.send(key=record.key.encode(), value=record.value)
                    for topic, record in _destined(handled, readings=readings, letters=letters)
                ]
                await asyncio.gather(*produced)
                for letter in handled.letters:
                    note_letter(letter)
                for event in events:
                    event.ack()
        except Exception as error:  # noqa: BLE001  whatever it is: end before anything is committed
            fatal(error)


def _destined(handled: Handled, *, readings: Any, letters: Any) -> list[tuple[Any, Outgoing]]:
    """Return what goes where; each record was checked to be within the limit when it was made."""
    return [(readings, reading) for reading in handled.readings] + [
        (letters, outgoing_of(letter)) for letter in handled.letters
    ]


def _behind(app: faust.App) -> int | None:
    """Return how many records of its partitions stand behind the group's positions.

    As far as the last fetch of each has told; None while partitions are dealt out, in another thread. One of
    which nothing was ever committed or read has nothing: where all its records expired it ends far behind 0.
    """
    consumer: Any = app.consumer
    try:
        ends = {place: consumer.highwater(place) for place in consumer.assignment()}
    except (ConsumerNotStarted, AssertionError, AttributeError, LookupError):
        return None
    # Nothing public says where it began.
    reached, read = consumer._committed_offset, consumer._read_offset  # noqa: SLF001
    begun = {place: end or 0 for place, end in ends.items() if read.get(place) is not None}
    return sum(max(end - (reached.get(place) or 0), 0) for place, end in begun.items())


def _record(event: Any, topic_id: str) -> Record:
    message = event.message
    return Record(
        topic=message.topic,
        topic_id=topic_id,
        partition=message.partition,
        offset=message.offset,
        key=(message.key or b"").decode("utf-8", "replace"),
        value=message.value or b"",
        at=time_of(message.timestamp * 1_000),
    )


class _IdempotentProducer(driver.Producer):
    """Faust's producer retries; without idempotence a retry may repeat or swap records."""

    logger = logging.getLogger("faust")

    def _settings_extra(self) -> Mapping[str, Any]:
        return {"acks": "all", "enable_idempotence": True}


def _quieten() -> None:
    """Keep aiokafka from filling log and core while no broker answers.

    aiokafka 0.14 asks for metadata again at once when a connection is refused: one core and thousands
    of lines a second. Half a second between two tries cures both.
    """
    logger = logging.getLogger("aiokafka")
    if any(isinstance(each, _Sparing) for each in logger.filters):
        return
    logger.addFilter(_Sparing())
    for child in ("client", "cluster", "conn", "consumer.fetcher", "consumer.group_coordinator"):
        logging.getLogger(f"aiokafka.{child}").addFilter(_Sparing())
    update = AIOKafkaClient._metadata_update  # noqa: SLF001  no setting reaches it

    async def update_or_rest(self: AIOKafkaClient, *arguments: Any) -> bool:
        is_updated = bool(await update(self, *arguments))
        if not is_updated:
            await asyncio.sleep(0.5)
        return is_updated

    AIOKafkaClient._metadata_update = update_or_rest  # noqa: SLF001  likewise


def _leave_when_stopped() -> None:
    """Have a static member leave its group when it ends in good order.

    aiokafka 0.14 lets it stay, so that its partitions stand still until the session is over, and a
    rebalance that begins meanwhile waits for it with everybody's. What a static name is for, a restart
    after a crash, is not touched. Without a name in it the request is that of any member.
    """
    leave = GroupCoordinator._maybe_leave_group  # noqa: SLF001  no setting reaches it
    if getattr(leave, "leaves_under_any_name", False):
        return

    async def leave_under_any_name(self: GroupCoordinator) -> None:
        name, self._group_instance_id = self._group_instance_id, None
        try:
            await leave(self)
        finally:
            self._group_instance_id = name

    leave_under_any_name.leaves_under_any_name = True  # type: ignore[attr-defined]  # seen above
    GroupCoordinator._maybe_leave_group = leave_under_any_name  # noqa: SLF001  likewise


class _Sparing(logging.Filter):
    """Lets a few lines through in each second."""

    def __init__(self) -> None:
        super().__init__()
        self._second = 0
        self._count = 0

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether the line is among the first of its second."""
        if int(record.created) != self._second:
            self._second, self._count = int(record.created), 0
        self._count += 1
        return self._count <= _NOISY_LINES_PER_SECOND
