"""The JSON Schema of each topic's records, kept beside the code: one file a topic and version.

`python -m services.common.contracts.schemas` writes them anew. A difference that takes something
away, or asks for something that was not asked for, is a new version of the topic.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from services.common.contracts import codec, topics
from services.common.contracts.dead_letter import DeadLetter
from services.common.contracts.feed import FeedHealth
from services.common.contracts.reading import Reading
from services.common.contracts.story import Story

CONTRACTS: Mapping[str, type] = {
    topics.STORIES.name: Story,
    topics.READINGS.name: Reading,
    topics.DEAD_LETTERS.name: DeadLetter,
    topics.FEED_HEALTH.name: FeedHealth,
}
"""What the records of each topic hold."""


def schema_file(topic: str) -> Path:
    """Return where the schema of a topic is kept."""
    return Path(__file__).with_name(f"{topic.removeprefix('kabar.')}.json")


def schema_text(topic: str) -> str:
    """Return the schema of a topic as the code has it now."""
    described = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": topic}
    return (
        json.dumps({**described, **codec.schema(CONTRACTS[topic])}, indent=2, ensure_ascii=False)
        + "\n"
    )
