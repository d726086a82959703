"""Answer: what becomes of one story record in the child, whatever the record holds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

from services.common.contracts.codec import decode, encode
from services.common.contracts.reading import NO_LANGUAGE, Reading
from services.common.contracts.story import Story
from services.common.contracts.topics import MAX_RECORD_BYTES
from services.common.errors import RecordTooLargeError
from services.common.tracebacks import traceback_hash_of

_ROOM_FOR_KEY = 1_024


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
