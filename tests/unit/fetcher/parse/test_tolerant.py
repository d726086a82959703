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


@pytest.mark.parametrize(
    "item",
    [
        pytest.param("<media:description>A phone</media:description>", id="a caption behind"),
        pytest.param("<media:group><media:title>A phone</media:title></media:group>", id="a group"),
        pytest.param("<itunes:summary>Listen</itunes:summary>", id="a shorter summary"),
        pytest.param("<image><title>A phone</title></image>", id="an image"),
        pytest.param(
            "<media:description>A phone</media:description><!-- <item>-1-</item> - <item> -->",
            id="a comment with others",
        ),
        pytest.param(
            "<media:description>A phone</media:description><x><![CDATA[An <item> </item> <item>]]></x>",
            id="a section with others",
        ),
    ],
)
@pytest.mark.parametrize("end", ["</channel>", "o</title>", "<br></title>", "&nowhere;</title>"])
def test_an_entry_says_what_it_said_though_another_one_is_broken(item: str, end: str) -> None:
    told = f"{item}<guid>1</guid><title>One</title><description>It is banned.</description>{item}"
    whole = an_rss(told, "<title>Two</title>").replace(
        b"<rss ",
        b'<rss xmlns:media="http://search.yahoo.com/mrss/"'
        b' xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" ',
    )
    broken = whole.replace(b"o</title>", end.encode())
    cut = broken[: whole.index(end.encode())] if end in whole.decode() else broken

    assert tolerantly(cut)[0] == read(whole, url=ADDRESS).entries[0]


def test_a_document_of_broken_entries_is_read_entry_by_entry() -> None:
    items = [
        f"<guid>{n}</guid><title>{n}</title><description>{'<br>' * (n % 7 == 0)}</description>"
        for n in range(100)
    ]
    whole = [f"<guid>{n}</guid><title>{n}</title><description></description>" for n in range(100)]

    entries = tolerantly(an_rss(*items))

    assert [entry.id for entry in entries] == [str(n) for n in range(100)]
    assert [e for n, e in enumerate(entries) if n % 7] == [
        e for n, e in enumerate(read(an_rss(*whole)).entries) if n % 7
    ]


def test_a_document_that_ends_within_an_entry_is_told_from_one_that_ends_behind_it() -> None:
    whole = an_rss("<title>One</title>", "<title>Two</title>")
    behind, within = whole.index(b"</channel>"), whole.rindex(b"</item>")
    never_closed = whole[:within] + b"</channel></rss>"

    repairs = [
        read_tolerantly(body, url=ADDRESS, content_type=None).repairs
        for body in (whole[:behind], whole[:within], never_closed)
    ]

    assert repairs == [("feedparser",), ("cut_off", "feedparser"), ("feedparser",)]


def tolerantly(body: bytes) -> list[Entry]:
    return [*read_tolerantly(body, url=ADDRESS, content_type=None).entries]
