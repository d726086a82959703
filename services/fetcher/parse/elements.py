"""XML elements by short names, their text and their addresses: what the readers of XML share."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from urllib.parse import urljoin

from lxml import etree

from services.common.text import clean
from services.fetcher.parse.dates import moment
from services.fetcher.parse.document import UnreadableError
from services.fetcher.parse.plain import one_line

XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
Element = etree._Element  # noqa: SLF001  lxml has no public name for it
Fields = dict[str, list[Element]]

# Far beyond those of any feed. Few bytes of a document have a namespace, or a base, repeated in memory:
# 200 kB of tags in a namespace of 100 kB took 1.7 GB.
_MOST_NAMES = 512
_MOST_NAMESPACES = 100
_LONGEST_TAG = 1_000
_LONGEST_BASE = 2_000
_RSS_NAMESPACES = (
    "http://purl.org/rss/1.0/",
    "http://my.netscape.com/rdf/simple/0.9/",
    "http://channel.netscape.com/rdf/simple/0.9/",
    "http://purl.org/net/rss1.1#",
    "http://backend.userland.com/rss",
    "http://backend.userland.com/rss2",
    "http://blogs.law.harvard.edu/tech/rss",
)
_PREFIXES = {
    **dict.fromkeys(_RSS_NAMESPACES, ""),
    "http://www.w3.org/2005/Atom": "atom:",
    "http://purl.org/atom/ns#": "atom:",
    "http://purl.org/dc/elements/1.1/": "dc:",
    "http://purl.org/dc/elements/1.0/": "dc:",
    "http://purl.org/dc/terms/": "dcterms:",
    "http://purl.org/rss/1.0/modules/content/": "content:",
    "http://purl.org/rss/1.0/modules/syndication/": "sy:",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf:",
    "http://www.w3.org/1999/xhtml": "xhtml:",
    "http://search.yahoo.com/mrss/": "media:",
    "http://search.yahoo.com/mrss": "media:",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes:",
    "http://www.google.com/schemas/sitemap-news/0.9": "news:",
}


class Names(dict[object, str]):
    """The short names of tags: the usual prefix and the name, in lower case; no prefix in `home`.

    Raises:
        UnreadableError: a tag is so long that some hundred kilobytes could fill the memory.
    """

    def __init__(self, home: str) -> None:
        self._home = home

    def __missing__(self, tag: object) -> str:
        if len(self) >= _MOST_NAMES:
            self.clear()
        text = str(tag)
        if len(text) > _LONGEST_TAG:
            raise UnreadableError("parse", "The feed has a tag that is longer than any.")
        namespace, _, name = text.rpartition("}")
        prefix = "" if namespace in {"", self._home} else _PREFIXES.get(namespace[1:], "?:")
        self[tag] = short = prefix + name.lower()
        return short


def names_under(root: Element) -> Names:
    """Return the short names for a document: those in the namespace of its root have no prefix."""
    return _names_in(str(root.tag).rpartition("}")[0])


_names_in = lru_cache(maxsize=16)(Names)


def fields_of(element: Element, names: Names) -> Fields:
    """Return the children by short name, in the order of the document."""
    fields: Fields = {}
    for child in element:
        name = names[child.tag]
        if name in fields:
            fields[name].append(child)
        else:
            fields[name] = [child]
    return fields


def markup_of(element: Element) -> str:
    """Return what the element holds, as markup: escaped and inline markup alike.

    Raises:
        UnreadableError: its namespaces are so many, or so long, that it would take minutes.
    """
    if not len(element):
        return element.text or ""
    # lxml declares each namespace that is known here, in time of the square of their number. So it is
    # asked once, not for each child, where the declarations would stand in the text of an unknown tag too.
    namespaces = element.nsmap
    if (
        len(namespaces) > _MOST_NAMESPACES
        or max(map(len, namespaces.values()), default=0) > _LONGEST_TAG
    ):
        raise UnreadableError("parse", "The feed has more or longer namespaces than any.")
    whole = etree.tostring(element, encoding="unicode", with_tail=False)
    return whole[whole.index(">") + 1 : whole.rindex("<")]


def first_markup(fields: Fields, *names: str) -> str | None:
    """Return the markup of the first element among `names` that holds anything."""
    for name in names:
        if name in fields:
            for element in fields[name]:
                markup = markup_of(element) if len(element) else element.text
                if markup and not markup.isspace():
                    return markup
    return None


def first_word(fields: Fields, *names: str) -> str | None:
    """Return like `first_markup`, as the text it is: for ids, dates and numbers."""
    for name in names:
        if name in fields:
            for element in fields[name]:
                if (text := element.text) and (text := text.strip()):
                    return clean(text)
    return None


def first_moment(fields: Fields, *names: str) -> datetime | None:
    """Return the first time among `names` that can be read: some write one for people, and one for programs."""
    for name in names:
        if name in fields and (at := moment(first_word(fields, name))) is not None:
            return at
    return None


def whole_number(word: str) -> int | None:
    """Return the number that a word writes; None for one that no feed can mean."""
    return int(word) if word.isdecimal() and len(word) < 10 else None


def absolute(link: str | None, element: Element, *, base: str | None) -> str | None:
    """Return `link` resolved against the element's xml:base or the document's address, else `base`."""
    if link is None or not (link := "".join(link.split())):
        return None
    if link.startswith(("https://", "http://")):
        return clean(link)
    return joined(joined(base, element.base or ""), link)


def joined(base: str | None, link: str) -> str:
    """Return `link` resolved against `base`; as it is where one of them is no address."""
    if base and len(base) > _LONGEST_BASE:  # thousands of links would repeat it
        return clean(link)
    try:
        return clean(urljoin(base or "", link))
    except ValueError:  # brackets in the wrong place
        return clean(link)


def language_of(fields: Fields, element: Element, *names: str) -> str | None:
    """Return the language that the element declares for itself."""
    if language := first_word(fields, *names):
        return language
    # Most have no attribute at all, which is known sooner than that they lack one. Not by keys() or
    # values(): of a hostile element these take its square, in memory or in time.
    return element.get(XML_LANG) or None if element.attrib else None


def person(text: str | None) -> str | None:
    """Return the name in `text`, where it gives an address too; the text itself otherwise."""
    name = one_line(text)
    if not name or "@" not in name:
        return name
    # By parts: an expression for both forms took an hour for a hostile thirty kilobytes.
    if name.endswith(")"):
        address, _, inner = name[:-1].partition("(")
        return inner.strip() if inner.strip() and _is_mail(address.rstrip()) else name
    if name.endswith(">"):
        before, _, address = name[:-1].rpartition("<")
        return before.rstrip() if before.strip() and _is_mail(address) else name
    return name


def _is_mail(text: str) -> bool:
    user, at, host = text.partition("@")
    return bool(user and at and host) and " " not in text
