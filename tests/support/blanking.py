"""Blanking: a story with the words gone that a report cites."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from services.common.contracts.reading import Evidence
from services.common.contracts.story import Story


def without(story: Story, spans: Iterable[Evidence]) -> Story:
    """Return a story with "…" in place of each span."""
    parts = {"title": story.title, "text": story.text}
    for span in sorted(spans, key=lambda span: -span.start):
        part = parts[span.part]
        parts[span.part] = f"{part[: span.start]}…{part[span.end :]}"
    return replace(story, title=parts["title"] or "…", text=parts["text"])
