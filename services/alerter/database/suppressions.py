"""Suppressions: addresses that asked for no more mail. They outrank every file."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from services.alerter.channels.email import address_key
from services.alerter.database.times import moment, stamp
from services.common.ids import ChannelId


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppressed:
    """An address to which a channel mails nothing, since when and why."""

    address: str
    channel: ChannelId
    since: datetime
    why: str


def suppress(
    connection: sqlite3.Connection, address: str, channel: ChannelId, *, why: str, now: datetime
) -> None:
    """Mail nothing to `address` through `channel` any more; the first reason stays."""
    connection.execute(
        "INSERT OR IGNORE INTO suppressed_addresses VALUES (?, ?, ?, ?)",
        (address_key(address), channel, stamp(now), why),
    )


def allow(connection: sqlite3.Connection, address: str, channel: ChannelId) -> None:
    """Mail to `address` again."""
    connection.execute(
        "DELETE FROM suppressed_addresses WHERE address = ? AND channel_id = ?",
        (address_key(address), channel),
    )


def suppressed_in(connection: sqlite3.Connection, channel: ChannelId) -> frozenset[str]:
    """Return the addresses to which `channel` mails nothing, as `address_key` spells them."""
    rows = connection.execute(
        "SELECT address FROM suppressed_addresses WHERE channel_id = ?", (channel,)
    )
    return frozenset(address for (address,) in rows)


def every_suppressed(connection: sqlite3.Connection) -> tuple[Suppressed, ...]:
    """Return all of them, the newest first."""
    rows = connection.execute(
        "SELECT address, channel_id, since, why FROM suppressed_addresses"
        " ORDER BY since DESC, address, channel_id"
    )
    return tuple(
        Suppressed(address=address, channel=ChannelId(channel), since=moment(since), why=why)
        for address, channel, since, why in rows
    )
