"""Threads of mails as mail programs make them: by reference, then by subject.

Source: https://www.jwz.org/doc/threading.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage

_ID = re.compile(r"<[^<>\s]+>")
_REPLY = re.compile(r"^(re|fwd?)(\[\d+\])?:\s*", re.IGNORECASE)


@dataclass(eq=False)
class Container:
    """A mail, or one that is only referred to, with what answers it."""

    mail: EmailMessage | None = None
    parent: Container | None = None
    children: list[Container] = field(default_factory=list)

    def mails(self) -> list[EmailMessage]:
        own = [] if self.mail is None else [self.mail]
        return [*own, *(mail for child in self.children for mail in child.mails())]

    def subject(self) -> str:
        return _REPLY.sub("", str(self.mails()[0]["Subject"])).strip()

    def is_above(self, other: Container) -> bool:
        return other is self or (other.parent is not None and self.is_above(other.parent))


def jwz_threads(mails: Iterable[EmailMessage]) -> list[list[EmailMessage]]:
    """Return the threads in which a mail program shows `mails`."""
    table: dict[str, Container] = {}
    for mail in mails:
        _place(table, mail)
    roots = [one for one in table.values() if one.parent is None and one.mails()]
    return _by_subject(roots)


def _place(table: dict[str, Container], mail: EmailMessage) -> None:
    container = table.setdefault(str(mail["Message-ID"]).strip(), Container())
    container.mail = mail
    above: Container | None = None
    for reference in _references(mail):
        next_one = table.setdefault(reference, Container())
        if above is not None and next_one.parent is None and not next_one.is_above(above):
            _adopt(above, next_one)
        above = next_one
    if above is not None and not container.is_above(above):
        if container.parent is not None:
            container.parent.children.remove(container)
        _adopt(above, container)


def _references(mail: EmailMessage) -> Sequence[str]:
    return _ID.findall(str(mail["References"] or "")) or _ID.findall(str(mail["In-Reply-To"] or ""))


def _adopt(parent: Container, child: Container) -> None:
    child.parent = parent
    parent.children.append(child)


def _by_subject(roots: Sequence[Container]) -> list[list[EmailMessage]]:
    threads: dict[str, list[EmailMessage]] = {}
    for root in roots:
        threads.setdefault(root.subject(), []).extend(root.mails())
    return list(threads.values())
