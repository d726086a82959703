from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner, Result

from kabar.cli import main
from services.common.config.configuration import FILES, read_configuration


def init(directory: Path) -> Result:
    return CliRunner().invoke(main, ["init", "--config", str(directory)])


def test_what_is_written_has_no_mistake_and_names_schemas_that_are_there(tmp_path: Path) -> None:
    directory = tmp_path / "mine"

    result = init(directory)

    assert result.exit_code == 0
    assert result.stdout.splitlines() == [str(directory / name) for name in FILES]
    assert read_configuration(directory, environment={}).findings == ()
    for name in FILES:
        first, *_ = (directory / name).read_text(encoding="utf-8").splitlines()
        schema = directory / first.partition("$schema=")[2]
        assert json.loads(schema.read_text(encoding="utf-8"))["title"] == name


def test_a_file_that_is_there_is_kept(tmp_path: Path) -> None:
    (tmp_path / "companies.yml").write_text("companies: []\n")

    result = init(tmp_path)

    assert result.exit_code == 0
    assert str(tmp_path / "companies.yml") not in result.stdout
    assert (tmp_path / "companies.yml").read_text() == "companies: []\n"
    assert (tmp_path / "feeds.yml").exists()


def test_where_all_are_there_nothing_changes_and_it_says_so(tmp_path: Path) -> None:
    init(tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.glob("*.yml")}

    result = init(tmp_path)

    assert result.exit_code == 1
    assert "stay as they are" in result.stderr
    assert {path: path.read_bytes() for path in tmp_path.glob("*.yml")} == before
