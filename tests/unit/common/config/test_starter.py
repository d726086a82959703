"""The starter configuration, and the schemas that editors read."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from services.common.config import channels, companies, feeds, subscriptions
from services.common.config.configuration import FILES, read_configuration
from services.common.config.schemas import NAMES, schema_text
from services.common.event_types import event_types

STARTER = Path(__file__).parents[4] / "config"
SECRET = "whsec_" + "A" * 32


def test_the_starter_is_clean_and_as_wide_as_promised() -> None:
    loaded = read_configuration(STARTER, environment={})

    configuration = loaded.require()
    assert loaded.findings == ()
    assert len(configuration.watchlist.companies) >= 12
    assert len(configuration.feeds) >= 20
    assert len({feed.language for feed in configuration.feeds}) >= 8
    assert [channel.type for channel in configuration.channels] == ["console"]


def test_what_is_commented_out_in_the_starter_is_right_too(tmp_path: Path) -> None:
    for name in FILES:
        text = (STARTER / name).read_text(encoding="utf-8")
        if name == subscriptions.FILE:
            text = re.sub(r"^  # (?=- id|  |team-mail|archive)", "  ", text, flags=re.MULTILINE)
        (tmp_path / name).write_text(text, encoding="utf-8")

    loaded = read_configuration(tmp_path, environment={"KABAR_ARCHIVE_SECRET": SECRET})

    assert loaded.findings == ()
    assert [channel.type for channel in loaded.require().channels] == [
        "console",
        "email",
        "webhook",
    ]
    assert len(loaded.require().subscriptions) == 3


def schema(name: str) -> dict[str, Any]:
    described: dict[str, Any] = json.loads(schema_text(name))
    return described


def keys(described: dict[str, Any]) -> set[str]:
    return set(described["properties"])


def test_there_is_a_schema_for_each_file() -> None:
    assert {f"{name}.yml" for name in NAMES} == set(FILES)


def test_the_schemas_know_the_keys_that_the_readers_know() -> None:
    company, alias = (schema("companies")["$defs"][name] for name in ("company", "alias"))
    feed = schema("feeds")["$defs"]["feed"]
    subscription = schema("subscriptions")["$defs"]

    assert keys(company) == set(companies.COMPANY_KEYS)
    assert keys(alias) == set(companies.ALIAS_KEYS)
    assert keys(feed) == set(feeds.FEED_KEYS)
    assert keys(subscription["subscription"]) == set(subscriptions.SUBSCRIPTION_KEYS)
    assert keys(subscription["subscription"]["properties"]["when"]) == set(subscriptions.WHEN_KEYS)
    assert keys(subscription["send"]) == set(subscriptions.SEND_KEYS)


def test_the_schema_names_every_event_type() -> None:
    when = schema("subscriptions")["$defs"]["subscription"]["properties"]["when"]

    assert when["properties"]["types"]["description"] == f"{', '.join(event_types())}."


@pytest.mark.parametrize("kind", channels.CHANNEL_TYPES)
def test_the_schema_knows_the_options_of_each_channel(kind: str) -> None:
    described = schema("subscriptions")["$defs"]["channel"]["oneOf"]
    [options] = [each for each in described if each["properties"]["type"]["const"] == kind]

    assert keys(options) == {"type", *channels.options_of(kind)}
