"""ClassifierService: from story records to reading records, whatever a record holds.

Two halves that never meet in one process: `read_record` runs in the child, `ClassifierService` in the
service's own process, which passes bytes on. `worker.py` and `stream.py` share both.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from services.common.bus.port import Outgoing, Record
from services.common.clock import Clock
from services.common.contracts.codec import decode, encode
from services.common.contracts.dead_letter import DeadLetter
from services.common.contracts.reading import NO_LANGUAGE, Reading
from services.common.contracts.story import Story
from services.common.contracts.topics import MAX_RECORD_BYTES
from services.common.dead_letters import letter_of, traceback_hash_of
from services.common.errors import PermanentError, RecordTooLargeError
from services.common.telemetry import metrics

SERVICE = "classifier"
GROUP = "kabar-classifier"
"""The consumer group of every classifier, whatever drives it."""
_ROOM_FOR_KEY = 1_024


class StoryFailedError(PermanentError):
    """A story could not be read; the text is what the child said. Dead-letter its record."""


class Reader(Protocol):
    """What reads a story: the pipeline, or in tests something that fails on purpose."""

    def read(self, story: Story) -> Reading:
        """Return what the story says."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What became of one record: a reading with its story's id, or the error that it raised."""

    reading: bytes | None = None
    story_id: str = ""
    reports: tuple[tuple[str, str], ...] = ()
    """Type and stage of each report, to be counted."""
    has_mentions: bool = False
    is_unsupported: bool = False
    """A company is named, in a language that has no lexicon."""
    error: str = ""
    traceback_hash: str = ""


class Classifies(Protocol):
    """Where stories are read: the child process."""

    async def classify(
        self, stories: Sequence[bytes], *, on_progress: Callable[[], None]
    ) -> Sequence[Answer]:
        """Return one answer for each story record, in their order; it does not raise for a story.

        `on_progress` is called whenever some of them are done.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Handled:
    """What to publish for a batch of records; commit it when all of this is durable.

    `were_read` has True for each record that gave a reading, in their order.
    """

    readings: tuple[Outgoing, ...]
    letters: tuple[DeadLetter, ...]
    were_read: tuple[bool, ...]


class ClassifierService:
    """Handles batches of story records; total, so that no record ends the process.

    Several may be asked of it at a time: the child gets one after the other, in their order, and a changed
    watchlist between any two.
    """

    def __init__(self, child: Classifies, clock: Clock) -> None:
        self._child = child
        self._clock = clock
        self._turn = asyncio.Lock()

    async def handle(
        self,
        records: Sequence[Record],
        *,
        on_progress: Callable[[], None],
        most_bytes: int = MAX_RECORD_BYTES,
    ) -> Handled:
        """Return the readings of `records`, and a dead letter for each that failed.

        A reading of more than `most_bytes`, which its topic would not take, is a failure too.
        `on_progress` is called whenever some of them are done.
        """
        stories = [record.value for record in records]
        async with self._turn:
            started = self._clock.monotonic()
            given = await self._child.classify(stories, on_progress=on_progress)
            metrics.CLASSIFY_SECONDS.observe(self._clock.monotonic() - started)
        answers = [_within(answer, most_bytes) for answer in given]
        readings: list[Outgoing] = []
        letters: list[DeadLetter] = []
        for record, answer in zip(records, answers, strict=True):
            if answer.reading is None:
                letters.append(self._letter(record, answer))
            else:
                readings.append(Outgoing(key=answer.story_id, value=answer.reading))
                _count(answer)
        return Handled(
            readings=tuple(readings),
            letters=tuple(letters),
            were_read=tuple(answer.reading is not None for answer in answers),
        )

    def _letter(self, record: Record, answer: Answer) -> DeadLetter:
        return letter_of(
            record,
            service=SERVICE,
            error=StoryFailedError(answer.error),
            at=self._clock.now(),
            traceback_hash=answer.traceback_hash or None,
        )


def read_record(reader: Reader, record: bytes) -> Answer:
    """Return the encoded reading of a story record, or the error that it raised; never raises.

    This is one of the two places that catch whatever pure code raises (design decision 13).
    """
    try:
        story = decode(Story, record)
        reading = reader.read(story)
        return Answer(
            reading=_fitting(reading),
            story_id=story.story_id,
            reports=tuple((report.type, str(report.stage)) for report in reading.reports),
            has_mentions=bool(reading.mentions),
            is_unsupported=any(found.unreported == NO_LANGUAGE for found in reading.mentions),
        )
    except Exception as error:  # noqa: BLE001  handling is total
        return Answer(
            error=f"{type(error).__name__}: {error}", traceback_hash=traceback_hash_of(error)
        )


def _fitting(reading: Reading) -> bytes:
    """Return a reading as record; a list of mentions that is too long loses their places."""
    encoded = encode(reading)
    if len(encoded) <= MAX_RECORD_BYTES - _ROOM_FOR_KEY:
        return encoded
    bare = tuple(replace(mention, places=()) for mention in reading.mentions)
    encoded = encode(replace(reading, mentions=bare))
    if len(encoded) > MAX_RECORD_BYTES - _ROOM_FOR_KEY:
        raise RecordTooLargeError(f"The reading has {len(encoded)} bytes.")
    return encoded


def _within(answer: Answer, most_bytes: int) -> Answer:
    """Return `answer`, or an error where its reading is too large for its topic."""
    size = len(answer.reading or b"") + len(answer.story_id.encode())
    if size <= most_bytes:
        return answer
    return Answer(error=f"RecordTooLargeError: its reading has {size} bytes: over {most_bytes}.")


def _count(answer: Answer) -> None:
    result = "reported" if answer.reports else "mentioned" if answer.has_mentions else "nothing"
    metrics.READINGS.labels(result).inc()
    if answer.is_unsupported:
        metrics.UNSUPPORTED.inc()
    for event_type, stage in answer.reports:
        metrics.REPORTS.labels(event_type, stage).inc()
