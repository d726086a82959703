"""RSS 0.9x and 2.0, and RSS 0.90, 1.0 and 1.1 in RDF."""

from __future__ import annotations

from collections.abc import Iterable

from services.common.text import clean
from services.fetcher.parse.document import Document, DocumentKind, Entry, Hint
from services.fetcher.parse.elements import (
    Element,
    Fields,
    Names,
    absolute,
    fields_of,
    first_markup,
    first_moment,
    first_word,
    language_of,
    markup_of,
    names_under,
    person,
    whole_number,
)
from services.fetcher.parse.hints import link_hints, update_hints
from services.fetcher.parse.plain import one_line, plain

_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"


def read_rss(root: Element, *, kind: DocumentKind, encoding: str, url: str | None) -> Document:
    """Return the feed under an `rss`, `rdf:RDF` or `channel` element."""
    names = names_under(root)
    beside = fields_of(root, names)
    channel = beside.get("channel", [root])[0]
    fields = fields_of(channel, names)
    items = [
        *fields.get("item", ()),
        *(beside.get("item", ()) if channel is not root else ()),
        *(
            item
            for within in fields.get("items", ())
            for item in fields_of(within, names).get("item", ())
        ),
    ]
    link = absolute(_link(fields), channel, base=url)
    return Document(
        kind=kind,
        encoding=encoding,
        title=one_line(first_markup(fields, "title", "dc:title")),
        link=link,
        language=language_of(fields, channel, "language", "dc:language") or language_of({}, root),
        hints=_hints(fields, base=url or link),
        entries=tuple([_entry(item, names, base=url or link) for item in items]),
    )


def _entry(item: Element, names: Names, *, base: str | None) -> Entry:
    fields = fields_of(item, names)
    guid = first_word(fields, "guid")
    link = _link(fields) or _permanent_link(fields)
    creators = fields.get("dc:creator") or fields.get("author") or fields.get("itunes:author")
    categories = (*fields.get("category", ()), *fields.get("dc:subject", ()))
    return Entry(
        id=guid or clean((item.get(_ABOUT) or "").strip()) or None,
        title=one_line(first_markup(fields, "title", "media:title", "dc:title")),
        link=absolute(link, item, base=base),
        published=first_moment(fields, "pubdate", "dc:date", "atom:published", "dcterms:issued"),
        updated=first_moment(fields, "atom:updated", "dcterms:modified"),
        summary=plain(
            first_markup(
                fields, "description", "atom:summary", "itunes:summary", "media:description"
            )
        ),
        content=plain(first_markup(fields, "content:encoded", "xhtml:body", "atom:content")),
        authors=_persons(creators) if creators else (),
        categories=_terms(categories) if categories else (),
        language=language_of(fields, item, "dc:language"),
    )


def _persons(elements: Iterable[Element]) -> tuple[str, ...]:
    return tuple([name for element in elements if (name := person(markup_of(element)))])


def _terms(elements: Iterable[Element]) -> tuple[str, ...]:
    return tuple([term for element in elements if (term := one_line(element.text))])


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
