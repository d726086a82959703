"""Mail: a message as an e-mail, plain and HTML, in one thread per event."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from html import escape

from services.alerter.render.message import Message, Section, quotation
from services.alerter.render.words import country_name, enumeration, one_line, shortened
from services.common.contracts.delivery import DeliveryKind
from services.common.event_types import event_type
from services.common.ids import fingerprint

MOST_SECTIONS = 50
"""More make a mail that Gmail cuts off (102 kB); what is left out stands on the page."""

_MAX_QUOTE = 500
_MAX_SUBJECT = 120


def mail_of(
    message: Message, *, sender: str, recipients: Sequence[str], sent_at: datetime
) -> EmailMessage:
    """Return the mail of `message` to `recipients`.

    Its Message-ID is the delivery's id, so a repeat is one mail for a mailbox that looks. A message
    on one event answers a root that was never sent, the same for every message on that event to
    these recipients, and keeps its subject: mail programs show them as one thread.
    """
    domain = parseaddr(sender)[1].rpartition("@")[2] or "kabar.invalid"
    mail = EmailMessage(policy=SMTP)
    mail["From"] = sender
    mail["To"] = ", ".join(recipients)
    mail["Subject"] = _subject(message)
    mail["Date"] = format_datetime(sent_at)
    mail["Message-ID"] = f"<{message.id}@{domain}>"
    if (root := _thread_root(message, recipients)) is not None:
        mail["In-Reply-To"] = mail["References"] = f"<{root}@{domain}>"
    mail["List-Id"] = f"kabar alerts <alerts.kabar.{domain}>"
    # Nobody's out-of-office note should answer us.
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail.set_content(_plain(message))
    mail.add_alternative(_html(message), subtype="html")
    return mail


def _subject(message: Message) -> str:
    """Return the same for all messages on one event; the stage stands in the first line."""
    events = {section.alert.event.id: section.alert.event for section in message.sections}
    if len(events) > 1:
        kind = "old news: " if message.kind is DeliveryKind.SUMMARY else ""
        return f"kabar: {kind}{len(message.sections)} alerts"
    [event] = events.values()
    anchors = [company for company in event.companies if company.role in {"target", "actor"}]
    # The first company as the event was opened with; others may join it later.
    named = shortened((anchors or list(event.companies))[0].name)
    return shortened(f"{named}: {event_type(event.type).label}", code_points=_MAX_SUBJECT)


def _thread_root(message: Message, recipients: Sequence[str]) -> str | None:
    events = {section.alert.event.id for section in message.sections}
    if len(events) != 1:
        return None
    return f"{events.pop()}.{fingerprint('thread', *sorted(recipients))[:12]}"


def _plain(message: Message) -> str:
    parts = ["\n".join(_plain_lines(section)) for section in message.sections[:MOST_SECTIONS]]
    return "\n\n".join([*parts, _footer(message)]) + "\n"


def _plain_lines(section: Section) -> list[str]:
    lines = [section.alert.sentence]
    if (story := section.quoted) is not None:
        words = shortened(quotation(story), code_points=_MAX_QUOTE)
        lines += [f"“{words}”", f"{shortened(story.outlet)} ({one_line(story.lang)})"]
        lines += [one_line(story.url)]
    return [*lines, *_facts(section)]


def _facts(section: Section) -> list[str]:
    event = section.alert.event
    facts = []
    if event.countries:
        names = [country_name(code) for code in event.countries]
        facts.append(f"Where: {enumeration(names, rest='more')}")
    others = [story for story in event.stories if story != section.quoted]
    if others:
        outlets = list(dict.fromkeys(shortened(story.outlet) for story in others))
        facts.append(f"Also: {enumeration(outlets, rest='more')}")
    return facts


def _html(message: Message) -> str:
    parts = "\n".join(_html_section(section) for section in message.sections[:MOST_SECTIONS])
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f"<title>{escape(_subject(message))}</title></head>\n"
        '<body style="font-family:sans-serif;line-height:1.4;max-width:40em">\n'
        f'{parts}\n<p style="color:#555;font-size:small">{escape(_footer(message))}</p>\n'
        "</body></html>\n"
    )


def _html_section(section: Section) -> str:
    story = section.quoted
    told = "" if story is None else _html_story(section)
    facts = "".join(f"<br>{escape(fact)}" for fact in _facts(section))
    return f"<p><strong>{escape(section.alert.sentence)}</strong>{facts}</p>\n{told}"


def _html_story(section: Section) -> str:
    story = section.quoted
    if story is None:
        return ""
    words = escape(shortened(quotation(story), code_points=_MAX_QUOTE))
    outlet, language = escape(shortened(story.outlet)), escape(one_line(story.lang))
    url = one_line(story.url)
    # An address of another scheme, say javascript:, is shown and not linked.
    is_web = url.startswith(("https://", "http://"))
    source = f'<a href="{escape(url)}">{outlet}</a>' if is_web else f"{outlet} {escape(url)}"
    return f'<blockquote dir="auto" lang="{language}">{words}</blockquote>\n<p>{source} ({language})</p>'


def _footer(message: Message) -> str:
    left_out = len(message.sections) - MOST_SECTIONS
    more = f"{left_out} more alerts are on the page. " if left_out > 0 else ""
    note = f"{one_line(message.note)}. " if message.note else ""
    return f"{more}{note}Sent by kabar for: {', '.join(message.subscriptions)}."
