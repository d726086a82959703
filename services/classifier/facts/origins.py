"""Origins: countries that only say where a company or a thing is from: "a Danish firm", "the Chinese app X"."""

from __future__ import annotations

import re

from services.classifier.document import Document
from services.classifier.lexicon.scripts import is_word_start
from services.classifier.lexicon.words import Hit

_TRADE = re.compile(r"の[\u3400-\u9fff\u30a0-\u30ff]{2,14}")
"""What a company does, between its country and the word for it: "中国の通信・監視機器メーカー"."""
_ORIGIN_REACH = 32
"""How far before a product's name its country stands: "중국의 동영상 서비스 플랫폼 틱톡"."""
_HOME_REACH = 24
"""So much text before a place may say that it is somebody's home: "headquartered in "."""
_NEWSROOM = 12
"""How far from its beginning a text names where it comes from."""
_PLACE_ENDS = re.compile(r"\w* ?(?:[,،(|•][^\n:।.]{0,30}?)?(?:[:–—】]|--?\s| [-–—])")
"""What stands behind that: a day or an agency, and a colon or a dash."""
_BEFORE_NAMES = " 、,\"'“‘「『《("
"""May stand between what a product is and its name."""
_PARTED = re.compile(r"[.,;:!?。、;:!?\n]")


def is_home(document: Document, hit: Hit) -> bool:
    """Return whether a country is only where somebody is from: "Danish firm", "중국산"."""
    grammar = document.grammar
    text = document.folded.text
    left = text[max(hit.start - _HOME_REACH, 0) : hit.start].rstrip(" (")
    if left.endswith(grammar.home or ("\0",)):
        return True
    if text.startswith(grammar.home_glued or ("\0",), hit.end):
        return True
    trade = _TRADE.match(text, hit.end)
    if trade is not None and any(word in trade[0] for word in grammar.home):
        return True
    return behind(document, hit, 24).startswith(grammar.home or ("\0",))


def is_origin(document: Document, sentence: int, hit: Hit) -> bool:
    """Return whether a country only says where a named product is from: "the Chinese video app TikTok".

    What it is stands between country and name, with no other word of the story's events.
    """
    text = document.folded.text
    name = next((name for name in document.names_in(sentence) if name.start >= hit.end), None)
    if name is None or name.start - hit.end > _ORIGIN_REACH:
        return False
    told = text[hit.end : name.start]
    if _PARTED.search(told.rstrip(_BEFORE_NAMES)) or any(
        word.start < name.start and word.end > hit.end
        for layer in ("cue", "authority", "country")
        for word in document.words_in(layer, sentence)
    ):
        return False
    things = [word.end for word in document.words_in("product", sentence)]
    described = len(told.rstrip(_BEFORE_NAMES)) + hit.end
    return any(hit.end < end and described <= end + 1 for end in things if end <= name.start) or (
        ends_with_any(text[hit.end : described], document.grammar.home)
    )


def is_of_the_newsroom(text: str, start: int, end: int) -> bool:
    """Return whether a place is that of the newsroom: "NEW DELHI (PTI): …" at the beginning of a text."""
    first = text.find("\n") + 1
    if not first <= start < first + _NEWSROOM:
        return False
    return _PLACE_ENDS.match(text, end) is not None


def ends_with_any(text: str, words: tuple[str, ...]) -> bool:
    """Return whether a text ends with one of the words, as a word where the script has spaces."""
    return text.endswith(words) and any(
        text.endswith(word) and is_word_start(text, len(text) - len(word)) for word in words
    )


def behind(document: Document, hit: Hit, reach: int) -> str:
    """Return what stands behind the word that a hit is in: "deutsch*" ends where "deutschen" ends."""
    end = document.word_end(hit.end)
    return document.folded.text[end : end + reach].lstrip(" -")
