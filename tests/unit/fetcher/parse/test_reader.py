from __future__ import annotations

import contextlib
import io
import tracemalloc
from datetime import UTC, datetime

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.common.contracts.codec import decode, encode
from services.fetcher.parse.document import Document, DocumentKind, UnreadableError
from services.fetcher.parse.reader import BrokenError, read
from tests.support.feed_documents import (
    ATOM,
    ATOM_03,
    HTML,
    JSON,
    RDF,
    RSS,
    SITEMAP,
    an_rss,
)

EIGHT = datetime(2026, 1, 5, 8, tzinfo=UTC)


def test_rss_is_read_with_what_it_says_about_itself() -> None:
    document = read(RSS.encode(), url="https://example.org/feeds/rss.xml")

    assert document.kind is DocumentKind.RSS
    assert (document.title, document.language) == ("Example Wire & More", "en-GB")
    assert document.repairs == ()
    assert document.hints == {
        "ttl": 30,
        "sy:updatePeriod": "hourly",
        "sy:updateFrequency": 2,
        "skipHours": (2, 3),
        "skipDays": ("Sunday",),
        "hub": "https://hub.example.org/",
        "self": "https://example.org/rss.xml",
    }


def test_an_rss_entry_is_plain_text_with_absolute_links() -> None:
    first, second = read(RSS.encode(), url="https://example.org/feeds/rss.xml").entries

    assert first.id == "wire-1"
    assert first.title == "India bans TikTok & 58 others"
    assert first.link == "https://example.org/news/1?a=1&b=2"
    assert first.published == EIGHT
    assert first.summary == "The ministry ordered it.\nAt once."
    assert first.content == "First line\nsecond\none\ntwo"
    assert (first.authors, first.categories) == (("A. Writer",), ("Policy", "Apps"))
    assert second.title == "Generics: what List<T> means, and 5 < 6"
    assert second.link == second.id == "https://example.org/news/2"
    assert (second.published, second.authors) == (None, ("The Desk",))


def test_rdf_names_its_entries_by_what_they_are_about() -> None:
    document = read(RDF.encode())

    first, second = document.entries
    assert (document.kind, document.title, document.language) == ("rdf", "RDF Wire", "id")
    assert (first.id, first.title) == ("https://example.org/a", "Grab beli Uber")
    assert first.published == datetime(2026, 1, 5, 1, tzinfo=UTC)
    assert first.categories == ("bisnis",)
    assert second.published is None


def test_atom_keeps_what_is_declared_as_text_literal() -> None:
    document = read(ATOM.encode())

    [entry] = document.entries
    assert (document.title, document.language) == ("Atom & Wire", "bn")
    assert document.link == "https://example.org/"
    assert document.hints == {"self": "https://example.org/atom/feed.xml"}
    assert entry.title == "AT&T <b> literal"
    assert entry.link == "https://example.org/atom/1.html"
    assert (entry.published, entry.summary) == (EIGHT, "lead")
    assert entry.updated == datetime(2026, 1, 5, 8, 30, 0, 500_000, tzinfo=UTC)
    assert entry.content == "One\nTwo & three"
    assert (entry.authors, entry.categories) == (("A. Writer",), ("tech",))


def test_atom_0_3_is_read() -> None:
    [entry] = read(ATOM_03.encode()).entries

    assert (entry.id, entry.title) == ("old-1", "A deal")
    assert entry.published == datetime(2004, 5, 6, 7, 8, 9, tzinfo=UTC)
    assert entry.updated == datetime(2004, 5, 7, 7, 8, 9, tzinfo=UTC)


@pytest.mark.parametrize("content", ["ÿ", "abc", "PGI+YTwvYj4"])
def test_content_in_broken_base64_costs_the_content_and_no_entry(content: str) -> None:
    document = ATOM_03.replace("</entry>", f'<content mode="base64">{content}</content></entry>')

    [entry] = read(document.encode()).entries

    assert (entry.title, entry.content) == ("A deal", None)


def test_json_feed_is_read() -> None:
    document = read(JSON.encode())

    [entry] = document.entries
    assert (document.kind, document.language) == ("json", "ja")
    assert document.hints == {"self": "https://example.org/feed.json"}
    assert (entry.id, entry.title) == ("7", "One <b> two")
    assert (entry.link, entry.content) == ("https://example.org/7", "a\nb")
    assert entry.published == datetime(2026, 1, 4, 23, tzinfo=UTC)


def test_half_a_character_in_a_tag_costs_no_entry() -> None:
    feed = r'{"version": "https://jsonfeed.org/version/1", "items": [{"id": "1", "tags": ["a\ud83d"]}]}'

    document = read(feed.encode())

    assert decode(Document, encode(document)).entries[0].categories == ("a\ufffd",)


