from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.common.config.entries import entries_yaml, subscription_entry
from services.common.config.findings import Severity
from services.common.config.submitted import (
    DATABASE,
    FieldFinding,
    node_at,
    read_submitted,
    value_of,
)
from services.common.config.subscriptions import Known, read_subscriptions
from services.common.config.yaml import read_yaml
from services.common.contracts.subscription import ChannelConfig, Subscription
from services.common.ids import ChannelId

CHANNELS = (
    ChannelConfig(id=ChannelId("ops"), type="slack"),
    ChannelConfig(id=ChannelId("archive"), type="webhook"),
    ChannelConfig(id=ChannelId("legal"), type="email"),
)
KNOWN = Known(companies=frozenset({"tiktok", "bytedance"}), tags=frozenset({"social"}))

EVERYTHING = {
    "id": "policy",
    "name": "Verbote und Übernahmen",
    "when": {
        "companies": ["tag:social", "bytedance"],
        "types": ["ban"],
        "stages": ["confirmed", "reversed"],
        "countries": ["NO", "EU"],
        "outlets": 2,
    },
    "send": [
        {
            "to": "ops",
            "burst": "5m",
            "max_per_hour": 12,
            "quiet": {"days": "mon-fri", "from": "22:00", "to": "07:00", "zone": "Europe/Oslo"},
            "urgent": {"stages": ["confirmed"], "countries": ["NO"]},
            "fallback": {"to": "legal", "after": "30m"},
        },
        {"to": "legal", "digest": {"at": "08:00", "zone": "Asia/Kathmandu", "empty": "weekly"}},
        {"to": "archive"},
    ],
    "paused_until": "2026-02-01",
}


def findings_of(body: object) -> list[tuple[str, str]]:
    read = read_submitted(body, channels=CHANNELS, known=KNOWN)
    return [(found.field, found.message) for found in read.findings]


def read(body: object) -> Subscription:
    found = read_submitted(body, channels=CHANNELS, known=KNOWN)
    assert found.subscription is not None, found.findings
    assert found.errors == ()
    return found.subscription


def a_body(**changes: Any) -> dict[str, Any]:
    return {"id": "policy", "send": [{"to": "ops"}], **changes}


def test_a_body_is_read_as_the_same_entry_of_the_file_is() -> None:
    text = entries_yaml({"subscriptions": [subscription_entry(read(EVERYTHING))]}) + (
        "channels:\n"
        "  ops: {type: slack, webhook: {env: SLACK}}\n"
        "  archive: {type: webhook, url: https://example.org/hook}\n"
        "  legal: {type: email, to: [legal@example.org]}\n"
    )
    page = read_yaml(text.encode(), file="subscriptions.yml")

    _, [of_file] = read_subscriptions(page, known=KNOWN)

    assert page.findings == []
    assert replace(of_file, origin=DATABASE) == read(EVERYTHING)


def test_what_the_api_shows_may_be_sent_back() -> None:
    subscription = read(EVERYTHING)
    shown = {**subscription_entry(subscription), "origin": "database", "alerts_in_30_days": 4}

    assert read(shown) == subscription


@pytest.mark.parametrize(
    ("body", "field", "said"),
    [
        ([], "", "a mapping"),
        ({}, "id", 'needs "id"'),
        (a_body(id="Policy Team"), "id", 'as in "policy-team"'),
        (a_body(send=None), "send", 'needs "send"'),
        (a_body(send=[{}]), "send[0].to", 'needs "to"'),
        (a_body(send=[{"to": "opps"}]), "send[0].to", 'did you mean "ops"?'),
        (a_body(send=[{"to": "ops"}, {"to": "ops"}]), "send[1].to", "told twice"),
        (a_body(send=[{"to": "ops", "burst": 60}]), "send[0].burst", "not a duration"),
        (a_body(send=[{"to": "ops", "digest": {"at": "8"}}]), "send[0].digest.zone", "needs"),
        (a_body(when={"stage": ["confirmed"]}), "when.stage", 'did you mean "stages"?'),
        (a_body(when={"stages": "confirmed"}), "when.stages", "is a list"),
        (a_body(when={"stages": ["done", "x"]}), "when.stages[1]", "is no value"),
        (a_body(when={"countries": ["Norway"]}), "when.countries[0]", "ISO 3166-1"),
        (a_body(when={"outlets": 0}), "when.outlets", "whole number"),
        (a_body(when={"outlets": True}), "when.outlets", "whole number"),
        (a_body(name="a\u0000b"), "name", "U+0000"),
        (a_body(paused_until="soon"), "paused_until", "no day"),
    ],
)
def test_a_mistake_names_its_field(body: object, field: str, said: str) -> None:
    found = findings_of(body)

    assert any(name == field and said in message for name, message in found), found


def test_all_mistakes_are_named_at_once() -> None:
    body = a_body(when={"types": ["bann"], "outlets": -1}, send=[{"to": "nobody"}])

    assert {field for field, _ in findings_of(body)} == {
        "when.types[0]",
        "when.outlets",
        "send[0].to",
    }


def test_an_unknown_company_is_a_warning_only() -> None:
    found = read_submitted(a_body(when={"companies": ["tikток"]}), channels=CHANNELS, known=KNOWN)

    assert found.errors == ()
    assert [(one.field, one.severity) for one in found.findings] == [
        ("when.companies[0]", Severity.WARNING)
    ]


def test_a_field_and_its_message_are_one_sentence() -> None:
    assert str(FieldFinding("send[0].to", Severity.ERROR, "no")) == "send[0].to: no"


def test_a_field_of_a_yaml_file_is_found_by_its_name() -> None:
    page = read_yaml(b"id: a\nsend:\n  - to: ops\n    burst: 1x\n", file="a.yml")

    places = {field: node_at(page.root, field) for field in ("send[0].burst", "send[0].no", "x")}

    assert [place and place.line for place in places.values()] == [4, 3, 1]
    assert value_of(page.root) == {"id": "a", "send": [{"to": "ops", "burst": "1x"}]}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "when", "send", "to", "digest", "at", "days", "zone", "urgent"])
            | st.text(max_size=4),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=60, deadline=None)
@given(JSON)
def test_any_json_is_read_or_refused_and_never_raises(body: object) -> None:
    found = read_submitted(body, channels=CHANNELS, known=KNOWN)

    assert found.subscription is not None or found.errors or body is None


def test_what_is_nested_without_end_is_refused() -> None:
    body: dict[str, Any] = {}
    for _ in range(1000):
        body = {"when": body}

    assert findings_of(body) == [("", "This is nested too deeply to be a subscription.")]
