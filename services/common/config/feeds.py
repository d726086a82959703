"""feeds.yml: what is polled."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from services.common import ids
from services.common.config import codes
from services.common.config.fields import (
    Fields,
    identifier,
    mappings_in,
    parsed,
    root_of,
    web_address,
)
from services.common.config.yaml import Page, Scalar
from services.common.contracts.feed import Feed, FirstFetch
from services.common.durations import format_duration
from services.common.ids import FeedId
from services.common.settings import Network

FILE = "feeds.yml"

MIN_EVERY = timedelta(seconds=60)
"""The shortest interval outside the networks that the operator named."""

LOOPBACK: tuple[Network, ...] = (
    ipaddress.ip_network("127.0.0.0/8"),
    ipaddress.ip_network("::1/128"),
)
"""This machine, whose feeds `kabar demo` asks every second; what asks no feed reads that too."""

_DEFAULT_KEYS = ("every", "first_fetch", "full_text")
FEED_KEYS = ("id", "url", "outlet", "language", "country", *_DEFAULT_KEYS)
_FIRST_FETCHES = tuple(choice.value for choice in FirstFetch)


@dataclass(frozen=True, slots=True)
class _Defaults:
    every: timedelta = timedelta(minutes=10)
    first_fetch: FirstFetch = FirstFetch.SUMMARY
    full_text: bool = False


def read_feeds(page: Page, *, allow_networks: Sequence[Network] = ()) -> tuple[Feed, ...]:
    """Return the feeds of a file; what is wrong with it goes to the page's findings.

    `allow_networks` are exempt from the minimum interval.
    """
    root = root_of(page, known=("defaults", "feeds"))
    if root is None:
        return ()
    stated = root.mapping("defaults", known=_DEFAULT_KEYS)
    defaults = _Defaults() if stated is None else _defaults(stated, _Defaults())
    inheriting: list[str] = []
    feeds: dict[FeedId, Feed] = {}
    lines: dict[FeedId, int] = {}
    for fields in mappings_in(root, "feeds", known=FEED_KEYS, of="a feed"):
        feed = _feed(fields, defaults, allow_networks)
        if feed is None:
            continue
        if feed.id in feeds:
            place = fields.scalar("id") or fields.scalar("url") or fields.node
            message = f'the feed "{fields.text("id") or feed.shown_url}" is there twice'
            page.error(place, f"{message}, first on line {lines[feed.id]}")
            continue
        feeds[feed.id], lines[feed.id] = feed, fields.node.line
        if fields.node_of("every") is None:
            inheriting.append(feed.url)
    if stated is not None:
        are_exempt = all(is_exempt(url, allow_networks) for url in inheriting)
        _check_every(stated, defaults.every, is_exempt=bool(inheriting) and are_exempt)
    return tuple(feeds.values())


def address_key(url: str) -> str:
    """Return what identifies a feed that has no id: host, path and query as configured."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return host + parts.path + (f"?{parts.query}" if parts.query else "")


def outlet_of(url: str) -> str:
    """Return the name of an outlet that was not told: its host without www."""
    return (urlsplit(url).hostname or "").removeprefix("www.")


def _feed(fields: Fields, defaults: _Defaults, allow_networks: Sequence[Network]) -> Feed | None:
    fields.require("url")
    url = fields.read("url", web_address)
    feed_id = fields.read("id", identifier)
    outlet = fields.text("outlet")
    language = fields.read("language", codes.language)
    country = country_in(fields.page, fields.scalar("country"))
    own = _defaults(fields, defaults)
    if url is None:
        return None
    _check_every(fields, own.every, is_exempt=is_exempt(url, allow_networks))
    return Feed(
        id=FeedId(feed_id) if feed_id else ids.feed_id(address_key(url)),
        url=url,
        outlet=outlet or outlet_of(url),
        every=own.every,
        language=language,
        country=country,
        full_text=own.full_text,
        first_fetch=own.first_fetch,
    )


def _defaults(fields: Fields, outer: _Defaults) -> _Defaults:
    every, full_text = fields.duration("every"), fields.flag("full_text")
    first_fetch = fields.choice("first_fetch", _FIRST_FETCHES)
    return _Defaults(
        every=outer.every if every is None else every,
        first_fetch=outer.first_fetch if first_fetch is None else FirstFetch(first_fetch),
        full_text=outer.full_text if full_text is None else full_text,
    )


def _check_every(fields: Fields, every: timedelta, *, is_exempt: bool) -> None:
    node = fields.node_of("every")
    if node is None or (is_exempt and every > timedelta()):
        return
    if every < MIN_EVERY:
        fields.page.error(node, f"every {format_duration(every)} is too often: at least 60s")


def is_exempt(url: str, networks: Sequence[Network]) -> bool:
    """Return whether an address may be asked as often as one likes, without asking DNS.

    It may where it lies in `networks`. A name without a dot is one of the operator's own network,
    localhost is loopback.
    """
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        host = "127.0.0.1"
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return bool(networks) and "." not in host
    return any(address in network for network in networks)


def country_in(page: Page, node: Scalar | None) -> str | None:
    """Return a country's code. UK is what people write for GB: read so, with a warning."""
    if node is None:
        return None
    if node.text == "UK":
        page.warning(node, '"UK" is read as "GB", its ISO 3166-1 code')
        return "GB"
    return parsed(page, node, codes.country)
