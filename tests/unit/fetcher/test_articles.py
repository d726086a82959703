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
