"""Registry: the channels that kabar can send to, one line each."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TextIO

from services.alerter.channels.apprise import MISSING, AppriseChannel, is_installed
from services.alerter.channels.console import ConsoleChannel
from services.alerter.channels.discord import DiscordChannel
from services.alerter.channels.email import EmailChannel, Mailing
from services.alerter.channels.ntfy import DEFAULT_SERVER, NtfyChannel
from services.alerter.channels.port import Channel
from services.alerter.channels.relay import Relay
from services.alerter.channels.signature import signing_key
from services.alerter.channels.slack import SlackBotChannel, SlackWebhookChannel
from services.alerter.channels.telegram import TelegramChannel
from services.alerter.channels.webhook import WebhookChannel
from services.common.clock import Clock
from services.common.contracts.subscription import ChannelConfig, Secret
from services.common.errors import ConfigurationError
from services.common.http.client import HttpClient
from services.common.ids import ChannelId

SINGLE_TYPES = frozenset({"webhook"})
"""Types whose messages belong to one subscription each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What channels reach the world with, and the values of their secrets.

    `smtp` and `mail_from` are the settings of these names; `mailing` has who of a channel's addresses
    asked for no more mail.
    """

    http: HttpClient
    clock: Clock
    smtp: str | None = field(default=None, repr=False)
    mail_from: str | None = None
    secrets: Mapping[Secret, str] = field(default_factory=dict, repr=False)
    mailing: Callable[[ChannelId], Mailing] = lambda _: Mailing()
    stdout: TextIO = field(default_factory=lambda: sys.stdout)


def build_channel(config: ChannelConfig, outside: Outside) -> Channel:
    """Return the channel that `config` describes.

    Raises:
        ConfigurationError: this kabar cannot send to its type, or an option is missing.
    """
    if (reason := unsupported(config)) is not None:
        raise ConfigurationError(f"{config.origin}: {reason}")
    try:
        return _CHANNELS[config.type](_Options(config, outside), outside)
    except (KeyError, ValueError) as error:
        raise ConfigurationError(f'{config.origin}: the channel "{config.id}": {error}') from error


def unsupported(config: ChannelConfig) -> str | None:
    """Return why this kabar can never send to `config`, whatever the secrets are; None: it can."""
    if config.type not in _CHANNELS:
        known = ", ".join(_CHANNELS)
        return f'kabar cannot send to a channel of type "{config.type}" yet; it can to {known}.'
    if config.type == "apprise" and not is_installed():
        return f'the channel "{config.id}": {MISSING}'
    return None


class _Options:
    """The options of one channel as text, secrets as their values."""

    def __init__(self, config: ChannelConfig, outside: Outside) -> None:
        self.channel = config.id
        self._options = dict(config.options)
        self._secrets = outside.secrets

    def text(self, name: str) -> str:
        found = self.text_or_none(name)
        if found is None:
            raise ValueError(f'"{name}" is missing.')
        return found

    def texts(self, name: str) -> tuple[str, ...]:
        option = self._options.get(name)
        if not isinstance(option, tuple) or not option:
            raise ValueError(f'"{name}" is missing.')
        return option

    def text_or_none(self, name: str) -> str | None:
        option = self._options.get(name)
        if isinstance(option, Secret):
            return self._secrets[option]
        return None if option is None else str(option)


def _console(_: _Options, outside: Outside) -> Channel:
    return ConsoleChannel(outside.stdout)


def _webhook(options: _Options, outside: Outside) -> Channel:
    secret = options.text_or_none("secret")
    key = None if secret is None else signing_key(secret)
    return WebhookChannel(options.text("url"), key=key, http=outside.http, clock=outside.clock)


def _email(options: _Options, outside: Outside) -> Channel:
    if outside.smtp is None or outside.mail_from is None:
        raise ValueError("set KABAR_SMTP to the relay and KABAR_MAIL_FROM to the sender's address.")
    return EmailChannel(
        options.texts("to"),
        sender=outside.mail_from,
        relay=Relay.of(outside.smtp),
        clock=outside.clock,
        mailing=outside.mailing(options.channel),
    )


def _slack(options: _Options, outside: Outside) -> Channel:
    token, channel = options.text_or_none("token"), options.text_or_none("channel")
    if token is not None and channel is not None:
        return SlackBotChannel(channel, token=token, http=outside.http, clock=outside.clock)
    return SlackWebhookChannel(options.text("webhook"), http=outside.http, clock=outside.clock)


def _ntfy(options: _Options, outside: Outside) -> Channel:
    return NtfyChannel(
        options.text("topic"),
        server=options.text_or_none("url") or DEFAULT_SERVER,
        token=options.text_or_none("token"),
        http=outside.http,
        clock=outside.clock,
    )


def _telegram(options: _Options, outside: Outside) -> Channel:
    return TelegramChannel(
        options.text("chat"),
        token=options.text("token"),
        http=outside.http,
        clock=outside.clock,
    )


def _discord(options: _Options, outside: Outside) -> Channel:
    return DiscordChannel(options.text("webhook"), http=outside.http, clock=outside.clock)


def _apprise(options: _Options, _: Outside) -> Channel:
    return AppriseChannel(options.text("url"))


_CHANNELS: dict[str, Callable[[_Options, Outside], Channel]] = {
    "console": _console,
    "webhook": _webhook,
    "email": _email,
    "slack": _slack,
    "ntfy": _ntfy,
    "telegram": _telegram,
    "discord": _discord,
    "apprise": _apprise,
}
