from __future__ import annotations

import pytest

from services.classifier.blocking.harmless_words import find, find_all, may_stand
from services.classifier.document import Document
from services.classifier.lexicon.folding import Folded
from services.classifier.lexicon.forms import folded_forms
from services.classifier.lexicon.load import LANGUAGES
from services.classifier.lexicon.shared_words import harmless_pattern, harmless_stems, shared_file


def a_document(text: str, language: str) -> Document:
    return Document(title=text, text="", language=language, folded=Folded(text))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_that_a_pattern_finds_is_found_through_its_stem(language: str) -> None:
    kinds = set().union(*harmless_stems(language).values())
    forms = [
        (kind, form)
        for kind, entry in shared_file("harmless.yml")[language].items()
        for form in folded_forms(entry)
        if kind in kinds
    ]

    missed = []
    for kind, form in forms:
        text = form.replace(" ... ", " x ").replace("#", "12").replace("*", "")
        pattern = harmless_pattern(kind, language)
        found = find(a_document(text, language), kind, 0, len(text))
        if pattern is not None and pattern.search(text) and found is None:
            missed.append((kind, form))

    assert forms
    assert missed == []


def test_a_word_is_found_between_two_offsets_only() -> None:
    document = a_document("it was shut for two weeks and then for three weeks more", "en")

    assert [found[0] for found in find_all(document, "spells", 0, 55)] == [
        "for two weeks",
        "for three weeks",
    ]
    assert [found[0] for found in find_all(document, "spells", 26, 55)] == ["for three weeks"]
    assert find(document, "spells", 0, 20) is None
    assert not may_stand(document, "crowd", 0, 55)


def test_forms_side_by_side_end_where_each_of_them_ends() -> None:
    pattern = harmless_pattern("acquisition", "en")

    assert pattern is not None
    assert [
        found[0] for found in pattern.finditer("customers, landlord, land, busy, bus, acres")
    ] == [
        "customers",
        "land",
        "bus",
        "acres",
    ]
