"""Mail: a message as an e-mail to one address, plain and HTML, in one thread per event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, parseaddr
from html import escape

from services.alerter.render.bodies import EventBody
from services.alerter.render.document import Document, Passage, fitted
from services.alerter.render.message import Message, first_named, heading
from services.alerter.render.units import utf8_bytes
from services.alerter.render.words import country_name, date_words, enumeration, shortened
from services.common.contracts.delivery import DeliveryKind
from services.common.event_types import event_type
from services.common.ids import fingerprint

MOST_SECTIONS = 50
MAX_HTML = 100_000
"""Bytes; Gmail cuts off what is longer than 102 kB. What is left out stands on the page."""
MAX_SUBJECT = 120

_ALONE = frozenset({DeliveryKind.DIGEST, DeliveryKind.SUMMARY})
_MAX_QUOTE = 500
_NO_MORE = "No more of these mails"
_ALL = "All of them"

_Line = tuple[str, str | None]
"""A line of the end, with the address that it links where it is a link."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailThread:
    """What the mails on one event share: the root that they all answer, and their subject.

    The root was never sent. Gmail parts a thread where the subject changes, so it is that of the first
    mail, whatever the event turns into; the stage stands in the first line.
    """

    root: str
    subject: str

    @classmethod
    def of_handle(cls, handle: str) -> MailThread:
        """Return the thread that `handle` kept."""
        root, _, subject = handle.partition("/")
        return cls(root=root, subject=subject)

    @property
    def handle(self) -> str:
        """Return what a later mail needs to join."""
        return f"{self.root}/{self.subject}"


def begun_thread(message: Message) -> MailThread | None:
    """Return the thread that a message on one event begins; None for several events or none."""
    events = {section.alert.event.id for section in message.sections}
    if len(events) != 1 or message.kind in _ALONE:
        return None
    return MailThread(root=events.pop(), subject=_subject(message))


def mail_of(
    message: Message,
    *,
    thread: MailThread | None,
    sender: str,
    recipient: str,
    sent_at: datetime,
    unsubscribe_url: str | None = None,
    page_url: str | None = None,
) -> EmailMessage:
    """Return the mail of `message` to one recipient.

    Its Message-ID is the delivery's id, so a repeat is one mail for a mailbox that looks. The root of
    its thread is one for each recipient. With `unsubscribe_url` one click there ends the mails
    (RFC 8058); at `page_url` stands what is left out here.
    """
    domain = parseaddr(sender)[1].rpartition("@")[2] or "kabar.invalid"
    subject = thread.subject if thread else _subject(message)
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = sender
    mail["To"] = recipient
    mail["Subject"] = subject
    mail["Date"] = format_datetime(sent_at)
    mail["Message-ID"] = f"<{message.id}@{domain}>"
    if thread is not None:
        root = f"<{thread.root}.{fingerprint('thread', recipient)[:12]}@{domain}>"
        mail["In-Reply-To"] = mail["References"] = root
    mail["List-Id"] = f"kabar alerts <alerts.kabar.{domain}>"
    if unsubscribe_url is not None:
        mail["List-Unsubscribe"] = f"<{unsubscribe_url}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    # Nobody's out-of-office note should answer us.
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    plain, html = fitted(
        message,
        most=MOST_SECTIONS,
        form=lambda document: _bodies(
            document,
            _footer(document, message, page_url=page_url, unsubscribe_url=unsubscribe_url),
            subject=subject,
        ),
        fits=lambda bodies: utf8_bytes(bodies[1]) <= MAX_HTML,
    )
    mail.set_content(plain)
    if not message.is_plain:
        mail.add_alternative(html, subtype="html")
    return mail


class _Policy(EmailPolicy):
    """Leaves whole what programs read: by itself Python writes a word that is longer than a line, such
    as the address that ends the mails, as encoded text, which is no address and no id to anybody.
    """

    def fold(self, name: str, value: str) -> str:
        """Return the header as text."""
        return self._whole(name, value) or super().fold(name, value)

    def fold_binary(self, name: str, value: str) -> bytes:
        """Return the header as bytes."""
        return self._whole(name, value).encode("ascii") or super().fold_binary(name, value)

    def _whole(self, name: str, value: str) -> str:
        """Return the header on one line; nothing for one that people read."""
        is_whole = name.lower() in _READ_BY_PROGRAMS and value.isascii()
        return f"{name}: {value}{self.linesep}" if is_whole else ""


