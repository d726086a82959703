from __future__ import annotations

import pytest

from services.common.config.companies import read_companies
from services.common.config.yaml import read_yaml
from services.common.contracts.company import Alias, Company


def read(text: str) -> tuple[tuple[Company, ...], list[str]]:
    """Return companies and findings of the entries in `text`."""
    page = read_yaml(f"companies:\n{text}".encode(), file="f")
    companies = read_companies(page)
    return companies, [str(finding).removeprefix("f:") for finding in page.findings]


def test_conditions_of_a_company_hold_for_all_its_names() -> None:
    [company], findings = read(
        "- {id: meta, name: Meta, aliases: [Мета], case: exact, needs: [a], not: [b]}"
    )

    assert findings == []
    assert company.names == tuple(
        Alias(text=text, is_exact=True, needs=("a",), excluded=("b",)) for text in ("Meta", "Мета")
    )


def test_an_alias_may_have_conditions_of_its_own() -> None:
    entry = "- {id: x, name: X Corp, not: [x ray], aliases: [{name: X, case: exact, needs: [Musk], not: [Model X]}]}"

    [company], findings = read(entry)

    assert findings == []
    assert company.names == (
        Alias(text="X Corp", excluded=("x ray",)),
        Alias(text="X", is_exact=True, needs=("Musk",), excluded=("x ray", "Model X")),
    )


def test_an_alias_that_repeats_the_name_gives_it_its_conditions() -> None:
    [company], _ = read(
        "- {id: apple, name: Apple, aliases: [Apple, {name: Apple, needs: [iPhone]}]}"
    )

    assert company.names == (Alias(text="Apple", needs=("iPhone",)),)


@pytest.mark.parametrize("name", ["“TikTok”", "„TikTok“", "‘TikTok’", "“TikTok", "TikTok”"])
def test_marks_that_a_word_processor_put_around_a_name_are_told(name: str) -> None:
    [company], findings = read(f"- {{id: tiktok, name: Douyin, aliases: [{name}]}}")

    assert [alias.text for alias in company.names] == ["Douyin", name]
    assert [finding.partition(" is a part of this name")[0] for finding in findings] == [
        f"2:40: warning: {name[0] if name[0] != 'T' else name[-1]}"
    ]


def test_marks_that_people_put_around_a_name_on_purpose_are_none_of_our_business() -> None:
    _, findings = read("- {id: pobeda, name: Pobeda, aliases: [«Победа», The “Wall” Ltd, Lands’]}")

    assert findings == []


def test_what_looks_like_a_number_is_a_name() -> None:
    [company], findings = read("- {id: 1688, name: 1688, aliases: [null, 2026-01-01, NO1]}")

    assert findings == []
    assert (company.id, [alias.text for alias in company.names]) == (
        "1688",
        ["1688", "null", "2026-01-01", "NO1"],
    )


