"""Real stories, whole way: one RSS feed goes in, signed webhooks come out."""

from __future__ import annotations

import json
import os
from html import escape
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.kill_run import reply, serving
from tests.support.running import running
from tests.support.sink import SECRET, Sink, a_sink
from tests.support.stack import Stack

_FOLDER = os.environ.get("KABAR_SEEDS")

pytestmark = pytest.mark.skipif(
    not _FOLDER, reason="KABAR_SEEDS does not name the folder of the real stories"
)


@pytest.fixture(scope="module")
def seeds() -> Seeds:
    return Seeds(Path(_FOLDER or ""))


def test_every_main_event_of_the_real_stories_is_told_once_and_no_background_event(
    tmp_path: Path, seeds: Seeds
) -> None:
    with serving(seeds.answer) as feeds, a_sink() as (sink, hook):
        seeds.configure(tmp_path / "config", feeds, hook)
        arguments = ("run", "--config", tmp_path / "config", "--data", tmp_path / "data")
        with running(arguments, log=tmp_path / "log") as kabar:
            kabar.wait_until_ready()
            sink.wait_for_alerts(len(seeds.expected), seconds=30)
            events = kabar.get("/api/v1/events").json()["events"]
            exit_code = kabar.stop()

    seeds.check(sink, events)
    assert exit_code == 0


@pytest.mark.kafka
@pytest.mark.redis
def test_three_processes_on_kafka_and_redis_tell_the_same(stack: Stack, seeds: Seeds) -> None:
    with serving(seeds.answer) as feeds, a_sink() as (sink, hook):
        seeds.configure(stack.config, feeds, hook)
        stack.start()
        stack.wait_until_ready()
        sink.wait_for_alerts(len(seeds.expected), seconds=60)
        events = stack.alerter.get("/api/v1/events").json()["events"]
        exit_codes = stack.stop()

    seeds.check(sink, events)
    assert exit_codes == {"fetcher": 0, "classifier": 0, "alerter": 0}


class Seeds:
    """The real stories with what they should tell."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        lines = (folder / "labels.jsonl").read_text().splitlines()
        labels = [json.loads(line) for line in lines]
        self._feed = _rss(folder, [label["id"] for label in labels])
        self.expected = [
            (event["type"], event["stage"], _ids(folder, event["companies"]))
            for label in labels
            for event in label["events"]
            if event["focus"] == "main"
        ]

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        """Serve them as one feed."""
        reply(handler, 200, self._feed.encode(), "application/rss+xml; charset=utf-8")

    def configure(self, config: Path, feeds: str, hook: str) -> None:
        """Write a configuration that reads the feed and tells a webhook everything."""
        _configure(config, self._folder, feeds, hook)

    def check(self, sink: Sink, events: list[Any]) -> None:
        """Fail unless each main event was told once, with its companies, and nothing else."""
        alerts = sink.wait_for_alerts(len(self.expected), seconds=0)
        told = {
            (event["type"], event["stage"]): {company["id"] for company in event["companies"]}
            for event in (alert["event"] for alert in alerts)
        }
        assert sorted(told) == sorted((kind, stage) for kind, stage, _ in self.expected)
        for kind, stage, companies in self.expected:
            assert companies <= told[kind, stage]
        assert len(alerts) == len(events) == len(self.expected)
        assert sink.wrong_signatures == 0


def _ids(seeds: Path, companies: list[dict[str, Any]]) -> set[str]:
    """Return the ids of those with a part in the event; parties are left out."""
    watched = yaml.safe_load((seeds / "companies.yml").read_text())["companies"]
    id_by_name = {entry["name"]: entry["id"] for entry in watched}
    return {id_by_name[c["name"]] for c in companies if c["role"] != "party"}


def _rss(seeds: Path, ids: list[str]) -> str:
    items = []
    for story in ids:
        title, _, text = (seeds / f"{story}.txt").read_text(encoding="utf-8").partition("\n")
        items.append(
            f"<item><guid isPermaLink='false'>{story}</guid><title>{escape(title)}</title>"
            f"<link>http://news.example/{story}</link>"
            f"<description>{escape(text)}</description></item>"
        )
    return f"<rss version='2.0'><channel><title>Seeds</title>{''.join(items)}</channel></rss>"


def _configure(config: Path, seeds: Path, feeds: str, hook: str) -> None:
    config.mkdir()
    (config / "companies.yml").write_text((seeds / "companies.yml").read_text())
    (config / "feeds.yml").write_text(
        f"feeds:\n  - {{url: {feeds}/rss, outlet: Seeds, first_fetch: alert, every: 1s}}\n"
    )
    (config / "secret").write_text(SECRET)
    (config / "subscriptions.yml").write_text(
        f"channels:\n  hook: {{type: webhook, url: {hook}, secret: {{file: {config}/secret}}}}\n"
        "subscriptions:\n  - {id: all, name: All, send: [{to: hook}]}\n"
    )
