"""ClassifierService: from story records to reading records, whatever a record holds.

It passes bytes on: what reads them (`answer.py`) runs in the child. `worker.py` and `stream.py` share both.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from services.classifier.answer import Answer
from services.common.bus.port import Outgoing, Record
from services.common.clock import Clock
from services.common.contracts.dead_letter import DeadLetter
from services.common.contracts.topics import MAX_RECORD_BYTES
from services.common.dead_letters import letter_of
from services.common.errors import PermanentError
from services.common.telemetry import metrics

SERVICE = "classifier"
GROUP = "kabar-classifier"
"""The consumer group of every classifier, whatever drives it."""


class StoryFailedError(PermanentError):
    """A story could not be read; the text is what the child said. Dead-letter its record."""


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
