"""Sketch: a few hundred bytes by which copies of a text are known, cut and decorated ones too.

The 128 smallest hashes of its shingles (three words, or eight characters where words are not spaced).
Copies are found by containment, not resemblance: feeds cut texts and put lines of their own around.
Source: Broder 1997, "On the resemblance and containment of documents".
"""

from __future__ import annotations

import base64
import binascii
from array import array
from collections.abc import Iterable, Sequence
from functools import lru_cache
from zlib import crc32

SIZE = 128
CONTAINED = 0.6
"""Share of the shorter text's shingles that must stand in the other."""
LEAST_SHARED = 6
_LONG_WORD = 14

Ordered = Sequence[int]
"""The hashes of a sketch, the smallest first."""


def sketch_of(words: Sequence[str]) -> str:
    """Return the sketch of a text as ASCII, by its `text.words_of`; empty for fewer than six shingles."""
    if not words:
        return ""
    if sum(map(len, words)) > _LONG_WORD * len(words):
        run = "".join(words)
        shingles: Iterable[bytes] = (run[at : at + 8].encode() for at in range(len(run) - 7))
    else:
        encoded = " ".join(words).encode().split()
        shingles = map(b" ".join, zip(encoded, encoded[1:], encoded[2:], strict=False))
    hashes = sorted(set(map(crc32, shingles)))[:SIZE]
    if len(hashes) < LEAST_SHARED:
        return ""
    packed = array("I", hashes)
    return base64.b64encode(packed.tobytes()).decode("ascii")


def hashes_of(sketch: str) -> frozenset[int]:
    """Return the hashes of a sketch; none of an empty or broken one."""
    try:
        packed = base64.b64decode(sketch, validate=True)
    except (ValueError, binascii.Error):
        return frozenset()
    return frozenset(array("I", packed)) if len(packed) % 4 == 0 else frozenset()


def is_contained(one: frozenset[int], other: frozenset[int]) -> bool:
    """Return whether one of two texts stands in the other, by their sketches' hashes."""
    if len(one) < LEAST_SHARED or len(other) < LEAST_SHARED:
        return False
    # Most pairs are strangers, and two sets meet in a tenth of the time of counting below a limit.
    shared = len(one & other)
    return shared >= LEAST_SHARED and shares_enough(ordered(one), ordered(other), shared=shared)


def shares_enough(one: Ordered, other: Ordered, *, shared: int) -> bool:
    """Return whether one of two texts stands in the other, of whose hashes, in order, they share some."""
    # Below the smaller of the two largest kept hashes both sketches are complete.
    limit = min(one[-1] if len(one) == SIZE else 2**32, other[-1] if len(other) == SIZE else 2**32)
    # One of them has so few below it that those shared are enough. Counting would take a search each.
    most = _MOST[shared]
    return len(one) <= most or one[most] > limit or len(other) <= most or other[most] > limit


_MOST = [
    max(fewest for fewest in range(2 * SIZE) if CONTAINED * fewest <= shared)
    for shared in range(SIZE + 1)
]
"""Of how many hashes these are enough, by how many are shared."""


@lru_cache(maxsize=4_000)
def ordered(hashes: frozenset[int]) -> Ordered:
    """Return the hashes of a text in order."""
    return sorted(hashes)
