from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from kabar.cli import main
from tests.support.feed_documents import HTML, RSS


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
