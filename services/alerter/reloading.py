"""Reloading: takes a new configuration into use while the alerter works."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from services.alerter.channels.port import Channel
from services.alerter.channels.registry import SINGLE_TYPES, Outside, build_channel
from services.alerter.sender import Sender
from services.alerter.service import AlerterService
from services.alerter.subscription_book import SubscriptionBook
from services.alerter.telling import Following
from services.alerter.ways import WaysOut, fallbacks_of, hashes_of
from services.common.config.configuration import Configuration
from services.common.contracts.subscription import ChannelConfig, OnUnknown, Secret
from services.common.ids import ChannelId


@dataclass(frozen=True, slots=True, kw_only=True)
class _Built:
    """A channel, and all of the configuration that it was made of; secrets are not shown."""

    made_of: tuple[object, ...] = field(repr=False)
    channel: Channel


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
        self._built: dict[ChannelId, _Built] = {}

    async def use(self, configuration: Configuration) -> None:
        """Follow and send as `configuration` says; with an impossible channel, change nothing.

        Raises:
            ConfigurationError: kabar cannot send to a channel.
        """
        complete = self._book.complete(configuration).configuration
        built = {
            config.id: self._build(config, secrets=configuration.secrets)
            for config in configuration.channels
        }
        ways = WaysOut(
            channels={name: one.channel for name, one in built.items()},
            configured=hashes_of(configuration.channels),
            fallbacks=fallbacks_of(complete.subscriptions),
            holding=frozenset(
                config.id
                for config in configuration.channels
                if config.on_unknown is OnUnknown.HOLD
            ),
            watchlist=configuration.watchlist,
        )
        # Before anything is waited for: a subscription that is changed meanwhile goes by this one.
        self._used, self._built = configuration, built
        self._service.configure(following_of(complete))
        await self._sender.configure(ways)
        await self._service.hold_back_paused()
        await self._service.reschedule()
        await self._service.meet(configuration.watchlist.companies)
        self._sender.wake()

    def _build(self, config: ChannelConfig, *, secrets: Mapping[Secret, str]) -> _Built:
        """Return the channel that is there already where nothing of it changed: it knows who has a mail
        that is to be tried again for others.
        """
        values = tuple(
            secrets.get(option) if isinstance(option, Secret) else option
            for _, option in config.options
        )
        made_of = (config.type, config.options, values)
        before = self._built.get(config.id)
        if before is not None and before.made_of == made_of:
            return before
        outside = replace(self._outside, secrets=secrets)
        return _Built(made_of=made_of, channel=build_channel(config, outside))

    async def use_again(self) -> None:
        """Follow what the subscriptions that were made here say now."""
        if self._used is not None:
            self._service.configure(following_of(self._book.complete(self._used).configuration))
            await self._service.hold_back_paused()
            await self._service.reschedule()
            self._sender.wake()


def following_of(configuration: Configuration) -> Following:
    """Return what `configuration` asks for."""
    return Following.of(
        configuration.watchlist,
        configuration.subscriptions,
        [config.id for config in configuration.channels if config.type in SINGLE_TYPES],
    )
