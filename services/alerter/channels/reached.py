"""Reached: who of a channel's people has which alerts, while others still wait for them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import replace

from services.alerter.render.message import Message, Section

_MOST_REMEMBERED = 10_000


class Reached:
    """Remembers by alert, not by message: what waits for somebody may go on in another message, with
    alerts that nobody has. `known` are parts of messages, and who has them.
    """

    def __init__(self, known: Iterable[tuple[str, str]] = ()) -> None:
        self._by_part: OrderedDict[str, set[str]] = OrderedDict()
        for part, recipient in known:
            self._by_part.setdefault(part, set()).add(recipient)

    def left_of(self, message: Message, *, recipient: str) -> Message | None:
        """Return `message` without what `recipient` has; None where that is all of it."""
        if not message.sections:
            return None if self._has(recipient, message.id) else message
        left = tuple(one for one in message.sections if not self._has(recipient, _part(one)))
        return replace(message, sections=left) if left else None

    def by(self, message: Message) -> list[tuple[str, str]]:
        """Return who has which part of `message`."""
        return [
            (part, one) for part in _parts(message) for one in tuple(self._by_part.get(part, ()))
        ]

    def note(self, message: Message, recipient: str) -> None:
        """Note that `recipient` has `message`; from any thread."""
        for part in _parts(message):
            self._by_part.setdefault(part, set()).add(recipient)
        while len(self._by_part) > _MOST_REMEMBERED:
            self._by_part.popitem(last=False)

    def forget(self, message: Message) -> None:
        """Forget who has `message`, since everybody does: sent again, it is meant to come again."""
        for part in _parts(message):
            self._by_part.pop(part, None)

    def _has(self, recipient: str, part: str) -> bool:
        return recipient in self._by_part.get(part, ())


def _parts(message: Message) -> list[str]:
    return [_part(section) for section in message.sections] or [message.id]


def _part(section: Section) -> str:
    return section.alert.alert_id
