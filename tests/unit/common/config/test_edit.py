from __future__ import annotations

import errno
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.common.config import edit
from services.common.config.companies import read_companies
from services.common.config.yaml import read_yaml

COMPANIES = """\
# Who we watch.
companies:
  # the mother
  - id: bytedance   # with a comment
    name: ByteDance
    aliases: [字节跳动,   "Bytedance: Ltd"]

  # the product
  - id: tiktok
    name: TikTok
    not:
      - tic tac toe

# the end
"""


def written(directory: Path, text: str = COMPANIES) -> Path:
    (directory / "companies.yml").write_text(text, encoding="utf-8")
    return directory


def text_of(directory: Path) -> str:
    return (directory / "companies.yml").read_text(encoding="utf-8")


def test_a_company_is_added_below_the_last_one_and_nothing_else_changes(tmp_path: Path) -> None:
    edit.add(
        written(tmp_path),
        edit.COMPANIES,
        {"id": "lemon8", "name": "Lemon8", "owner": "bytedance", "aliases": ["レモン8", "no"]},
    )

    new = """\
  - id: lemon8
    name: Lemon8
    owner: bytedance
    aliases: [レモン8, "no"]
"""
    assert text_of(tmp_path) == COMPANIES.replace("tic tac toe\n", "tic tac toe\n" + new)


def test_a_file_keeps_the_ends_of_its_lines(tmp_path: Path) -> None:
    path = tmp_path / "companies.yml"
    path.write_bytes(COMPANIES.replace("\n", "\r\n").encode())

    edit.add(tmp_path, edit.COMPANIES, {"id": "lemon8", "name": "Lemon8"})

    content = path.read_bytes()
    assert b"name: Lemon8\r\n" in content
    assert content.count(b"\n") == content.count(b"\r\n")


def test_of_a_file_with_ends_of_both_kinds_every_other_line_stays_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "companies.yml"
    before = COMPANIES.replace("\n", "\r\n", 3).encode()
    path.write_bytes(before)

    edit.add(tmp_path, edit.COMPANIES, {"id": "lemon8", "name": "Lemon8"})
    added = path.read_bytes()
    edit.remove(tmp_path, edit.COMPANIES, "lemon8")

    assert b"\n  - id: lemon8\n    name: Lemon8\n" in added
    assert path.read_bytes() == before


def test_a_last_line_without_an_end_gets_that_of_the_others(tmp_path: Path) -> None:
    path = tmp_path / "companies.yml"
    before = "\ufeffcompanies:\r\n  - id: tiktok\r\n    name: TikTok".encode()
    path.write_bytes(before)

    edit.add(tmp_path, edit.COMPANIES, {"id": "lemon8", "name": "Lemon8"})

    new = b"\r\n  - id: lemon8\r\n    name: Lemon8\r\n"
    assert path.read_bytes() == before + new


def test_a_company_is_removed_and_every_comment_stays(tmp_path: Path) -> None:
    edit.remove(written(tmp_path), edit.COMPANIES, "bytedance")

    assert text_of(tmp_path) == (
        "# Who we watch.\ncompanies:\n  # the mother\n\n"
        + COMPANIES[COMPANIES.index("  # the product") :]
    )


def test_what_was_added_can_be_removed_again(tmp_path: Path) -> None:
    edit.add(written(tmp_path), edit.COMPANIES, {"id": "new", "name": "New"})

    edit.remove(tmp_path, edit.COMPANIES, "new")

    assert text_of(tmp_path) == COMPANIES


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "companies:\n", "companies: []", None])
def test_the_first_entry_is_added_to_an_empty_or_missing_file(
    tmp_path: Path, text: str | None
) -> None:
    if text is not None:
        written(tmp_path, text)

    edit.add(tmp_path, edit.COMPANIES, {"id": "new", "name": "New"})

    assert text_of(tmp_path).endswith("companies:\n  - id: new\n    name: New\n")


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ({"id": "tiktok", "name": "Again"}, "used twice"),
        ({"id": "Not kebab", "name": "New"}, 'as in "not-kebab"'),
        ({"id": "new", "name": "New", "owner": "bytedanse"}, 'did you mean "bytedance"'),
        ({"id": "new"}, 'needs "name"'),
    ],
)
def test_an_edit_that_would_bring_a_mistake_is_refused_and_writes_nothing(
    tmp_path: Path, entry: dict[str, str], reason: str
) -> None:
    written(tmp_path)

    with pytest.raises(edit.RefusedEditError, match=reason):
        edit.add(tmp_path, edit.COMPANIES, entry)

    assert text_of(tmp_path) == COMPANIES
    assert [path.name for path in tmp_path.iterdir()] == ["companies.yml"]


