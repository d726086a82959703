from __future__ import annotations

import pytest

from services.classifier.lexicon.forms import pattern_of
from services.classifier.lexicon.rules import Meaning
from services.classifier.lexicon.spellings import split_forms
from services.classifier.lexicon.words import Words

CLOSE = Meaning(layer="cue", name="shutdown.close", types=frozenset(("shutdown",)))


def found(form: str, text: str) -> list[str]:
    """Return what a form hits in a folded text."""
    return [text[hit.start : hit.end] for hit in Words(iter([(form, CLOSE)])).find(text)]


@pytest.mark.parametrize("text", ["cierra su planta", "cierran su planta", "que cierre su planta"])
def test_an_asterisk_within_a_phrase_stands_for_the_rest_of_its_word(text: str) -> None:
    assert len(found("cierr* su", text)) == 1


@pytest.mark.parametrize("text", ["cierra mañana su planta", "cierra, su jefe", "cierra sus"])
def test_behind_an_asterisk_only_the_next_word_counts(text: str) -> None:
    assert found("cierr* su", text) == []


def test_an_asterisk_within_a_phrase_goes_with_a_pair() -> None:
    assert found("retir* ... de su tienda", "retiró el juego de su tienda") == [
        "retiró el juego de su tienda"
    ]
    assert found("ordena* a ... dejar* de", "ordenan a la firma dejar de vender")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("google stellt stadia ein", ["stellt stadia ein"]),
        ("google stellt stadia ein.", ["stellt stadia ein"]),
        ("google stellt stadia ein - und zwar bald", ["stellt stadia ein"]),
        ("google stellt ein neues telefon vor", []),
    ],
)
def test_a_form_with_a_dollar_sign_ends_its_clause(text: str, expected: list[str]) -> None:
    assert found("stellt ... ein$", text) == expected


@pytest.mark.parametrize("end", [*"।॥۔،؛؟。、", ""])
def test_every_script_has_signs_that_end_a_clause(end: str) -> None:
    assert found("ब्लॉक$", f"टेलीग्राम ब्लॉक{end}") == ["ब्लॉक"]
    assert found("ब्लॉक$", f"टेलीग्राम ब्लॉक{end} सूची") == (["ब्लॉक"] if end else [])


def test_alternatives_in_braces_are_forms_of_their_own() -> None:
    assert split_forms("clos{es,ed} ... {plant,mill} | ban{,s}") == [
        "closes ... plant",
        "closes ... mill",
        "closed ... plant",
        "closed ... mill",
        "ban",
        "bans",
    ]


def test_a_word_that_is_a_form_is_no_inflection_of_another() -> None:
    bought_it = Meaning(layer="cue", name="acquisition.acquire", types=frozenset(("acquisition",)))
    was_bought = Meaning(layer="cue", name="acquisition.acquired", types=bought_it.types)
    words = Words(
        iter([("купил", bought_it), ("купили", was_bought)]), endings=frozenset(("и", "а"))
    )

    assert [hit.meaning for hit in words.find("банк купили")] == [was_bought]
    assert [hit.meaning for hit in words.find("сеть купила")] == [bought_it]


def test_the_parts_of_a_pair_stand_closer_in_chinese_than_in_letters() -> None:
    assert found("放弃 ... 收购", f"放弃{'甲' * 40}收购")
    assert not found("放弃 ... 收购", f"放弃{'甲' * 41}收购")
    assert found("drops ... bid", f"drops {'a' * 68} bid")


def test_a_part_that_one_spelling_leaves_without_letters_is_an_error_when_the_words_are_read() -> (
    None
):
    with pytest.raises(ValueError, match="no letters"):
        found("kaapt ... {weg,$}", "kaapt de topman weg")


def test_dots_stand_for_a_gap_in_a_pattern_of_words() -> None:
    pattern = pattern_of(["funktioniert ... nicht mehr", "gesperrt"])

    assert pattern.search("der dienst funktioniert seit montag nicht mehr.")
    assert pattern.search("er funktioniert nicht mehr")
    assert not pattern.search("er funktioniert; nicht mehr")
