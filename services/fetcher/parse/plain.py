"""Markup to plain text: tags away, entities decoded, a new line where a block ended."""

from __future__ import annotations

import html
import re

from services.common.text import clean

_BLOCKS = (
    "address|article|aside|blockquote|br|caption|center|dd|details|dialog|dir|div|dl|dt|fieldset"
    "|figcaption|figure|footer|form|h[1-6]|header|hgroup|hr|legend|li|main|menu|nav|ol|optgroup"
    "|option|p|pre|section|summary|table|tbody|tfoot|thead|title|tr|ul"
)
# `<T>` in a headline about generics is text; these, and names with : or -, are markup.
_INLINE = (
    "a|abbr|acronym|applet|area|audio|b|base|basefont|bdi|bdo|big|body|button|canvas|cite|code|col"
    "|colgroup|data|datalist|del|dfn|em|embed|font|frame|frameset|head|html|i|iframe|img|input|ins"
    "|kbd|label|link|map|mark|marquee|meta|meter|noframes|nobr|noscript|object|output|param|picture"
    "|progress|q|rp|rt|ruby|s|samp|select|slot|small|source|span|strike|strong|sub|sup|svg|path|td"
    "|textarea|th|time|track|tt|u|var|video|wbr|[a-z][a-z0-9]*[:-][\\w:.-]+"
)
# Quoted values may hold ">"; they are bounded, so that hostile markup costs linear time.
_REST = r"""(?=[\s/>])(?:(?:[^<>"']++|"[^"]{0,2000}+"|'[^']{0,2000}+')*+>|[^<>]*+>)"""
_BLOCK = re.compile(rf"</?(?:\w+:)?(?:{_BLOCKS}){_REST}", re.IGNORECASE)
_TAG = re.compile(rf"</?(?:{_INLINE}){_REST}|<!\[CDATA\[|\]\]>", re.IGNORECASE)
# What is never closed goes on to the end, as in browsers; so each start is looked at once.
_UNSEEN = re.compile(
    r"<!--(?:.*?-->|.*\Z)|<(script|style|template|svg)(?=[\s>])[^<>]*>(?:.*?</\1\s*>|.*\Z)",
    re.IGNORECASE | re.DOTALL,
)
_CELL = re.compile(r"</t[dh]\s*>", re.IGNORECASE)
_CUT_TAG = re.compile(r"<(?:/?[a-z]+(?:\s[^<>]*)?|!--[^<>]*)?\Z", re.IGNORECASE)
_MARKUP = re.compile(r"<[/!a-z]", re.IGNORECASE)


def plain(markup: str | None) -> str | None:
    """Return the text of a piece of HTML; None where nothing is left.

    Line ends in text without any tag stay; in markup they are spaces, and blocks make the lines.
    """
    if markup is None:
        return None
    if _MARKUP.search(markup):
        markup = _without_tags(markup.replace("\n", " ").replace("\r", " "))
    if "&" in markup:
        markup = html.unescape(markup)
    return tidy(markup)


def one_line(markup: str | None) -> str | None:
    """Return like `plain`, on one line: for titles and names."""
    text = plain(markup)
    return text.replace("\n", " ") if text else None


def tidy(text: str | None) -> str | None:
    """Return plain text with single spaces and no empty lines; None where nothing is left."""
    if text is None:
        return None
    lines = (" ".join(line.split()) for line in text.splitlines())
    return clean("\n".join(line for line in lines if line)) or None


def _without_tags(markup: str) -> str:
    markup = _UNSEEN.sub(" ", markup)
    markup = _BLOCK.sub("\n", markup)
    markup = _TAG.sub("", _CELL.sub(" ", markup))
    return _CUT_TAG.sub("", markup)
