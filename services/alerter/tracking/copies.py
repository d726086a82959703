"""Copies: which stories carry a text that another one told before, cut or decorated as feeds do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from services.alerter.tracking.sighting import Sighting
from services.common.sketch import LEAST_SHARED, is_contained


class Originals:
    """The distinct texts of an event, in the order in which they were told."""

    def __init__(self) -> None:
        self._by_text: dict[str, Sighting] = {}
        self._by_hash: dict[int, list[Sighting]] = {}

    def add(self, sighting: Sighting) -> Sighting:
        """Take the next sighting in; return whose text it carries: its own, or the first that told it."""
        original = self._by_text.get(sighting.text_hash) or self._containing(sighting)
        if original is None:
            original = sighting
            for found in sighting.hashes:
                self._by_hash.setdefault(found, []).append(sighting)
        self._by_text.setdefault(sighting.text_hash, original)
        return original

    def _containing(self, sighting: Sighting) -> Sighting | None:
        shared: Counter[int] = Counter()
        candidates: dict[int, Sighting] = {}
        for found in sighting.hashes:
            for one in self._by_hash.get(found, ()):
                shared[id(one)] += 1
                candidates.setdefault(id(one), one)
        return min(
            (
                one
                for key, one in candidates.items()
                if shared[key] >= LEAST_SHARED and is_contained(sighting.hashes, one.hashes)
            ),
            key=lambda one: one.order,
            default=None,
        )


def originals(sightings: Iterable[Sighting]) -> list[Sighting]:
    """Return for each of `sightings`, which stand in their order, whose text it carries."""
    known = Originals()
    return [known.add(sighting) for sighting in sightings]
