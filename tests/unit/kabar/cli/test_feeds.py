from __future__ import annotations

import asyncio
import json
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from kabar.cli import main
from kabar.cli.control import RefusedByProcessError, body_of
from services.common.bus.port import Outgoing
from services.common.bus.sqlite import SqliteBus
from services.common.clock import SystemClock
from services.common.contracts.codec import encode
from services.common.contracts.feed import FeedCondition, FeedError, FeedHealth
from services.common.contracts.topics import FEED_HEALTH
from services.common.ids import FeedId
from tests.support.builders import NOON
from tests.support.feed_documents import HTML, RSS
from tests.support.ports import free_port


def test_a_document_is_printed_as_one_json_object(tmp_path: Path) -> None:
    document = tmp_path / "rss.xml"
    document.write_text(RSS, encoding="utf-8")

    result = CliRunner().invoke(
        main, ["feeds", "parse", str(document), "--url", "https://example.org/f.xml", "--json"]
    )

    body = json.loads(result.stdout)
    first = body["entries"][0]
    assert result.exit_code == 0
    assert list(body) == [
        "kind", "encoding", "repairs", "title", "link", "language", "hints", "entries",
    ]  # fmt: skip
    assert list(first) == [
        "id", "title", "link", "published", "updated", "summary", "content", "authors",
        "categories", "language",
    ]  # fmt: skip
    assert (body["kind"], body["encoding"], body["hints"]["ttl"]) == ("rss", "utf-8", 30)
    assert (first["id"], first["published"]) == ("wire-1", "2026-01-05T08:00:00Z")


def test_a_page_is_no_feed_and_the_answer_is_no() -> None:
    result = CliRunner().invoke(main, ["feeds", "parse", "-", "--json"], input=HTML)

    assert result.exit_code == 1
    assert json.loads(result.stdout)["error"]["class"] == "not_a_feed"


def test_one_entry_is_no_entries() -> None:
    item = "<item><title>India bans TikTok</title></item>"
    document = f"<rss version='2.0'><channel><title>Wire</title>{item}</channel></rss>"

    result = CliRunner().invoke(main, ["feeds", "parse", "-"], input=document)

    assert result.stdout.startswith("Wire (rss, utf-8, 1 entry")


async def tell(path: Path, health: FeedHealth) -> None:
    bus = SqliteBus(path, SystemClock())
    await bus.publish(FEED_HEALTH, [Outgoing(key=health.feed_id, value=encode(health))])
    await bus.close()


def test_feeds_are_listed_with_what_was_last_told_of_them_where_nobody_runs(tmp_path: Path) -> None:
    (tmp_path / "companies.yml").write_text("companies: []\n")
    (tmp_path / "feeds.yml").write_text(
        "feeds:\n  - {id: a, url: https://example.org/a}\n  - {id: b, url: https://example.org/b}\n"
    )
    health = FeedHealth(
        feed_id=FeedId("a"),
        url="https://example.org/a",
        outlet="example.org",
        state=FeedCondition.FAILING,
        error=FeedError(error_class="http_404", message="The server answered 404 Not Found."),
        last_polled_at=NOON,
        next_poll_at=None,
    )
    asyncio.run(tell(tmp_path / "bus.db", health))
    where = ["--config", str(tmp_path), "--data", str(tmp_path)]

    listed = CliRunner().invoke(main, ["feeds", "list", "--json", *where])
    shown = CliRunner().invoke(main, ["feeds", "list", *where])

    failing, new = json.loads(listed.stdout)["feeds"]
    assert (listed.exit_code, shown.exit_code) == (0, 0)
    assert failing["error"] == {
        "class": "http_404",
        "message": "The server answered 404 Not Found.",
    }
    assert (failing["last_polled_at"], new["state"]) == ("2026-01-05T12:00:00Z", "new")
    # With its address: an outlet may have many feeds, and this one is to be mended.
    assert "https://example.org/a  http_404: The server answered 404 Not Found." in shown.stdout


def test_a_process_that_has_no_list_of_feeds_says_whom_to_ask() -> None:
    answer = httpx.Response(404, text="Not Found")  # the fetcher's, on its own control socket

    with pytest.raises(RefusedByProcessError, match="ask where the alerter runs"):
        body_of(answer)


def test_a_configuration_with_mistakes_is_wrong_use(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["feeds", "list", "--config", str(tmp_path), "--data", "x"])

    assert result.exit_code == 2
    assert "companies.yml" in result.stderr


def test_feeds_whose_bus_does_not_answer_are_not_listed_as_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("kafka", reason="the extra `kafka` is missing")
    monkeypatch.setenv("KABAR_BUS", f"kafka://127.0.0.1:{free_port()}")
    (tmp_path / "companies.yml").write_text("companies: []\n")
    (tmp_path / "feeds.yml").write_text("feeds:\n  - {id: a, url: https://example.org/a}\n")

    listed = CliRunner().invoke(
        main, ["feeds", "list", "--config", str(tmp_path), "--data", str(tmp_path)]
    )

    assert (listed.exit_code, listed.stdout) == (1, "")
    assert "No broker answers" in listed.stderr
