"""Payloads: what each type of channel would be handed, to be looked at without sending."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime

from services.alerter.channels.apprise import apprise_payload
from services.alerter.channels.console import console_line
from services.alerter.channels.discord import discord_payload
from services.alerter.channels.ntfy import ntfy_payload
from services.alerter.channels.slack import slack_payload
from services.alerter.channels.telegram import telegram_payload
from services.alerter.render.bodies import webhook_body
from services.alerter.render.document import document_of
from services.alerter.render.mail import begun_thread, mail_of
from services.alerter.render.message import Message


def payload_of(kind: str, message: Message, *, now: datetime) -> object:
    """Return the payload of `message` for a channel of type `kind`, as JSON has it.

    Raises:
        KeyError: there is no such type.
    """
    if kind == "email":
        return _mail(message, now)
    return _PAYLOADS[kind](message)


def _mail(message: Message, now: datetime) -> dict[str, object]:
    mail = mail_of(
        message,
        thread=begun_thread(message),
        sender="kabar@example.net",
        recipient="reader@example.org",
        sent_at=now,
    )
    parts = {kind: mail.get_body((kind,)) for kind in ("plain", "html")}
    texts = {kind: part.get_content() for kind, part in parts.items() if part is not None}
    return {"headers": {name: str(value) for name, value in mail.items()}, **texts}


def _webhook(message: Message) -> object:
    alerts = (section.alert for section in message.sections)
    subscription = message.subscriptions[0]
    return json.loads(
        webhook_body(alerts, subscription=subscription, planned_at=message.planned_at)
    )


def _console(message: Message) -> list[str]:
    passages = document_of(message, most=len(message.sections)).passages
    return [console_line(passage, message) for passage in passages]


_PAYLOADS: dict[str, Callable[[Message], object]] = {
    "console": _console,
    "webhook": _webhook,
    "slack": slack_payload,
    "telegram": telegram_payload,
    "ntfy": ntfy_payload,
    "discord": discord_payload,
    "apprise": apprise_payload,
}
PAYLOAD_TYPES = (*_PAYLOADS, "email")
