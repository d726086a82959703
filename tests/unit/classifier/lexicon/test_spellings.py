"""How forms begin: the stems that the automaton holds, and what is spelled out where one is met."""

from __future__ import annotations

import pytest

from services.classifier.lexicon.spellings import (
    STEM,
    first_piece,
    spellings_of,
    split_forms,
    stems_of,
    tidy,
    written_forms,
)

FORMS = [
    "ban",
    "*ban*",
    "shut up shop$",
    "clos{es,ed} {its,the} doors",
    "{the ,}{board of directors,shareholders} {approve,approves,approved} {the ,}{sale,takeover}",
    "{data {leak,breach},leak{s,} of {data,accounts}}",
    "cierr* {su,sus} {planta,tienda}",
    "{,re}open{s,ed} {,all }{,its }shops for the last time",
]


@pytest.mark.parametrize("form", FORMS)
def test_the_stems_of_a_form_are_those_of_its_spellings(form: str) -> None:
    found = {stem for written in written_forms(form) for stem in stems_of(written)}

    assert found == {first_piece(spelled)[:STEM] for spelled in split_forms(form)}


@pytest.mark.parametrize("form", FORMS)
def test_each_spelling_stands_under_its_stem_alone(form: str) -> None:
    found = [
        spelled
        for written in written_forms(form)
        for stem in set(stems_of(written))
        for spelled in spellings_of(written, stem)
    ]

    assert sorted(found) == sorted(split_forms(form))


def test_what_stands_behind_a_stem_is_not_spelled_out() -> None:
    endings = "{a,b,c,d,e,f,g,h} " * 12

    assert list(stems_of(f"the board of the company {endings}")) == [
        "the board of the company"[:STEM]
    ]


def test_no_spelling_has_the_stem_of_another_form() -> None:
    assert list(spellings_of("clos{es,ed} its doors", "opens")) == []


def test_empty_alternatives_leave_one_space() -> None:
    assert tidy("opens  {,all } shops".replace("{,all }", "")) == "opens shops"


def test_alternatives_within_an_alternative_are_of_that_one_alone() -> None:
    text = "shuts {{its,all} {gates,doors},\n  the door} to"

    assert written_forms("{a {b,c},d} e | f") == ["a {b,c} e ", "d e ", " f"]
    assert split_forms(text) == [
        "shuts its gates to",
        "shuts its doors to",
        "shuts all gates to",
        "shuts all doors to",
        "shuts the door to",
    ]


def test_a_form_whose_braces_are_not_closed_stays_as_it_stands() -> None:
    assert written_forms("ban | {a,b {c,d} e") == ["ban ", " {a,b {c,d} e"]
