from __future__ import annotations

import pytest

from services.fetcher.articles import article_in

PARAGRAPH = "The ministry ordered the app to be taken down within a day. " * 3


def test_an_article_is_the_paragraphs_without_what_stands_around_them() -> None:
    page = (
        "<html><body><nav><p>Home</p></nav><article>"
        f"<aside><p>Read too</p></aside><p>{PARAGRAPH}</p><ul><li>First point.</li></ul>"
        f"<figure><p>A photo</p></figure><p>{PARAGRAPH}</p></article></body></html>"
    )

    text = article_in(page.encode(), content_type="text/html")

    assert text == f"{PARAGRAPH.strip()}\nFirst point.\n{PARAGRAPH.strip()}"


def test_what_readers_say_is_not_the_article() -> None:
    said = "".join(
        f'<article class="comment-body"><p>{number}: {PARAGRAPH}</p></article>'
        for number in range(9)
    )
    page = f"<article><p>{PARAGRAPH}</p><p>{PARAGRAPH}</p></article><div id='comments'>{said}</div>"

    text = article_in(f"<html><body>{page}</body></html>".encode(), content_type="text/html")

    assert text == f"{PARAGRAPH.strip()}\n{PARAGRAPH.strip()}"


READERS = "".join(f'<div class="comment"><p>{number}: {PARAGRAPH}</p></div>' for number in range(4))
OPINION = f"<p>{PARAGRAPH * 3}</p><p>{PARAGRAPH * 3}</p>"


@pytest.mark.parametrize(
    "page",
    [
        f"<article class='comment'>{OPINION}</article>",
        f"<div class='row'><div class='comments'>{OPINION}</div><p>More news</p></div>",
        f"<div class='comment'>{OPINION}</div><div id='comments'>{READERS}</div>",
        f"<div class='comment'>{OPINION}</div>{READERS}",
    ],
    ids=["alone", "in a row", "before a list", "before others"],
)
def test_an_article_that_is_a_comment_itself_is_told_from_what_readers_say(page: str) -> None:
    page = f"<html><body><h1>Ministry orders app down</h1>{page}</body></html>"

    text = article_in(
        page.encode(), content_type="text/html", headline="The ministry ordered an app down"
    )

    assert text == "\n".join([(PARAGRAPH * 3).strip()] * 2)


@pytest.mark.parametrize(
    "page",
    [
        READERS,
        f"<div id='comments'><div class='comment'>{OPINION}</div></div>",
        f"<div class='comment'><p>{'No word on what it is about here. ' * 20}</p></div>",
    ],
    ids=["many", "in a list", "of something else"],
)
def test_what_readers_say_of_a_page_without_an_article_is_none(page: str) -> None:
    page = f"<html><body><h1>Watch: ministry orders app down</h1>{page}</body></html>"

    text = article_in(
        page.encode(), content_type="text/html", headline="Watch: ministry orders app down"
    )

    assert text is None


def test_a_long_comment_of_one_reader_is_not_the_article() -> None:
    said = f"<div class='comment'><p>{PARAGRAPH * 3}</p></div>"
    page = f"<div><p>{PARAGRAPH * 2}</p><p>{PARAGRAPH * 2}</p></div>{said}"

    text = article_in(f"<html><body>{page}</body></html>".encode(), content_type="text/html")

    assert text == "\n".join([(PARAGRAPH * 2).strip()] * 2)


def test_an_article_in_pieces_is_all_of_them() -> None:
    pieces = "".join(
        f"<section><div><div><p>{number} {PARAGRAPH * 2}</p></div></div></section>"
        for number in range(3)
    )
    page = f"<html><body><main><article>{pieces}</article><p>More news</p></main></body></html>"

    text = article_in(page.encode(), content_type="text/html")

    assert text == "\n".join(f"{number} {(PARAGRAPH * 2).strip()}" for number in range(3))


@pytest.mark.parametrize(
    "others",
    [
        f"<div><article><p>Other {PARAGRAPH * 9}</p></article></div>",
        "<ul><li>Share</li></ul><div><h3>Ministry bans Zelmo</h3><p>More</p></div>",
    ],
)
def test_what_else_stands_in_an_article_is_none_of_its_pieces(others: str) -> None:
    body = f"<div><p>{PARAGRAPH * 9}</p><p>{PARAGRAPH * 9}</p></div>"
    page = f"<html><body><article>{body}{others}</article></body></html>"

    text = article_in(page.encode(), content_type="text/html")

    assert text == "\n".join([(PARAGRAPH * 9).strip()] * 2)


