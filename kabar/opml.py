"""OPML: the lists of feeds that readers of news export."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """One feed of a list, with what the list says of it; empty where it says nothing."""

    url: str
    title: str = ""
    language: str = ""


def read_opml(document: bytes) -> list[Outline]:
    """Return the feeds of a list in its order, out of whatever folders they are in.

    Raises:
        ValueError: the document is no OPML.
    """
    # Nothing that a document declares is expanded, and no file or host is asked.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True)
    try:
        root = etree.fromstring(document, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(f"it is not well-formed: {error.msg}") from error
    if root.tag != "opml":
        raise ValueError(f"its root element is <{root.tag[:40]}>, not <opml>")
    return list(_outlines(root))


def _outlines(root: etree._Element) -> Iterator[Outline]:
    for element in root.iter("outline"):
        said = {
            str(name).lower(): " ".join(str(text).split()) for name, text in element.attrib.items()
        }
        if url := said.get("xmlurl"):
            title = said.get("title") or said.get("text", "")
            yield Outline(url=url, title=title, language=said.get("language", ""))
