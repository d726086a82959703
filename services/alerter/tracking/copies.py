"""Copies: which stories carry a text that another one told before, cut or decorated as feeds do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from copy import copy
from typing import Self

from services.alerter.tracking.sighting import Sighting
from services.common.sketch import LEAST_SHARED, Ordered, is_contained, shares_enough

Hashes = frozenset[int]


class _Relations:
    """Which texts are copies of which, by their sketches' hashes, found once for each new text.

    Every fold of an event asks this of each of its texts again; comparing them all each time is what
    made an event of eight hundred stories take a hundred seconds.

    After so many new texts all are forgotten: whoever asks again has those that matter to it recalled.
    """

    MOST_TEXTS = 2_000

    def __init__(self) -> None:
        self.times_forgotten = 0
        self._room = self.MOST_TEXTS
        self._related: dict[Hashes, list[Hashes]] = {}
        # Texts by their numbers here: counting numbers is what most of the time goes into.
        self._texts: list[tuple[Hashes, Ordered]] = []
        self._by_hash: dict[int, list[int]] = {}

    def of(self, hashes: Hashes) -> Sequence[Hashes]:
        """Return the known texts that carry this one or are carried by it, itself too."""
        found = self._related.get(hashes)
        if found is not None:
            return found
        self._room -= 1
        return self._compared(hashes)

    def make_room(self) -> None:
        """Forget all texts when there is no room for another."""
        if self._room <= 0:
            self._related.clear()
            self._texts.clear()
            self._by_hash.clear()
            self._room = self.MOST_TEXTS
            self.times_forgotten += 1

    def recall(self, texts: Iterable[Hashes]) -> None:
        """Know `texts` again, those that were forgotten. They take no room: an event may have more."""
        for hashes in texts:
            if hashes not in self._related:
                self._compared(hashes)

    def _compared(self, hashes: Hashes) -> list[Hashes]:
        number, in_order = len(self._texts), sorted(hashes)
        shared: Counter[int] = Counter()
        for found in hashes:
            shared.update(self._by_hash.setdefault(found, []))
            self._by_hash[found].append(number)
        near = (
            (*self._texts[other], count) for other, count in shared.items() if count >= LEAST_SHARED
        )
        related = [
            other for other, others, count in near if shares_enough(in_order, others, shared=count)
        ]
        self._texts.append((hashes, in_order))
        for other in related:
            self._related[other].append(hashes)
        if is_contained(hashes, hashes):
            related.append(hashes)
        self._related[hashes] = related
        return related


_relations = _Relations()
"""Those of this process: a pure function's memory."""


class Originals:
    """The distinct texts of an event, in the order in which they were told."""

    def __init__(self) -> None:
        self.by_text: dict[str, Sighting] = {}
        self.by_hashes: dict[Hashes, Sighting] = {}
        self._times_forgotten = _relations.times_forgotten

    def copy(self) -> Self:
        """Return the same texts."""
        other = copy(self)
        other.by_text = self.by_text.copy()
        other.by_hashes = self.by_hashes.copy()
        return other

    def add(self, sighting: Sighting) -> Sighting:
        """Take the next sighting in; return whose text it carries: its own, or the first that told it."""
        original = self.by_text.get(sighting.text_hash) or self._containing(sighting)
        if original is None:
            original = sighting
            if sighting.hashes:
                self.by_hashes.setdefault(sighting.hashes, sighting)
        self.by_text.setdefault(sighting.text_hash, original)
        return original

    def _containing(self, sighting: Sighting) -> Sighting | None:
        # A text is compared with all known ones; most events are told once, and there is none to find.
        if not sighting.hashes or not self.by_hashes:
            return None
        self._recall()
        known = (self.by_hashes.get(hashes) for hashes in _relations.of(sighting.hashes))
        return min(
            (one for one in known if one is not None), key=lambda one: one.order, default=None
        )

    def _recall(self) -> None:
        """Have the relations know these texts: what was folded before does not ask for them again.

        The first one never asked: it was alone.
        """
        _relations.make_room()
        if len(self.by_hashes) == 1 or self._times_forgotten != _relations.times_forgotten:
            _relations.recall(self.by_hashes)
            self._times_forgotten = _relations.times_forgotten
