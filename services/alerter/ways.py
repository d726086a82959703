"""Ways out: the channels as they are configured, and which stands in for which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from services.alerter.channels.port import Channel
from services.common.contracts.subscription import ChannelConfig, Subscription
from services.common.ids import ChannelId, SubscriptionId, fingerprint
from services.common.watchlist import Watchlist


@dataclass(frozen=True, slots=True, kw_only=True)
class WaysOut:
    """The configured channels; `configured` has a hash of each one's configuration.

    `fallbacks` has per channel those that stand in for it, each with a subscription that says so.
    What may have arrived at one of the `holding` channels when a process died is not sent again.
    """

    channels: Mapping[ChannelId, Channel] = field(default_factory=dict)
    configured: Mapping[ChannelId, str] = field(default_factory=dict)
    fallbacks: Mapping[ChannelId, Mapping[ChannelId, SubscriptionId]] = field(default_factory=dict)
    holding: frozenset[ChannelId] = frozenset()
    watchlist: Watchlist = field(default_factory=lambda: Watchlist.of(()))


def hashes_of(channels: Iterable[ChannelConfig]) -> dict[ChannelId, str]:
    """Return per channel what changes with its configuration; values of secrets are not in it."""
    return {
        config.id: fingerprint("channel", config.type, repr(config.options)) for config in channels
    }


def fallbacks_of(
    subscriptions: Iterable[Subscription],
) -> dict[ChannelId, dict[ChannelId, SubscriptionId]]:
    """Return per channel those that stand in for it, each with the first subscription that says so."""
    fallbacks: dict[ChannelId, dict[ChannelId, SubscriptionId]] = {}
    for subscription in subscriptions:
        for send in subscription.sends:
            if send.fallback is not None:
                of = fallbacks.setdefault(send.to, {})
                of.setdefault(send.fallback.to, subscription.id)
    return fallbacks
