"""One document to its entries: a strict pass, then one over what was repaired.

What neither can read is left to the tolerant reader, in a process of its own.
"""

from __future__ import annotations

import re
from dataclasses import replace

from lxml import etree

from services.fetcher.parse.atom import read_atom
from services.fetcher.parse.document import Document, DocumentKind, UnreadableError, not_a_feed
from services.fetcher.parse.elements import Element
from services.fetcher.parse.encoding import Decoded, decode
from services.fetcher.parse.jsonfeed import read_json
from services.fetcher.parse.repair import repaired
from services.fetcher.parse.rss import read_rss
from services.fetcher.parse.sitemap import read_sitemap

# A comment ends where it ends first: tried in any other way, two dozen of them take minutes.
_HTML = re.compile(
    r"\s*+(?:<\?xml[^>]{0,300}+>\s*+|<!--(?>.{0,5000}?-->)\s*+)*+"
    r"(?:<!doctype\s+html|<html|<head|<body)\b",
    re.IGNORECASE | re.DOTALL,
)
_FEED = re.compile(r"<(?:[\w.-]+:)?(?:rss|rdf|feed|channel|urlset|entry)\b", re.IGNORECASE)
_ENTRY = re.compile(r"<(?:[\w.-]+:)?(?:item|entry)\b", re.IGNORECASE)
_DECLARED_WITHIN = 2_000  # bytes or characters; a DOCTYPE that comes later is found by the parser


class BrokenError(Exception):
    """No pass reads this document as XML; the tolerant reader may. Stays inside this package."""


def read(body: bytes, *, url: str | None = None, content_type: str | None = None) -> Document:
    """Return what the document holds; `url` is the base of relative links.

    Raises:
        UnreadableError: it is no feed, or a broken one that holds nothing to read.
        BrokenError: it is not well-formed in a way that we do not repair.
    """
    if (document := _read_usual(body, url=url)) is not None:
        return document
    decoded = decode(body, content_type=content_type)
    try:
        document = _read_text(decoded, url=url, refused=body)
    except BrokenError:
        document = _read_repaired(decoded, url=url)
    return replace(document, repairs=(*decoded.repairs, *document.repairs))


def read_strictly(
    body: bytes, *, url: str | None = None, content_type: str | None = None
) -> Document:
    """Return like `read` what a well-formed document holds; BrokenError where it is none."""
    if (document := _read_usual(body, url=url)) is not None:
        return document
    decoded = decode(body, content_type=content_type)
    return replace(_read_text(decoded, url=url, refused=body), repairs=decoded.repairs)


def _read_usual(body: bytes, *, url: str | None) -> Document | None:
    """Return what `body` holds where it is well-formed XML in UTF-8, None where it may be anything else.

    It goes to the parser as it came: that refuses what is no UTF-8, and the escapes of ISO 2022.
    """
    if not body.startswith(b"<") or b"<!DOCTYPE" in body[:_DECLARED_WITHIN]:
        return None
    try:
        root = _root(body, url=url)
    except BrokenError:
        return None
    return _document(root, encoding="utf-8", url=url)


def _read_text(decoded: Decoded, *, url: str | None, refused: bytes) -> Document:
    """Return what a text holds that is none of the usual; the parser would refuse `refused` once more."""
    text = decoded.text.lstrip("\ufeff \t\r\n\0")
    if not text:
        raise not_a_feed("The document is empty.")
    if text.startswith(("{", "[")):
        return read_json(text, encoding=decoded.encoding, url=url)
    if _HTML.match(text):
        raise _page()
    # With a DOCTYPE it goes to the repairs.
    if "<!DOCTYPE" in text[:_DECLARED_WITHIN]:
        raise BrokenError("It declares a document type.")
    source = _encoded(text)
    if source == refused:
        raise BrokenError("It is not well-formed.")
    return _document(_root(source, url=url), encoding=decoded.encoding, url=url)


def _read_repaired(decoded: Decoded, *, url: str | None) -> Document:
    if not _FEED.search(decoded.text):
        raise not_a_feed("This is not a feed: it holds no feed's root element.")
    mended, repairs = repaired(decoded.text)
    root = _root(_encoded(mended), url=url, names_may_be_undeclared=True)
    document = _document(root, encoding=decoded.encoding, url=url)
    if not document.entries and _ENTRY.search(mended):
        raise BrokenError("There are entries, but not where they should be.")
    return replace(document, repairs=repairs or ("names",))


def _page() -> UnreadableError:
    return not_a_feed("This is a page of HTML, not a feed.")


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def _root(source: bytes, *, url: str | None, names_may_be_undeclared: bool = False) -> Element:
    """Return the root element of a text in UTF-8. Entities are not expanded, and no file or host is asked."""
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
        recover=names_may_be_undeclared,
    )
    try:
        root = etree.fromstring(source, parser, base_url=url or "")
    except (etree.XMLSyntaxError, ValueError) as error:
        raise BrokenError(str(error)) from error
    if root is None or any("NS_ERR" not in entry.type_name for entry in parser.error_log):
        raise BrokenError(str(parser.error_log.last_error))
    # Nothing that a document declares is ever expanded; in attributes the parser has done it by now.
    if root.getroottree().docinfo.internalDTD is not None:
        raise BrokenError("It declares a document type.")
    return root


def _document(root: Element, *, encoding: str, url: str | None) -> Document:
    match re.split("[:}]", str(root.tag))[-1].lower():
        case "rss" | "channel":
            return read_rss(root, kind=DocumentKind.RSS, encoding=encoding, url=url)
        case "rdf":
            return read_rss(root, kind=DocumentKind.RDF, encoding=encoding, url=url)
        case "feed" | "entry":
            return read_atom(root, encoding=encoding, url=url)
        case "urlset":
            return read_sitemap(root, encoding=encoding, url=url)
        case "html" | "head" | "body":
            raise _page()
        case name:
            raise not_a_feed(f"The root element is <{name[:40]}>, which is no feed's.")
