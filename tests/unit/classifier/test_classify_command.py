from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from kabar.cli.classify import classify

COMPANIES = """companies:
  - id: bytedance
    name: ByteDance
  - id: tiktok
    name: TikTok
    owner: bytedance
"""


@pytest.fixture
def companies(tmp_path: Path) -> Path:
    file = tmp_path / "companies.yml"
    file.write_text(COMPANIES, encoding="utf-8")
    return file


def run(companies: Path, *lines: str | bytes, options: tuple[str, ...] = ()) -> Result:
    sent = b"\n".join(line if isinstance(line, bytes) else line.encode() for line in lines)
    return CliRunner().invoke(classify, ["--companies", str(companies), *options, "-"], input=sent)


def answers(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def story(title: str, **fields: Any) -> str:
    return json.dumps({"id": title, "title": title, "lang": "en", **fields})


def test_stories_come_out_in_order_with_their_reports(companies: Path) -> None:
    result = run(companies, story("India bans TikTok"), "", story("Rain in Oslo"))

    assert result.exit_code == 0
    first, second = answers(result)
    assert first["reports"][0]["type"] == "ban"
    assert first["reports"][0]["companies"] == [{"id": "tiktok", "role": "target"}]
    assert second == {"id": "Rain in Oslo", "lang": "en", "mentions": [], "reports": []}


@pytest.mark.parametrize(
    ("line", "story_id"),
    [
        ("{no json", None),
        ('{"title": "no id"}', None),
        ('{"id": 3, "title": "a number"}', None),
        ('{"id": "a", "title": 7}', "a"),
        ('{"id": "b"}', "b"),
        ('{"id": "c", "title": " "}', "c"),
        ('{"id": "d", "title": "x", "published": "soon"}', "d"),
        ('{"id": "e", "title": "x", "published": "0001-01-01T00:00:00+14:00"}', "e"),
        ("[]", None),
        (b"\xff\xfe", None),
    ],
)
def test_a_broken_line_gives_an_error_in_its_place_and_exit_code_1(
    companies: Path, line: str | bytes, story_id: str | None
) -> None:
    result = run(companies, story("one"), line, story("two"))

    assert result.exit_code == 1
    first, broken, last = answers(result)
    assert (first["id"], last["id"]) == ("one", "two")
    assert broken["id"] == story_id
    assert broken["error"]


def test_an_error_names_the_line_of_the_file_and_what_is_wrong_there(companies: Path) -> None:
    result = run(companies, story("one"), "", "nonsense", '{"title": "x"}')

    _, *broken = answers(result)
    assert [answer["error"] for answer in broken] == [
        "line 3: not JSON: Expecting value, at character 1",
        'line 4: "id" is missing',
    ]


def test_a_byte_order_mark_nulls_and_unknown_keys_are_accepted(companies: Path) -> None:
    line = story("India bans TikTok", text=None, url=None, published=None, more=[1])

    result = run(companies, b"\xef\xbb\xbf" + line.encode())

    assert result.exit_code == 0
    assert answers(result)[0]["mentions"] == ["tiktok"]


def test_an_escaped_lone_surrogate_is_no_error(companies: Path) -> None:
    result = run(companies, '{"id": "\\ud800", "title": "India bans TikTok \\udfff"}')

    assert result.exit_code == 0
    assert answers(result)[0]["id"] == "\ufffd"


def test_a_language_outside_the_24_is_believed_and_reports_nothing(companies: Path) -> None:
    result = run(companies, story("India bans TikTok", lang="sv"))

    assert answers(result)[0] == {
        "id": "India bans TikTok",
        "lang": "sv",
        "mentions": ["tiktok"],
        "reports": [],
    }


def test_explain_says_that_a_language_is_not_read(companies: Path) -> None:
    result = run(companies, story("India bans TikTok", lang="sv"), options=("--explain",))

    assert "language: sv, of which kabar has no words: nothing is reported\n" in result.stdout


def test_explain_marks_names_and_words_and_shows_the_arithmetic(companies: Path) -> None:
    result = run(companies, story("India bans TikTok"), options=("--explain",))

    assert "[India|country:IN] [bans|cue:ban.forbid] {TikTok=tiktok}" in result.stdout
    assert "tiktok is target: by its place beside the cue" in result.stdout
    assert "the log-odds of base " in result.stdout


def test_a_companies_file_with_mistakes_ends_with_2(tmp_path: Path) -> None:
    file = tmp_path / "companies.yml"
    file.write_text("companies: [{}]", encoding="utf-8")

    assert run(file, story("x")).exit_code == 2


def test_a_name_that_two_companies_share_is_a_warning_and_both_are_mentioned(
    tmp_path: Path,
) -> None:
    file = tmp_path / "companies.yml"
    file.write_text("companies: [{id: one, name: Zorbo}, {id: two, name: Two, aliases: [Zorbo]}]")

    result = run(file, story("Norvik looks at Zorbo"))

    assert result.exit_code == 0
    assert answers(result)[0]["mentions"] == ["one", "two"]
    assert f'{file}:1:68: warning: "Zorbo" is a name of "one"' in result.stderr


def test_explain_tells_the_cues_that_are_part_of_no_event(companies: Path) -> None:
    lead = {"text": "ByteDance will not buy TikTok, it said on Monday in the capital."}

    vague = run(companies, story("TikTok talks"), options=("--explain",)).stdout
    denied = run(companies, story("TikTok opens an office", **lead), options=("--explain",)).stdout

    assert "cue “talks” (acquisition.talks, sentence 1, title) = 1: below 2\nno report" in vague
    assert " [negated]: part of no event\nno report" in denied


def test_explain_tells_the_words_for_authority_and_limit(companies: Path) -> None:
    title = "Government bans TikTok from government devices"

    told = run(companies, story(title), options=("--explain",)).stdout

    assert "  authority: “Government”\n  scope government devices: “government devices”\n" in told
