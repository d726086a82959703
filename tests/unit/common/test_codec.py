from __future__ import annotations

import base64
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta, timezone
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import AwareDatetime

from services.common.contracts import codec
from services.common.contracts.alert import Alert
from services.common.contracts.dead_letter import DeadLetter
from services.common.contracts.delivery import Attempt, Delivery
from services.common.contracts.event import Event, EventChange, EventStory
from services.common.contracts.feed import FeedError, FeedHealth
from services.common.contracts.reading import (
    Amount,
    Evidence,
    Involvement,
    Mention,
    OtherParty,
    Reading,
    Report,
    StoryHead,
)
from services.common.contracts.story import Story
from services.common.contracts.topics import MAX_RECORD_BYTES
from services.common.errors import MalformedRecordError
from tests.support.builders import NOON, a_reading, a_report, a_story

KINDS = [
    Alert,
    Amount,
    Attempt,
    DeadLetter,
    Delivery,
    Event,
    EventChange,
    EventStory,
    Evidence,
    FeedError,
    FeedHealth,
    Involvement,
    Mention,
    OtherParty,
    Reading,
    Report,
    Story,
    StoryHead,
]

HOSTILE = st.sampled_from(
    [
        "\ud800",
        "half of \udfff a pair",
        "\x00",
        "a\x1bb",
        "\r\n",
        "\u202eright to left\u2066",
        "\ufeff\ufffe\uffff",
        "\U0010ffff\u2028\x7f\x85",
        '"\\/\b',
        "x" * 100_000,
        "\ud83d\ude00" * 3,
        "ব" * 4_001,
        "",
    ]
)
TEXTS = st.one_of(st.text(max_size=20), st.text(st.characters(), max_size=5), HOSTILE)
CLEAN = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8)
TIMES = st.one_of(
    st.datetimes(timezones=st.just(UTC)),
    st.datetimes(timezones=st.sampled_from([ZoneInfo("Europe/Oslo"), ZoneInfo("Asia/Kolkata")])),
    st.datetimes(timezones=st.just(timezone(timedelta(hours=-3, minutes=-30, seconds=7)))),
    st.datetimes(),
)
# What a type alone does not say.
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "date": st.sampled_from([None, "2026-11", "2026-11-28", "2026-13", "28.11.2026"]),
    "countries": st.sampled_from([(), ("ID",), ("BR", "EU"), ("xx",), ("\ud800\ud800",)]),
    "currency": st.sampled_from(["USD", "idr", "\ud800SD"]),
    "part": st.sampled_from(["title", "text", "lead"]),
    "body": TEXTS.map(
        lambda text: base64.b64encode(text.encode("utf-8", "surrogatepass")).decode()
    ),
    "confidence": st.one_of(st.floats(0, 1), st.sampled_from([float("nan"), float("inf"), -1.0])),
}


def values(kind: Any, texts: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    """Return what may stand in a field of that type; contracts inside it are good ones."""
    if get_origin(kind) in {UnionType, Union}:
        return st.one_of(*(values(part, texts) for part in get_args(kind)))
    if get_origin(kind) is tuple:
        return st.lists(values(get_args(kind)[0], texts), max_size=2).map(tuple)
    if is_dataclass(kind):
        return good(kind)  # type: ignore[arg-type]  # a class can be hashed
    if isinstance(kind, type) and issubclass(kind, Enum):
        return st.sampled_from(list(kind))
    kind = getattr(kind, "__supertype__", kind)
    simple = {str: texts, AwareDatetime: TIMES, datetime: TIMES, bool: st.booleans()}
    numbers = {int: st.integers(), float: st.floats(), NoneType: st.none()}
    return {**simple, **numbers}[kind]


def arguments(kind: Any, texts: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, Any]]:
    """Return arguments for a contract, of the right types."""
    hints = get_type_hints(kind)
    if kind is Evidence:
        return texts.map(evidence)
    return st.fixed_dictionaries(
        {
            field.name: FIELDS.get(field.name, values(hints[field.name], texts))
            for field in fields(kind)
        }
    )


