"""RSS 0.9x and 2.0, and RSS 0.90, 1.0 and 1.1 in RDF."""

from __future__ import annotations

from collections.abc import Iterator

from services.common.text import clean
from services.fetcher.parse.dates import moment
from services.fetcher.parse.document import Document, DocumentKind, Entry, Hint
from services.fetcher.parse.elements import (
    Element,
    Fields,
    absolute,
    fields_of,
    first_markup,
    first_word,
    home_of,
    language_of,
    markup_of,
    person,
    short_name,
    whole_number,
)
from services.fetcher.parse.hints import link_hints, update_hints
from services.fetcher.parse.plain import one_line, plain

_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"


def read_rss(root: Element, *, kind: DocumentKind, encoding: str, url: str | None) -> Document:
    """Return the feed under an `rss`, `rdf:RDF` or `channel` element."""
    home = home_of(root)
    channel = _channel(root, home)
    fields = fields_of(channel, home=home)
    link = absolute(_link(fields), channel, base=url)
    return Document(
        kind=kind,
        encoding=encoding,
        title=one_line(first_markup(fields, "title", "dc:title")),
        link=link,
        language=language_of(fields, channel, "language", "dc:language") or language_of({}, root),
        hints=_hints(fields, base=url or link),
        entries=tuple(_entry(item, home, base=url or link) for item in _items(root, channel, home)),
    )


def _channel(root: Element, home: str) -> Element:
    return next((child for child in root if short_name(str(child.tag), home) == "channel"), root)


def _items(root: Element, channel: Element, home: str) -> Iterator[Element]:
    parents = [channel] if channel is root else [channel, root]
    parents += [child for child in channel if short_name(str(child.tag), home) == "items"]
    for parent in parents:
        for child in parent:
            if short_name(str(child.tag), home) == "item":
                yield child


def _entry(item: Element, home: str, *, base: str | None) -> Entry:
    fields = fields_of(item, home=home)
    guid = first_word(fields, "guid")
    link = _link(fields) or _permanent_link(fields)
    creators = fields.get("dc:creator") or fields.get("author") or fields.get("itunes:author") or []
    return Entry(
        id=guid or clean((item.get(_ABOUT) or "").strip()) or None,
        title=one_line(first_markup(fields, "title", "media:title", "dc:title")),
        link=absolute(link, item, base=base),
        published=moment(
            first_word(fields, "pubdate", "dc:date", "atom:published", "dcterms:issued")
        ),
        updated=moment(first_word(fields, "atom:updated", "dcterms:modified")),
        summary=plain(
            first_markup(
                fields, "description", "atom:summary", "itunes:summary", "media:description"
            )
        ),
        content=plain(first_markup(fields, "content:encoded", "xhtml:body", "atom:content")),
        authors=_texts(person(markup_of(creator)) for creator in creators),
        categories=_texts(
            one_line(category.text)
            for category in (*fields.get("category", ()), *fields.get("dc:subject", ()))
        ),
        language=language_of(fields, item, "dc:language"),
    )


def _texts(texts: Iterator[str | None]) -> tuple[str, ...]:
    return tuple(text for text in texts if text)


def _link(fields: Fields) -> str | None:
    for element in fields.get("link", ()):
        if link := (element.text or element.get("href") or "").strip():
            return link
    for element in fields.get("atom:link", ()):
        if element.get("rel", "alternate") == "alternate" and element.get("href"):
            return element.get("href")
    return None


def _permanent_link(fields: Fields) -> str | None:
    for guid in fields.get("guid", ()):
        text = (guid.text or "").strip()
        if guid.get("isPermaLink", "true").lower() != "false" and text.startswith("http"):
            return text
    return None


def _hints(fields: Fields, *, base: str | None) -> dict[str, Hint]:
    hints = update_hints(fields) | link_hints(fields.get("atom:link", ()), base=base)
    if (ttl := whole_number(first_word(fields, "ttl") or "")) is not None:
        hints["ttl"] = ttl
    hours = [whole_number(word) for word in _children(fields, "skiphours")]
    if known := [hour % 24 for hour in hours if hour is not None]:
        hints["skipHours"] = tuple(known)
    if days := _children(fields, "skipdays"):
        hints["skipDays"] = tuple(days)
    return hints


def _children(fields: Fields, name: str) -> list[str]:
    words = (child.text or "" for element in fields.get(name, ()) for child in element)
    return [clean(word.strip()) for word in words if word.strip()]
