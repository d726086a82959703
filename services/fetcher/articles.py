"""The text of an article's page, for feeds with `full_text: true`.

Thin on purpose: the page's own JSON-LD where it has an articleBody that is no excerpt, else the paragraphs
of the element that holds most of them. No rules for single sites.

A wall (consent, login, captcha, "enable JavaScript") often answers 200 as an article does. It is known by what
it lacks: nearly every page of an article has its headline somewhere, in its title if nowhere else.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Collection, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from itertools import islice
from typing import Any

from lxml import etree
from lxml import html as lxml_html

from services.common.errors import RefusedAddressError, TransientError
from services.common.http.client import Answer, HttpClient, leads_to
from services.common.http.errors import TOO_OFTEN, WITH_DOCUMENT, ExchangeError, Failure
from services.common.text import folded
from services.fetcher.parse.encoding import decode
from services.fetcher.parse.plain import plain, tidy
from services.fetcher.words import share_in, words_of

DEADLINE = timedelta(seconds=15)
_NEVER = {Failure.BAD_ADDRESS, Failure.TOO_LARGE}  # asked again they are the same
_NOT_FOR_US = {HTTPStatus.UNAUTHORIZED, HTTPStatus.PAYMENT_REQUIRED, HTTPStatus.FORBIDDEN}
_MIN_CHARACTERS = 200
_BEGINNING = 60
_HAS_SOMETHING = (
    0.25  # of the words: in 24 languages an article has less of another's headline in 90 to 95 %
)
_HEAD_LOOKED_AT = 2_000
_MOST_LOOKED_AT = 400_000  # of a page of ten megabytes all of it took 2.8 s
_FEW, _MOST_METAS, _MOST_ELEMENTS = 5, 200, 10_000
_CODE = {"script", "style"}
_MOST_PARAGRAPHS = 5_000  # each costs some 30 µs, and a page may have a million
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
# Servers say it of all that they send, whatever the page says.
_BY_HABIT = re.compile(r"charset\s*=\s*[\"']?(?:iso-8859-1|us-ascii)\b", re.IGNORECASE)
_FURNITURE = (
    "script", "style", "noscript", "template", "nav", "aside", "footer", "header", "form", "figure",
    "button", "iframe", "svg", "select",
)  # fmt: skip
# Where a site keeps what its readers say, in the words of the software that most have. An opinion is a comment
# too, but has a headline.
_COMMENTS = {"comments", "comment", "comment-list", "comment-body", "disqus_thread"}
_MAY_BE_COMMENTS = (
    "/descendant::*[contains(@class, 'comment') or @id='comments' or @id='disqus_thread']"
)
_WHOLE = {"html", "body", "main"}
_FORM_AROUND_ALL = "/descendant::form[descendant::h1]"  # as all pages of ASP.NET have
_PARAGRAPH = {"p"}
_MANY_PIECES = 0.2
_TEXTS = {"p", "h2", "h3", "h4", "li", "blockquote", "pre"}


class PageMissedError(TransientError):
    """The page did not come; it may later."""


class WallError(PageMissedError):
    """Another page came in the article's place: a wall of the site."""


class AskedTooOftenError(PageMissedError):
    """The host wants fewer requests: ask it for no more pages now, nor before the `headers` say.

    Where it is not `is_told` so, one page alone may be broken.
    """

    def __init__(self, message: str, *, headers: Mapping[str, str], is_told: bool) -> None:
        super().__init__(message)
        self.headers = headers
        self.is_told = is_told