@cache
def good(kind: Any) -> st.SearchStrategy[Any]:
    """Return contracts that could be built."""
    return arguments(kind, CLEAN).map(lambda given: built(kind, given)).filter(bool)


def evidence(quote: str) -> dict[str, Any]:
    return {"field": "type", "part": "text", "start": 7, "end": 7 + len(quote), "quote": quote}


def built(kind: Any, given: dict[str, Any]) -> Any:
    """Return the contract, None where it refuses to be built."""
    try:
        return kind(**given)
    except ValueError:
        return None


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_whatever_can_be_built_is_written_and_read_back_equal(kind: Any) -> None:
    @settings(
        max_examples=30, deadline=None, suppress_health_check=list(HealthCheck), database=None
    )
    @given(arguments(kind, st.one_of(CLEAN, TEXTS)))
    def check(given: dict[str, Any]) -> None:
        contract = built(kind, given)
        if contract is not None:
            assert codec.decode(kind, codec.encode(contract)) == contract

    check()


@given(TEXTS, TEXTS)
def test_a_story_takes_any_title_and_text_and_keeps_every_offset(title: str, text: str) -> None:
    story = a_story(title, text, key="key")

    assert codec.decode(Story, codec.encode(story)) == story
    assert len(story.text) == min(len(text), 64_000)
    assert story.truncated == (len(text) > 64_000 or len(title) > 2_000)


def test_in_a_story_surrogates_and_controls_are_replaced_one_for_one() -> None:
    story = a_story("a\ud800b\x00c", "tab\tline\nbell\x07\r\udc00\u202e")

    assert story.title == "a\ufffdb c"
    assert story.text == "tab\tline\nbell  \ufffd\u202e"


@pytest.mark.parametrize("hostile", ["\ud800", "\x00", "x" * 100_000])
def test_every_other_contract_refuses_text_that_cannot_travel(hostile: str) -> None:
    with pytest.raises(ValueError, match=r"OtherParty\.name"):
        OtherParty(name=hostile, role=a_report(a_story().story_id).companies[0].role)
    with pytest.raises(ValueError, match=r"Report\.scope"):
        a_report(a_story().story_id, scope=hostile)
    with pytest.raises(ValueError, match=r"Reading\.rules_hash"):
        a_reading(rules_hash=hostile)


def test_times_become_utc_and_need_a_zone() -> None:
    oslo = NOON.astimezone(ZoneInfo("Europe/Oslo"))

    assert a_story(published=oslo).published == NOON
    assert a_story(published=oslo).published.tzinfo is UTC  # type: ignore[union-attr]  # it has one
    with pytest.raises(ValueError, match=r"Story\.published is a time without a zone"):
        a_story(published=NOON.replace(tzinfo=None))


@pytest.mark.parametrize("letter", ['"', "\\", "\n", "ব", "\U0001f600", "\x7f"])
def test_the_longest_story_fits_into_a_record(letter: str) -> None:
    story = a_story(
        letter * 5_000,
        '"' * 18_667 + letter * 100_000,
        outlet=letter * 500,
        url="https://example.org/" + "x" * 2_000,
    )

    assert len(codec.encode(story)) < MAX_RECORD_BYTES


@pytest.mark.parametrize(
    "record",
    [b"", b"{}", b"[]", b"null", b"\xff\xfe", b"{" * 100_000, b'{"story_id": 5}', b'"\\ud800"'],
)
def test_what_is_no_record_is_refused_with_the_place(record: bytes) -> None:
    with pytest.raises(MalformedRecordError, match="Not a Story: "):
        codec.decode(Story, record)


def test_nothing_is_coerced_on_the_way_in() -> None:
    record = codec.encode(a_story()).replace(b'"backfill":false', b'"backfill":"false"')

    with pytest.raises(MalformedRecordError, match="Not a Story: backfill"):
        codec.decode(Story, record)
