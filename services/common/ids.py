"""Ids: functions of content, so that doing a thing twice gives the same id."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import NewType

FeedId = NewType("FeedId", str)
StoryId = NewType("StoryId", str)
ReportId = NewType("ReportId", str)
EventId = NewType("EventId", str)
CompanyId = NewType("CompanyId", str)
SubscriptionId = NewType("SubscriptionId", str)
ChannelId = NewType("ChannelId", str)
AlertId = NewType("AlertId", str)
DeliveryId = NewType("DeliveryId", str)
DeadLetterId = NewType("DeadLetterId", str)
MuteId = NewType("MuteId", str)

# 20 characters of 5 bits: no collision in any realistic number of stories.
_FINGERPRINT_BITS = 100
_DIGITS = "abcdefghijklmnopqrstuvwxyz234567"
_PAIRS = [one + other for one in _DIGITS for other in _DIGITS]
_BEGINNINGS = [size.to_bytes(8, "big").decode("ascii") for size in range(128)]
_SHIFTS = range(_FINGERPRINT_BITS - 10, -1, -10)


def fingerprint(*parts: str) -> str:
    """Return 20 lower-case base32 characters that depend on every part and on where it ends.

    Lone surrogates in a part are hashed as they are, so that no text makes this fail.
    """
    try:
        # Of short plain parts, as nearly all are, each length is one character of eight.
        whole = "".join([_BEGINNINGS[len(part)] + part for part in parts]).encode("ascii")
    except (IndexError, UnicodeEncodeError):
        whole = _whole(parts)
    number = int.from_bytes(hashlib.sha256(whole).digest(), "big") >> (256 - _FINGERPRINT_BITS)
    # Two characters at a time: base64.b32encode takes longer than the digest itself.
    return "".join([_PAIRS[number >> shift & 1023] for shift in _SHIFTS])


def _whole(parts: Iterable[str]) -> bytes:
    """Return the parts, each behind its length in eight bytes."""
    encoded = [part.encode("utf-8", "surrogatepass") for part in parts]
    return b"".join([len(part).to_bytes(8, "big") + part for part in encoded])


def feed_id(address_without_scheme: str) -> FeedId:
    """Return the id of a feed that has none in the configuration: host, path and query decide."""
    return FeedId("fd_" + fingerprint("feed", address_without_scheme))


def story_id(feed: FeedId, entry_key: str) -> StoryId:
    """Return the id of a feed's entry; `entry_key` is what stays when the entry is edited."""
    return StoryId("st_" + fingerprint("story", feed, entry_key))


def report_id(story: StoryId, event_type: str, anchor: str, ordinal: int) -> ReportId:
    """Return the id of a story's report.

    `anchor` is the target's id, else the actor's, else "-"; `ordinal` counts the reports of the
    story that share type and anchor, from 0.
    """
    return ReportId("rp_" + fingerprint("report", story, event_type, anchor, str(ordinal)))


def event_id(first_report: ReportId) -> EventId:
    """Return the id of the event that a report opened."""
    return EventId("ev_" + first_report.removeprefix("rp_"))


def alert_id(
    subscription: SubscriptionId,
    event: EventId,
    reason: str,
    stage: str,
    round_: int,
    *more: str,
) -> AlertId:
    """Return the id of an alert; `round_` counts the event's corrections and withdrawals before it.

    `more` are the companies whose joining it tells to who was told of the event before, and of an event
    that ended in some of its countries alone, the stage that it tells besides, where it stands, and where not.
    Where all of that was told before, the id of the last alert follows.
    """
    parts = ("alert", subscription, event, reason, stage, str(round_), *more)
    return AlertId("al_" + fingerprint(*parts))


def delivery_id(channel: ChannelId, kind: str, *parts: str) -> DeliveryId:
    """Return the id of a delivery; `parts` are its alert ids, before them a digest's window."""
    return DeliveryId("dl_" + fingerprint("delivery", channel, kind, *parts))


def dead_letter_id(topic: str, partition: int, offset: int, service: str) -> DeadLetterId:
    """Return the id of the letter that a service wrote about one record."""
    return DeadLetterId("le_" + fingerprint("letter", service, topic, str(partition), str(offset)))


def mute_id(*parts: str) -> MuteId:
    """Return the id of a mute; `parts` are what it names, when it began and when it ends."""
    return MuteId("mu_" + fingerprint("mute", *parts))
