"""Google News sitemaps: a `urlset` whose urls carry news tags."""

from __future__ import annotations

from services.fetcher.parse.dates import moment
from services.fetcher.parse.document import Document, DocumentKind, Entry, not_a_feed
from services.fetcher.parse.elements import (
    Element,
    Fields,
    Names,
    absolute,
    fields_of,
    first_markup,
    first_word,
    names_under,
)
from services.fetcher.parse.plain import one_line

_NEWS = "http://www.google.com/schemas/sitemap-news/0.9"


def read_sitemap(root: Element, *, encoding: str, url: str | None) -> Document:
    """Return the articles of a news sitemap.

    Raises:
        UnreadableError: a sitemap of pages, not of news.
    """
    names = names_under(root)
    urls = [fields_of(child, names) for child in root]
    articles = [(fields, _article(fields, names)) for fields in urls if "news:news" in fields]
    if not articles and _NEWS not in (root.nsmap or {}).values():
        raise not_a_feed("This is a sitemap without news tags; kabar reads news sitemaps.")
    publications = [_publication(article, names) for _, article in articles]
    return Document(
        kind=DocumentKind.SITEMAP,
        encoding=encoding,
        title=next((name for name, _ in publications if name), None),
        language=next((language for _, language in publications if language), None),
        entries=tuple(
            Entry(
                title=one_line(first_markup(article, "news:title")),
                link=absolute(first_word(fields, "loc"), root, base=url),
                published=moment(first_word(article, "news:publication_date")),
                updated=moment(first_word(fields, "lastmod")),
                categories=_keywords(article),
                language=language,
            )
            for (fields, article), (_, language) in zip(articles, publications, strict=True)
        ),
    )


def _article(fields: Fields, names: Names) -> Fields:
    return fields_of(fields["news:news"][0], names)


def _publication(article: Fields, names: Names) -> tuple[str | None, str | None]:
    """Return name and language of the publication."""
    parts = article.get("news:publication")
    publication = fields_of(parts[0], names) if parts else {}
    return one_line(first_markup(publication, "news:name")), first_word(
        publication, "news:language"
    )


def _keywords(article: Fields) -> tuple[str, ...]:
    words = (first_word(article, "news:keywords") or "").split(",")
    return tuple(text for word in words if (text := one_line(word)))
