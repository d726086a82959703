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
from services.fetcher.parse.encoding import Decoded, decode, is_other_label
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


class BrokenError(Exception):
    """No pass reads this document as XML; the tolerant reader may. Stays inside this package."""


def read(body: bytes, *, url: str | None = None, content_type: str | None = None) -> Document:
    """Return what the document holds; `url` is the base of relative links.

    Raises:
        UnreadableError: it is no feed, or a broken one that holds nothing to read.
        BrokenError: it is not well-formed in a way that we do not repair.
    """
    try:
        return read_strictly(body, url=url, content_type=content_type)
    except BrokenError:
        decoded = decode(body, content_type=content_type)
        document = _read_repaired(decoded, url=url)
    return replace(document, repairs=(*decoded.repairs, *document.repairs))


def read_strictly(
    body: bytes, *, url: str | None = None, content_type: str | None = None
) -> Document:
    """Return like `read` what a well-formed document holds; BrokenError where it is none."""
    is_refused = False
    if _is_usual(body, content_type=content_type):
        try:
            return _document(_root(body, url=url), encoding="utf-8", url=url)
        except BrokenError:
            is_refused = True
    decoded = decode(body, content_type=content_type)
    is_refused = is_refused and decoded.encoding == "utf-8" and not decoded.repairs
    document = _read_text(decoded, url=url, is_refused=is_refused)
    return replace(document, repairs=decoded.repairs)


def _is_usual(body: bytes, *, content_type: str | None) -> bool:
    """Return whether to parse `body` as it is: it is well-formed UTF-8, or else refused."""
    is_xml_only = body.startswith(b"<") and b"<!DOCTYPE" not in body[:8_000]
    return is_xml_only and not is_other_label(content_type)


def _read_text(decoded: Decoded, *, url: str | None, is_refused: bool) -> Document:
    """Return what a text holds that is none of the usual; `is_refused` by the parser as it came."""
    text = decoded.text.lstrip("\ufeff \t\r\n\0")
    if not text:
        raise not_a_feed("The document is empty.")
    if text.startswith(("{", "[")):
        return read_json(text, encoding=decoded.encoding, url=url)
    if _HTML.match(text):
        raise _page()
    # Nothing that a document declares is ever expanded: with a DOCTYPE it goes to the repairs.
    if "<!DOCTYPE" in text[:2_000]:
        raise BrokenError("It declares a document type.")
    if is_refused:
        raise BrokenError("It is not well-formed.")
    return _document(_root(_encoded(text), url=url), encoding=decoded.encoding, url=url)


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