def test_a_form_around_a_whole_page_is_no_furniture() -> None:
    form = f"<form><h1>App taken down</h1><div><p>{PARAGRAPH}</p><p>{PARAGRAPH}</p></div></form>"

    text = article_in(f"<html><body>{form}</body></html>".encode(), content_type="text/html")

    assert text == f"{PARAGRAPH.strip()}\n{PARAGRAPH.strip()}"


@pytest.mark.parametrize(
    ("headline", "lines"), [("Ministry orders app down", 2), ("Zelmo buys Balto", 0)]
)
def test_an_article_without_paragraphs_is_its_lines_if_they_tell_its_headline(
    headline: str, lines: int
) -> None:
    page = f"<div class='menu'>Home</div><div>{PARAGRAPH}<br><br><b>Now</b> {PARAGRAPH}<br></div>"

    text = article_in(
        f"<html><head><title>{headline}</title></head><body><div>{page}</div></body></html>".encode(),
        content_type="text/html",
        headline=headline,
    )

    assert (text or "").splitlines() == [PARAGRAPH.strip(), f"Now {PARAGRAPH.strip()}"][:lines]


def test_a_page_without_an_article_is_not_what_else_there_is_to_read() -> None:
    others = (
        "<div><a><h3>Court bans Zelmo</h3><span>after a long row over its data</span></a></div>"
    )
    page = f"<div>| <h1>Watch: ministry orders app down</h1>{others * 20}</div>"

    text = article_in(
        f"<html><body>{page}</body></html>".encode(),
        content_type="text/html",
        headline="Watch: ministry orders app down",
    )

    assert text is None


def test_a_page_is_in_the_encoding_that_it_says_though_its_server_says_latin_1_of_all() -> None:
    text = "Sąd zakazał aplikacji, a spółka zapłaci karę. " * 9
    page = f"<html><head><meta charset='windows-1250'></head><body><p>{text}</p></body></html>"

    article = article_in(page.encode("windows-1250"), content_type="text/html; charset=ISO-8859-1")

    assert article == text.strip()


def declaring(article: str) -> str:
    declared = f'<script type="application/ld+json">{{"articleBody": "{article}"}}</script>'
    page = f"<p>{PARAGRAPH}</p>" * 3
    return f"<html><head>{declared}</head><body><article>{page}</article></body></html>"


@pytest.mark.parametrize(
    "excerpt", [f"{PARAGRAPH}…", "What the ministry did.", "What\nthe ministry did."]
)
def test_where_a_page_declares_an_excerpt_its_paragraphs_are_the_article(excerpt: str) -> None:
    text = article_in(declaring(excerpt).encode(), content_type="text/html; charset=utf-8")

    assert text == "\n".join([PARAGRAPH.strip()] * 3)


@pytest.mark.parametrize("end", ["\n", " "])
def test_what_a_page_declares_as_its_article_is_it(end: str) -> None:
    declared = f"A judge lifted the ban on Monday.{end}{'The app is back in the stores. ' * 8}"

    text = article_in(declaring(declared).encode(), content_type="text/html")

    assert text == declared.strip()


@pytest.mark.parametrize("graph", ["5", "true", '"text"', '[1, {"articleBody": 2}]', "null"])
def test_a_page_that_declares_something_odd_is_read_by_its_paragraphs(graph: str) -> None:
    declared = f'<script type="application/ld+json">{{"@graph": {graph}}}</script>'

    page = f"<html><head>{declared}</head><body><p>{PARAGRAPH}</p><p>{PARAGRAPH}</p></body></html>"

    assert (
        article_in(page.encode(), content_type="text/html")
        == f"{PARAGRAPH.strip()}\n{PARAGRAPH.strip()}"
    )


def test_a_page_of_menus_is_read_at_the_pace_of_any_other() -> None:
    # Two megabytes; when each menu was taken out by itself they took minutes.
    menus = "<nav></nav>x" * 170_000

    page = f"<html><body>{menus}<p>{PARAGRAPH}</p><p>{PARAGRAPH}</p></body></html>"

    assert (
        article_in(page.encode(), content_type="text/html")
        == f"{PARAGRAPH.strip()}\n{PARAGRAPH.strip()}"
    )


def test_a_page_of_paragraphs_in_paragraphs_is_read_at_the_pace_of_any_other() -> None:
    # Two megabytes; when the text counted anew for each paragraph around it they took half a minute.
    page = f"<html><body>{'<p><ins>' * 100}{PARAGRAPH}{'<b>x</b>' * 250_000}</body></html>"

    article = article_in(page.encode(), content_type="text/html")

    assert article is not None
    assert article.startswith(PARAGRAPH.strip())