_READ_BY_PROGRAMS = frozenset({"in-reply-to", "references", "list-id", "list-unsubscribe"})
_POLICY = _Policy(linesep="\r\n")


def _bodies(document: Document, footer: Sequence[_Line], *, subject: str) -> tuple[str, str]:
    return _plain(document, footer), _html(document, footer, subject=subject)


def _subject(message: Message) -> str:
    events = {section.alert.event.id: section.alert.event for section in message.sections}
    if not events:
        return shortened(f"kabar: {message.note}", code_points=MAX_SUBJECT)
    if len(events) > 1:
        said = "old news: " if message.kind is DeliveryKind.SUMMARY else ""
        return shortened(heading(message.sections, said=said), code_points=MAX_SUBJECT)
    [event] = events.values()
    name = first_named(event) or "kabar"
    said = f"{name}: {event_type(event.type).label} ({_told_apart(event)})"
    return shortened(said, code_points=MAX_SUBJECT)


def _told_apart(event: EventBody) -> str:
    """Return "Indonesia, 5 Jan 2026": some mail programs join what has one subject."""
    places = [country_name(code) for code in event.countries]
    began = date_words(event.first_seen.astimezone(UTC).date().isoformat())
    parts = (
        enumeration(places, rest="more"),
        shortened(event.scope or "", code_points=30),
        began.removeprefix(" on "),
    )
    return ", ".join(filter(None, parts))


def _footer(
    document: Document, message: Message, *, page_url: str | None, unsubscribe_url: str | None
) -> list[_Line]:
    """Return the last lines; the last of all is the address that ends the mails."""
    told = (
        f"Sent by kabar for: {', '.join(message.subscriptions)}." if message.subscriptions else ""
    )
    said = " ".join(filter(None, (document.note, told)))
    lines: list[_Line] = [(said, None)] if said else []
    if page_url is not None and len(document.passages) < len(message.sections):
        lines.append((_ALL, page_url))
    if unsubscribe_url is not None:
        lines.append((_NO_MORE, unsubscribe_url))
    return lines


def _plain(document: Document, footer: Sequence[_Line]) -> str:
    parts = ["\n".join(_plain_lines(passage)) for passage in document.passages]
    ending = [said if url is None else f"{said}: {url}" for said, url in footer]
    return "\n\n".join([*parts, "\n".join(ending)]) + "\n"


def _plain_lines(passage: Passage) -> list[str]:
    lines = [passage.sentence]
    if (quote := passage.quote) is not None:
        words = shortened(quote.words, code_points=_MAX_QUOTE)
        lines += [f"“{words}”", quote.source, *([quote.url] if quote.url else [])]
    return [*lines, *passage.facts, *([passage.coverage] if passage.coverage else [])]


def _html(document: Document, footer: Sequence[_Line], *, subject: str) -> str:
    parts = "\n".join(_html_passage(passage) for passage in document.passages)
    ending = "<br>".join(_html_footer_line(*line) for line in footer)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f"<title>{escape(subject)}</title></head>\n"
        '<body style="font-family:sans-serif;line-height:1.4;max-width:40em">\n'
        f'{parts}\n<p style="color:#555;font-size:small">{ending}</p>\n'
        "</body></html>\n"
    )


def _html_passage(passage: Passage) -> str:
    lines = [*passage.facts, *([passage.coverage] if passage.coverage else [])]
    facts = "".join(f"<br>{escape(line)}" for line in lines)
    return f"<p><strong>{escape(passage.sentence)}</strong>{facts}</p>\n{_html_quote(passage)}"


def _html_quote(passage: Passage) -> str:
    if (quote := passage.quote) is None:
        return ""
    words = escape(shortened(quote.words, code_points=_MAX_QUOTE))
    source = escape(quote.source)
    # An address of another scheme, say javascript:, is never linked.
    linked = source if quote.url is None else f'<a href="{escape(quote.url)}">{source}</a>'
    return (
        f'<blockquote dir="auto" lang="{escape(quote.lang)}">{words}</blockquote>\n<p>{linked}</p>'
    )


def _html_footer_line(said: str, url: str | None) -> str:
    # A note may hold addresses too, such as what a channel answered: those stay text.
    return escape(said) if url is None else f'<a href="{escape(url)}">{escape(said)}</a>'
