from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.fetcher.parse.plain import one_line, plain


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>One</p>\n<p>Two</p>", "One\nTwo"),
        ("a<br/>b<BR>c", "a\nb\nc"),
        ("no   markup\nbut lines", "no markup\nbut lines"),
        ("in <i>markup\nlines</i> are spaces", "in markup lines are spaces"),
        ("R&amp;D &lt;b&gt; &#8364; &eacute;&nbsp;", "R&D <b> € é"),
        (
            "&lt;p&gt;One &amp;amp; two&lt;/p&gt;&lt;p&gt;Three&lt;br/&gt;four",
            "One & two\nThree\nfour",
        ),
        ("AT&amp;T buys &lt;b&gt;Balto&lt;/b&gt;", "AT&T buys Balto"),
        ("x < y and y > z", "x < y and y > z"),
        ("I <3 it", "I <3 it"),
        ('<a href="x" title="a > b">link</a>', "link"),
        ("<style>p{}</style>a<!-- b -->c<script>d()</script>", "a c"),
        ("a<script src='x'/> b<svg width='1' /> c<script src=//x/></script> d", "a b c d"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "a b"),
        ("cut off <a href='http://exa", "cut off"),
        ("<o:p>office</o:p> <amp-img src=x></amp-img>", "office"),
        ("<xhtml:p>one</xhtml:p><xhtml:p>two</xhtml:p>", "one\ntwo"),
        ("a List<T x='1'> of <b>things</b>", "a List<T x='1'> of things"),
        ("<p>one &nbsp; two</p>\n\n <p> three  four</p>", "one two\nthree four"),
        ("<strong>a</strong><SVG ><text>b</text></svg> ]]>c<![CDATA[d", "a cd"),
        ("&amp;lt; &#8220;a&#8221; &copy;b &unknown;", "&lt; “a” ©b &unknown;"),
        ("   ", None),
        ("<img src=x>", None),
    ],
)
def test_markup_becomes_text(markup: str, text: str | None) -> None:
    assert plain(markup) == text


def test_a_title_is_one_line() -> None:
    assert one_line("<p>One</p><p>Two</p>") == "One Two"


@given(st.text(alphabet="<>&;/pab \n\"'=!-", max_size=200))
def test_text_never_grows_and_has_no_empty_lines(markup: str) -> None:
    text = plain(markup) or ""

    assert len(text) <= len(markup)
    assert "" not in text.split("\n")[1:]


@pytest.mark.parametrize(
    "piece",
    [
        "<a ",
        '<a "',
        "<!--",
        "<script>",
        "<b title='",
        "&amp",
        "<p",
        '<a " ',
        "<a \"'<b '",
        "]",
        " &nbsp;",
    ],
)
def test_hostile_markup_costs_linear_time(piece: str) -> None:
    started = time.monotonic()

    plain(piece * 20_000)

    assert time.monotonic() - started < 2
