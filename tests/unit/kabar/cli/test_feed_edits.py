"""kabar feeds add, import and remove edit feeds.yml in place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kabar.cli import main

FEEDS = """\
# What we poll.
feeds:
  - {url: https://example.org/wire.xml, outlet: Wire}   # the fast one

# the end
"""
LIST = """<?xml version="1.0"?>
<opml version="2.0"><head><title>Mine</title></head><body>
  <outline text="News">
    <outline type="rss" text="Wire" xmlUrl="http://example.org/wire.xml"/>
    <outline type="rss" title="Le  Journal" text="x" xmlUrl="https://example.fr/rss" language="fr_FR"/>
    <outline type="rss" text="Again" xmlUrl="https://example.fr/rss"/>
  </outline>
  <outline text="No feed"/>
</body></opml>"""


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    (tmp_path / "companies.yml").write_text("companies: []\n", encoding="utf-8")
    (tmp_path / "feeds.yml").write_text(FEEDS, encoding="utf-8")
    return tmp_path


def kabar(
    *words: str, directory: Path, given: str = "", environment: dict[str, str] | None = None
) -> Result:
    arguments = ["feeds", *words, "--config", str(directory)]
    return CliRunner().invoke(main, arguments, input=given, env=environment)


def text_of(directory: Path) -> str:
    return (directory / "feeds.yml").read_text(encoding="utf-8")


def polled(directory: Path) -> dict[str, str]:
    listed = kabar("list", "--json", "--data", str(directory / "none"), directory=directory)
    return {feed["url"]: feed["id"] for feed in json.loads(listed.stdout)["feeds"]}


@pytest.mark.parametrize(
    "address", ["https://example.org/wire.xml", "http://example.org/wire.xml#top"]
)
def test_an_address_that_is_polled_already_is_not_added_under_another_id(
    address: str, directory: Path
) -> None:
    result = kabar("add", address, "--id", "second", directory=directory)

    assert result.exit_code == 1
    assert result.stderr == (f"Error: {directory / 'feeds.yml'}: {address} is polled already.\n")
    assert text_of(directory) == FEEDS


def test_a_feed_is_added_with_what_was_said_of_it_and_the_comments_stay(directory: Path) -> None:
    options = ["--language", "pt-BR", "--every", "30m", "--full-text"]

    result = kabar("add", "https://example.com/rss?a=1", *options, directory=directory)

    assert result.exit_code == 0
    assert result.stdout == (
        "  - url: https://example.com/rss?a=1\n"
        "    language: pt-BR\n    every: 30m\n    full_text: true\n"
    )
    assert text_of(directory) == FEEDS.replace("the fast one\n", f"the fast one\n{result.stdout}")
    assert "https://example.com/rss?a=1" in polled(directory)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["example.com/rss"], "is not an address"),
        (["http://[x"], "is not an address"),
        (["http://example.org/wire.xml"], "is polled already"),
        (["https://example.com/", "--every", "5s"], "at least 60s"),
        (["https://example.com/", "--language", "portuguese"], "is not a language tag"),
        (["https://example.com/", "--first-fetch", "all"], "first_fetch"),
    ],
)
def test_a_feed_that_cannot_be_polled_is_refused_and_nothing_is_written(
    directory: Path, words: list[str], reason: str
) -> None:
    result = kabar("add", *words, directory=directory)

    assert result.exit_code == 1
    assert reason in result.stderr
    assert text_of(directory) == FEEDS


def test_a_feed_of_our_own_network_may_be_asked_more_often(directory: Path) -> None:
    words = ["add", "http://10.0.0.7/rss", "--every", "5s"]

    result = kabar(*words, directory=directory, environment={"KABAR_ALLOW_NETWORKS": "10.0.0.0/8"})

    assert result.exit_code == 0


def test_a_list_of_feeds_is_added_but_for_what_is_there(directory: Path) -> None:
    result = kabar("import", "-", directory=directory, given=LIST)

    assert result.exit_code == 0
    assert "1 added, 1 there already." in result.stderr
    assert result.stdout == (
        "  - url: https://example.fr/rss\n    outlet: Le Journal\n    language: fr\n"
    )
    assert list(polled(directory)) == ["https://example.org/wire.xml", "https://example.fr/rss"]


def test_what_cannot_be_polled_is_named_and_the_rest_is_added(directory: Path) -> None:
    given = LIST.replace("http://example.org/wire.xml", "feed://example.org/x")

    result = kabar("import", "-", directory=directory, given=given)

    assert result.exit_code == 1
    assert '"feed://example.org/x" is not an address' in result.stderr
    assert "https://example.fr/rss" in polled(directory)


@pytest.mark.parametrize("given", ["no xml", "<rss/>", ""])
def test_what_is_no_list_of_feeds_is_refused(directory: Path, given: str) -> None:
    result = kabar("import", "-", directory=directory, given=given)

    assert result.exit_code == 1
    assert result.stderr.startswith("Error: The input is no list of feeds: it")
    assert result.stderr.endswith(". Feed readers export one, as OPML.\n")
    assert "<string>" not in result.stderr
    assert text_of(directory) == FEEDS


def test_a_feed_is_removed_by_the_id_that_the_list_shows(directory: Path) -> None:
    [name] = polled(directory).values()

    result = kabar("remove", name, directory=directory)

    assert result.exit_code == 0
    assert text_of(directory) == "# What we poll.\nfeeds:\n\n# the end\n"


def test_a_feed_that_is_not_there_is_not_removed(directory: Path) -> None:
    result = kabar("remove", "https://example.com/", directory=directory)

    assert result.exit_code == 1
    assert 'no feed "https://example.com/"' in result.stderr


def test_a_feed_that_will_not_be_reached_is_not_said_to_be_polled(directory: Path) -> None:
    refused = kabar("add", "http://10.0.0.1/rss", directory=directory)
    exempt = kabar(
        "add",
        "http://10.0.0.2/rss",
        directory=directory,
        environment={"KABAR_ALLOW_NETWORKS": "10.0.0.0/8"},
    )

    assert refused.exit_code == 0
    assert "not polled: its address is a private network" in refused.stderr
    assert "KABAR_ALLOW_NETWORKS" in refused.stderr
    assert "is polled now" in exempt.stderr