def test_a_news_sitemap_is_read_and_its_other_pages_left_out() -> None:
    document = read(SITEMAP.encode())

    [entry] = document.entries
    assert (document.kind, document.title) == ("sitemap", "Sitemap Wire")
    assert (entry.id, entry.link) == (None, "https://example.org/n/1")
    assert (entry.title, entry.language) == ("A title", "ko")
    assert entry.categories == ("one", "two")


@pytest.mark.parametrize(
    "document",
    [
        "",
        " \n\t",
        HTML,
        "\ufeff" + HTML,
        "<html><body>Sign in</body></html>",
        "<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'><body/></html>",
        "just words",
        "{}",
        '{"a": 1}',
        "[1, 2]",
        "{broken",
        "<svg xmlns='http://www.w3.org/2000/svg'/>",
        "<opml><body/></opml>",
        "<urlset><url><loc>https://example.org/</loc></url></urlset>",
        "<sitemapindex><sitemap/></sitemapindex>",
        "\x89PNG\r\n\x1a\n\0\0",
    ],
)
def test_what_is_no_feed_is_named_so(document: str) -> None:
    with pytest.raises(UnreadableError) as refusal:
        read(document.encode())

    assert refusal.value.error_class == "not_a_feed"


DIRT = {
    "text_before_root": b"\n\n<b>Warning</b>: x in y on line 3" + an_rss("<title>A</title>"),
    "illegal_characters": an_rss("<title>A\x0b\x00</title>"),
    "entities": an_rss("<title>A&nbsp;&hellip; AT&T</title>").replace(
        b"<title>Wire", b"<title>R&D"
    ),
    "text_after_root": an_rss("<title>A</title>") + b"<!-- cached --><script>x</script> bye",
    "xml_declaration": b'<?xml version="1.0"?>' + an_rss("<title>A</title>"),
    "doctype": an_rss("<title>A</title>").replace(
        b"<rss", b'<!DOCTYPE rss PUBLIC "-//N//DTD RSS 0.91//EN" "http://example.org/r.dtd"><rss'
    ),
}


@pytest.mark.parametrize("repair", DIRT)
def test_usual_dirt_is_repaired_and_named(repair: str) -> None:
    document = read(DIRT[repair])

    assert document.repairs == (repair,)
    assert [entry.title[:1] for entry in document.entries if entry.title] == ["A"]


@pytest.mark.parametrize("start", ["", "\ufeff", "\ufeff\ufeff", " \r\n", "\0"])
def test_what_nobody_sees_before_a_feed_is_no_dirt(start: str) -> None:
    document = read(start.encode() + an_rss("<title>É</title>"))

    assert (document.encoding, document.repairs) == ("utf-8", ())
    assert document.entries[0].title == "É"


def test_undeclared_prefixes_are_no_reason_to_give_up() -> None:
    [entry] = read(an_rss("<title>A</title><dc:date>2026-01-05</dc:date>")).entries

    assert entry.published == datetime(2026, 1, 5, tzinfo=UTC)


def test_no_entity_that_a_document_declares_is_expanded() -> None:
    levels = "".join(f'<!ENTITY e{level} "{f"&e{level - 1};" * 10}">' for level in range(1, 9))
    declared = f'<!DOCTYPE rss [<!ENTITY e0 "ha"><!ENTITY f SYSTEM "file:///etc/passwd">{levels}]>'
    bomb = an_rss("<title>A &e8; &f;</title>").replace(b"<rss", declared.encode() + b"<rss")

    [entry] = read(bomb).entries

    assert entry.title == "A &e8; &f;"


@pytest.mark.parametrize("start", ["", f"<!-- {'x' * 3_000} -->", f"<!-- {'x' * 9_000} -->"])
def test_no_entity_is_expanded_in_an_attribute_wherever_it_was_declared(start: str) -> None:
    declared = f'{start}<!DOCTYPE rss [<!ENTITY e "there">]>'.encode()
    body = an_rss('<link href="https://example.org/&e;"/>').replace(b"<rss", declared + b"<rss")

    [entry] = read(body).entries

    assert entry.link == "https://example.org/&e;"


@pytest.mark.parametrize(
    "item",
    [
        "<item " + " ".join(f"a:b{number}=''" for number in range(1_000)) + "/>",
        f"<item>{'<a:b/>' * 1_000}</item>",
        f"<item><description>{'<b/>' * 1_000}</description></item>",
    ],
)
def test_a_long_namespace_is_held_once_not_with_each_name_in_it(item: str) -> None:
    body = f'<rss xmlns:a="urn:{"x" * 50_000}"><channel>{item}</channel></rss>'.encode()
    tracemalloc.start()

    with contextlib.suppress(UnreadableError):
        read(body)

    _, most_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most_bytes < 5_000_000


