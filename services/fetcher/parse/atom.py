"""Atom 1.0 (RFC 4287) and 0.3."""

from __future__ import annotations

import base64

from services.fetcher.parse.document import Document, DocumentKind, Entry
from services.fetcher.parse.elements import (
    Element,
    Fields,
    Names,
    absolute,
    fields_of,
    first_moment,
    first_word,
    language_of,
    markup_of,
    names_under,
    person,
)
from services.fetcher.parse.hints import link_hints, update_hints
from services.fetcher.parse.plain import one_line, plain, tidy


def read_atom(root: Element, *, encoding: str, url: str | None) -> Document:
    """Return the feed under a `feed` element, or the one entry under an `entry` element."""
    names = names_under(root)
    is_entry = names[root.tag] == "entry"
    fields: Fields = {} if is_entry else fields_of(root, names)
    link = _link(fields, base=url)
    entries = [root] if is_entry else fields.get("entry", [])
    return Document(
        kind=DocumentKind.ATOM,
        encoding=encoding,
        title=_line(_text(fields, "title")),
        link=link,
        language=language_of(fields, root, "dc:language"),
        hints=update_hints(fields) | link_hints(fields.get("link", ()), base=url),
        entries=tuple(_entry(entry, names, base=url or link) for entry in entries),
    )


def _entry(entry: Element, names: Names, *, base: str | None) -> Entry:
    fields = fields_of(entry, names)
    media = fields_of(fields["media:group"][0], names) if "media:group" in fields else {}
    categories = (
        category.get("term") or category.get("label") or category.text
        for category in fields.get("category", ())
    )
    return Entry(
        id=first_word(fields, "id"),
        title=_line(_text(fields, "title")),
        link=_link(fields, base=base),
        published=first_moment(fields, "published", "issued", "created", "dc:date"),
        updated=first_moment(fields, "updated", "modified"),
        summary=_text(fields, "summary") or _text(fields | media, "media:description"),
        content=_text(fields, "content"),
        authors=_authors(fields, names),
        categories=tuple(text for term in categories if (text := one_line(term))),
        language=language_of(fields, entry, "dc:language"),
    )


def _text(fields: Fields, name: str) -> str | None:
    """Return a text construct as plain text; only what is declared as markup is read as markup."""
    for element in fields.get(name, ()):
        if text := _construct(element):
            return text
    return None


def _construct(element: Element) -> str | None:
    kind = (element.get("type") or "text").lower()
    if element.get("mode") == "base64":
        return plain(_from_base64(element.text or ""))
    if len(element) or kind in {"html", "xhtml", "text/html", "application/xhtml+xml"}:
        return plain(markup_of(element))
    return tidy(element.text)


def _from_base64(text: str) -> str:
    try:
        return base64.b64decode(text).decode("utf-8", "replace")
    except ValueError:  # a wrong length, or letters beyond ASCII
        return ""


def _line(text: str | None) -> str | None:
    return text.replace("\n", " ") if text else None


def _link(fields: Fields, *, base: str | None) -> str | None:
    alternates = [
        link
        for link in fields.get("link", ())
        if link.get("rel", "alternate") == "alternate" and (link.get("href") or link.text)
    ]
    if alternates:
        link = min(alternates, key=_is_no_page)
        return absolute(link.get("href") or link.text, link, base=base)
    for content in fields.get("content", ()):
        if content.get("src"):
            return absolute(content.get("src"), content, base=base)
    return None


def _is_no_page(link: Element) -> bool:
    return not link.get("type", "text/html").endswith("html")


def _authors(fields: Fields, names: Names) -> tuple[str, ...]:
    authors = []
    for author in fields.get("author") or fields.get("dc:creator") or ():
        parts = fields_of(author, names)
        text = first_word(parts, "name", "email") or author.text
        if name := person(text):
            authors.append(name)
    return tuple(authors)
