"""Atom: what a subscription was told, one entry for each event (RFC 4287).

An entry keeps its id for ever and is updated with every alert on its event, so that a reader shows a
new stage where the first one stood.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from xml.etree import ElementTree as ET

from services.alerter.render.document import document_of
from services.alerter.render.message import Message, message_of
from services.common.contracts.alert import Alert
from services.common.contracts.delivery import Delivery, DeliveryKind, DeliveryState
from services.common.contracts.event import EventChange
from services.common.contracts.subscription import Subscription
from services.common.ids import ChannelId, EventId, delivery_id
from services.common.watchlist import Watchlist

MEDIA_TYPE = "application/atom+xml"
MOST_ENTRIES = 50

_ATOM = "http://www.w3.org/2005/Atom"
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
# What XML 1.0 cannot carry, even escaped.
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedPlace:
    """Where a feed and its events stand. `base` is the public address, without a slash at its end."""

    url: str
    base: str


def atom_feed(
    subscription: Subscription,
    told: Iterable[tuple[Alert, EventChange]],
    *,
    place: FeedPlace,
    watchlist: Watchlist,
) -> bytes:
    """Return the feed of what `subscription` was `told`, newest first."""
    by_event: dict[EventId, list[tuple[Alert, EventChange]]] = {}
    for alert, change in told:
        by_event.setdefault(alert.event, []).append((alert, change))
    events = list(by_event.values())[:MOST_ENTRIES]
    feed = ET.Element("feed", {"xmlns": _ATOM, "xml:lang": "en"})
    _text(feed, "id", f"tag:kabar.invalid,2026:subscription/{subscription.id}")
    _text(feed, "title", f"kabar: {subscription.name}")
    _text(feed, "updated", _time(max((one[0][0].at for one in events), default=_NEVER)))
    ET.SubElement(feed, "link", {"rel": "self", "type": MEDIA_TYPE, "href": place.url})
    ET.SubElement(feed, "link", {"rel": "alternate", "type": "text/html", "href": f"{place.base}/"})
    _text(ET.SubElement(feed, "author"), "name", "kabar")
    for alerts in events:
        feed.append(_entry(alerts, place=place, watchlist=watchlist))
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(feed, encoding="unicode")}'.encode()
    )


def _entry(
    told: Sequence[tuple[Alert, EventChange]], *, place: FeedPlace, watchlist: Watchlist
) -> ET.Element:
    """Return the entry of one event; `told` has its alerts, newest first."""
    [(newest, change), *_] = told
    message = _message(newest, change, watchlist)
    [passage] = document_of(message, most=1).passages
    entry = ET.Element("entry")
    _text(entry, "id", f"tag:kabar.invalid,2026:event/{told[-1][0].event}")
    _text(entry, "title", passage.sentence)
    _text(entry, "published", _time(told[-1][0].at))
    _text(entry, "updated", _time(newest.at))
    page = f"{place.base}/events/{newest.event}"
    ET.SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": page})
    ET.SubElement(entry, "category", {"term": change.event.type})
    ET.SubElement(entry, "category", {"term": _clean(str(newest.stage))})
    lines = [f"<p><strong>{escape(passage.sentence)}</strong></p>"]
    if (quote := passage.quote) is not None:
        if quote.url is not None:
            ET.SubElement(entry, "link", {"rel": "via", "href": _clean(quote.url)})
        source = escape(quote.source)
        linked = f'<a href="{escape(quote.url)}">{source}</a>' if quote.url else source
        lines.append(
            f'<blockquote dir="{quote.direction}" lang="{escape(quote.lang)}">'
            f"{escape(quote.words)}</blockquote><p>{linked}</p>"
        )
    facts = [*passage.facts, *([passage.coverage] if passage.coverage else [])]
    lines += [f"<p>{escape(fact)}</p>" for fact in facts]
    _text(entry, "content", "".join(lines), type="html")
    return entry


def _message(alert: Alert, change: EventChange, watchlist: Watchlist) -> Message:
    """Return the message that tells of one alert alone."""
    channel = ChannelId("feed")
    delivery = Delivery(
        id=delivery_id(channel, DeliveryKind.MESSAGE, alert.id),
        channel=channel,
        kind=DeliveryKind.MESSAGE,
        state=DeliveryState.DUE,
        subscriptions=(alert.subscription,),
        alerts=(alert.id,),
        planned_at=alert.at,
        next_at=alert.at,
    )
    return message_of(delivery, [(alert, change)], watchlist=watchlist)


def _text(parent: ET.Element, name: str, text: str, **attributes: str) -> None:
    ET.SubElement(parent, name, attributes).text = _clean(text)


def _clean(text: str) -> str:
    return _NO_XML.sub("\ufffd", text)


def _time(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
