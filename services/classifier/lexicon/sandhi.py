"""Sandhi: what Tamil puts between a name, its ending and the next word."""

from __future__ import annotations

VIRAMA = "\u0bcd"
_VOWEL_SIGNS = frozenset("\u0bbe\u0bbf\u0bc0\u0bc1\u0bc2\u0bc6\u0bc7\u0bc8\u0bca\u0bcb\u0bcc")
_GLIDES = frozenset("யவ")
_BEFORE_NEXT = ("க்", "ச்", "த்", "ப்")


def plain_ending(name: str, ending: str) -> str:
    """Return an ending as it is after a bare consonant: of "ஏர்டெல்லைத்" and of "மெட்டாவை" it is "ை".

    `name` is what stands before the ending, its last two letters suffice. The last consonant of a name
    is doubled before a vowel, a glide follows a vowel, and the first letter of the next word may be
    heard at the end.
    """
    if len(ending) > 2 and ending.endswith(_BEFORE_NEXT) and ending[-3] in _VOWEL_SIGNS:
        ending = ending[:-2]
    if len(ending) > 1 and ending[1] in _VOWEL_SIGNS:
        is_doubled = name.endswith(ending[0] + VIRAMA)
        is_glide = ending[0] in _GLIDES and not name.endswith(VIRAMA)
        if is_doubled or is_glide:
            return ending[1:]
    return ending
