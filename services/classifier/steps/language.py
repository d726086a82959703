"""Language: what a story is written in: as declared, else by script, else by py3langid."""

from __future__ import annotations

import math
import re
from functools import cache
from typing import Protocol

import structlog

from services.classifier.document import Document
from services.classifier.lexicon.folding import fold_text
from services.classifier.lexicon.load import LANGUAGES, BrokenLexiconError, lexicon
from services.classifier.lexicon.words import Words

log = structlog.get_logger()

SAMPLE = 400
"""Title and first characters decide; more text costs time and changes nothing."""

# "India bans TikTok" is 0.19 Indonesian and 0.12 English to py3langid: what its order says of a title is
# hardly more than chance. Of 3,918 titles 71 were taken for another language with one half, 42 so.
SURE = 0.8
_LITTLE = 0.2
"""The power to which a share counts beside event words: .1 to .25 are as good, with .25 "INDIA BANS TIKTOK" is Dutch."""
NEAR = 12
"""How many of the likeliest languages are asked for event words in the text."""

UNKNOWN = "und"
_SCRIPTS = (
    # (language, at least this share of letters, letters)
    ("ko", 0.2, re.compile("[가-힣]")),
    ("ja", 0.1, re.compile("[ぁ-ゖァ-ヺ]")),
    ("bn", 0.3, re.compile("[ঀ-৿]")),
    ("ta", 0.3, re.compile("[\u0b80-\u0bff]")),
    ("th", 0.3, re.compile("[\u0e01-\u0e7f]")),
    ("zh", 0.2, re.compile("[一-鿿]")),
)
_URDU = re.compile("[ٹڈڑںےھہ]")
_PERSIAN = re.compile("[پچژگ]|ی|ک")
_ONLY_ARABIC = re.compile("[ةىيك]")
_ARABIC = re.compile("[\u0600-\u06ff]")
_UKRAINIAN = re.compile("[іїєґ]", re.IGNORECASE)
_RUSSIAN = re.compile("[ыэъё]", re.IGNORECASE)
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_LETTER = re.compile(r"[^\W\d_]")


class Guess(Protocol):
    """Names the language of a text."""

    def __call__(self, text: str) -> str:
        """Return its ISO 639-1 code."""
        ...


def recognise(document: Document) -> Document:
    """Return the document with its language; one outside the 24 is not supported.

    What feed or entry declare is believed where it is one of ours and the script allows it.
    """
    declared = (document.declared_language or "").lower().partition("-")[0].partition("_")[0]
    language = declared or language_of(f"{document.title}\n{document.text[:SAMPLE]}")
    return document.but(language=language, is_supported=language in LANGUAGES)


def language_of(text: str) -> str:
    """Return the language of a text; UNKNOWN for one without letters."""
    letters = len(_LETTER.findall(text))
    if not letters:
        return UNKNOWN
    for language, share, pattern in _SCRIPTS:
        if len(pattern.findall(text)) >= share * letters:
            return language
    if len(_ARABIC.findall(text)) > letters / 2:
        return _arabic_script(text)
    if len(_CYRILLIC.findall(text)) > letters / 2:
        ukrainian, russian = len(_UKRAINIAN.findall(text)), len(_RUSSIAN.findall(text))
        if ukrainian != russian:
            return "uk" if ukrainian > russian else "ru"
    return _identifier()(text)


def prepare() -> None:
    """Load what tells languages apart, where there is time before the first story that declares none."""
    _identifier()


def _arabic_script(text: str) -> str:
    urdu, persian = len(_URDU.findall(text)), len(_PERSIAN.findall(text))
    if urdu:
        return "ur"
    # A newsroom in Cairo writes Pepsi with a loan letter: one is enough only without letters that Persian has not.
    return "fa" if persian > 1 or (persian and not _ONLY_ARABIC.search(text)) else "ar"


@cache
def _identifier() -> Guess:
    # Not above: it brings numpy, almost a second at start, and most stories declare their language.
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(LANGUAGES))

    def guess(text: str) -> str:
        ranked = [(str(language), float(share)) for language, share in identifier.rank(text)[:NEAR]]
        likeliest, share = ranked[0]
        if share >= SURE:
            return likeliest
        folded = fold_text(text)
        return max(ranked, key=lambda each: _likely(_told_in(each[0], folded), each[1]))[0]

    return guess


def _likely(told: int, share: float) -> float:
    """Return how likely a language is: mostly by the letters of its event words, a little by what py3langid says."""
    return (told + 1) * math.pow(share, _LITTLE)


def _told_in(language: str, folded: str) -> int:
    """Return how many letters of a text are event words of `language`."""
    words = _words(language)
    hits = words.find(folded) if words is not None else ()
    return sum(hit.end - hit.start for hit in hits if hit.meaning.layer == "cue")


@cache
def _words(language: str) -> Words | None:
    """Return a language's words, None where its files are broken: stories in others are read all the same."""
    try:
        return lexicon(language).words
    except BrokenLexiconError as error:
        log.error("lexicon_broken", language=language, error=str(error))  # noqa: TRY400  the place is all
        return None
