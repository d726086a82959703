from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from services.common.errors import ConfigurationError
from services.common.settings import misspelt, read_settings

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("variable", "address"),
    [
        ("KABAR_SMTP", "smtp://user:s3cret/word@mail.example.org:587"),
        ("KABAR_SMTP", "smtp://user:s3cret[word@mail.example.org:587"),
        ("KABAR_STORE", "redis://:s3cret/word@redis:6379/0"),
        ("KABAR_STORE", "redis:/:s3cret@redis:6379"),
        ("KABAR_PROXY", "http://user:s3cret?word@proxy:3128"),
    ],
)
def test_a_password_that_breaks_its_address_is_refused_without_being_shown(
    variable: str, address: str
) -> None:
    with pytest.raises(ConfigurationError, match=f"{variable}: write .* %2F") as refused:
        read_settings({variable: address})

    assert "s3cret" not in str(refused.value)


def test_an_address_with_a_password_is_taken_as_it_is() -> None:
    smtp, store = "smtps://user:s3cret%2Fword@mail.example.org:465", "redis://:s3cret@redis:6379/0"

    settings = read_settings(
        {"KABAR_SMTP": smtp, "KABAR_STORE": store, "KABAR_PROXY": "http://u:p@proxy:3128/"}
    )

    assert (settings.smtp, settings.store) == (smtp, store)
    assert settings.proxy == "http://u:p@proxy:3128"


@pytest.mark.parametrize("horizon", ["999999d", "36501d"])
def test_a_horizon_that_leaves_the_calendar_is_refused(horizon: str) -> None:
    with pytest.raises(ConfigurationError, match=r"KABAR_ALERT_HORIZON: .* at most 36500d"):
        read_settings({"KABAR_ALERT_HORIZON": horizon})


@pytest.mark.parametrize(
    "bus",
    [
        "kafka://user:s3cret@broker:9092",
        "kafka://broker:99999",
        "kafka://broker:0",
        "kafka://broker:9092/x",
        "kafka://",
    ],
)
def test_a_bus_that_no_client_could_ask_is_refused(bus: str) -> None:
    with pytest.raises(ConfigurationError, match=r"KABAR_BUS: .* neither") as refused:
        read_settings({"KABAR_BUS": bus})

    assert "s3cret" not in str(refused.value)


def test_brokers_are_names_and_addresses_with_their_ports() -> None:
    settings = read_settings({"KABAR_BUS": "kafka://a_b.example:9092, 10.0.0.1:1,[::1]:9093"})

    assert settings.kafka_servers == ("a_b.example:9092", "10.0.0.1:1", "[::1]:9093")


@pytest.mark.parametrize("port", ["0", "65536", "-1", "http"])
def test_a_port_that_nobody_could_open_is_refused(port: str) -> None:
    with pytest.raises(ConfigurationError, match="write a number from 1 to 65535"):
        read_settings({"KABAR_PORT": port})


def test_an_empty_name_of_a_file_is_no_file_and_a_file_that_cannot_be_read_is_named(
    tmp_path: Path,
) -> None:
    (tmp_path / "smtp").write_bytes(b"smtp://mail:25\xff")

    assert read_settings({"KABAR_SMTP": "smtp://mail:25", "KABAR_SMTP_FILE": " "}).smtp
    with pytest.raises(ConfigurationError) as refused:
        read_settings(
            {"KABAR_SMTP_FILE": f"{tmp_path}/smtp", "KABAR_STORE_FILE": f"{tmp_path}/missing"}
        )
    assert str(refused.value).splitlines() == [
        f"KABAR_STORE_FILE: {tmp_path}/missing cannot be read: No such file or directory.",
        "KABAR_SMTP_FILE: the file is not UTF-8.",
    ]


def test_a_variable_that_is_almost_a_setting_is_named_and_a_secret_is_not(tmp_path: Path) -> None:
    (tmp_path / "subscriptions.yml").write_text(
        "channels: {mail: {type: apprise, url: {env: KABAR_SMTP_PASSWORD}}}"
    )
    environment = {
        "KABAR_ALLOWED_NETWORKS": "127.0.0.0/8",
        "KABAR_LOG_LEVEL": "debug",
        "KABAR_PROXI_FILE": "/run/secrets/proxy",
        "KABAR_SMTP_FILE": "/run/secrets/smtp",
        "KABAR_LOG": "debug",
        "KABAR_ARCHIVE_SECRET": "whsec_",
        "KABAR_TELEGRAM_TOKEN": "1:2",
        "KABAR_SMTP_PASSWORD": "x",
        "PATH": "/bin",
    }

    assert misspelt(tmp_path, environment) == [
        "KABAR_ALLOWED_NETWORKS is no setting; did you mean KABAR_ALLOW_NETWORKS?",
        "KABAR_LOG_LEVEL is no setting; did you mean KABAR_LOG?",
        "KABAR_PROXI is no setting; did you mean KABAR_PROXY?",
    ]


def test_a_pipe_in_place_of_a_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "subscriptions.yml")

    assert misspelt(tmp_path, {"KABAR_PROXI": "x"})


def test_what_compose_reads_in_its_file_of_settings_is_not_called_misspelt(
    tmp_path: Path,
) -> None:
    compose = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    variables = set(re.findall(r"\$\{(KABAR_\w+)", compose))

    assert "KABAR_CONFIG_DIR" in variables
    assert misspelt(tmp_path, dict.fromkeys(variables, "x")) == []


@pytest.mark.parametrize(
    ("networks", "said"),
    [
        ("10.0.0.5/8", '"10.0.0.5/8" is no network: did you mean 10.0.0.0/8?'),
        (
            "10.0.0.0/8,here",
            '"here" is no network: write one as in 10.0.0.0/8, with commas between.',
        ),
    ],
)
def test_what_is_no_network_is_said_with_what_to_write(networks: str, said: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        read_settings({"KABAR_ALLOW_NETWORKS": networks})

    assert str(refused.value) == f"KABAR_ALLOW_NETWORKS: {said}"


@pytest.mark.parametrize(
    "url", ["kabar.example", "http://[x", "http://x:99999", "ftp://x", "http://"]
)
def test_a_public_address_that_no_browser_could_open_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError, match="is not an address with http"):
        read_settings({"KABAR_PUBLIC_URL": url})


def test_a_public_address_is_written_as_browsers_send_it() -> None:
    settings = read_settings({"KABAR_PUBLIC_URL": "https://nachrichten.münchen.example:8443/"})

    assert settings.public_url == "https://nachrichten.xn--mnchen-3ya.example:8443"


@pytest.mark.parametrize("sender", ["kabar@example.org", "kabar news <kabar@example.org>"])
def test_a_sender_of_mail_is_an_address_with_or_without_a_name(sender: str) -> None:
    assert read_settings({"KABAR_MAIL_FROM": sender}).mail_from == sender


@pytest.mark.parametrize("sender", ["kabar", "kabar <kabar>", "@example.org", "kabar@"])
def test_a_sender_that_no_relay_would_take_is_refused(sender: str) -> None:
    with pytest.raises(ConfigurationError, match=r"KABAR_MAIL_FROM: .* is no sender: write"):
        read_settings({"KABAR_MAIL_FROM": sender})


@pytest.mark.parametrize("port", ["0", "65536", "-1", "http"])
def test_a_port_on_which_nobody_could_be_asked_is_refused(port: str) -> None:
    with pytest.raises(ConfigurationError, match=r"KABAR_PORT: .* from 1 to 65535"):
        read_settings({"KABAR_PORT": port})
