"""Quotes: whether a sign opens what is quoted or ends it; folded, all double ones are the same."""

from __future__ import annotations


def opens(text: str, at: int) -> bool:
    """Return whether the quote at an offset begins what is quoted.

    Double ones open and close in turn within a line; single ones, which are apostrophes too, open behind no letter.
    """
    if text[at] == "'":
        return not text[max(at - 1, 0) : at].isalnum()
    return text.count(text[at], text.rfind("\n", 0, at) + 1, at) % 2 == 0
