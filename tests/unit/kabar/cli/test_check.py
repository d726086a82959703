from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from kabar.cli import main
from services.alerter.channels.registry import Outside, build_channel
from services.common.clock import SystemClock
from services.common.config.configuration import read_configuration
from services.common.errors import ConfigurationError
from services.common.http.client import guarded_client
from tests.unit.common.config.test_configuration import GOOD, SECRET, written

READ = GOOD["feeds.yml"].replace("language: no", "language: en")


def test_a_clean_configuration_says_so_on_stderr_alone(tmp_path: Path) -> None:
    directory = written(tmp_path, feeds=READ)

    result = CliRunner().invoke(
        main, ["check", "--config", str(directory)], env={"ARCHIVE": SECRET}
    )

    assert (result.exit_code, result.stdout) == (0, "")
    assert "0 errors, 0 warnings. 2 companies, 1 feed in 1 language" in result.stderr
    read = read_configuration(directory, environment={"ARCHIVE": SECRET}).require()
    assert f"This is configuration {read.hash[:8]}: the foot of the page says" in result.stderr


def test_a_feed_in_a_language_without_words_is_warned_of(tmp_path: Path) -> None:
    directory = written(tmp_path)

    result = CliRunner().invoke(main, ["check", "--config", str(directory), "--no-secrets"])

    assert result.exit_code == 0
    assert result.stdout == (
        f'{directory}/feeds.yml:5:15: warning: kabar has no words for "no": this feed\'s stories'
        " will report nothing\n"
    )


def test_an_address_that_the_guard_refuses_is_warned_of_until_its_network_is_allowed(
    tmp_path: Path,
) -> None:
    directory = written(
        tmp_path,
        feeds="feeds:\n- {url: 'http://localhost:9/rss', language: en}\n- {url: 'http://10.1.2.3/rss'}\n",
        subscriptions="channels:\n  hook: {type: webhook, url: 'http://[::1]/hook'}\n",
    )

    strict = CliRunner().invoke(main, ["check", "--config", str(directory)])
    lenient = CliRunner().invoke(
        main,
        ["check", "--config", str(directory)],
        env={"KABAR_ALLOW_NETWORKS": "127.0.0.0/8,10.0.0.0/8,::1/128"},
    )

    exempt = "KABAR_ALLOW_NETWORKS can exempt its network"
    assert strict.exit_code == 0
    assert strict.stdout.splitlines() == [
        f'{directory}/feeds.yml:2:9: warning: "http://localhost:9/rss" will not be reached: loopback; {exempt}',
        f'{directory}/feeds.yml:3:9: warning: "http://10.1.2.3/rss" will not be reached: a private network; {exempt}',
        f'{directory}/subscriptions.yml:2:1: warning: "http://[::1]/hook" will not be reached: loopback; {exempt}',
    ]
    assert lenient.stdout == ""


def test_each_finding_is_a_line_and_errors_exit_with_1(tmp_path: Path) -> None:
    directory = written(tmp_path, feeds="feeds:\n- uri: https://example.org/\n")

    result = CliRunner().invoke(main, ["check", "--config", str(directory), "--no-secrets"])

    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        f'{directory}/feeds.yml:2:3: error: unknown key "uri" in a feed; did you mean "url"?',
        f'{directory}/feeds.yml:2:3: error: a feed needs "url"',
    ]


def test_who_has_no_configuration_is_told_how_to_get_one(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["check", "--config", str(tmp_path)])

    assert result.exit_code == 1
    assert "this file is missing: it says who is watched; `kabar init`" in result.stdout


def test_warnings_alone_exit_with_0_and_json_has_the_fields(tmp_path: Path) -> None:
    directory = written(tmp_path, feeds=None, subscriptions=None)

    result = CliRunner().invoke(main, ["check", "--config", str(directory), "--json"])

    assert result.exit_code == 0
    assert json.loads(result.stdout)[0] == {
        "file": f"{directory}/feeds.yml",
        "line": 1,
        "column": 1,
        "severity": "warning",
        "message": "this file is missing: no feed is polled",
    }


def test_a_missing_secret_is_an_error_unless_it_is_left_out(tmp_path: Path) -> None:
    directory = str(written(tmp_path))

    strict = CliRunner().invoke(main, ["check", "--config", directory])
    lenient = CliRunner().invoke(main, ["check", "--config", directory, "--no-secrets"])

    assert (strict.exit_code, lenient.exit_code) == (1, 0)
    assert "the environment variable ARCHIVE is empty or not set" in strict.stdout


def test_a_missing_secret_hides_neither_a_missing_relay_nor_a_warning(tmp_path: Path) -> None:
    subscriptions = """\
channels:
  archive: {type: webhook, url: "https://hooks.example.org/kabar", secret: {env: ARCHIVE}}
  legal: {type: email, to: [legal@example.org]}
"""
    directory = written(tmp_path, subscriptions=subscriptions)

    result = CliRunner().invoke(main, ["check", "--config", str(directory)])

    assert result.exit_code == 1
    assert [line.removeprefix(f"{directory}/") for line in result.stdout.splitlines()] == [
        (
            "subscriptions.yml:2:76: error: the secret is missing: the environment variable ARCHIVE is"
            " empty or not set"
        ),
        (
            'subscriptions.yml:3:1: error: the channel "legal": set KABAR_SMTP to the relay and'
            " KABAR_MAIL_FROM to the sender's address."
        ),
        'feeds.yml:5:15: warning: kabar has no words for "no": this feed\'s stories will report nothing',
    ]


