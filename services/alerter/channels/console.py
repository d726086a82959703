"""Console: one line an alert on a text stream, standard output in the program."""

from __future__ import annotations

import os
from functools import partial
from typing import TextIO

from services.alerter.channels.errands import Errands
from services.alerter.channels.port import Sent, Thread, Unthreaded
from services.alerter.render.document import Passage, document_of
from services.alerter.render.message import Message
from services.alerter.render.words import shortened
from services.common.contracts.delivery import DeliveryKind
from services.common.errors import ChannelUnavailableError

DEADLINE_SECONDS = 15.0

MAX_QUOTE_CODE_POINTS = 200


class ConsoleChannel(Unthreaded):
    """Writes where a person or the next program of a pipe reads."""

    type = "console"
    concurrency = 1
    is_repeat_safe = False

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._errands = Errands("console")

    async def send(self, message: Message, *, thread: Thread | None = None) -> Sent:  # noqa: ARG002  lines follow each other
        """Write the message's lines; the stream has taken them when this returns.

        What it does not take in time goes on waiting for it: the next try waits for the same lines.
        """
        passages = document_of(message, most=len(message.sections)).passages
        lines = "".join(f"{console_line(passage, message)}\n" for passage in passages)
        try:
            await self._errands.run(
                partial(_write, self._stream, lines), of=message.id, within_seconds=DEADLINE_SECONDS
            )
        except TimeoutError as error:
            raise ChannelUnavailableError("Standard output takes nothing.") from error
        except (OSError, ValueError) as error:
            raise ChannelUnavailableError("Standard output is closed.") from error
        return Sent()


def _write(stream: TextIO, lines: str) -> None:
    """Return when `stream` has `lines`. Not every terminal can show every script: the rest is escaped."""
    encoding = stream.encoding or "utf-8"
    written = lines.encode(encoding, "backslashreplace")
    try:
        descriptor = stream.fileno()
    except (OSError, ValueError):  # a stream in memory
        stream.write(written.decode(encoding))
        return
    stream.flush()
    # Past the stream's buffer, which a thread that waits in it would keep locked at the end.
    while written:
        written = written[os.write(descriptor, written) :]


def console_line(passage: Passage, message: Message) -> str:
    """Return the sentence, then the story's own words with outlet, language and address.

    At the end stands to whom it is told, and that it is old news where it is.
    """
    parts = [passage.sentence]
    if (quote := passage.quote) is not None:
        parts.append(f"“{shortened(quote.words, code_points=MAX_QUOTE_CODE_POINTS)}”")
        parts.append(quote.source)
        parts += [quote.url] if quote.url else []
    old = "old news for " if message.kind is DeliveryKind.SUMMARY else ""
    parts.append(f"[{old}{', '.join(message.subscriptions)}]")
    return " · ".join(parts)
