"""The tolerant reader: feedparser, and a program that reads documents from stdin, one by one.

The program reads as `reader` does, and with feedparser what that cannot: the feed, and those entries that
are broken themselves.

A request is a line of JSON (`size`, `url`, `content_type`) and `size` bytes; an answer is 8 bytes of
length and JSON: a Document, or `{"error": {"class", "message"}}`. Whoever started it kills it when an
answer takes too long.
"""

from __future__ import annotations

import calendar
import io
import json
import resource
import sys
from datetime import UTC, datetime, timedelta
from typing import Any, BinaryIO
from xml.sax.saxutils import unescape

import feedparser

from services.common.contracts.codec import encode
from services.common.text import clean
from services.fetcher.parse.dates import moment
from services.fetcher.parse.document import (
    CUT_OFF,
    TOLERANTLY,
    Document,
    DocumentKind,
    Entry,
    UnreadableError,
    not_a_feed,
)
from services.fetcher.parse.elements import joined, person
from services.fetcher.parse.encoding import decode
from services.fetcher.parse.pieces import is_cut_off, pieces_of, sound_entries
from services.fetcher.parse.plain import one_line, plain, tidy
from services.fetcher.parse.reader import BrokenError, read
from services.fetcher.parse.repair import without_impossible_references

_MEMORY_BYTES = 1024**3
_QUOTES = {"&quot;": '"', "&apos;": "'"}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def read_tolerantly(body: bytes, *, url: str | None, content_type: str | None) -> Document:
    """Return what feedparser finds in `body`, with the entries that are sound as `reader` reads them.

    One that is broken, or cut off, says nothing of the others: read in another way they would seem edited.

    Raises:
        UnreadableError: it finds nothing.
    """
    # It gets UTF-8: by itself it takes a text that was cut within a character for ISO 8859-2.
    decoded = decode(body, content_type=content_type)
    text = without_impossible_references(decoded.text)  # it raises at one
    # It is told no address: it would make one of each guid that is a number, and so another story of each.
    headers = {"content-type": "application/xml; charset=utf-8"}
    found = feedparser.parse(io.BytesIO(text.encode("utf-8", "replace")), response_headers=headers)
    if not found.get("version") and not found.entries:
        raise not_a_feed("This is not a feed: no reader finds entries in it.")
    link = _absolute(found.feed.get("link"), base=url)
    is_broken = bool(found.get("bozo"))
    read = [_entry(each, base=url or link, is_broken=is_broken) for each in found.entries]
    pieces = pieces_of(text)
    if len(pieces) == len(read):  # they are not where a text holds the tag of an entry
        sound = sound_entries(text, pieces, url=url or link)
        read = [alone or among for alone, among in zip(sound, read, strict=True)]
    is_told_in_part = bool(read) and read[-1] != Entry() and is_cut_off(text, pieces)
    # An entry of which the cut left nothing is none.
    entries = tuple(entry for entry in read if entry != Entry())
    if not entries and is_broken:
        raise UnreadableError("parse", f"The feed is broken: {found.get('bozo_exception')}.")
    return Document(
        kind=_kind(found.get("version") or ""),
        encoding=decoded.encoding,
        repairs=(*decoded.repairs, *((CUT_OFF,) if is_told_in_part else ()), TOLERANTLY),
        title=_line(_text(found.feed.get("title_detail"))),
        link=link,
        language=_or_none(found.feed.get("language")),
        entries=entries,
    )


def _kind(version: str) -> DocumentKind:
    if version.startswith("atom"):
        return DocumentKind.ATOM
    if version.startswith("json"):
        return DocumentKind.JSON
    return DocumentKind.RDF if version in {"rss090", "rss10"} else DocumentKind.RSS


def _entry(entry: Any, *, base: str | None, is_broken: bool) -> Entry:
    contents = [_text(content) for content in entry.get("content", ())]
    names = [author.get("name") or author.get("email") for author in entry.get("authors", ())]
    return Entry(
        id=_guid(entry, is_escaped=is_broken),
        title=_line(_text(entry.get("title_detail"))),
        link=_link(entry, base=base),
        published=_moment(entry, "published") or _moment(entry, "created"),
        updated=_moment(entry, "updated"),
        summary=_text(entry.get("summary_detail")),
        content=next((content for content in contents if content), None),
        authors=tuple(name for text in names if (name := person(clean(text or "")))),
        categories=tuple(
            term
            for tag in entry.get("tags", ())
            if (term := one_line(clean(tag.get("term") or "")))
        ),
        language=_or_none(entry.get("language")),
    )


def _guid(entry: Any, *, is_escaped: bool) -> str | None:
    """Return the guid as `reader` would: a story keeps its id when its document comes in part once."""
    guid: str = (entry.get("id") or "").strip()
    # Of what is no XML feedparser decodes texts and links, and no guid.
    return clean(unescape(guid, _QUOTES) if is_escaped else guid) or None


def _link(entry: Any, *, base: str | None) -> str | None:
    link: str = entry.get("link") or ""
    # feedparser takes a guid for one that does not say otherwise, and many forget to.
    is_guid = not entry.get("links") and not link.startswith("http")
    return None if is_guid else _absolute(link, base=base)


def _absolute(link: Any, *, base: str | None) -> str | None:
    address = "".join(str(link or "").split())
    return joined(base, address) if address else None


def _text(detail: Any) -> str | None:
    if not detail:
        return None
    is_markup = "html" in str(detail.get("type"))
    text = clean(detail.get("value") or "")
    return plain(text) if is_markup else tidy(text)


def _line(text: str | None) -> str | None:
    return text.replace("\n", " ") if text else None


def _or_none(text: Any) -> str | None:
    return tidy(clean(str(text))) if text else None


def _moment(entry: Any, name: str) -> datetime | None:
    """Return a time as the other readers read it, who know more zones and names of months."""
    # Not entry.get: it falls back to the time of publication where no other is told.
    parsed = dict.get(entry, f"{name}_parsed")
    try:
        return moment(dict.get(entry, name)) or (
            _EPOCH + timedelta(seconds=calendar.timegm(parsed)) if parsed else None
        )
    except (ValueError, OverflowError):
        return None


def _read(body: bytes, *, url: str | None, content_type: str | None) -> Document:
    try:
        return read(body, url=url, content_type=content_type)
    except BrokenError:
        return read_tolerantly(body, url=url, content_type=content_type)


def _answer(request: bytes, source: BinaryIO) -> bytes:
    head = json.loads(request)
    body = source.read(head["size"])
    try:
        return encode(_read(body, url=head["url"], content_type=head["content_type"]))
    except UnreadableError as error:
        return _error(error.error_class, str(error))
    except Exception as error:  # noqa: BLE001  feedparser raises what it likes; each is one answer
        return _error("parse", f"The feed is broken: {type(error).__name__}.")


def _error(error_class: str, message: str) -> bytes:
    return json.dumps({"error": {"class": error_class, "message": message}}).encode()


def main() -> None:
    """Answer requests until stdin ends."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    source, target = sys.stdin.buffer, sys.stdout.buffer
    while request := source.readline():
        answer = _answer(request, source)
        target.write(len(answer).to_bytes(8, "big") + answer)
        target.flush()


if __name__ == "__main__":
    main()
