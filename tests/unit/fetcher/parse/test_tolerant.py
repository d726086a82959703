"""What the tolerant reader makes of a document that came in part: what the strict one makes of the whole."""

from __future__ import annotations

import pytest

from services.fetcher.parse.document import Entry
from services.fetcher.parse.reader import read
from services.fetcher.parse.tolerant import read_tolerantly
from tests.support.feed_documents import an_rss

ADDRESS = "https://example.org/feeds/rss.xml"
LINK = "<link>/news/1</link>"


@pytest.mark.parametrize(
    "item",
    [
        pytest.param(f"<guid>4711</guid>{LINK}", id="a number"),
        pytest.param("<guid>4711</guid>", id="a number without a link"),
        pytest.param(f'<guid isPermaLink="false">4711</guid>{LINK}', id="no link, as it says"),
        pytest.param(f"<guid>/news/1</guid>{LINK}", id="a path"),
        pytest.param(f"<guid> https://example.org/?a=1&amp;b=2 </guid>{LINK}", id="an address"),
        pytest.param(f"<guid>https://example.org/?a=1&#038;b=2</guid>{LINK}", id="a number in it"),
        pytest.param(f"<guid><![CDATA[https://example.org/?a&b]]></guid>{LINK}", id="a section"),
        pytest.param(f"<guid>a  &quot;b&quot;</guid>{LINK}", id="spaces and quotes"),
        pytest.param(LINK, id="no guid"),
        pytest.param("", id="neither"),
        pytest.param("<pubDate>Mon, 05 Jan 2026 10:00:00 WIB</pubDate>", id="a zone"),
        pytest.param("<pubDate>Senin, 5 Januari 2026 10:00:00 +0700</pubDate>", id="a month"),
    ],
)
def test_an_entry_of_a_document_that_broke_off_is_the_entry_of_the_whole(item: str) -> None:
    whole = an_rss(f"<title>One</title>{item}", "<title>Two</title>")
    cut = whole[: whole.index(b"</channel>")]

    assert tolerantly(cut) == [*read(whole, url=ADDRESS).entries]
    assert tolerantly(whole) == tolerantly(cut)


def test_a_document_that_ends_within_an_entry_is_told_from_one_that_ends_behind_it() -> None:
    whole = an_rss("<title>One</title>", "<title>Two</title>")
    behind, within = whole.index(b"</channel>"), whole.index(b"o</title>")

    repairs = [
        read_tolerantly(whole[:end], url=ADDRESS, content_type=None).repairs
        for end in (behind, within)
    ]

    assert repairs == [("feedparser",), ("cut_off", "feedparser")]


def tolerantly(body: bytes) -> list[Entry]:
    return [*read_tolerantly(body, url=ADDRESS, content_type=None).entries]
