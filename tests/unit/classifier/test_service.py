from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Sequence
from typing import NoReturn

import pytest

from services.classifier.answer import Answer, read_record
from services.classifier.pipeline import Pipeline
from services.classifier.service import ClassifierService
from services.common.bus.port import Record
from services.common.clock import SystemClock
from services.common.contracts.codec import decode, encode
from services.common.contracts.reading import Reading
from services.common.telemetry.metrics import REGISTRY
from tests.support.builders import a_story, a_watchlist


class InProcess:
    """Reads stories right here."""

    async def classify(
        self, stories: Sequence[bytes], *, on_progress: Callable[[], None]
    ) -> Sequence[Answer]:
        pipeline = Pipeline.of(a_watchlist())
        answers = [read_record(pipeline, story) for story in stories]
        on_progress()
        return answers


def a_record(title: str, language: str | None) -> Record:
    clock = SystemClock()
    value = encode(a_story(title=title, language=language))
    return Record(
        topic="t", topic_id="i", partition=0, offset=0, key="k", value=value, at=clock.now()
    )


def unsupported() -> float:
    return REGISTRY.get_sample_value("kabar_unsupported_language_readings_total") or 0.0


async def test_a_named_company_in_a_language_that_is_not_read_is_counted() -> None:
    service = ClassifierService(InProcess(), SystemClock())
    before = unsupported()

    await service.handle(
        [
            a_record("TikTok forbydes i Norge", "nb"),
            a_record("Regn i Norge", "nb"),
            a_record("India bans TikTok", "en"),
            a_record("TikTok has a new logo", "en"),
        ],
        on_progress=lambda: None,
    )

    assert unsupported() == before + 1


class Held:
    """Reads nothing before it is let go on, and notes what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[Sequence[bytes]] = []
        self.let_go = asyncio.Event()

    async def classify(
        self, stories: Sequence[bytes], *, on_progress: Callable[[], None]
    ) -> Sequence[Answer]:
        self.asked.append(stories)
        await self.let_go.wait()
        on_progress()
        return [Answer(error="held")] * len(stories)


async def test_the_child_gets_a_batch_when_it_has_read_the_one_before() -> None:
    """A changed watchlist waits for one of them, not for all that were asked for."""
    child = Held()
    service = ClassifierService(child, SystemClock())
    batches = [[a_record(title, "en")] for title in ("first", "second")]

    async with asyncio.TaskGroup() as group:
        for batch in batches:
            group.create_task(service.handle(batch, on_progress=lambda: None))
        for _ in range(5):
            await asyncio.sleep(0)
        asked_meanwhile = list(child.asked)
        child.let_go.set()

    assert asked_meanwhile == [[batches[0][0].value]]
    assert child.asked == [[record.value for record in batch] for batch in batches]


async def test_stories_are_classified_without_any_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> NoReturn:
        raise AssertionError("A story needs no network.")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "bind", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    pipeline = Pipeline.of(a_watchlist())

    answers = [
        read_record(pipeline, encode(a_story(title=title, language=language)))
        for title, language in (
            ("India bans TikTok", "en"),
            ("India bans TikTok over security fears, ministry says", None),  # which is recognised
            ("ভারতে টিকটক নিষিদ্ধ", None),
        )
    ]

    assert [answer.error for answer in answers] == ["", "", ""]
    assert answers[0].reading is not None
    assert decode(Reading, answers[0].reading).reports
