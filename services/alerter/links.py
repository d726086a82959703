"""Links that carry their own proof: what ends the mails to an address, and what reads a feed.

A token says nothing: it is a signature of what it opens, made with a key of this database, so it holds
as long as the database lives and nothing of it has to be remembered.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from urllib.parse import quote

from services.common.ids import ChannelId, DeliveryId, SubscriptionId

UNSUBSCRIBE_PATH = "/u/"
FEED_PATH = "/feed/"
_API_FEED = ("/api/v1/subscriptions/", "/feed.atom")


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Makes links and knows them again. `public_url` is where people reach this kabar, if they do."""

    key: bytes = field(repr=False)
    public_url: str | None = None

    def unsubscribe_token(self, address: str, channel: ChannelId) -> str:
        """Return what ends the mails of `channel` to `address`, spelled as the channel has it."""
        return self._signed("unsubscribe", channel, address)

    def unsubscribe_url(self, address: str, channel: ChannelId) -> str | None:
        """Return the address that ends them; None where nobody could reach it."""
        if self.public_url is None:
            return None
        token = self.unsubscribe_token(address, channel)
        return f"{self.public_url.rstrip('/')}{UNSUBSCRIBE_PATH}{token}"

    def delivery_url(self, delivery: DeliveryId) -> str | None:
        """Return the page of a delivery, which asks for the token; None where nobody could reach it."""
        if self.public_url is None:
            return None
        return f"{self.public_url.rstrip('/')}/deliveries?id={delivery}"

    def feed_path(self, subscription: SubscriptionId) -> str:
        """Return where a feed reader, which has no session, gets the subscription's feed."""
        token = self._signed("feed", subscription)
        return f"{FEED_PATH}{quote(subscription, safe='')}.atom?token={token}"

    def opens(self, path: str, token: str) -> bool:
        """Return whether `token` opens `path`, the feed of one subscription; in constant time."""
        subscription = _subscription_of(path)
        if subscription is None:
            return False
        expected = self._signed("feed", subscription)
        return hmac.compare_digest(token.encode("utf-8", "surrogatepass"), expected.encode("ascii"))

    def _signed(self, *parts: str) -> str:
        text = "\0".join(parts).encode("utf-8", "surrogatepass")
        digest = hmac.new(self.key, text, hashlib.sha256).digest()
        return base64.b32encode(digest[:20]).decode("ascii").lower()


def _subscription_of(path: str) -> str | None:
    begins, ends = _API_FEED
    if path.startswith(FEED_PATH) and path.endswith(".atom"):
        return path.removeprefix(FEED_PATH).removesuffix(".atom")
    if path.startswith(begins) and path.endswith(ends):
        return path.removeprefix(begins).removesuffix(ends)
    return None