def test_more_namespaces_than_any_feed_has_are_refused_where_each_item_would_repeat_them() -> None:
    namespaces = " ".join(f"xmlns:a{number}='urn:a'" for number in range(1_000))
    body = an_rss("<description>A<b/></description>").replace(
        b"<rss", f"<rss {namespaces}".encode()
    )

    with pytest.raises(UnreadableError):
        read(body)


def test_a_base_that_is_no_address_by_its_length_is_not_repeated_with_each_link() -> None:
    body = an_rss("<link>/news/1</link>").replace(
        b"<rss", f"<rss xml:base='https://example.org/{'x' * 9_000}/'".encode()
    )

    [entry] = read(body).entries

    assert entry.link == "/news/1"


def test_an_unknown_tag_in_a_title_stays_as_it_was_written() -> None:
    body = an_rss("<title>Why List<T>of</T> lost</title>")

    [entry] = read(
        body.replace(b"<rss", b'<rss xmlns:dc="http://purl.org/dc/elements/1.1/"')
    ).entries

    assert entry.title == "Why List<T>of</T> lost"


@pytest.mark.parametrize(
    ("declared", "written", "content_type", "encoding"),
    [
        ("utf-8", "utf-8", None, "utf-8"),
        ("iso-8859-1", "utf-8", "text/xml; charset=windows-1251", "utf-8"),
        ("utf-16", "utf-8", None, "utf-8"),
        ("windows-1251", "windows-1251", None, "windows-1251"),
        ("utf-8", "windows-1251", "text/xml; charset=windows-1251", "windows-1251"),
        ("utf-8", "windows-1251", None, "windows-1251"),
        ("koi8-r", "koi8-r", None, "koi8-r"),
        ("utf-16", "utf-16", None, "utf-16"),
        ("utf-8", "utf-8-sig", "text/xml; charset=koi8-r", "utf-8"),
        ("nonsense", "utf-8", "text/xml; charset=bogus", "utf-8"),
        ("windows-1251", "windows-1251", "text/xml; charset=undefined", "windows-1251"),
        ("idna", "windows-1251", "text/xml; charset=punycode", "windows-1251"),
        ("utf-8", "utf-8", "text/xml; charset=iso-2022-jp", "utf-8"),
        ("iso-2022-jp", "iso2022_jp", "text/xml; charset=iso-2022-jp", "iso2022_jp"),
        ("iso-2022-jp", "iso2022_jp", None, "iso2022_jp"),
        ("koi8-r", "koi8-r", "text/xml; charset=iso-8859-1", "koi8-r"),
        ("windows-1251", "windows-1251", "text/xml; charset=us-ascii", "windows-1251"),
        ("iso-8859-1", "windows-1251", None, "windows-1251"),
        ("utf-8", "windows-1251", "text/xml; charset=iso-8859-1", "windows-1251"),
        ("windows-1251", "windows-1251", "text/xml; charset=koi8-r", "windows-1251"),
        ("windows-1251", "koi8-r", "text/xml; charset=koi8-r", "koi8-r"),
        ("koi8-r", "koi8-r", "text/xml; charset=windows-1251", "koi8-r"),
    ],
)
def test_a_document_is_decoded_by_what_it_is(
    declared: str, written: str, content_type: str | None, encoding: str
) -> None:
    text = "Роскомнадзор заблокировал сервис"
    body = (
        f'<?xml version="1.0" encoding="{declared}"?><rss><channel><item><title>{text}</title>'
        f"<description>{text * 3}</description></item></channel></rss>"
    ).encode(written)

    document = read(body, content_type=content_type)

    assert document.encoding == encoding
    assert document.entries[0].title == text


def test_a_time_that_only_people_can_read_hides_none_for_programs() -> None:
    times = (
        "<pubDate>vor zwei Stunden</pubDate>"
        '<dc:date xmlns:dc="http://purl.org/dc/elements/1.1/">2026-01-05T08:00:00Z</dc:date>'
    )

    assert read(an_rss(f"<title>One</title>{times}")).entries[0].published == EIGHT


@pytest.mark.parametrize(
    ("told", "declared", "text"),
    [
        ("iso-8859-2", "windows-1252", "Urząd zakazał źle działającej aplikacji, więc nie ma jej"),
        ("windows-1250", "iso-8859-2", "Urząd zakazał źle działającej aplikacji, więc nie ma jej"),
        ("windows-1252", "windows-1251", "L'été dernier, le café fermé a été cédé à un procédé"),
    ],
)
def test_of_labels_that_contradict_each_other_http_counts_where_no_letters_tell(
    told: str, declared: str, text: str
) -> None:
    body = (
        f'<?xml version="1.0" encoding="{declared}"?><rss><channel><item><title>{text}'
        "</title></item></channel></rss>"
    ).encode(told)

    document = read(body, content_type=f"text/xml; charset={told}")

    assert document.entries[0].title == text


