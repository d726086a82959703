"""Turkish stems that lose a vowel or soften a t."""

from __future__ import annotations

import pytest

from services.classifier.lexicon.narrowing import narrowed
from services.classifier.lexicon.spellings import split_forms


@pytest.mark.parametrize(
    ("forms", "expected"),
    [
        ("yasakla*", {"yasakla*", "yasaklıyor*"}),
        ("{uygula*,engelle*}", {"uygula*", "uyguluyor*", "engelle*", "engelliyor*"}),
        ("{iptal et*,sat*} | reddet*", {"iptal et*", "iptal ed*", "sat*", "reddet*", "redded*"}),
        ("izin verme*", {"izin verme*", "izin vermiyor*"}),
    ],
)
def test_a_verb_is_found_in_its_present_tense(forms: str, expected: set[str]) -> None:
    assert set(split_forms(narrowed(forms))) == expected


@pytest.mark.parametrize("forms", ["yasaklama*", "hükümet*", "yasağı* | durdurdu", "kapat*"])
def test_a_noun_and_a_firm_stem_stay_as_they_are(forms: str) -> None:
    assert split_forms(narrowed(forms)) == split_forms(forms)
