from __future__ import annotations

import os
from pathlib import Path

import pytest

from services.common.config.configuration import read_configuration, read_watchlist
from services.common.errors import ConfigurationError
from services.common.ids import CompanyId

GOOD = {
    "companies.yml": """\
companies:
  - id: bytedance
    name: ByteDance
    tags: [social]
  - id: tiktok
    name: TikTok
    owner: bytedance
    aliases: [টিকটক, ТикТок]
    not: [tic tac toe]
""",
    "feeds.yml": """\
defaults: {every: 5m}
feeds:
  - url: https://www.example.org/rss.xml
    country: NO
    language: no
""",
    "subscriptions.yml": """\
channels:
  here: {type: console}
  archive: {type: webhook, url: "https://hooks.example.org/kabar", secret: {env: ARCHIVE}}
subscriptions:
  - id: everything
    send:
      - to: here
      - to: archive
        quiet: {days: mon-fri, from: 22:00, to: 07:00, zone: Europe/Oslo}
""",
}
SECRET = "whsec_" + "A" * 32


def written(directory: Path, **changes: str | None) -> Path:
    """Write the good files with some of them replaced (None: left out); return the directory."""
    for name, text in {**GOOD, **{f"{key}.yml": body for key, body in changes.items()}}.items():
        if text is not None:
            (directory / name).write_text(text, encoding="utf-8")
    return directory


def told(directory: Path, environment: dict[str, str] | None = None) -> list[str]:
    """Return the findings, without the directory."""
    loaded = read_configuration(directory, environment=environment)
    return [str(finding).removeprefix(f"{directory}/") for finding in loaded.findings]


def test_an_outlet_that_no_feed_has_is_warned_of_unless_a_feed_could_not_be_read(
    tmp_path: Path,
) -> None:
    subscriptions = """\
channels: {here: {type: console}}
subscriptions:
  - id: a
    when: {sources: [Example.ORG, exampel.org], not_sources: [Nobody]}
    send: [{to: here}]
"""
    directory = written(tmp_path, subscriptions=subscriptions)

    assert told(directory) == [
        'subscriptions.yml:4:35: warning: no feed has the outlet "exampel.org"; did you mean "example.org"?',
        'subscriptions.yml:4:63: warning: no feed has the outlet "Nobody"',
    ]

    written(tmp_path, subscriptions=subscriptions, feeds="feeds: [{outlet: Nobody}]\n")

    assert told(directory) == ['feeds.yml:1:9: error: a feed needs "url"']


def test_an_outlet_is_known_however_its_accents_are_stored(tmp_path: Path) -> None:
    feeds = 'feeds: [{url: "https://example.org/rss", outlet: "Los Ti\u00e9mpos"}]\n'
    subscriptions = """\
channels: {here: {type: console}}
subscriptions:
  - {id: a, when: {sources: ["los tie\u0301mpos"]}, send: [{to: here}]}
"""
    directory = written(tmp_path, feeds=feeds, subscriptions=subscriptions)

    assert told(directory) == []


def test_a_good_directory_is_read_without_findings(tmp_path: Path) -> None:
    loaded = read_configuration(written(tmp_path), environment={"ARCHIVE": SECRET})

    configuration = loaded.require()

    assert loaded.findings == ()
    assert configuration.watchlist.owners(CompanyId("tiktok")) == ("bytedance",)
    assert configuration.feeds[0].outlet == "example.org"
    assert (configuration.feeds[0].country, configuration.feeds[0].language) == ("NO", "no")
    assert list(configuration.secrets.values()) == [SECRET]
    assert SECRET not in repr(configuration)