def asked_too_often(url: str, answer: Answer) -> AskedTooOftenError:
    """Return the error for an answer by which a host asks for fewer requests."""
    return AskedTooOftenError(
        f"{url} was answered with {answer.status}.",
        headers=answer.headers,
        is_told=answer.status == HTTPStatus.TOO_MANY_REQUESTS or "retry-after" in answer.headers,
    )


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Another address at which a page is, says the host that was asked for it."""

    url: str


async def article_at(url: str, *, headline: str, client: HttpClient) -> str | Elsewhere | None:
    """Return the text of the article at `url`, empty where its page has none to speak of; None without a page.

    Whoever leads elsewhere is not followed: the host that is there has rules of its own.

    Raises:
        AskedTooOftenError: the host answered that it was asked too often, or is overloaded.
        WallError: it is there for others, or another page came that has nothing of `headline`.
        PageMissedError: it did not answer, or failed.
    """
    try:
        answer = await client.get_here(url, headers={"Accept": "text/html"}, deadline=DEADLINE)
        if (target := leads_to(answer)) is not None:
            return Elsewhere(target)
    except RefusedAddressError:
        return None
    except ExchangeError as error:
        if error.failure in _NEVER:
            return None
        raise PageMissedError(f"{url}: {error}.") from error
    if answer.status in TOO_OFTEN:
        raise asked_too_often(url, answer)
    if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise PageMissedError(f"{url} was answered with {answer.status}.")
    if answer.status in _NOT_FOR_US:
        raise WallError(f"{url} was answered with {answer.status}.")
    content_type = answer.headers.get("content-type", "text/html")
    if answer.status not in WITH_DOCUMENT or "html" not in content_type:
        return None
    try:
        found = await asyncio.to_thread(
            article_in, answer.body, content_type=content_type, headline=headline
        )
    except WallError as error:
        raise WallError(f"{url}: {error}") from error
    return found or ""


def article_in(body: bytes, *, content_type: str, headline: str = "") -> str | None:
    """Return the text of the article on a page of HTML; None where there is none to speak of.

    Raises:
        WallError: the page has nothing of `headline`.
    """
    declared = _META_CHARSET.search(body[:4096])
    if declared and ("charset" not in content_type.lower() or _BY_HABIT.search(content_type)):
        content_type = f"text/html; charset={declared[1].decode('ascii')}"
    text = decode(body, content_type=content_type).text.replace("\0", "")
    try:
        page = lxml_html.document_fromstring(text.encode(), parser=_parser())
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None
    if not _names(page, headline):
        raise WallError("Another page came in its place.")
    article = _article(page, headline)
    return article if len(article) >= _MIN_CHARACTERS else None


def _article(page: Any, headline: str) -> str:
    """Return what the page declares as its text, or its paragraphs where that is but their beginning."""
    declared = _declared(page) or ""
    _strip_furniture(page, headline)
    paragraphs = _paragraphs(page) or ""
    if max(len(declared), len(paragraphs)) < _MIN_CHARACTERS:
        return _lines(page, headline) or ""
    beginning = " ".join(declared[:_BEGINNING].split())
    is_excerpt = beginning in " ".join(paragraphs.split()) and 2 * len(declared) < len(paragraphs)
    return paragraphs if is_excerpt or len(declared) < _MIN_CHARACTERS else declared


def _names(page: Any, headline: str) -> bool:
    """Return whether the page has something of a headline, which may be another than its own by now."""
    sought, title = words_of(headline), " ".join(folded(headline).partition("\n")[0].split())
    for texts in (_heads(page), _texts(page)):
        text = "\n".join(texts)[:_MOST_LOOKED_AT]
        is_word_for_word = title != "" and title in " ".join(folded(text).split())
        if is_word_for_word or share_in(sought, words_of(text)) >= _HAS_SOMETHING:
            return True
    return False


def _heads(page: Any) -> Iterator[str]:
    """Yield what a page says that it is about."""
    for element in islice(page.iter("title", "h1"), _FEW):
        yield element.text_content()[:_HEAD_LOOKED_AT]
    for meta in islice(page.iter("meta"), _MOST_METAS):
        yield (meta.get("content") or "")[:_HEAD_LOOKED_AT]


def _texts(page: Any) -> Iterator[str]:
    """Yield what stands on a page, as far as a headline may be: an address within a script is none."""
    for element in islice(page.iter(), _MOST_ELEMENTS):
        is_code = element.tag in _CODE and "ld+json" not in (element.get("type") or "")
        if element.text and not is_code:
            yield element.text[:_HEAD_LOOKED_AT]
        if element.tail:
            yield element.tail[:_HEAD_LOOKED_AT]


def _parser() -> lxml_html.HTMLParser:
    return lxml_html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)


def _declared(page: Any) -> str | None:
    """Return the articleBody of the page's JSON-LD (schema.org, Article)."""
    for script in page.iter("script"):
        if "ld+json" not in (script.get("type") or ""):
            continue
        try:
            declared = json.loads(script.text or "", strict=False)  # many leave line ends in texts
        except (ValueError, RecursionError):
            continue
        for item in _items(declared):
            if isinstance(body := item.get("articleBody"), str) and body:
                return plain(body)
    return None


def _items(declared: Any) -> Iterator[dict[str, Any]]:
    for item in declared if isinstance(declared, list) else [declared]:
        if isinstance(item, dict):
            yield item
            graph = item.get("@graph")
            if isinstance(graph, list):
                yield from (each for each in graph if isinstance(each, dict))


