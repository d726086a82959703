"""The Faust agent keeps its law, and the reader of the law sees every way of breaking it."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.classifier import stream
from tests.support.agent_law import violations

SOURCE = Path(stream.__file__).read_text(encoding="utf-8")

MUTATIONS = {
    "raw bytes": [
        ("app.topic(READINGS.name, **_RAW)", "app.topic(READINGS.name, value_type=Reading)"),
        ('"value_serializer": "raw"', '"value_serializer": "json"'),
    ],
    "stream.noack().noack_take(…)": [
        ("stream.noack().noack_take(B", "stream.noack_take(B"),
        ("stream.noack().noack_take(B", "stream.noack_take().noack(B"),
        ("stream.noack().noack_take(B", "stream.take(B"),
    ],
    "within 20 ms": [("WITHIN_SECONDS = 0.02", "WITHIN_SECONDS = 0.5")],
    "never concurrency": [('name="classify")', 'name="classify", concurrency=4)')],
    "classification in the child": [
        (
            "from services.common.breaker import",
            "from services.classifier.pipeline import Pipeline\nfrom services.common.breaker import",
        )
    ],
    "every produced future awaited": [
        ("await topic.send(key", "topic.send(key"),
        ("await asyncio.gather(*produced)", "asyncio.gather(*produced)"),
        ("await asyncio.gather(*produced)", "pass"),
        (
            "await asyncio.gather(*produced)",
            "await asyncio.gather(*produced, return_exceptions=True)",
        ),
    ],
    "acks in order and last": [
        ("for event in events:\n", "for event in reversed(events):\n"),
        (
            "                await asyncio.gather(*produced)\n",
            "                event.ack()\n                await asyncio.gather(*produced)\n",
        ),
    ],
    "a failure ends the process": [
        ("            fatal(error)\n", "            log.error(str(error))\n"),
        ("except Exception as error:  # noqa: BLE001", "except BaseException as error:  #"),
    ],
    "no tables, no windows, no exactly_once": [
        ('store="memory://",', 'store="memory://", processing_guarantee="exactly_once",'),
        (
            "    stories = app.topic(",
            '    seen = app.Table("seen", default=int)\n    stories = app.topic(',
        ),
    ],
    "Faust's web off": [("web_enabled=False", "web_enabled=True")],
    "app.crashed watched": [("if app.crashed:", "if False:")],
}


def test_the_agent_keeps_the_law() -> None:
    assert violations(SOURCE) == []


@pytest.mark.parametrize(
    ("sentence", "before", "after"),
    [(sentence, *pair) for sentence, pairs in MUTATIONS.items() for pair in pairs],
    ids=lambda part: part[:40].replace("\n", " ") if isinstance(part, str) else None,
)
def test_an_agent_that_breaks_a_sentence_is_seen(sentence: str, before: str, after: str) -> None:
    assert before in SOURCE

    broken = violations(SOURCE.replace(before, after, 1))

    assert sentence in broken
