from __future__ import annotations

import pytest

from services.classifier.lexicon.words import Meaning, Words

MEANING = Meaning(layer="cue", name="shutdown.close", types=frozenset(("shutdown",)))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("google stellt stadia ein", ["stellt stadia ein"]),
        ("google stellt stadia ein.", ["stellt stadia ein"]),
        ("google stellt stadia ein - und zwar bald", ["stellt stadia ein"]),
        ("google stellt ein neues telefon vor", []),
    ],
)
def test_a_form_with_a_dollar_sign_ends_its_clause(text: str, found: list[str]) -> None:
    words = Words(iter([("stellt ... ein$", MEANING)]))

    assert [text[hit.start : hit.end] for hit in words.find(text)] == found
