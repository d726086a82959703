from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.fetcher.urls import canonical, without_scheme


@pytest.mark.parametrize(
    ("url", "same"),
    [
        ("HTTPS://Example.ORG:443/a?utm_source=x&id=1#top", "https://example.org/a?id=1"),
        ("http://example.org", "http://example.org/"),
        ("https://example.org/a?fbclid=1", "https://example.org/a"),
        ("https://example.org/a?b=1&a=%20&c", "https://example.org/a?b=1&a=%20&c"),
        ("https://example.org:8443/a", "https://example.org:8443/a"),
        ("http://[::1]:80/a", "http://[::1]/a"),
        ("http://example.org:x/", "http://example.org:x/"),
    ],
)
def test_addresses_of_one_page_are_equal(url: str, same: str) -> None:
    assert canonical(url) == same


def test_a_move_to_https_is_no_other_page() -> None:
    assert without_scheme("http://example.org/a") == without_scheme("https://example.org/a")


@given(
    st.text(max_size=60)
    | st.text(alphabet="htps:/.?&=#utm_a1%20", max_size=60).map("http://h/".__add__)
)
@example("0 #")
def test_canonical_is_its_own_canonical(url: str) -> None:
    once = canonical(url)

    assert canonical(once) == once
