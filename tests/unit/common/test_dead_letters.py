"""Dead letters: written whatever failed, folded with their marks, replayed and dropped."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette

from services.common.breaker import Breaker
from services.common.bus.memory import MemoryBus
from services.common.bus.port import Outgoing, Record
from services.common.bus.sqlite import SqliteBus
from services.common.clock import ManualClock
from services.common.contracts.codec import decode, encode
from services.common.contracts.dead_letter import DeadLetter
from services.common.contracts.topics import DEAD_LETTERS, STORIES
from services.common.dead_letter_routes import dead_letter_routes
from services.common.dead_letters import (
    MAX_BODY_BYTES,
    IncompleteLetterError,
    LetterBox,
    OpenLetters,
    UnknownLetterError,
    letter_of,
    publish_letter,
)
from services.common.telemetry.health import Gate
from tests.support.builders import NOON


@pytest.fixture
def bus() -> MemoryBus:
    return MemoryBus(ManualClock(NOON))


@pytest.fixture
def box(bus: MemoryBus) -> LetterBox:
    return LetterBox(bus, ManualClock(NOON + timedelta(hours=1)))


def a_record(value: bytes = b"{}", **changes: int | str) -> Record:
    fields = {"topic": STORIES.name, "topic_id": "t", "partition": 2, "offset": 7, "key": "fd_wire"}
    return Record(**{**fields, **changes}, value=value, at=NOON)  # type: ignore[arg-type]  # by name


def a_letter(record: Record | None = None, error: Exception | None = None) -> DeadLetter:
    return letter_of(
        record or a_record(), service="classifier", error=error or ValueError("bad"), at=NOON
    )


def open_among(letters_and_marks: Iterable[DeadLetter]) -> list[DeadLetter]:
    letters = OpenLetters()
    for letter in letters_and_marks:
        letters.add(letter)
    return letters.oldest_first()


def test_a_letter_tells_origin_error_and_record() -> None:
    letter = a_letter(a_record(b"not json"), ValueError("no story"))

    assert letter.id.startswith("le_")
    assert (letter.origin.topic, letter.origin.partition, letter.origin.offset) == (
        STORIES.name,
        2,
        7,
    )
    assert letter.error == "ValueError: no story"
    assert letter.record == b"not json"
    assert letter.is_complete


def test_the_same_record_and_service_give_the_same_letter_id() -> None:
    first, again = a_letter(error=ValueError("one")), a_letter(error=KeyError("other"))

    assert first.id == again.id
    assert first.id != a_letter(a_record(offset=8)).id


def test_of_a_large_record_a_letter_keeps_the_beginning_and_says_so() -> None:
    letter = a_letter(a_record(b"x" * 70_000))

    assert len(letter.record) == 65_536
    assert letter.body_bytes == 70_000
    assert not letter.is_complete
    assert len(encode(letter)) < 256 * 1024


@given(st.binary(max_size=200), st.text(max_size=200))
def test_a_letter_can_be_written_whatever_the_record_and_the_error_hold(
    value: bytes, text: str
) -> None:
    letter = a_letter(a_record(value, key=text), ValueError(text + "\ud800\x00"))

    assert decode(DeadLetter, encode(letter)) == letter
    assert letter.record == value


def test_a_mark_closes_its_letter_and_no_other() -> None:
    one, two = a_letter(a_record(offset=1)), a_letter(a_record(offset=2))
    marked = decode(DeadLetter, encode(one).replace(b'"mark":null', b'"mark":"dropped"'))

    assert open_among([one, two, marked]) == [two]


def test_a_record_that_fails_again_after_its_mark_is_open_again() -> None:
    letter = a_letter()
    marked = decode(DeadLetter, encode(letter).replace(b'"mark":null', b'"mark":"replayed"'))

    assert open_among([letter, letter, marked, letter]) == [letter]


async def test_a_replayed_record_comes_again_under_its_key_and_its_letter_is_closed(
    bus: MemoryBus, box: LetterBox
) -> None:
    letter = a_letter(a_record(b"the story"))
    await publish_letter(bus, letter)

    await box.replay(letter.id)

    [record] = await bus.read_all(STORIES)
    assert (record.key, record.value) == ("fd_wire", b"the story")
    assert await box.open_letters() == []


async def test_a_dropped_letter_is_closed_and_its_record_stays_away(
    bus: MemoryBus, box: LetterBox
) -> None:
    letter = a_letter()
    await publish_letter(bus, letter)

    await box.drop(letter.id)

    assert await bus.read_all(STORIES) == []
    with pytest.raises(UnknownLetterError, match=letter.id):
        await box.drop(letter.id)


async def test_a_letter_that_was_cut_cannot_be_replayed(bus: MemoryBus, box: LetterBox) -> None:
    letter = a_letter(a_record(b"x" * 70_000))
    await publish_letter(bus, letter)

    with pytest.raises(IncompleteLetterError, match="65536 of 70000 bytes"):
        await box.replay(letter.id)

    assert await bus.read_all(STORIES) == []
    assert [head.id for head in await box.open_letters()] == [letter.id]


async def test_what_is_no_letter_on_the_topic_hides_no_other(
    bus: MemoryBus, box: LetterBox
) -> None:
    await bus.publish(DEAD_LETTERS, [Outgoing(key="?", value=b"not a letter")])
    letter = a_letter()
    await publish_letter(bus, letter)

    assert [head.id for head in await box.open_letters()] == [letter.id]


async def test_resume_closes_the_breakers_that_are_open(bus: MemoryBus) -> None:
    breakers = [Breaker(service=name, gate=Gate(reason=None)) for name in ("one", "two")]
    for _ in range(21):
        breakers[0].failed()

    closed = LetterBox(bus, ManualClock(NOON), breakers=breakers).resume()

    assert closed == 1
    assert not breakers[0].is_open


async def test_the_control_routes_list_show_replay_and_refuse(
    bus: MemoryBus, box: LetterBox
) -> None:
    whole, large = a_letter(a_record(b"whole")), a_letter(a_record(b"x" * 70_000, offset=8))
    await publish_letter(bus, whole)
    await publish_letter(bus, large)
    app = httpx.ASGITransport(app=Starlette(routes=dead_letter_routes(box)))
    path = "/control/dead-letters"

    async with httpx.AsyncClient(transport=app, base_url="http://control") as client:
        listed = (await client.get(path)).json()["dead_letters"]
        shown = (await client.get(f"{path}/{whole.id}")).json()
        replayed = await client.post(f"{path}/{whole.id}/replay")
        again = await client.post(f"{path}/{whole.id}/replay")
        refused = await client.post(f"{path}/{large.id}/replay")
        dropped = await client.post(f"{path}/{large.id}/drop")
        resumed = await client.post(f"{path}/resume")
        left = (await client.get(path)).json()["dead_letters"]

    assert listed[0] == {
        "id": whole.id,
        "service": "classifier",
        "origin": {"topic": STORIES.name, "partition": 2, "offset": 7},
        "error": "ValueError: bad",
        "at": "2026-01-05T12:00:00Z",
    }
    assert shown["record"] == "whole"
    assert replayed.json() == {"id": whole.id, "mark": "replayed"}
    assert (again.status_code, refused.status_code) == (404, 409)
    assert "cannot be replayed" in refused.json()["detail"]
    assert (dropped.status_code, resumed.json(), left) == (200, {"closed": 0}, [])


async def test_however_many_letters_there_are_their_records_are_not_held_together(
    tmp_path: Path,
) -> None:
    bus = SqliteBus(tmp_path / "bus.db", ManualClock(NOON))
    box = LetterBox(bus, ManualClock(NOON))
    letters = [a_letter(a_record(b"x" * MAX_BODY_BYTES, offset=n)) for n in range(400)]
    for letter in letters:
        await publish_letter(bus, letter)

    tracemalloc.start()
    heads = await box.open_letters()
    one = await box.letter(letters[-1].id)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    await bus.close()

    assert [head.id for head in heads] == [letter.id for letter in letters]
    assert one == letters[-1]
    assert most < 400 * MAX_BODY_BYTES / 2
