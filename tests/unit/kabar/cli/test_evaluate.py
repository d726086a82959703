from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from kabar.cli.classify import classify
from kabar.cli.evaluate import evaluate

EVENT = {
    "type": "ban",
    "stage": "confirmed",
    "focus": "main",
    "companies": [{"name": "TikTok", "role": "target"}],
}


def evaluated(folder: Path, *lines: str, name: str = "stories.jsonl") -> Result:
    companies = folder / "companies.yml"
    companies.write_text("companies: [{id: tiktok, name: TikTok}]\n", encoding="utf-8")
    (folder / "stories.jsonl").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return CliRunner().invoke(evaluate, ["--companies", str(companies), str(folder / name)])


def labelled(*events: dict[str, Any]) -> str:
    return json.dumps({"id": "1", "lang": "en", "title": "India bans TikTok", "events": events})


def test_stories_with_labels_are_scored(tmp_path: Path) -> None:
    result = evaluated(tmp_path, labelled(EVENT))

    assert result.exit_code == 0
    assert "1.00/1.00/1.00 (1)" in result.stdout


def test_many_warnings_of_a_watchlist_are_counted_and_few_are_named(tmp_path: Path) -> None:
    entries = [f"{{id: c{number}, name: Q{number}}}" for number in range(9)]
    companies = tmp_path / "companies.yml"

    companies.write_text(f"companies: [{', '.join(entries[:3])}]\n", encoding="utf-8")
    few = CliRunner().invoke(classify, ["--companies", str(companies)], input="")
    companies.write_text(f"companies: [{', '.join(entries)}]\n", encoding="utf-8")
    many = CliRunner().invoke(classify, ["--companies", str(companies)], input="")

    assert [line.split(": ")[2][:4] for line in few.stderr.splitlines()] == [
        '"Q0"',
        '"Q1"',
        '"Q2"',
    ]
    assert many.stderr == (
        f"{companies}: 9 warnings; `kabar check --config {tmp_path}` names each.\n"
    )


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"id": "1", "title": "x"}', '"events" is no list: write [] where the story tells none'),
        (labelled(EVENT, {**EVENT, "stage": None}), 'event 2: "stage" is missing'),
        (
            labelled({**EVENT, "focus": "side"}),
            'event 1: there is no focus "side": write one of main, background',
        ),
        (labelled({**EVENT, "companies": [{"name": "TikTok"}]}), 'event 1: "role" is missing'),
        (labelled({**EVENT, "companies": ["TikTok"]}), 'a company needs "name" and "role"'),
        (labelled({**EVENT, "companies": None}), '"companies" is no list'),
    ],
)
def test_a_label_that_cannot_be_is_named_with_its_line(
    tmp_path: Path, line: str, message: str
) -> None:
    result = evaluated(tmp_path, labelled(EVENT), "", line)

    assert result.exit_code == 2
    assert result.stderr.startswith(f"{tmp_path / 'stories.jsonl'}:3: ")
    assert message in result.stderr


def test_a_folder_is_no_file_of_stories(tmp_path: Path) -> None:
    result = evaluated(tmp_path, labelled(EVENT), name=".")

    assert result.exit_code == 2
    assert "is a directory" in result.stderr


def test_a_watchlist_that_fits_no_label_is_named_and_nothing_is_scored(tmp_path: Path) -> None:
    result = evaluated(
        tmp_path, labelled({**EVENT, "companies": [{"name": "Kaspersky", "role": "target"}]})
    )

    assert (result.exit_code, result.stdout) == (2, "")
    assert f"{tmp_path / 'companies.yml'} has none of the companies" in result.stderr
    assert '"kaspersky"' in result.stderr


def test_stories_that_name_nobody_are_scored_for_false_alarms(tmp_path: Path) -> None:
    result = evaluated(tmp_path, labelled())

    assert result.exit_code == 0
    assert "1.00 (1)" in result.stdout
