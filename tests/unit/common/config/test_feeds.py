from __future__ import annotations

from datetime import timedelta
from ipaddress import ip_network

import pytest

from services.common.config.feeds import read_feeds
from services.common.config.yaml import read_yaml
from services.common.contracts.feed import Feed, FirstFetch
from services.common.ids import feed_id


def read(text: str, *networks: str) -> tuple[tuple[Feed, ...], list[str]]:
    """Return feeds and findings; `networks` are those that the operator allows."""
    page = read_yaml(text.encode(), file="f")
    feeds = read_feeds(page, allow_networks=[ip_network(network) for network in networks])
    return feeds, [str(finding).removeprefix("f:") for finding in page.findings]


def test_what_is_not_told_has_a_default() -> None:
    [feed], _ = read("feeds:\n  - url: https://www.example.org:8443/a/rss.xml?x=1#top\n")

    assert feed == Feed(
        id=feed_id("www.example.org:8443/a/rss.xml?x=1"),
        url="https://www.example.org:8443/a/rss.xml?x=1#top",
        outlet="example.org",
        every=timedelta(minutes=10),
    )


def test_defaults_of_the_file_hold_until_a_feed_says_otherwise() -> None:
    feeds, findings = read("""\
defaults: {every: 5m, first_fetch: ignore, full_text: true}
feeds:
  - url: https://example.org/1
  - {url: https://example.org/2, every: 1h, first_fetch: alert, full_text: false}
""")

    assert findings == []
    assert [(feed.every, feed.first_fetch, feed.full_text) for feed in feeds] == [
        (timedelta(minutes=5), FirstFetch.IGNORE, True),
        (timedelta(hours=1), FirstFetch.ALERT, False),
    ]


def test_of_a_language_tag_the_primary_one_is_kept() -> None:
    feeds, findings = read("feeds: [{url: https://example.org/1, language: pt-BR, country: NO}]")

    assert findings == []
    assert [(feed.language, feed.country) for feed in feeds] == [("pt", "NO")]


@pytest.mark.parametrize(
    ("feed", "finding"),
    [
        ("{}", '2:3: error: a feed needs "url"'),
        ("{url: example.org/rss}", '2:9: error: "example.org/rss" is not an address: begin it with https:// and a host'),
        ("{url: 'https://example.org/a b'}", '2:9: error: "https://example.org/a b" is not an address: it holds a space'),
        ("{url: 'ftp://me:secret@e.org/'}", '2:9: error: "ftp://…@e.org/" is not an address: begin it with https:// and a host'),
        ("{url: 'me:sec ret@e.org/rss'}", '2:9: error: "…@e.org/rss" is not an address: begin it with https:// and a host'),
        ("{url: 'https://me:sec/ret@e.org/'}", '2:9: error: "https://…@e.org/" is not an address: write / in a password as %2F, ? as %3F, # as %23, @ as %40'),
        ("{url: 'https://me:sec[ret@e.org/'}", '2:9: error: "https://…@e.org/" is not an address: write / in a password as %2F, ? as %3F, # as %23, @ as %40'),
        ("{url: 'https://[::1/rss'}", '2:9: error: "https://[::1/rss" is not an address: Invalid IPv6 URL'),
        ("{url: https://e.org/, every: 30s}", "2:32: error: every 30s is too often: at least 60s"),
        ("{url: https://e.org/, every: 10}", '2:32: error: "10" is not a duration: write an integer and s, m, h or d, as in 10m'),
        ("{url: https://e.org/, country: uk}", '2:34: error: "uk" is not an ISO 3166-1 country code, nor EU'),
        ("{url: https://e.org/, country: us}", '2:34: error: "us" is not an ISO 3166-1 country code, nor EU; did you mean "US"?'),
        ("{url: https://e.org/, country: UK}", '2:34: warning: "UK" is read as "GB", its ISO 3166-1 code'),
        ("{url: https://e.org/, language: english}", '2:35: error: "english" is not a language tag, such as pt or pt-BR'),
        ("{url: https://e.org/, full_text: yes}", '2:36: error: "yes" is neither true nor false'),
        ("{url: https://e.org/, first_fetch: alerts}", '2:38: error: "alerts" is no value of "first_fetch"; did you mean "alert"?'),
        ("{url: https://e.org/, intervall: 5m}", '2:25: error: unknown key "intervall" in a feed'),
    ],
)  # fmt: skip
def test_a_mistake_is_told_at_its_place(feed: str, finding: str) -> None:
    _, findings = read(f"feeds:\n- {feed}\n")

    assert findings == [finding]


def test_two_feeds_with_one_id_are_a_mistake_whatever_the_scheme() -> None:
    feeds, findings = read("""\
feeds:
  - url: https://example.org/rss
  - url: http://me:secret@example.org/rss
  - {url: https://example.org/2, id: same}
  - {url: https://example.org/3, id: same}
""")

    assert [feed.url for feed in feeds] == ["https://example.org/rss", "https://example.org/2"]
    assert findings == [
        '3:10: error: the feed "http://example.org/rss" is there twice, first on line 2',
        '5:38: error: the feed "same" is there twice, first on line 4',
    ]


@pytest.mark.parametrize(
    ("url", "network", "is_fine"),
    [
        ("http://127.0.0.1:8080/", "127.0.0.0/8", True),
        ("http://localhost/", "127.0.0.0/8", True),
        ("http://[::1]/", "::1/128", True),
        ("http://samples:8080/", "172.16.0.0/12", True),
        ("http://127.0.0.1/", "10.0.0.0/8", False),
        ("http://localhost/", "10.0.0.0/8", False),
        ("https://example.org/", "10.0.0.0/8", False),
        ("https://8.8.8.8/", "10.0.0.0/8", False),
    ],
)
def test_the_operators_own_networks_may_be_asked_as_often_as_one_likes(
    url: str, network: str, *, is_fine: bool
) -> None:
    _, told_apart = read(f"feeds: [{{url: '{url}', every: 1s}}]", network)
    _, by_default = read(f"defaults: {{every: 1s}}\nfeeds: [{{url: '{url}'}}]", network)

    assert (told_apart == []) is is_fine
    assert (by_default == []) is is_fine


def test_a_default_is_too_often_where_one_feed_of_others_inherits_it() -> None:
    own, others = "{url: 'http://127.0.0.1/'}", "{url: 'https://example.org/'}"
    slow = "{url: 'https://example.org/', every: 1h}"

    def findings_with(*feeds: str) -> list[str]:
        return read(f"defaults: {{every: 1s}}\nfeeds: [{', '.join(feeds)}]", "127.0.0.0/8")[1]

    too_often = ["1:19: error: every 1s is too often: at least 60s"]
    assert findings_with(own, others) == too_often
    assert findings_with(own, slow) == []
    assert findings_with() == too_often
