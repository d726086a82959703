"""Reloading: takes a new configuration into use while the alerter works."""

from __future__ import annotations

from dataclasses import replace

import structlog

from services.alerter.channels.registry import SINGLE_TYPES, Outside, build_channel
from services.alerter.sender import Sender
from services.alerter.service import AlerterService
from services.alerter.subscription_book import SubscriptionBook
from services.alerter.telling import Following
from services.alerter.ways import WaysOut, fallbacks_of
from services.common.config.configuration import Configuration
from services.common.contracts.subscription import ChannelConfig, OnUnknown
from services.common.errors import ConfigurationError
from services.common.ids import fingerprint

log = structlog.get_logger()


class Reloading:
    """Takes a new configuration into use, or changed subscriptions of the one in use."""

    def __init__(
        self, service: AlerterService, sender: Sender, *, outside: Outside, book: SubscriptionBook
    ) -> None:
        self._service = service
        self._sender = sender
        self._outside = outside
        self._book = book
        self._used: Configuration | None = None

    async def use(self, configuration: Configuration) -> None:
        """Follow and send as `configuration` says; with an impossible channel, change nothing.

        Raises:
            ConfigurationError: kabar cannot send to a channel.
        """
        outside = replace(self._outside, secrets=configuration.secrets)
        complete = self._book.complete(configuration).configuration
        ways = WaysOut(
            channels={
                config.id: build_channel(config, outside) for config in configuration.channels
            },
            configured={config.id: _hash_of(config) for config in configuration.channels},
            fallbacks=fallbacks_of(complete.subscriptions),
            holding=frozenset(
                config.id
                for config in configuration.channels
                if config.on_unknown is OnUnknown.HOLD
            ),
            watchlist=configuration.watchlist,
        )
        self._service.configure(following_of(complete))
        await self._sender.configure(ways)
        self._used = configuration

    async def use_again(self) -> None:
        """Follow what the subscriptions that were made here say now."""
        if self._used is not None:
            self._service.configure(following_of(self._book.complete(self._used).configuration))

    async def use_or_keep(self, configuration: Configuration) -> None:
        """Do as `use`; where that is impossible, say so and go on as before."""
        try:
            await self.use(configuration)
        except ConfigurationError as error:
            log.warning("configuration_not_used", hash=configuration.hash, reason=str(error))


def following_of(configuration: Configuration) -> Following:
    """Return what `configuration` asks for."""
    return Following.of(
        configuration.watchlist,
        configuration.subscriptions,
        [config.id for config in configuration.channels if config.type in SINGLE_TYPES],
    )


def _hash_of(config: ChannelConfig) -> str:
    """Return what changes with the channel's configuration; values of secrets are not in it."""
    return fingerprint("channel", config.type, repr(config.options))
