"""Around: the names before, within and behind a cue."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Self

from services.classifier.spans import Trigger
from services.classifier.syntax.names.chains import Chain


class Around(NamedTuple):
    """The chains before, within and behind a cue."""

    before: list[Chain]
    inside: list[Chain]
    after: list[Chain]

    @classmethod
    def of(cls, trigger: Trigger, chains: Sequence[Chain]) -> Self:
        """Return where chains stand to a cue."""
        return cls(
            [chain for chain in chains if chain.end <= trigger.start],
            [c for c in chains if c.end > trigger.start and c.start < trigger.end],
            [chain for chain in chains if chain.start >= trigger.end],
        )
