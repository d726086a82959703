"""The wire as it is promised: a schema for each topic, and old records that decode for ever."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from services.common.contracts import codec
from services.common.contracts.alert import Alert
from services.common.contracts.dead_letter import DeadLetter, LetterMark
from services.common.contracts.delivery import Delivery
from services.common.contracts.event import EventChange
from services.common.contracts.feed import FeedHealth
from services.common.contracts.reading import Reading, Stage
from services.common.contracts.schemas import CONTRACTS, schema_file, schema_text
from services.common.contracts.story import Story
from services.common.contracts.topics import TOPICS

RECORDS = sorted((Path(__file__).parents[1] / "golden" / "records").glob("*.json"))
KINDS: dict[str, type] = {
    "alert": Alert,
    "dead-letter": DeadLetter,
    "delivery": Delivery,
    "event-change": EventChange,
    "feed-health": FeedHealth,
    "reading": Reading,
    "story": Story,
}


def kind_of(name: str) -> str:
    return name.partition(".")[0]


def says(written: object, old: object) -> bool:
    """Return whether everything of `old` is in `written`, which may have more fields."""
    match written, old:
        case dict(), dict():
            return all(key in written and says(written[key], old[key]) for key in old)
        case list(), list():
            return len(written) == len(old) and all(map(says, written, old))
    return written == old


def record(name: str) -> bytes:
    return next(path for path in RECORDS if path.stem == name).read_bytes()


@pytest.mark.parametrize("topic", CONTRACTS)
def test_the_code_writes_what_the_schema_of_its_topic_says(topic: str) -> None:
    kept = schema_file(topic).read_text(encoding="utf-8")

    assert schema_text(topic) == kept, "Run python -m services.common.contracts.schemas; review it."


def test_every_topic_has_a_schema() -> None:
    assert {topic.name for topic in TOPICS} == set(CONTRACTS)


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_an_old_record_decodes_and_says_the_same_when_written_again(path: Path) -> None:
    kind: type[object] = KINDS[kind_of(path.stem)]

    contract = codec.decode(kind, path.read_bytes())

    assert codec.decode(kind, codec.encode(contract)) == contract


def test_every_contract_has_an_old_record() -> None:
    assert {kind_of(path.stem) for path in RECORDS} == set(KINDS)


@pytest.mark.parametrize("name", ["story.full", "reading.full", "event-change.stage"])
def test_everything_that_a_full_record_says_is_written_again(name: str) -> None:
    kind: type[object] = KINDS[kind_of(name)]

    written = codec.encode(codec.decode(kind, record(name)))

    assert says(json.loads(written), json.loads(record(name)))


def test_what_a_newer_version_says_is_kept_as_far_as_we_know_the_field() -> None:
    reading = codec.decode(Reading, record("reading.from-a-newer-version"))

    [report] = reading.reports
    assert (report.type, report.stage, report.focus) == ("nationalisation", "appealed", "aside")
    assert report.companies[0].role == "guarantor"
    assert b'"appealed"' in codec.encode(reading)
    assert [stage.value for stage in Stage] == [
        "rumoured",
        "proposed",
        "confirmed",
        "rejected",
        "reversed",
    ]


def test_a_mark_on_a_letter_is_told_from_the_letter() -> None:
    assert codec.decode(DeadLetter, record("dead-letter.mark")).mark is LetterMark.REPLAYED
    assert codec.decode(DeadLetter, record("dead-letter.cut")).is_complete is False
