"""Markup to plain text: tags away, entities decoded, a new line where a block ended."""

from __future__ import annotations

import html
import re
from functools import lru_cache

_BLOCK_NAMES = (
    "address article aside blockquote br caption center dd details dialog dir div dl dt fieldset"
    " figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr legend li main menu nav ol"
    " optgroup option p pre section summary table tbody tfoot thead title tr ul"
)
_BLOCKS = frozenset(_BLOCK_NAMES.split())
# `<T>` in a headline about generics is text; these, and names with : or -, are markup.
_INLINE_NAMES = (
    "a abbr acronym applet area audio b base basefont bdi bdo big body button canvas cite code col"
    " colgroup data datalist del dfn em embed font frame frameset g head html i iframe img input ins"
    " kbd label link map mark marquee meta meter noframes nobr noscript object output param path"
    " picture progress q rp rt ruby s samp select slot small source span strike strong sub sup svg"
    " td textarea th time track tt u var video wbr"
)
_INLINE = frozenset(_INLINE_NAMES.split())
# Quoted values may hold ">"; they are bounded, so that hostile markup costs linear time.
_TAG = re.compile(
    r"""<(/?[a-zA-Z][\w:.-]*+)"""
    r"""(?:>|[\s/](?:[^<>"']*+(?:"[^"]{0,2000}+"[^<>"']*+|'[^']{0,2000}+'[^<>"']*+)*+>|[^<>]*+>))"""
)
# What is never closed goes on to the end, as in browsers; so each start is looked at once. What closes
# itself holds nothing, other than in browsers: inline markup comes from XML, where an empty script is written so.
_UNSEEN = re.compile(
    r"<!--(?:.*?-->|.*\Z)"
    r"|<(script|style|template|svg)(?=[\s/>])(?:[^<>]*/>(?:</\1>)?|[^<>]*>(?:.*?</\1\s*>|.*\Z))",
    re.IGNORECASE | re.DOTALL,
)
_MAY_BE_UNSEEN = re.compile("<(?:!|[sS](?:[cC][rR]|[tT][yY]|[vV][gG])|[tT][eE])")
_SECTION = re.compile(r"<!\[CDATA\[|\]\]>")
_CUT_TAG = re.compile(r"<(?:/?[a-zA-Z]+(?:\s[^<>]*)?|!--[^<>]*)?\Z")
_MARKUP = re.compile(r"<[/!a-zA-Z]")
_REFERENCE = re.compile(r"(&(?:#[0-9]{1,8}|#[xX][0-9a-fA-F]{1,7}|[a-zA-Z][a-zA-Z0-9]{1,31});?)")
# A text that seems to show tags, and has none that are any, was escaped twice.
_SHOWN_TAG = re.compile(
    r"</(?:a|b|i|p|em|li|ul|div|span|strong|h[1-6]|blockquote|figure|table)\s*>|<(?:br|img)\b[^<>]*>",
    re.IGNORECASE,
)
# What no reader tells from a space or a line end; the controls among them cannot be in XML.
_ODD_SPACES = "\t\xa0\u2002\u2003\u2009\u200a\u202f\u3000"
_LINE_ENDS = "\r\x85\u2028\u2029"


def plain(markup: str | None) -> str | None:
    """Return the text of a piece of HTML; None where nothing is left.

    Characters that no XML can hold are the caller's to clean away.

    Line ends in text without any tag stay; in markup they are spaces, and blocks make the lines.
    """
    if markup is None:
        return None
    if "<" in markup:
        return tidy(_without_references(_without_markup(markup)))
    text = _without_references(markup)
    if "<" in text and _SHOWN_TAG.search(text):
        text = _without_references(_without_markup(text))
    return tidy(text)


def one_line(markup: str | None) -> str | None:
    """Return like `plain`, on one line: for titles and names."""
    text = plain(markup)
    return text.replace("\n", " ") if text and "\n" in text else text


def tidy(text: str | None) -> str | None:
    """Return plain text with single spaces and no empty lines; None where nothing is left."""
    if text is None:
        return None
    if text.isprintable():
        return _single_spaced(text) or None
    lines = map(_single_spaced, _with_plain_spaces(text).split("\n"))
    return "\n".join(filter(None, lines)) or None


def _without_markup(text: str) -> str:
    return (
        _without_tags(text.replace("\n", " ").replace("\r", " ")) if _MARKUP.search(text) else text
    )


def _without_references(text: str) -> str:
    if "&" not in text:
        return text
    pieces = _REFERENCE.split(text)  # text, reference, text, reference, …, text
    pieces[1::2] = map(_character, pieces[1::2])
    return "".join(pieces)


def _single_spaced(line: str) -> str:
    line = line.strip(" ")
    while "  " in line:
        line = line.replace("  ", " ")
    return line


def _with_plain_spaces(text: str) -> str:
    # Looking for each and replacing what is there costs a tenth of splitting into words.
    for odd in _ODD_SPACES:
        if odd in text:
            text = text.replace(odd, " ")
    for end in _LINE_ENDS:
        if end in text:
            text = text.replace(end, "\n")
    return text


def _without_tags(markup: str) -> str:
    if _MAY_BE_UNSEEN.search(markup):
        markup = _UNSEEN.sub(" ", markup)
    if "[" in markup or "]" in markup:
        markup = _SECTION.sub("", markup)
    pieces = _TAG.split(markup)  # text, name, text, name, …, text
    gaps = list(map(_gap, pieces[1::2]))
    if None in gaps:
        return _without_cut_tag(_TAG.sub(_gap_or_text, markup))
    pieces[1::2] = gaps
    return _without_cut_tag("".join(pieces))


def _gap_or_text(found: re.Match[str]) -> str:
    gap = _gap(found[1])
    return found[0] if gap is None else gap


def _without_cut_tag(text: str) -> str:
    """Return the text without a tag that begins and does not end: summaries are cut anywhere."""
    start = text.rfind("<")
    return text[:start] if start >= 0 and _CUT_TAG.match(text, start) else text


@lru_cache(maxsize=1024)
def _gap(tag: str) -> str | None:
    """Return what stands in the text for a tag: `tag` is its name, a closing one's with the slash."""
    name = tag.removeprefix("/").lower()
    if tag.lower() in {"/td", "/th"}:
        return " "
    if name.rpartition(":")[2] in _BLOCKS:
        return "\n"
    return "" if name in _INLINE or ":" in name or "-" in name else None


@lru_cache(maxsize=4096)
def _character(reference: str) -> str:
    return html.unescape(reference)
