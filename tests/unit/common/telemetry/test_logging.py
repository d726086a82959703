"""Log lines off a terminal are JSON objects on stderr, ours and those of libraries alike."""

from __future__ import annotations

import json
import logging
import sys

import pytest
import structlog

from services.common.telemetry.logging import configure_logging


def test_a_line_has_its_name_fields_level_service_and_time(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure_logging("info", "fetcher")

    structlog.get_logger().info("feed_polled", feed_id="fd_wire", stories=2)

    captured = capsys.readouterr()
    line = json.loads(captured.err)
    assert captured.out == ""
    assert line.pop("at").endswith("Z")
    assert line == {
        "event": "feed_polled",
        "feed_id": "fd_wire",
        "stories": 2,
        "level": "info",
        "service": "fetcher",
    }


def test_a_terminal_shows_a_reason_of_several_lines_as_such(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    configure_logging("info", "kabar")

    structlog.get_logger().error(
        "configuration_refused", reason="feeds.yml:1:1: one\nfeeds.yml:2:1: two"
    )

    assert capsys.readouterr().err.splitlines()[1:] == ["feeds.yml:1:1: one", "feeds.yml:2:1: two"]


def test_lines_below_the_level_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("warning", "fetcher")

    structlog.get_logger().info("feed_polled")

    assert capsys.readouterr().err == ""


def test_an_error_carries_its_traceback_in_the_same_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure_logging("info", "fetcher")

    try:
        _ = 1 / 0
    except ZeroDivisionError:
        structlog.get_logger().exception("task_failed")

    [line] = capsys.readouterr().err.splitlines()
    assert "ZeroDivisionError" in json.loads(line)["exception"]


def test_a_librarys_warning_is_a_line_like_ours(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("debug", "fetcher")

    logging.getLogger("kafka.conn").info("chatter")
    logging.getLogger("kafka.conn").warning("connection to %s lost", "broker")

    [line] = capsys.readouterr().err.splitlines()
    assert json.loads(line)["event"] == "connection to broker lost"
    assert json.loads(line)["service"] == "fetcher"


def test_what_a_kafka_client_repeats_in_an_outage_is_shown_once(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure_logging("info", "fetcher")

    for _ in range(50):
        logging.getLogger("kafka.net.manager").error("Connection failed: %s", "refused")
        logging.getLogger("kafka.cluster").error("Metadata refresh: failed %s", "refused")
        logging.getLogger("elsewhere").error("Connection failed: %s", "refused")

    assert len(capsys.readouterr().err.splitlines()) == 52