def test_the_directory_and_the_networks_come_from_the_settings(tmp_path: Path) -> None:
    directory = written(tmp_path, feeds="feeds: [{url: 'http://127.0.0.1:1/', every: 1s}]\n")
    settings = {"KABAR_CONFIG": str(directory), "KABAR_ALLOW_NETWORKS": "127.0.0.0/8"}

    result = CliRunner().invoke(main, ["check"], env={"ARCHIVE": SECRET, **settings})

    assert (result.exit_code, result.stdout) == (0, "")


def test_a_setting_that_cannot_be_used_is_wrong_use() -> None:
    result = CliRunner().invoke(main, ["check"], env={"KABAR_ALLOW_NETWORKS": "loopback"})

    assert result.exit_code == 2
    assert "KABAR_ALLOW_NETWORKS" in result.stderr


def test_companies_are_listed_as_the_api_lists_them(tmp_path: Path) -> None:
    directory = str(written(tmp_path))

    result = CliRunner().invoke(main, ["companies", "list", "--config", directory, "--json"])

    assert result.exit_code == 0
    assert json.loads(result.stdout) == {
        "companies": [
            {
                "id": "bytedance",
                "name": "ByteDance",
                "aliases": [],
                "owner": None,
                "tags": ["social"],
            },
            {
                "id": "tiktok",
                "name": "TikTok",
                "aliases": ["টিকটক", "ТикТок"],
                "owner": "bytedance",
                "tags": [],
            },
        ]
    }


def test_a_company_is_added_and_removed_from_the_command_line(tmp_path: Path) -> None:
    where = ["--config", str(written(tmp_path))]
    add = ["companies", "add", "Example Wire", "--owner", "bytedance", "--alias", "例"]

    added = CliRunner().invoke(main, [*add, *where])
    again = CliRunner().invoke(main, [*add, *where])
    removed = CliRunner().invoke(main, ["companies", "remove", "example-wire", *where])

    assert (added.exit_code, again.exit_code, removed.exit_code) == (0, 1, 0)
    assert "is used twice, first on line 10" in again.stderr
    assert (tmp_path / "companies.yml").read_text(encoding="utf-8") == GOOD["companies.yml"]


def test_where_nothing_can_be_written_the_yaml_is_offered(tmp_path: Path) -> None:
    where = str(tmp_path / "not" / "there")

    result = CliRunner().invoke(main, ["companies", "add", "Example Wire", "--config", where])

    assert result.exit_code == 1
    assert result.stdout == "  - id: example-wire\n    name: Example Wire\n"


def test_the_schema_of_a_file_is_printed_for_editors() -> None:
    result = CliRunner().invoke(main, ["schema", "companies"])

    assert json.loads(result.stdout)["title"] == "companies.yml"


CHANNELS = {
    "console": "{type: console}",
    "webhook": "{type: webhook, url: https://hooks.example.org/k}",
    "slack by webhook": "{type: slack, webhook: https://hooks.slack.example/x}",
    "slack by token": "{type: slack, channel: news, token: xoxb-1}",
    "email": "{type: email, to: [legal@example.org]}",
}
RELAY = {"KABAR_SMTP": "smtp://mail.example.org:25", "KABAR_MAIL_FROM": "kabar@example.org"}


@pytest.mark.parametrize("environment", [{}, RELAY], ids=["without a relay", "with one"])
@pytest.mark.parametrize("channel", CHANNELS.values(), ids=CHANNELS)
def test_check_refuses_a_channel_exactly_when_the_alerter_would(
    tmp_path: Path, channel: str, environment: dict[str, str]
) -> None:
    directory = written(tmp_path, subscriptions=f"channels:\n  c: {channel}\n")
    configuration = read_configuration(directory, environment={}).require()
    outside = Outside(
        http=guarded_client(),
        clock=SystemClock(),
        smtp=environment.get("KABAR_SMTP"),
        mail_from=environment.get("KABAR_MAIL_FROM"),
        secrets=configuration.secrets,
    )

    refusal: str | None = None
    try:
        build_channel(configuration.channels[0], outside)
    except ConfigurationError as error:
        refusal = str(error)
    result = CliRunner().invoke(main, ["check", "--config", str(directory)], env=environment)

    assert result.exit_code == (0 if refusal is None else 1), result.output
    if refusal is not None:
        place, _, reason = refusal.partition(": ")
        assert f"{place}:1: error: {reason}" in result.stdout.splitlines()


def test_a_watchlist_without_anybody_is_warned_of(tmp_path: Path) -> None:
    (tmp_path / "companies.yml").write_text("companies: []\n", encoding="utf-8")

    result = CliRunner().invoke(main, ["check", "--config", str(tmp_path)])

    assert result.exit_code == 0
    assert f"{tmp_path / 'companies.yml'}:1:1: warning: nobody is watched" in result.stdout
