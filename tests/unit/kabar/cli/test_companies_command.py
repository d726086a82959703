from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kabar.cli import main

COMPANIES = """\
# Who we watch.
companies:
  - id: tesla   # the car maker
    name: Tesla

# the end
"""
FEEDS = """\
feeds:
  - {url: https://example.org/bn.xml, language: bn}
  - {url: https://example.org/en.xml, language: en}
  - {url: https://example.org/any.xml}
"""


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    (tmp_path / "companies.yml").write_text(COMPANIES, encoding="utf-8")
    (tmp_path / "feeds.yml").write_text(FEEDS, encoding="utf-8")
    return tmp_path


def kabar(*arguments: str, directory: Path) -> Result:
    return CliRunner().invoke(main, [*arguments, "--config", str(directory)])


def watched(directory: Path) -> dict[str, str | None]:
    listed = json.loads(kabar("companies", "list", "--json", directory=directory).stdout)
    return {company["id"]: company["owner"] for company in listed["companies"]}


def test_a_well_known_name_brings_its_owner_and_its_names_and_keeps_the_comments(
    directory: Path,
) -> None:
    result = kabar("companies", "add", "tiktok", directory=directory)

    assert result.exit_code == 0
    text = (directory / "companies.yml").read_text(encoding="utf-8")
    begin, end = COMPANIES.split("\n# the end")
    assert text == f"{begin}{result.stdout}\n# the end{end}"
    assert watched(directory) == {"tesla": None, "bytedance": None, "tiktok": "bytedance"}
    assert "টিকটক" in result.stdout
    assert "tiktok-shop" in result.stderr


def test_who_adds_a_name_that_is_a_word_too_hears_that_it_counts_in_company_alone(
    directory: Path,
) -> None:
    word = kabar("companies", "add", "grab", directory=directory)
    other = kabar("companies", "add", "Grab Holdings", "--id", "grab2", directory=directory)
    plain = kabar("companies", "add", "TikTok", directory=directory)

    told = (
        '"Grab" alone may mean something else: it counts only where it does what companies do'
        ' or one of its "needs" stands near'
    )
    assert told in word.stderr
    assert all("may mean something else" not in result.stderr for result in (other, plain))


def test_its_products_are_added_when_asked_for_even_later(directory: Path) -> None:
    kabar("companies", "add", "টিকটক", directory=directory)

    result = kabar("companies", "add", "TikTok", "--products", directory=directory)

    assert result.exit_code == 0
    assert watched(directory)["tiktok-shop"] == "tiktok"


def test_a_company_is_not_added_twice(directory: Path) -> None:
    result = kabar("companies", "add", "特斯拉", directory=directory)

    assert result.exit_code == 1
    assert 'watched already, as "tesla"' in result.stderr
    assert (directory / "companies.yml").read_text(encoding="utf-8") == COMPANIES


def test_an_unknown_name_is_added_as_given_where_there_is_no_file_yet(tmp_path: Path) -> None:
    result = kabar("companies", "add", "Warung Bu Sri", "--tag", "food", directory=tmp_path)

    assert result.exit_code == 0
    assert watched(tmp_path) == {"warung-bu-sri": None}


def test_of_an_unknown_name_it_is_said_that_it_has_no_other_and_what_to_do(
    directory: Path,
) -> None:
    unknown = kabar("companies", "add", "Warung Bu Sri", directory=directory)
    known = kabar("companies", "add", "tiktok", directory=directory)

    assert 'searched for "Warung Bu Sri" alone' in unknown.stderr
    assert f'under "aliases" of "warung-bu-sri" in {directory / "companies.yml"}' in unknown.stderr
    assert "alone" not in known.stderr


def test_check_warns_of_a_company_without_a_name_in_the_script_of_a_feed(directory: Path) -> None:
    result = kabar("check", "--json", directory=directory)

    [finding] = [each for each in json.loads(result.stdout) if "Tesla" in each["message"]]
    assert result.exit_code == 0
    assert (finding["severity"], finding["line"], finding["column"]) == ("warning", 3, 9)
    assert "Bengali" in finding["message"]
    assert "টেসলা" in finding["message"]


def test_check_is_content_once_the_name_is_there(directory: Path) -> None:
    text = COMPANIES.replace("name: Tesla\n", "name: Tesla\n    aliases: [টেসলা]\n")
    (directory / "companies.yml").write_text(text, encoding="utf-8")

    result = kabar("check", directory=directory)

    assert "Bengali" not in result.stdout


def test_check_asks_for_no_name_where_the_press_writes_the_latin_one(directory: Path) -> None:
    text = COMPANIES.replace("tesla", "tsmc").replace("Tesla", "TSMC")
    (directory / "companies.yml").write_text(text, encoding="utf-8")

    result = kabar("check", directory=directory)

    assert "TSMC" not in result.stdout


def test_check_asks_for_a_name_of_a_company_that_nobody_knows(directory: Path) -> None:
    text = COMPANIES.replace("Tesla", "Warung Bu Sri")
    (directory / "companies.yml").write_text(text, encoding="utf-8")

    result = kabar("check", directory=directory)

    assert '"Warung Bu Sri" has no name in Bengali letters' in result.stdout


def test_check_counts_the_companies_without_a_name_where_they_are_many(directory: Path) -> None:
    entries = "".join(f"  - {{id: warung-{n}, name: Warung {n}}}\n" for n in range(50))
    (directory / "companies.yml").write_text(f"companies:\n{entries}", encoding="utf-8")

    result = kabar("check", directory=directory)

    warnings = [line for line in result.stdout.splitlines() if "in Bengali letters" in line]
    assert len(warnings) == 20
    assert warnings[-1].endswith("; so it is with 30 more companies")


def test_a_name_with_a_line_break_is_refused_and_nothing_is_written(directory: Path) -> None:
    result = kabar("companies", "add", "Alpha\nBeta", directory=directory)

    assert result.exit_code == 1
    assert result.stdout == ""
    assert 'The name "Alpha\\nBeta" has a line break' in result.stderr
    assert (directory / "companies.yml").read_text(encoding="utf-8") == COMPANIES