def test_a_text_of_letters_with_accents_is_in_the_encoding_that_it_names() -> None:
    text = "L’État « annonce » : Ærø, où là-bas"
    body = an_rss(f"<title>{text}</title>").decode().encode("windows-1252")

    document = read(body, content_type="text/xml; charset=ISO-8859-1")

    assert (document.entries[0].title, document.encoding) == (text, "windows-1252")


@pytest.mark.parametrize("wrong", [b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xd0"])
@pytest.mark.parametrize(
    "item",
    [
        "<title>A%</title>",
        "<title><![CDATA[A%]]></title>",
        '<title kind="%">A</title>',
        "<title>A</title><!-- % -->",
        "<title>A</title><?note % ?>",
    ],
)
def test_a_byte_that_is_no_utf_8_is_found_wherever_it_stands(item: str, wrong: bytes) -> None:
    body = an_rss(f"{item}<description>{'Ж' * 100}</description>").replace(b"%", wrong)

    document = read(body)

    assert document.repairs[0] == "invalid_bytes"
    assert [(entry.title or "")[:1] for entry in document.entries] == ["A"]


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("shift_jis", "政府は火曜日にアプリの禁止を発表しました"),
        ("euc_jp", "政府は火曜日にアプリの禁止を発表しました"),
        ("gb18030", "监管部门周二宣布封禁该应用程序，公司表示遗憾。"),
        ("euc_kr", "정부는 화요일에 앱 금지를 발표했다"),
        ("windows-1252", "L’Etat a annoncé l’interdiction de l’été dernier à Besançon"),
        ("windows-1252", "Le café fermé rouvre"),
    ],
)
def test_a_text_without_a_label_is_known_by_its_look(written: str, text: str) -> None:
    document = read(an_rss("<title>%TITLE%</title>").replace(b"%TITLE%", text.encode(written)))

    assert document.entries[0].title == text


def test_a_cut_off_document_is_left_to_the_tolerant_reader() -> None:
    with pytest.raises(BrokenError):
        read(RSS.encode()[:1200])


@pytest.mark.parametrize("document", [RSS, RDF, ATOM, ATOM_03])
def test_feedparser_finds_the_same(document: str) -> None:
    reference = feedparser.parse(io.BytesIO(document.encode()))

    ours = read(document.encode())

    assert [entry.id for entry in ours.entries] == [e.get("id") for e in reference.entries]
    for entry, expected in zip(ours.entries, reference.entries, strict=True):
        # feedparser takes dc:date for the time of an update
        parsed = dict.get(expected, "published_parsed") or dict.get(expected, "updated_parsed")
        told = entry.published and entry.published.utctimetuple()[:6]
        assert told == (tuple(parsed)[:6] if parsed else None)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.integers(0, len(RSS)), st.integers(0, 30))
def test_any_damage_gives_a_document_or_one_of_two_errors(
    noise: bytes, place: int, removed: int
) -> None:
    body = RSS.encode()[:place] + noise + RSS.encode()[place + removed :]

    try:
        read(body, url="https://example.org/rss.xml")
    except (UnreadableError, BrokenError) as error:
        assert str(error)  # noqa: PT017  a document is as good an outcome


def test_any_number_of_comments_may_stand_before_a_feed() -> None:
    document = read(b"<!-- -->" * 200 + an_rss("<title>One</title>"))

    assert [entry.title for entry in document.entries] == ["One"]


@pytest.mark.parametrize("opening", ["<!--", "<![CDATA["])
def test_what_is_opened_thousands_of_times_and_never_closed_is_looked_at_once(opening: str) -> None:
    with pytest.raises(BrokenError):
        read(b"<rss><channel><item><title>" + opening.encode() * 6_000)


@pytest.mark.parametrize("number", ["99999999999999", "9" * 5_000])
def test_a_number_that_nobody_means_costs_the_hint_and_no_entry(number: str) -> None:
    head = (
        f"<ttl>{number}</ttl><skipHours><hour>{number}</hour><hour>2</hour></skipHours>"
        f'<sy:updateFrequency xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">{number}'
        "</sy:updateFrequency>"
    )

    document = read(an_rss("<title>One</title>", head=head))

    assert [entry.title for entry in document.entries] == ["One"]
    assert document.hints == {"skipHours": (2,), "sy:updateFrequency": number}
