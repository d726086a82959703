"""Reading feeds: ours against feedparser, on the same documents, in one run and one process.

    .venv/bin/python benchmarks/feed_parsing.py [FOLDER]

Without a folder of real feeds it makes twenty-four documents of the usual kinds and sizes (feed_documents.py).
Takes the best of nine rounds for each document, since other work on the machine only ever slows one
down. Prints both times and the ratio for each kind; exits 1 below a ratio of 20 in all, or with fewer
entries of a kind than feedparser.
"""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Callable
from dataclasses import astuple, dataclass
from pathlib import Path

import feedparser

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.feed_documents import documents
from services.fetcher.parse.document import UnreadableError
from services.fetcher.parse.reader import BrokenError, read
from services.fetcher.parse.tolerant import read_tolerantly

RATIO = 20.0
ROUNDS = 9


@dataclass
class Tally:
    """What reading the documents of a kind took, in seconds of the processor, and gave."""

    documents: int = 0
    bytes: int = 0
    our_seconds: float = 0.0
    their_seconds: float = 0.0
    ours: int = 0
    theirs: int = 0

    @property
    def ratio(self) -> float:
        """Return how many times as fast we are."""
        return self.their_seconds / self.our_seconds

    def __add__(self, other: Tally) -> Tally:
        pairs = zip(astuple(self), astuple(other), strict=True)
        return Tally(*(one + more for one, more in pairs))


def main() -> int:
    """Measure, print and judge."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    kinds: dict[str, Tally] = {}
    whole = Tally()
    for kind, document in _real(folder) if folder else documents():
        measured = _measured(document)
        kinds[kind] = kinds.get(kind, Tally()) + measured
        whole = whole + measured
    for kind, tally in kinds.items():
        _print(kind, tally)
    _print("all", whole)
    print(f"ratio {whole.ratio:.1f}  (wanted: {RATIO:.0f})")
    has_fewer = any(tally.ours < tally.theirs for tally in kinds.values())
    return 0 if whole.ratio >= RATIO and not has_fewer else 1


def _measured(document: bytes) -> Tally:
    our_seconds, ours = _best(read_ours, document)
    their_seconds, theirs = _best(read_theirs, document)
    return Tally(1, len(document), our_seconds, their_seconds, ours, theirs)


def _best(count: Callable[[bytes], int], document: bytes) -> tuple[float, int]:
    seconds = []
    entries = 0
    for _ in range(ROUNDS):
        started = time.process_time()
        entries = count(document)
        seconds.append(time.process_time() - started)
    return min(seconds), entries


def _print(kind: str, tally: Tally) -> None:
    count = tally.documents
    print(
        f"{kind:15} {tally.bytes / count / 1024:5.0f} KB, {tally.ours / count:5.1f} entries"
        f" (feedparser {tally.theirs / count:5.1f}): {1000 * tally.our_seconds / count:6.2f} ms"
        f" against {1000 * tally.their_seconds / count:7.2f}, ratio {tally.ratio:5.1f}"
    )


def _real(folder: Path) -> list[tuple[str, bytes]]:
    return [("real", path.read_bytes()) for path in sorted(folder.iterdir())]


def read_ours(document: bytes) -> int:
    """Return how many entries we find, the fallback's cost included."""
    try:
        return len(read(document, url="https://example.org/feed").entries)
    except BrokenError:
        return _tolerantly(document)
    except UnreadableError:
        return 0


def _tolerantly(document: bytes) -> int:
    try:
        return len(read_tolerantly(document, url=None, content_type=None).entries)
    except UnreadableError:
        return 0


def read_theirs(document: bytes) -> int:
    """Return how many entries feedparser finds, with its defaults."""
    return len(feedparser.parse(io.BytesIO(document)).entries)


if __name__ == "__main__":
    sys.exit(main())
