"""Dead letters: writing one about a record that failed, and what people do with them afterwards.

A service catches what its pure code raised on one record and goes on:

    try:
        reading = pipeline.classify(decode(Story, record.value))
    except Exception as error:
        letter = letter_of(record, service="classifier", error=error, at=clock.now())
        await publish_letter(bus, letter)       # the record's position is committed after this
        breaker.failed()

Letters are never changed. A mark with the letter's id says later what became of it.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

import structlog

from services.common.breaker import Breaker
from services.common.bus.port import Bus, Outgoing, Record
from services.common.clock import Clock
from services.common.contracts.codec import decode, encode
from services.common.contracts.dead_letter import DeadLetter, LetterMark, Origin
from services.common.contracts.topics import DEAD_LETTERS, TOPICS, Topic
from services.common.errors import KabarError, MalformedRecordError, RecordTooLargeError
from services.common.ids import DeadLetterId, dead_letter_id, fingerprint
from services.common.telemetry import metrics
from services.common.text import clean, cut
from services.common.tracebacks import traceback_hash_of

MAX_BODY_BYTES = 64 * 1024
"""How much of the record a letter keeps; one that was cut cannot be replayed."""

_MAX_ERROR_CODE_POINTS = 2_000
_MAX_KEY_CODE_POINTS = 1_000

log = structlog.get_logger()


class UnknownLetterError(KabarError):
    """No open letter has this id: it never was, or was dropped or replayed already."""


class IncompleteLetterError(KabarError):
    """The letter keeps the beginning of its record only, so it cannot be replayed."""


def letter_of(
    record: Record,
    *,
    service: str,
    error: Exception,
    at: datetime,
    traceback_hash: str | None = None,
) -> DeadLetter:
    """Return the letter of `service` about `record`; the same record and service give the same id.

    `traceback_hash` is for an error that was raised in another process; unless told it is that of
    `error`. It never raises, whatever the record holds.
    """
    text = f"{type(error).__name__}: {error}"
    return DeadLetter(
        id=dead_letter_id(record.topic, record.partition, record.offset, service),
        service=service,
        origin=Origin(topic=record.topic, partition=record.partition, offset=record.offset),
        error=cut(clean(text), code_points=_MAX_ERROR_CODE_POINTS),
        traceback_hash=traceback_hash or traceback_hash_of(error),
        at=at,
        key=cut(clean(record.key), code_points=_MAX_KEY_CODE_POINTS),
        body=base64.b64encode(record.value[:MAX_BODY_BYTES]).decode("ascii"),
        body_bytes=len(record.value),
    )


def refused_letter(
    topic: Topic, record: Outgoing, *, service: str, error: Exception, at: datetime
) -> DeadLetter:
    """Return the letter of `service` about a record that `topic` did not take; it stood nowhere.

    The same record gives the same id.
    """
    nowhere = Record(
        topic=topic.name,
        topic_id="",
        partition=-1,
        offset=-1,
        key=record.key,
        value=record.value,
        at=at,
    )
    content = fingerprint("refused", record.key, record.value.decode("utf-8", "replace"))
    return replace(
        letter_of(nowhere, service=service, error=error, at=at),
        id=dead_letter_id(topic.name, -1, -1, f"{service} {content}"),
    )


async def publish_letter(bus: Bus, letter: DeadLetter) -> None:
    """Return when the letter is durable; only then may its record's position be committed.

    A topic that takes smaller records than we ask of it gets the letter without its record's bytes.

    Raises:
        BusUnavailableError: it is not; commit nothing, and publish again.
    """
    try:
        await bus.publish(DEAD_LETTERS, [outgoing_of(letter)])
    except RecordTooLargeError:
        letter = replace(letter, body="")
        await bus.publish(DEAD_LETTERS, [outgoing_of(letter)])
    note_letter(letter)


def outgoing_of(letter: DeadLetter) -> Outgoing:
    """Return the record of a letter; it is never over the limit, since the body was cut."""
    return Outgoing(key=letter.id, value=encode(letter))


def note_letter(letter: DeadLetter) -> None:
    """Count and log a letter that is durable."""
    metrics.DEAD_LETTERS.labels(letter.service).inc()
    log.error(
        "record_dead_lettered",
        letter_id=letter.id,
        topic=letter.origin.topic,
        partition=letter.origin.partition,
        offset=letter.origin.offset,
        error=letter.error,
        traceback_hash=letter.traceback_hash,
    )


class OpenLetters:
    """The letters that are still open, folded from letters and marks in the order of the topic.

    The last word on an id counts: a mark closes its letter, and the same record failing again after
    that opens it again.
    """

    def __init__(self) -> None:
        self._open: dict[DeadLetterId, DeadLetter] = {}

    def add(self, letter: DeadLetter) -> None:
        """Take in the next letter or mark."""
        if letter.mark is not None:
            self._open.pop(letter.id, None)
        else:
            self._open.setdefault(letter.id, letter)

    def oldest_first(self) -> list[DeadLetter]:
        """Return those that are open now."""
        return list(self._open.values())


class LetterBox:
    """What people do with dead letters, over a bus: behind the control socket and the command line.

    `breakers` are those of the services in this process; none where only the bus is at hand.
    """

    def __init__(self, bus: Bus, clock: Clock, *, breakers: Sequence[Breaker] = ()) -> None:
        self._bus = bus
        self._clock = clock
        self._breakers = breakers

    async def open_letters(self) -> list[DeadLetter]:
        """Return the letters that nobody has dropped or replayed, oldest first.

        Without what they keep of their records, since many may be open: `letter` has that.
        """
        return await self._open(lambda letter: replace(letter, body=""))

    async def letter(self, letter_id: str) -> DeadLetter:
        """Return one open letter.

        Raises:
            UnknownLetterError: there is none with this id.
        """
        for letter in await self._open(lambda letter: letter if letter.id == letter_id else None):
            return letter
        raise UnknownLetterError(f"No open dead letter has the id {letter_id}.")

    async def replay(self, letter_id: str) -> DeadLetter:
        """Publish the record to its topic again, under its key, and mark the letter replayed.

        A crash between the two publishes it once more at the next replay; ids make that harmless.

        Raises:
            UnknownLetterError: there is no open letter with this id.
            IncompleteLetterError: the record was over 64 KiB, or its topic is none of ours.
        """
        letter = await self.letter(letter_id)
        topic = next((each for each in TOPICS if each.name == letter.origin.topic), None)
        if topic is None or not letter.is_complete:
            raise IncompleteLetterError(
                f"Dead letter {letter.id} keeps {len(letter.record)} of {letter.body_bytes} bytes "
                f"of its record on {letter.origin.topic}; it cannot be replayed, only dropped."
            )
        await self._bus.publish(topic, [Outgoing(key=letter.key, value=letter.record)])
        return await self._mark(letter, LetterMark.REPLAYED)

    async def drop(self, letter_id: str) -> DeadLetter:
        """Mark the letter dropped: nobody wants its record any more.

        Raises:
            UnknownLetterError: there is no open letter with this id.
        """
        return await self._mark(await self.letter(letter_id), LetterMark.DROPPED)

    def resume(self) -> int:
        """Close the breakers of this process; return how many were open."""
        were_open = [breaker for breaker in self._breakers if breaker.is_open]
        for breaker in were_open:
            breaker.close()
        log.info("breakers_closed", count=len(were_open))
        return len(were_open)

    async def _open(self, kept: Callable[[DeadLetter], DeadLetter | None]) -> list[DeadLetter]:
        """Return the open letters as `kept` makes them; nothing else of the topic is held."""
        letters = OpenLetters()

        def take(record: Record) -> None:
            letter = _letter_in(record)
            wanted = None if letter is None else kept(letter)
            if wanted is not None:
                letters.add(wanted)

        await self._bus.visit(DEAD_LETTERS, take)
        return letters.oldest_first()

    async def _mark(self, letter: DeadLetter, mark: LetterMark) -> DeadLetter:
        marked = DeadLetter(
            id=letter.id,
            service=letter.service,
            origin=letter.origin,
            error=letter.error,
            traceback_hash=letter.traceback_hash,
            at=self._clock.now(),
            mark=mark,
        )
        await self._bus.publish(DEAD_LETTERS, [Outgoing(key=letter.id, value=encode(marked))])
        log.info("dead_letter_marked", letter_id=letter.id, mark=mark)
        return marked


def _letter_in(record: Record) -> DeadLetter | None:
    """Return the letter or mark of a record; None where it is somebody else's on our topic."""
    try:
        return decode(DeadLetter, record.value)
    except MalformedRecordError as error:
        # A letter about a letter would never end.
        log.warning("dead_letter_unreadable", offset=record.offset, reason=str(error))
        return None
