"""Answering: what runs in the classifying child: requests in, answers out, until the parent is gone.

Frames on the pipes are a length of four bytes and a pickle; both ends are our own.
"""

from __future__ import annotations

import gc
import pickle
import select
import signal
import struct
import sys
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from io import FileIO
from typing import Protocol

from services.classifier.answer import Reader, read_record
from services.classifier.change import Change
from services.common.garbage import collect_rarely
from services.common.packed import unpack
from services.common.watchlist import Watchlist

COMPUTES_WITHIN = timedelta(seconds=10)
"""How long a request may compute; then the child is taken for hung. Seconds of the processor: a child
whose first stories wait for lexicons on a crowded machine is slow, and would be again after a restart.
"""

IDLE = timedelta(seconds=1)
"""After so long without a request a child makes ready what only some stories need: a first one waits for
it otherwise, and with it all that come in the second or two that it takes on a busy machine.
"""

LENGTH = struct.Struct(">I")
"""Of the pickle behind it."""


class ChangingReader(Reader, Protocol):
    """A reader of one watchlist that can become a reader of another."""

    def changed(self, change: Change) -> Reader:
        """Return a reader for what `change` makes of the watchlist that this one was built from."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparation:
    """What a child makes ready before a story needs it, when no request came for as long as `after`."""

    after: timedelta
    make: Callable[[], None]


def main(
    reader_of: Callable[[Watchlist], ChangingReader] | None = None,
    *,
    preparations: Sequence[Preparation] = (),
    computes_within: timedelta = COMPUTES_WITHIN,
) -> None:
    """Answer requests on stdin until it ends, which it does when the parent is gone.

    In between each of `preparations` is made once, in their order.
    """
    if reader_of is None:
        # The parent never needs them.
        from services.classifier.pipeline import Pipeline  # noqa: PLC0415
        from services.classifier.steps import language  # noqa: PLC0415
        from services.classifier.untracked import well_known  # noqa: PLC0415

        reader_of = Pipeline.of
        preparations = (
            # Nearly every story needs them, and the parent has not begun to poll.
            Preparation(after=timedelta(), make=well_known.prepare),
            Preparation(after=IDLE, make=language.prepare),
        )
    # Ctrl-C reaches the whole terminal; the parent decides when its child ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    requests, answers = FileIO(sys.stdin.fileno(), closefd=False), sys.stdout.buffer
    sys.stdout = sys.stderr
    built: ChangingReader | None = None
    reader: Reader | None = None
    to_prepare = deque(preparations)
    answer: object
    while (request := _next(requests)) is not None:
        kind, body = request
        if kind == "watchlist":
            built = reader = None  # two of them at a time would take twice the memory
            reader, answer = _built(body, reader_of)  # type: ignore[arg-type]  # the parent packs it
            built = reader
        elif built is None or reader is None:
            return
        elif isinstance(body, Change):
            reader, answer = built.changed(body), body.hash
        else:
            # The timer's signal ends the process, whatever it computes: nothing here handles it.
            signal.setitimer(signal.ITIMER_PROF, computes_within.total_seconds())
            answer = [read_record(reader, story) for story in body]  # type: ignore[attr-defined]
            signal.setitimer(signal.ITIMER_PROF, 0)
        payload = pickle.dumps(answer)
        answers.write(LENGTH.pack(len(payload)) + payload)
        answers.flush()
        while to_prepare and _is_idle(requests, to_prepare[0].after):
            to_prepare.popleft().make()


def _is_idle(requests: FileIO, within: timedelta) -> bool:
    """Return whether no request comes `within` a time."""
    return not select.select([requests], [], [], within.total_seconds())[0]


def _built(
    packed: tuple[str, list[bytes]], reader_of: Callable[[Watchlist], ChangingReader]
) -> tuple[ChangingReader, object]:
    """Return a reader of the packed watchlist, and the watchlist's hash.

    The collector would walk a million objects again and again while they are made, and for nothing
    whenever stories are read later.
    """
    gc.disable()
    known_hash, parts = packed
    watchlist = Watchlist.checked(unpack(parts, {}), hash=known_hash)
    reader = reader_of(watchlist)
    collect_rarely()
    gc.enable()
    return reader, watchlist.hash


def _next(pipe: FileIO) -> tuple[str, object] | None:
    header = _exactly(LENGTH.size, pipe)
    if len(header) < LENGTH.size:
        return None
    (length,) = LENGTH.unpack(header)
    kind, body = pickle.loads(_exactly(length, pipe))  # noqa: S301  our own parent
    return str(kind), body


def _exactly(size: int, pipe: FileIO) -> bytes:
    """Return as many bytes, or what there is before the end.

    Without a buffer: a request that lies in one is not seen by `_is_idle`.
    """
    parts: list[bytes] = []
    while size and (part := pipe.read(size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


if __name__ == "__main__":
    main()