def _strip_furniture(page: Any, headline: str) -> None:
    # By name all at once: taken out one by one, those of a hostile page took minutes.
    for form in page.xpath(_FORM_AROUND_ALL):
        form.tag = "div"
    comments = [
        element
        for element in islice(page.xpath(_MAY_BE_COMMENTS), _MOST_PARAGRAPHS)
        if _is_comments(element)
    ]
    etree.strip_elements(page, *_FURNITURE, with_tail=False)
    article = _article_among(comments, page, headline)
    for element in comments:
        if element is not article:
            element.tag = "aside"
    etree.strip_elements(page, "aside", with_tail=False)


def _is_comments(element: Any) -> bool:
    names = {element.get("id"), *(element.get("class") or "").split()}
    is_whole = element.tag in _WHOLE or element.find(".//h1") is not None
    return not is_whole and not _COMMENTS.isdisjoint(names)


def _article_among(comments: Sequence[Any], page: Any, headline: str) -> Any:
    """Return which of these elements is the article, as of an opinion, None where all are what readers say.

    It is in none of them and has none in it, holds more than half of what is told on the page, and tells the
    headline.
    """
    marked = dict.fromkeys(comments)
    around = {element: [up for up in element.iterancestors() if up in marked] for element in marked}
    lists = {each for outer in around.values() for each in outer}
    lengths = {each: 0 for each, outer in around.items() if not outer and each not in lists}
    if not lengths:
        return None
    whole = 0
    for paragraph in _blocks(page, _PARAGRAPH):
        length = len("".join(paragraph.itertext()).strip())
        whole += length
        for parent in paragraph.iterancestors():
            if parent in lengths:
                lengths[parent] += length
    best = max(lengths, key=lambda element: lengths[element])
    tells = share_in(words_of(headline), words_of(best.text_content())) >= _HAS_SOMETHING
    return best if 2 * lengths[best] > whole and tells else None


def _lines(page: Any, headline: str) -> str | None:
    """Return the text of the element with most text outside of any element below it, if it tells the headline.

    In Korea and elsewhere articles have no paragraphs, but lines that end; so have notices of cookies.
    """
    lengths = {
        element: sum(len(text.strip()) for text in _own_texts(element))
        for element in islice(page.iter("div", "td", "section", "article"), _MOST_PARAGRAPHS)
    }
    best = max(lengths, key=lambda element: lengths[element], default=None)
    if best is None or lengths[best] < _MIN_CHARACTERS:
        return None  # it would be all of the page, with what else there is to read
    text = plain(etree.tostring(best, encoding="unicode", method="html", with_tail=False))
    return text if text and share_in(words_of(headline), words_of(text)) >= _HAS_SOMETHING else None


def _own_texts(element: Any) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        yield child.tail or ""


def _paragraphs(page: Any) -> str | None:
    lengths: dict[Any, int] = {}
    for paragraph in islice(page.iter("p"), _MOST_PARAGRAPHS):
        if _is_inside(paragraph, _PARAGRAPH):
            continue  # its text was counted, and would be once for each that is around it
        length = len("".join(paragraph.itertext()).strip())
        # What stands in the article counts for its element, and half for the one around it.
        for parent, weight in zip(paragraph.iterancestors(), (2, 1), strict=False):
            lengths[parent] = lengths.get(parent, 0) + length * weight
    if not lengths:
        return None
    best = max(lengths, key=lambda element: lengths[element])
    article = next(best.iterancestors("article"), None)
    if article is not None and _is_in_pieces(article, best):
        best = article
    texts = (tidy("".join(block.itertext())) for block in _blocks(best, _TEXTS))
    return "\n".join(text.replace("\n", " ") for text in texts if text) or None


def _is_in_pieces(article: Any, best: Any) -> bool:
    """Return whether much of an article's text is outside of `best`, which holds most of it.

    As with advertisements between them. Where there is little, it is who shares it and what else to read.
    """
    whole, piece = (
        sum(len("".join(block.itertext()).strip()) for block in _blocks(element, _PARAGRAPH))
        for element in (article, best)
    )
    return whole - piece > _MANY_PIECES * whole


def _blocks(element: Any, tags: Collection[str]) -> Iterator[Any]:
    """Yield the outermost elements of these `tags` within one, but for other articles in it: they are news too."""
    around = element if element.tag == "article" else next(element.iterancestors("article"), None)
    for block in islice(element.iter(*tags), _MOST_PARAGRAPHS):
        is_own = around is None or next(block.iterancestors("article"), None) is around
        if is_own and not _is_inside(block, tags):
            yield block


def _is_inside(element: Any, tags: Container[str]) -> bool:
    return any(parent.tag in tags for parent in element.iterancestors())
