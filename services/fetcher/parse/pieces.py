"""The entries of a broken document, each by itself: most of them are sound."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from services.fetcher.parse.document import Entry, UnreadableError
from services.fetcher.parse.reader import BrokenError, read

_ROOT = re.compile(
    r"<((?:[\w.-]{1,100}:)?(?:rss|rdf|feed|channel))\b[^<>]{0,10000}>", re.IGNORECASE
)
# With halves instead, a document of 2.6 MB of which each entry is broken took 3 s.
_PARTS = 16
_NAME = r"(?:[\w.-]{1,100}:)?(?:item|entry)"
# In a comment or a section of text these are no tags: an old entry is commented out, an article is on feeds.
_NO_TAGS = r"!--[^-]*+(?:-[^-]++)*+-->|!\[CDATA\[(?s:.*?)(?:\]\]>|\Z)"
_ENTRY = re.compile(
    rf"<(?:(/){_NAME}(?![\w.:-])|({_NAME})(?:[\s/][^<>]{{0,1000}})?>|{_NO_TAGS})", re.IGNORECASE
)


def pieces_of(text: str) -> list[str]:
    """Return the markup of each entry, its tags included; empty where one does not end."""
    tags = [found for found in _ENTRY.finditer(text) if found[1] or found[2]]
    pieces = []
    for tag, following in pairwise([*tags, None]):
        if tag is None or tag[1]:
            continue
        if following is None or not following[1]:
            pieces.append("")
        else:
            pieces.append(f"{text[tag.start() : following.end()]}>")
    return pieces


def is_cut_off(text: str, pieces: Sequence[str]) -> bool:
    """Return whether `text` ends within its last entry, rather than that nobody closed that one."""
    root = _ROOT.search(text)
    return root is not None and bool(pieces) and not pieces[-1] and f"</{root[1]}" not in text


def sound_entries(text: str, pieces: Sequence[str], *, url: str | None) -> list[Entry | None]:
    """Return each entry as `reader` reads it, None for those that it cannot; `url` is their base."""
    root = _ROOT.search(text)
    if root is None:
        return [None] * len(pieces)
    whole = [piece for piece in pieces if piece]
    read_in_order = iter(_read(whole, root=root, url=url))
    return [next(read_in_order) if piece else None for piece in pieces]


def _read(pieces: Sequence[str], *, root: re.Match[str], url: str | None) -> list[Entry | None]:
    """Read all at once, or in parts where one of them is broken."""
    if not pieces:
        return []
    body = f"{root[0]}{''.join(pieces)}</{root[1]}>".encode("utf-8", "replace")
    try:
        entries = read(body, url=url).entries
    except (BrokenError, UnreadableError):
        entries = ()
    if len(entries) == len(pieces):
        return list(entries)
    if len(pieces) == 1:
        return [None]
    step = -(-len(pieces) // _PARTS)
    parts = (pieces[start : start + step] for start in range(0, len(pieces), step))
    return [entry for part in parts for entry in _read(part, root=root, url=url)]
