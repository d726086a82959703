from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.alerter.render.units import code_points, cut_to, graphemes, utf8_bytes, utf16_units
from services.alerter.render.words import one_line

UNITS = st.sampled_from([code_points, utf16_units, utf8_bytes])


@settings(max_examples=80)
@given(text=st.text(max_size=60), most=st.integers(4, 40), unit=UNITS)
def test_what_is_cut_is_within_its_limit_and_begins_like_the_whole(
    text: str, most: int, unit: object
) -> None:
    assert callable(unit)
    cut = cut_to(text, most, unit=unit)

    assert unit(cut) <= most
    assert cut == text or text.startswith(cut.removesuffix("…"))


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("ABC", ["A", "B", "C"]),
        ("e\u0301a", ["e\u0301", "a"]),
        ("👨‍👩‍👧x", ["👨‍👩‍👧", "x"]),
        ("🇮🇩🇧🇷", ["🇮🇩", "🇧🇷"]),
        ("👍🏽!", ["👍🏽", "!"]),
        ("ক্ষমা", ["ক্ষ", "মা"]),
    ],
)
def test_a_character_as_people_see_it_stays_whole(text: str, parts: list[str]) -> None:
    assert list(graphemes(text)) == parts


def test_the_units_differ() -> None:
    text = "🇹🇷字"

    assert (code_points(text), utf16_units(text), utf8_bytes(text)) == (3, 5, 11)


def test_what_one_line_takes_out_is_what_unicode_hides() -> None:
    kept = {"\u200c", "\u200d"}
    for number in range(0x110000):
        character = chr(number)
        is_hidden = unicodedata.category(character) in {"Cc", "Cf", "Co", "Cs"}
        if is_hidden and character not in kept:
            assert one_line(f"a{character}b") in {"ab", "a b"}, hex(number)


def test_what_one_line_takes_out_is_nothing_that_people_see() -> None:
    seen = "".join(
        chr(number)
        for number in range(0x20, 0x30000)
        if unicodedata.category(chr(number))[0] in "LMNPS"
    )

    assert one_line(seen) == seen
