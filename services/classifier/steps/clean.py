"""Clean: finds page furniture, which is no part of what the story says."""

from __future__ import annotations

import re
from collections.abc import Iterator

from services.classifier.document import Document
from services.classifier.lexicon.grammar import Grammar
from services.classifier.lexicon.scripts import is_word_end

_LINE = re.compile(r"[^\n]+")
_SHARE_BAR = re.compile(
    r"(?:(?:icon[-_ ])?(?:facebook|twitter|whatsapp|telegram|linkedin|pinterest|line|x|email|copy link)[ \t|/,·•-]*){3,}"
)
_NETWORK = r"(?:facebook|twitter|whatsapp|telegram|instagram|youtube|google news)"
_INVITATION = re.compile(
    rf"{_NETWORK}(?: group| channel| page)? (?:join|follow)(?: now| us| here)*\W*"
    rf"|(?:join|follow|subscribe)(?: us| our| to| on| the| in)* {_NETWORK}(?: group| channel| page)?"
    r"(?: now| here)*\W*"
)
"""A line that is no more than this; English on the pages of many languages."""
# Looking for the whole pattern at every letter takes long; for these it takes next to nothing.
_SHARED_WITH = (
    *("facebook", "twitter", "whatsapp", "telegram"),
    *("linkedin", "pinterest", "email", "copy link"),
)
_TAGS = re.compile(r"(?:tags?|topics?|keywords?)\s*:|#\w+(?:\s+#\w+)*\s*$")
_CREDIT = re.compile(
    r"(?:^|[(\[|/.,:;!?)\"。]\s*)(?:photos?|fotos?|fot\.|bild|imagen|imagem|zdjęcie|фото|ảnh|gambar|ภาพ|圖|图|圖片|图片|写真|사진"
    r"|صورة|عکس|تصویر|फोटो|ছবি|படம்)\s*[:=/]\s*[^\n]{2,50}$"
)
"""Ends a picture's caption: "Its head office. Photo: agency"; not "cambia de imagen: cierra X"."""
_AGENCY = re.compile(
    r"(?:antara foto|ap photo|afp|reuters|epa|efe|dpa|lusa|ansa|xinhua|getty images|shutterstock|bloomberg)"
    r"\s*/\s*[^\W\d]{2,20}(?:[ .-]{1,2}[^\W\d]{1,20}){1,3}[)\]]?\s*$"
)
"""Ends a caption of however many sentences, with its photographer: "… at the gate. REUTERS/Ann Field".

Not "Reuters/AFP" or "dpa/lno", with which reports end.
"""
_STAMP = re.compile(
    r"(?=.*\d[:.]\d\d)(?=.*(?:\d{4}|\d[/-]\d))(?=.{8,60}$).*\d[^\d。]{0,5}[^\w。]?$"
)
"""When a page was put online: "Monday, 15 May 2025 | 18:59"; no ticker's "12/3/2025 18:00 X buys Y"."""
_FIGURES_OF_A_STAMP = 0.25
_STOP = re.compile(r"[.!?।](?=\s)|。")
_DOMAIN = re.compile(r"(?:https?://|www\.)\S+")
MAX_LINE = 220
"""A longer line is prose, even where it begins like furniture."""
MAX_CAPTION = 600
"""So long is a caption of several sentences at most."""


def clean(document: Document) -> Document:
    """Return the document with the spans of bylines, share bars, "read also" and the like."""
    spans = tuple(_furniture(document.folded.text, document.grammar))
    return document.but(furniture=spans)


def _begins_with(line: str, begin: str) -> bool:
    """Return whether a line begins with words; "by" does not begin "Bybit buys"."""
    if not line.startswith(begin):
        return False
    return not begin[-1].isalnum() or is_word_end(line, len(begin))


def _is_caption(line: str) -> bool:
    """Return whether a line is one sentence, or less, with a picture's credit; two are prose."""
    credit = _CREDIT.search(line)
    return credit is not None and _STOP.search(line, 0, credit.start()) is None


def _is_stamp(line: str) -> bool:
    """Return whether a line only says on what day and at what hour its page was put online."""
    return _STAMP.match(line) is not None and sum(
        letter.isdigit() for letter in line
    ) >= _FIGURES_OF_A_STAMP * len(line)


def _furniture(text: str, grammar: Grammar) -> Iterator[tuple[int, int]]:
    title = text[: max(text.find("\n"), 0)].strip()
    last = len(text.rstrip())
    has_networks = any(name in text for name in _SHARED_WITH)
    for line in _LINE.finditer(text):
        words = line[0].strip(" \t-–*•>([|")
        # A title is none, whatever it begins with: "Photo app X banned".
        if line.start() and (
            # Who stands at the end of the whole text wrote it.
            (line.end() < last and len(words) < MAX_CAPTION and _AGENCY.search(words))
            or (
                len(words) < MAX_LINE
                and (
                    # Many pages have their title twice; the lead comes behind it.
                    words == title
                    or (has_networks and _INVITATION.fullmatch(words))
                    or (
                        words.startswith(grammar.boilerplate_lines)
                        and any(_begins_with(words, begin) for begin in grammar.boilerplate_lines)
                    )
                    or _TAGS.match(words)
                    or _is_caption(words)
                    or _is_stamp(words)
                )
            )
        ):
            yield line.span()
    for part in grammar.boilerplate_parts:
        at = text.find(part)
        while at >= 0:
            end = text.find("\n", at)
            yield at, len(text) if end < 0 else min(end, at + MAX_LINE)
            at = text.find(part, at + 1)
    if has_networks:
        for found in _SHARE_BAR.finditer(text):
            yield found.span()
    if "://" in text or "www." in text:
        for found in _DOMAIN.finditer(text):
            yield found.span()