def test_every_mistake_of_every_file_is_told_at_once_with_its_place(tmp_path: Path) -> None:
    companies = """\
companies:
  - id: bytedance
    name: ByteDance
    owner: tiktok
    alias: [Bytedance Ltd]
  - id: tiktok
    name: TikTok
    owner: bytedance
  - id: tiktok
    name: TikTok again
"""
    feeds = """\
feeds:
  - url: https://example.org/rss.xml
\tcountry: NO
    languages: no
"""
    subscriptions = """\
channels:
  ops: {type: console}
  archive: {type: webhook, url: "https://hooks.example.org/kabar", secret: {env: ARCHIVE}}
subscriptions:
  - id: policy-team
    when: {countries: [NO, Norway]}
    send:
      - to: osp
        quiet: {days: mon-fri, from: 22:00, to: 07:00, zone: Europe/Oslo}
"""
    directory = written(tmp_path, companies=companies, feeds=feeds, subscriptions=subscriptions)

    findings = told(directory, environment={})

    assert findings == [
        "companies.yml:4:12: error: the owners go round in a circle: bytedance (line 2) → tiktok (line 6) → bytedance",
        'companies.yml:5:5: error: unknown key "alias" in a company; did you mean "aliases"?',
        'companies.yml:9:9: error: the company id "tiktok" is used twice, first on line 6',
        "feeds.yml:3:1: error: a tab indents here: use spaces",
        'feeds.yml:4:5: error: unknown key "languages" in a feed; did you mean "language"?',
        "subscriptions.yml:3:76: error: the secret is missing: the environment variable ARCHIVE is empty or not set",
        'subscriptions.yml:6:28: error: "Norway" is not an ISO 3166-1 country code, nor EU',
        'subscriptions.yml:8:13: error: the channel "osp" does not exist; did you mean "ops"?',
    ]


def test_a_secret_that_is_no_address_is_not_shown(tmp_path: Path) -> None:
    subscriptions = "channels:\n  ops: {type: slack, webhook: {env: SLACK}}\n"
    directory = written(tmp_path, subscriptions=subscriptions)

    findings = told(directory, environment={"SLACK": "hooks.example.org/T0/swordfish"})

    assert findings == [
        "subscriptions.yml:2:31: error: it is not an address: begin it with https:// and a host"
    ]


def test_secrets_are_not_asked_for_where_they_are_not_resolved(tmp_path: Path) -> None:
    loaded = read_configuration(written(tmp_path))

    assert loaded.require().secrets == {}


def test_only_companies_must_be_there(tmp_path: Path) -> None:
    directory = written(tmp_path, feeds=None, subscriptions=None)

    loaded = read_configuration(directory)

    assert [finding.severity for finding in loaded.findings] == ["warning", "warning"]
    assert loaded.configuration is not None


def test_without_companies_nothing_can_start(tmp_path: Path) -> None:
    loaded = read_configuration(written(tmp_path, companies=None))

    with pytest.raises(ConfigurationError, match=r"companies\.yml:1:1: error"):
        loaded.require()


def test_the_hash_changes_with_content_alone(tmp_path: Path) -> None:
    before = read_configuration(written(tmp_path)).require().hash
    again = read_configuration(written(tmp_path)).require().hash
    (tmp_path / "feeds.yml").write_text("feeds: []\n", encoding="utf-8")

    after = read_configuration(tmp_path).require().hash

    assert before == again != after


def test_a_watchlist_alone_tells_its_mistakes_as_one_error(tmp_path: Path) -> None:
    path = tmp_path / "companies.yml"
    path.write_text("companies:\n  - id: a\n    nmae: A\n", encoding="utf-8")

    with pytest.raises(ConfigurationError) as caught:
        read_watchlist(path)

    assert str(caught.value).splitlines() == [
        f'{path}:2:5: error: a company needs "name"',
        f'{path}:3:5: error: unknown key "nmae" in a company; did you mean "name"?',
    ]


def test_what_is_no_file_is_told_and_not_waited_for(tmp_path: Path) -> None:
    """A pipe is read when somebody writes into it, and `/dev/zero` for ever."""
    os.mkfifo(tmp_path / "secret")
    secret = f"{{file: {tmp_path}/secret}}"
    channel = f"{{type: webhook, url: 'https://hooks.example.org/kabar', secret: {secret}}}"
    directory = written(tmp_path, feeds=None, subscriptions=f"channels:\n  hook: {channel}\n")
    (tmp_path / "feeds.yml").symlink_to("/dev/zero")

    findings = told(directory, environment={})

    assert findings[0] == "feeds.yml:1:1: error: this file cannot be read: Not a regular file"
    assert findings[1].endswith(f"the file {tmp_path}/secret: Not a regular file")


def test_what_a_container_covers_with_dev_null_is_empty(tmp_path: Path) -> None:
    directory = written(tmp_path, feeds=None, subscriptions=None)
    (tmp_path / "feeds.yml").symlink_to(os.devnull)
    (tmp_path / "subscriptions.yml").touch()

    findings = read_configuration(directory).findings

    assert [finding for finding in findings if finding.is_error] == []
