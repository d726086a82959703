"""What a robots.txt lets us ask for: RFC 9309, with the examples of its sections 2.2 and 5."""

from __future__ import annotations

import time

import pytest

from services.fetcher.robots import MOST_BYTES, rules_in

HOST = "https://news.example"


@pytest.mark.parametrize(
    ("lines", "allowed", "refused"),
    [
        ("", ["/", "/a"], []),
        ("User-agent: *\nDisallow:", ["/", "/a"], []),
        ("User-agent: *\nDisallow: /", [], ["/", "/a?b"]),
        ("User-agent: *\nDisallow: /fish", ["/", "/Fish"], ["/fish", "/fish.html", "/fishes/x"]),
        ("User-agent: *\nDisallow: /a\nAllow: /a/b", ["/a/b", "/a/bc"], ["/a", "/a/c"]),
        ("User-agent: *\nAllow: /a\nDisallow: /a", ["/a"], []),
        ("User-agent: *\nDisallow: /*.gif$", ["/a.gift", "/gif"], ["/a.gif", "/a/b.gif"]),
        ("User-agent: *\nDisallow: /*?print=", ["/a?b"], ["/a?print=1", "/a?b&c?print="]),
        ("User-agent: *\nDisallow: /a*b*c$", ["/ab", "/acb"], ["/abc", "/axbxc", "/abcbc"]),
        ("User-agent: *\nDisallow: /a$\nAllow: /", ["/ab"], ["/a"]),
        ("User-agent: kabar\nDisallow: /a\nUser-agent: *\nDisallow: /b", ["/b"], ["/a"]),
        ("User-agent: KABAR/2.1 # us\nDisallow: /a\n\nUser-agent: *\nDisallow: /", ["/b"], ["/a"]),
        ("User-agent: other\nUser-agent: kabar\nDisallow: /a", ["/b"], ["/a"]),
        ("User-agent: other\nDisallow: /\nUser-agent: kabarbot\nDisallow: /", ["/a"], []),
        ("User-agent: kabar\nDisallow: /a\nUser-agent: x\nDisallow: /\nUser-agent: kabar\nDisallow: /b",
         ["/c"], ["/a", "/b"]),
        ("User-agent: kabar\nDisallow:\nUser-agent: *\nDisallow: /", ["/a"], []),
        ("User-agent: *\nSitemap: https://news.example/s.xml\nCrawl-delay: 9\nDisallow: /a", ["/b"], ["/a"]),
        ("user-agent:*\rdisallow:/a\rnonsense", ["/b"], ["/a"]),
        ("\ufeffUser-agent: *\r\nDisallow : /a", ["/b"], ["/a"]),
        ("Disallow: /a\nUser-agent: *\nDisallow: /b", ["/a"], ["/b"]),
        ("User-agent: *\nDisallow: /berita/é", ["/berita/e"], ["/berita/%C3%A9", "/berita/%c3%a9", "/berita/é"]),
        ("User-agent: *\nDisallow: /%7Ejoe\nDisallow: /a%2fb", ["/a/b"], ["/~joe", "/%7ejoe", "/a%2Fb"]),
        ("<html><body><p>User-agent: all</p>Disallow: /</body></html>", ["/a"], []),
    ],
)  # fmt: skip
def test_a_page_is_asked_for_where_the_rules_for_us_let_it(
    lines: str, allowed: list[str], refused: list[str]
) -> None:
    rules = rules_in(lines.encode())

    assert [path for path in allowed if not rules.allow(HOST + path)] == []
    assert [path for path in refused if rules.allow(HOST + path)] == []


def test_an_address_without_a_path_is_the_root() -> None:
    rules = rules_in(b"User-agent: *\nDisallow: /$")

    assert not rules.allow(HOST)
    assert not rules.allow(f"{HOST}/#top")


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n"])
def test_of_a_long_file_the_first_half_megabyte_counts_by_whole_lines(end: bytes) -> None:
    head = b"User-agent: *" + end + b"Disallow: /first" + end
    filler = b"# " + b"x" * (MOST_BYTES - len(head) - 16) + end
    body = head + filler + b"Disallow: /second"

    rules = rules_in(body)

    assert len(head + filler) < MOST_BYTES < len(body)
    assert not rules.allow(f"{HOST}/first")
    assert rules.allow(f"{HOST}/other")


def test_bytes_that_are_no_text_are_no_rules() -> None:
    assert rules_in(bytes(range(256)) * 9).allow(f"{HOST}/a")


def test_many_rules_of_many_stars_are_read_in_no_time() -> None:
    pattern = b"Disallow: /" + b"*a" * 500 + b"b$\n"
    body = b"User-agent: *\n" + pattern * (MOST_BYTES // len(pattern))
    url = f"{HOST}/{'a' * 2_000}"

    started = time.perf_counter()
    is_allowed = rules_in(body).allow(url)

    assert is_allowed
    assert time.perf_counter() - started < 2


@pytest.mark.parametrize(
    ("pattern", "path"), [("/a-%2A.html", "/a-*.html"), ("/a%24", "/a$"), ("/a$b", "/a$b")]
)
def test_an_escaped_special_character_of_a_rule_means_itself(pattern: str, path: str) -> None:
    rules = rules_in(f"User-agent: *\nDisallow: {pattern}".encode())

    assert not rules.allow(f"https://news.example{path}")
