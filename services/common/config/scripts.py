"""Scripts: the letters that a name is written in, and those that the press of a language uses."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum


class Script(StrEnum):
    """The scripts of the 24 languages; the Arabic one is that of Persian and Urdu too."""

    LATIN = "Latin"
    HAN = "Chinese"
    KANA = "kana"
    HANGUL = "Hangul"
    CYRILLIC = "Cyrillic"
    ARABIC = "Arabic"
    DEVANAGARI = "Devanagari"
    BENGALI = "Bengali"
    TAMIL = "Tamil"
    THAI = "Thai"


# In the order in which they decide for a name that mixes them: 카카오T is Hangul, セブン&アイ kana.
_LETTERS = {
    Script.KANA: re.compile("[\u3041-\u3096\u30a1-\u30fa\uff66-\uff9d]"),
    Script.HANGUL: re.compile("[\uac00-\ud7a3]"),
    Script.HAN: re.compile("[\u3400-\u4dbf\u4e00-\u9fff]"),
    Script.CYRILLIC: re.compile("[\u0400-\u052f]"),
    Script.ARABIC: re.compile("[\u0620-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc]"),
    Script.DEVANAGARI: re.compile("[\u0900-\u097f]"),
    Script.BENGALI: re.compile("[\u0980-\u09ff]"),
    Script.TAMIL: re.compile("[\u0b80-\u0bff]"),
    Script.THAI: re.compile("[\u0e00-\u0e7f]"),
    Script.LATIN: re.compile("[A-Za-z\u00c0-\u024f\u1e00-\u1eff]"),
}

_SCRIPTS_BY_LANGUAGE = dict.fromkeys(
    ("en", "es", "pt", "fr", "de", "it", "nl", "pl", "tr", "vi", "id", "ms"), (Script.LATIN,)
) | {
    "ar": (Script.ARABIC,),
    "bn": (Script.BENGALI,),
    "fa": (Script.ARABIC,),
    "hi": (Script.DEVANAGARI,),
    "ja": (Script.KANA, Script.HAN),
    "ko": (Script.HANGUL,),
    "ru": (Script.CYRILLIC,),
    "ta": (Script.TAMIL,),
    "th": (Script.THAI,),
    "uk": (Script.CYRILLIC,),
    "ur": (Script.ARABIC,),
    "zh": (Script.HAN,),
}


def script_of(name: str) -> Script | None:
    """Return the script that decides how a name is read; None for one without known letters."""
    return next((script for script, letters in _LETTERS.items() if letters.search(name)), None)


def letters_by_script(text: str) -> dict[Script, int]:
    """Return how many letters of each script a text has."""
    return {script: len(letters.findall(text)) for script, letters in _LETTERS.items()}


def scripts_of_language(language: str) -> tuple[Script, ...]:
    """Return the scripts of which a name needs one to be found in a language: a BCP 47 tag."""
    return known_scripts_of(language) or (Script.LATIN,)


def known_scripts_of(language: str) -> tuple[Script, ...]:
    """Return the scripts that a language is written in, a BCP 47 tag; none for one outside the 24."""
    return _SCRIPTS_BY_LANGUAGE.get(language.partition("-")[0].casefold(), ())


def languages_without_name(names: Iterable[str], languages: Iterable[str]) -> tuple[str, ...]:
    """Return those of `languages` whose script none of `names` is written in, sorted."""
    there = {script_of(name) for name in names}
    return tuple(
        language
        for language in sorted(set(languages))
        if there.isdisjoint(scripts_of_language(language))
    )
