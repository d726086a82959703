"""Lines: stories as JSON lines, and what they report as JSON lines, for `kabar classify` and `evaluate`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from typing import Any

from services.classifier.document import Document
from services.common.contracts.reading import Evidence, Report
from services.common.contracts.story import Story
from services.common.ids import FeedId, StoryId

_FEED = FeedId("fd_lines")
_UNKNOWN_TIME = datetime(1970, 1, 1, tzinfo=UTC)
_SURROGATE = re.compile("[\ud800-\udfff]")


class BrokenLineError(ValueError):
    """A line is no story. `story_id` is the id that it gives, None without one."""

    def __init__(self, message: str, *, story_id: str | None = None) -> None:
        super().__init__(message)
        self.story_id = story_id


def read_story(line: str) -> tuple[str, Story]:
    """Return the id and the story of a JSON line; null means absent, unknown keys are ignored.

    Raises:
        BrokenLineError: it is not JSON, `id` is missing, `id` or `title` is no text, or there is
            nothing to read.
    """
    try:
        fields = json.loads(line)
    except json.JSONDecodeError as error:
        raise BrokenLineError(f"not JSON: {error.msg}, at character {error.pos + 1}") from error
    except (ValueError, RecursionError) as error:
        raise BrokenLineError(f"not JSON: {error}") from error
    if not isinstance(fields, dict):
        raise BrokenLineError("not a JSON object")
    story_id = fields.get("id")
    if story_id is None:
        raise BrokenLineError('"id" is missing')
    if not isinstance(story_id, str):
        raise BrokenLineError('"id" is no text')
    story_id = _SURROGATE.sub("\ufffd", story_id)
    try:
        return story_id, _story(story_id, fields)
    except ValueError as error:
        raise BrokenLineError(str(error), story_id=story_id) from error


def _story(story_id: str, fields: dict[str, Any]) -> Story:
    title, text = fields.get("title"), fields.get("text")
    if title is None and not text:
        raise ValueError("neither title nor text")
    if not isinstance(title, str):
        raise ValueError('"title" is no text')  # noqa: TRY004  a broken line, no wrong call
    if not isinstance(text, str | None):
        raise ValueError('"text" is no text')  # noqa: TRY004  likewise
    if not title.strip() and not (text or "").strip():
        raise ValueError("neither title nor text")
    url, language = fields.get("url"), fields.get("lang")
    published = _time(fields.get("published"))
    seen = published or _UNKNOWN_TIME
    return Story(
        story_id=StoryId(story_id[:200]),
        feed_id=_FEED,
        outlet="",
        title=title,
        text=text or "",
        url=url if isinstance(url, str) and len(url) < 2_000 else "",
        seen_at=seen,
        revised_at=seen,
        published=published,
        language=language if isinstance(language, str) and language else None,
    )


def _time(text: object) -> datetime | None:
    """Return a date's midnight or a time as UTC; a text that is neither is an error."""
    if text is None:
        return None
    if not isinstance(text, str):
        raise ValueError('"published" is no text')  # noqa: TRY004  a broken line, no wrong call
    try:
        if len(text) == len("2024-01-01"):
            return datetime.combine(date.fromisoformat(text), time(), UTC)
        at = datetime.fromisoformat(text)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError) as error:  # in UTC a time of year 1 may be one of year 0
        raise ValueError(f'"published" is neither a date nor a time: {text}') from error


def written(story_id: str, document: Document, reports: Iterable[Report]) -> dict[str, Any]:
    """Return a story after the last step as `kabar classify` prints it."""
    return {
        "id": story_id,
        "lang": document.language,
        "mentions": sorted({name.company for name in document.names}),
        "reports": [_report(report) for report in reports],
    }


def _report(report: Report) -> dict[str, Any]:
    amount = report.amount
    return {
        "type": report.type,
        "stage": str(report.stage),
        "focus": str(report.focus),
        "companies": [{"id": party.id, "role": str(party.role)} for party in report.companies],
        "others": [{"name": other.name, "role": str(other.role)} for other in report.others],
        "countries": list(report.countries),
        "scope": report.scope,
        "date": report.date,
        "amount": None if amount is None else {"currency": amount.currency, "value": amount.value},
        "authority": report.authority,
        "confidence": report.confidence,
        "evidence": [_evidence(evidence) for evidence in report.evidence],
    }


def _evidence(evidence: Evidence) -> dict[str, Any]:
    return {
        "field": evidence.field,
        "part": evidence.part,
        "start": evidence.start,
        "end": evidence.end,
        "quote": evidence.quote,
    }
