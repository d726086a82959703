"""JSON Feed 1.0 and 1.1. Source: https://www.jsonfeed.org/version/1.1/."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urljoin

from services.common.text import clean
from services.fetcher.parse.dates import moment
from services.fetcher.parse.document import (
    Document,
    DocumentKind,
    Entry,
    Hint,
    UnreadableError,
    not_a_feed,
)
from services.fetcher.parse.plain import one_line, plain, tidy

Fields = Mapping[str, Any]


def read_json(text: str, *, encoding: str, url: str | None) -> Document:
    """Return the feed in a JSON text.

    Raises:
        UnreadableError: no JSON Feed, or a broken one.
    """
    feed = _feed(text)
    link = _address(feed, "home_page_url", base=url)
    hints: dict[str, Hint] = {}
    if hubs := [hub for hub in _mappings(feed.get("hubs")) if _text(hub, "url")]:
        hints["hub"] = _text(hubs[0], "url") or ""
    for name, field in (("self", "feed_url"), ("next", "next_url")):
        if address := _address(feed, field, base=url):
            hints[name] = address
    return Document(
        kind=DocumentKind.JSON,
        encoding=encoding,
        title=tidy_line(_text(feed, "title")),
        link=link,
        language=_text(feed, "language"),
        hints=hints,
        entries=tuple(_entry(item, base=url or link) for item in _mappings(feed.get("items"))),
    )


def tidy_line(text: str | None) -> str | None:
    """Return a title of JSON Feed, which is plain text, on one line."""
    tidied = tidy(text)
    return tidied.replace("\n", " ") if tidied else None


def _feed(text: str) -> Fields:
    try:
        feed = json.loads(text)
    except (ValueError, RecursionError) as error:
        if "jsonfeed.org/version" in text[:2_000]:
            raise UnreadableError("parse", f"The JSON is broken: {error}.") from error
        raise not_a_feed("This is neither XML nor JSON.") from error
    is_feed = isinstance(feed, dict) and isinstance(feed.get("items"), list)
    if not is_feed or "jsonfeed.org" not in str(feed.get("version", "jsonfeed.org")):
        raise not_a_feed("This is JSON, but no JSON Feed.")
    return feed  # type: ignore[no-any-return]  # checked just now


def _entry(item: Fields, *, base: str | None) -> Entry:
    number = item.get("id")
    tags = item.get("tags")
    authors = _mappings(item.get("authors")) or _mappings([item.get("author")])
    return Entry(
        id=_text(item, "id") or (str(number) if isinstance(number, int | float) else None),
        title=tidy_line(_text(item, "title")),
        link=_address(item, "url", base=base) or _address(item, "external_url", base=base),
        published=moment(_text(item, "date_published")),
        updated=moment(_text(item, "date_modified")),
        summary=tidy(_text(item, "summary")),
        content=tidy(_text(item, "content_text")) or plain(_text(item, "content_html")),
        authors=tuple(name for author in authors if (name := one_line(_text(author, "name")))),
        categories=tuple(
            text
            for tag in (tags if isinstance(tags, list) else ())
            if isinstance(tag, str) and (text := tidy_line(clean(tag)))
        ),
        language=_text(item, "language"),
    )


def _mappings(values: Any) -> list[Fields]:
    listed: Iterable[Any] = values if isinstance(values, list) else ()
    return [value for value in listed if isinstance(value, dict)]


def _text(fields: Fields, name: str) -> str | None:
    value = fields.get(name)
    return clean(value.strip()) or None if isinstance(value, str) else None


def _address(fields: Fields, name: str, *, base: str | None) -> str | None:
    address = _text(fields, name)
    try:
        return urljoin(base, address) if address and base else address
    except ValueError:
        return address