def test_an_owner_cannot_be_removed_from_under_its_products(tmp_path: Path) -> None:
    written(tmp_path, COMPANIES.replace("    not:", "    owner: bytedance\n    not:"))

    with pytest.raises(edit.RefusedEditError) as refused:
        edit.remove(tmp_path, edit.COMPANIES, "bytedance")

    file = tmp_path / "companies.yml"
    [owner] = [n for n, line in enumerate(text_of(tmp_path).split("\n"), 1) if "owner:" in line]
    assert str(refused.value) == (
        'Without company "bytedance", which stays:\n'
        f'{file}:{owner}:12: error: the owner "bytedance" is not a company here'
    )


def test_a_mistake_of_what_was_to_be_added_names_no_line_of_the_file(tmp_path: Path) -> None:
    written(tmp_path)

    with pytest.raises(edit.RefusedEditError) as refused:
        edit.add(tmp_path, edit.COMPANIES, {"id": "new", "name": "New", "owner": "nobody"})

    file = tmp_path / "companies.yml"
    assert str(refused.value) == f'{file}: the owner "nobody" is not a company here'


@pytest.mark.parametrize("before", ["feeds: []\n", "feeds: [ ]\n# the end\n", "feeds:\n", ""])
def test_a_mistake_of_the_first_entry_of_a_list_names_no_line_either(
    before: str, tmp_path: Path
) -> None:
    file = tmp_path / "feeds.yml"
    file.write_text(before, encoding="utf-8")

    with pytest.raises(edit.RefusedEditError) as refused:
        edit.add(tmp_path, edit.FEEDS, {"url": "https://example.org/rss", "every": "5x"})

    assert str(refused.value).startswith(f'{file}: "5x" is not a duration')
    assert file.read_text(encoding="utf-8") == before


def test_a_mistake_that_was_there_is_named_with_its_line(tmp_path: Path) -> None:
    written(tmp_path, "companies:\n  - id: new\n    nme: New\n\nx: 1\n")

    with pytest.raises(edit.RefusedEditError) as refused:
        edit.add(tmp_path, edit.COMPANIES, {"id": "other", "name": "Other"})

    assert "companies.yml:3:5: error: unknown key" in str(refused.value)
    assert "companies.yml:5:1: error: unknown key" in str(refused.value)


def test_a_feed_is_found_by_its_address_with_either_scheme(tmp_path: Path) -> None:
    edit.add(tmp_path, edit.FEEDS, {"url": "https://example.org/rss?page=1#new", "outlet": "Wire"})

    edit.remove(tmp_path, edit.FEEDS, "http://example.org/rss?page=1")

    assert (tmp_path / "feeds.yml").read_text(encoding="utf-8") == "feeds:\n"


def test_edits_at_the_same_time_are_all_kept(tmp_path: Path) -> None:
    written(tmp_path)
    names = [f"company-{number}" for number in range(40)]

    def add(name: str) -> None:
        edit.add(tmp_path, edit.COMPANIES, {"id": name, "name": name})

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(add, names))

    page = read_yaml((tmp_path / "companies.yml").read_bytes(), file="companies.yml")
    assert {company.id for company in read_companies(page)} >= set(names)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_an_edit_by_root_leaves_the_file_to_its_owner(tmp_path: Path) -> None:
    file = written(tmp_path) / "companies.yml"
    file.chmod(0o640)
    os.chown(file, 12_345, 23_456)

    edit.remove(tmp_path, edit.COMPANIES, "tiktok")

    found = file.stat()
    assert (found.st_uid, found.st_gid) == (12_345, 23_456)
    assert stat.S_IMODE(found.st_mode) == 0o640


def test_an_edit_of_a_file_whose_owner_a_container_does_not_know_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def chown(*_: object) -> None:
        raise OSError(errno.EINVAL, "Invalid argument")

    monkeypatch.setattr(os, "chown", chown)
    file = written(tmp_path) / "companies.yml"

    edit.remove(tmp_path, edit.COMPANIES, "tiktok")

    assert "tiktok" not in file.read_text(encoding="utf-8")


def test_a_list_in_one_line_is_left_to_its_writer(tmp_path: Path) -> None:
    written(tmp_path, "companies: [{id: a, name: Alpha}]\n")

    with pytest.raises(edit.RefusedEditError, match="a line of its own"):
        edit.add(tmp_path, edit.COMPANIES, {"id": "new", "name": "New"})


@given(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).map(str.strip).filter(bool)
)
def test_whatever_name_is_written_is_read_back(name: str) -> None:
    text = "companies:\n" + edit.entry_yaml({"id": "x", "name": name, "aliases": [name, "other"]})

    page = read_yaml(text.encode(), file="companies.yml")
    [company] = read_companies(page)

    assert company.name == name
    assert {alias.text for alias in company.names} == {name, "other"}


def test_a_pipe_in_place_of_a_file_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "companies.yml")

    with pytest.raises(
        edit.RefusedEditError, match=r"companies\.yml cannot be read: Not a regular"
    ):
        edit.add(tmp_path, edit.COMPANIES, {"id": "shein", "name": "Shein"})