@pytest.mark.parametrize(
    ("entry", "findings"),
    [
        ("- {name: Alpha}", ['2:3: error: a company needs "id"']),
        ("- {id: alpha, name: }", ['2:15: error: a company needs "name"']),
        ("- Alpha", ["2:3: error: a company is a mapping (key: value), not a text"]),
        ("- {id: Alpha Beta, name: A B C}", [
            ('2:8: error: "Alpha Beta" is no id: write lower-case letters, digits and hyphens,'
            ' as in "alpha-beta"')
        ]),
        ("- {id: alpha, name: [Alpha]}", ['2:21: error: "name" is one value, not a list']),
        ("- {id: alpha, name: Alpha, aliases: Al}", [
            '2:37: error: "aliases" is a list: write aliases: [Al]'
        ]),
        ("- {id: alpha, name: Alpha, aliases: [[a]]}", [
            "2:38: error: an alias is a mapping (key: value), not a list"
        ]),
        ("- {id: alpha, name: Alpha, aliases: ['', ' ']}", [
            '2:38: error: "aliases" has an empty text',
            '2:42: error: "aliases" has an empty text',
        ]),
        ('- {id: alpha, name: "Al\\0pha"}', ['2:21: error: "name" holds U+0000 at 2']),
        ("- {id: alpha, name: Alpha, case: exakt}", [
            '2:34: error: "exakt" is no value of "case"; did you mean "exact"?'
        ]),
        ("- {id: alpha, name: Alpha, owner: aplha}", [
            '2:35: error: the owner "aplha" is not a company here; did you mean "alpha"?'
        ]),
        ("- {id: alpha, name: Alpha, owner: alpha}", [
            "2:35: error: the owners go round in a circle: alpha (line 2) → alpha"
        ]),
        ("- {id: alpha, name: Alpha, tags: [Big One]}", [
            ('2:35: error: "Big One" is no id: write lower-case letters, digits and hyphens,'
            ' as in "big-one"')
        ]),
        ("- {id: hp, name: HP}", [
            ('2:18: warning: "HP" is short and will be found in many places:'
            " give it case: exact, or needs: [words of which one must be near]")
        ]),
        ("- {id: hp, name: HP, case: exact}", []),
        ('- {id: alpha, name: "\\u200b", aliases: ["\\u0301"]}', [
            "2:21: error: this name has only characters that nobody sees: write its letters",
            "2:41: error: this name has only characters that nobody sees: write its letters",
        ]),
        ("- {id: lg, name: 'Ω'}", []),
        # In private use, and of a script that is younger than Python 3.11.
        ('- {id: apple, name: "\\uf8ff", aliases: ["\\U00010d50"]}', []),
        ("- {id: alpha, name: Alpha}\n- {id: beta, name: Beta, aliases: [ALPHA]}", [
            '3:36: warning: "ALPHA" is a name of "alpha" (line 2) too: both will be mentioned'
        ]),
    ],
)  # fmt: skip
def test_a_mistake_is_told_at_its_place(entry: str, findings: list[str]) -> None:
    assert read(entry)[1] == findings


def test_a_circle_is_told_once_and_who_is_owned_by_it_is_left_out() -> None:
    _, findings = read(
        "- {id: a, name: Aaaa, owner: b}\n- {id: b, name: Bbbb, owner: c}\n"
        "- {id: c, name: Cccc, owner: b}\n"
    )

    assert findings == ["3:30: error: the owners go round in a circle: b (line 3) → c (line 4) → b"]


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("", 'f:1:1: error: this file needs "companies"'),
        ("[]", "f:1:1: error: this file is a mapping (key: value), not a list"),
        (
            "company: []",
            'f:1:1: error: unknown key "company" in this file; did you mean "companies"?',
        ),
        (
            "companies: 5",
            'f:1:12: error: "companies" is a list: begin each of its entries with "- "',
        ),
    ],
)
def test_a_file_of_another_shape_is_told(text: str, finding: str) -> None:
    page = read_yaml(text.encode(), file="f")

    read_companies(page)

    assert str(page.findings[0]) == finding


@pytest.mark.parametrize("text", ["companies: []", "companies:\n", "companies: {}"])
def test_nobody_to_watch_is_warned_of_unless_it_is_a_mistake(text: str) -> None:
    page = read_yaml(text.encode(), file="f")

    read_companies(page)

    [finding] = page.findings
    is_mistake = text.endswith("{}")
    assert finding.is_error is is_mistake
    assert str(finding).startswith("f:1:1: warning: nobody is watched") is not is_mistake


@pytest.mark.parametrize(
    "name", [r'"Norvik\nGroup"', r'"Norvik\u2028Group"', "|\n    Norvik\n    Group"]
)
def test_a_name_is_one_line(name: str) -> None:
    companies, findings = read(f"- id: norvik\n  name: {name}\n")

    assert companies == ()
    assert findings == ['3:9: error: "name" holds a line break: write it on one line']


def test_a_name_that_is_folded_over_lines_is_one() -> None:
    [company], findings = read("- id: norvik\n  name: >-\n    Norvik\n    Group\n")

    assert (company.name, findings) == ("Norvik Group", [])
