"""Console: one line an alert on a text stream, standard output in the program."""

from __future__ import annotations

import asyncio
from typing import TextIO

from services.alerter.render.message import Message, Section, quotation
from services.alerter.render.words import one_line, shortened
from services.common.contracts.delivery import DeliveryKind
from services.common.errors import ChannelUnavailableError

DEADLINE_SECONDS = 15.0

MAX_QUOTE_CODE_POINTS = 200


class ConsoleChannel:
    """Writes where a person or the next program of a pipe reads."""

    type = "console"
    concurrency = 1
    is_repeat_safe = False

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    async def send(self, message: Message) -> None:
        """Write the message's lines; the stream has taken them when this returns."""
        lines = "".join(f"{console_line(section, message)}\n" for section in message.sections)
        try:
            async with asyncio.timeout(DEADLINE_SECONDS):
                await asyncio.to_thread(self._write, lines)
        except TimeoutError as error:
            raise ChannelUnavailableError("Standard output takes nothing.") from error
        except (OSError, ValueError) as error:
            raise ChannelUnavailableError("Standard output is closed.") from error

    def _write(self, lines: str) -> None:
        # Not every terminal can show every script; what it cannot show is escaped.
        encoding = self._stream.encoding or "utf-8"
        self._stream.write(lines.encode(encoding, "backslashreplace").decode(encoding))
        self._stream.flush()


def console_line(section: Section, message: Message) -> str:
    """Return the sentence, then the story's own words with language, outlet and address.

    At the end stands to whom it is told, and that it is old news where it is.
    """
    parts = [section.alert.sentence]
    if (story := section.quoted) is not None:
        quote = shortened(quotation(story), code_points=MAX_QUOTE_CODE_POINTS)
        parts.append(f"“{quote}” ({one_line(story.lang)}, {shortened(story.outlet)})")
        parts.append(one_line(story.url))
    old = "old news for " if message.kind is DeliveryKind.SUMMARY else ""
    parts.append(f"[{old}{', '.join(message.subscriptions)}]")
    return " · ".join(parts)
