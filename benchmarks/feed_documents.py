"""Feed documents as publishers write them, made from a seed: what the benchmark of reading reads.

The mix is that of the feeds of newsrooms: most are RSS with summaries, a quarter comes from WordPress with
whole articles, a few are Atom or RDF; feedparser finds nothing in JSON Feed and sitemaps. Half are in
scripts beyond Latin. The shapes (which elements, which attributes, how much markup, CDATA or escaped)
follow real feeds; the words say nothing.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from random import Random

_NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
_VOCABULARIES = (
    "the ministry said on Monday that company services have to stop within thirty days after review",
    "министерство сообщило в понедельник что компания должна прекратить работу сервиса до конца месяца",
    "die Behörde prüft nach eigenen Angaben den Verkauf für das Geschäft über die Länder möglicherweise",
    "মন্ত্রণালয় সোমবার জানিয়েছে যে প্রতিষ্ঠান আগামী মাসে সেবা বন্ধ করতে পারে বলে সংবাদ",
    "le ministère a annoncé lundi que la société devra arrêter après décision ses activités en février",
    "监管部门 周一 表示 该公司 必须 在 三十天 内 停止 服务 并 提交 报告",
    "kementerian mengatakan pada hari Senin bahwa perusahaan harus menghentikan layanan dalam waktu dekat",
    "قالت الوزارة يوم الاثنين إن الشركة يجب أن توقف خدماتها خلال ثلاثين يوما بعد القرار",
)  # fmt: skip


@dataclass(frozen=True)
class Writer:
    """Writes texts of the wanted lengths in one language."""

    random: Random
    words: list[str]

    def text(self, least: int, most: int) -> str:
        """Return sentences of about so many characters in all."""
        length = self.random.randint(least, most)
        pieces: list[str] = []
        while length > 0:
            word = self.random.choice(self.words)
            end = self.random.choices(("", ",", "."), (12, 1, 1))[0]
            pieces.append(word + end)
            length -= len(word) + 1
        return " ".join(pieces)

    def paragraph(self) -> str:
        """Return a paragraph of an article: most have a link or something in bold, and quotes."""
        before, inside, after = self.text(60, 250), self.text(8, 30), self.text(60, 250)
        link = (
            f'<a href="https://example.org/{self.random.random()}" target="_blank" rel="noopener">'
        )
        opened, closed = self.random.choice(
            ((link, "</a>"), ("<strong>", "</strong>"), ("<em>", "</em>"), ("", ""))
        )
        mark = self.random.choice(("&#8217;", "&amp;", "&nbsp;", "", ""))
        return f"<p>{before} {opened}{inside}{closed}{mark} &#8220;{after}&#8221;</p>\n"

    def article(self) -> str:
        """Return an article of some 2 to 6 kB with a picture, headings and at times an embedded post."""
        paragraphs = [self.paragraph() for _ in range(self.random.randint(4, 12))]
        paragraphs[3] += f'<h2 class="wp-block-heading">{self.text(20, 50)}</h2>\n'
        if self.random.random() < 0.25:
            paragraphs[2] += (
                f'<blockquote class="twitter-tweet"><p lang="en" dir="ltr">{self.text(80, 200)}</p>'
                '</blockquote><script async src="https://platform.example.org/w.js"></script>\n'
            )
        return self.picture() + "\n".join(paragraphs)

    def picture(self) -> str:
        """Return a figure as WordPress writes it."""
        name = f"https://img.example.org/2026/01/{self.random.randrange(10**6)}"
        return (
            '<figure class="wp-block-image size-large"><img loading="lazy" decoding="async" width="1024"'
            f' height="683" src="{name}-1024x683.jpg" alt="{self.text(20, 60)}" class="wp-image-1"'
            f' srcset="{name}-1024x683.jpg 1024w, {name}-300x200.jpg 300w, {name}-768x512.jpg 768w"'
            ' sizes="(max-width: 1024px) 100vw, 1024px" /><figcaption class="wp-element-caption">'
            f"{self.text(20, 80)}</figcaption></figure>\n"
        )


def documents() -> list[tuple[str, bytes]]:
    """Return sixteen documents, each with the name of its kind."""
    kinds: list[Callable[[Writer], str]] = [
        *[rss_bare] * 3,
        *[rss_news] * 5,
        rss_media,
        *[rss_articles] * 4,
        atom_articles,
        atom_summaries,
        rdf,
    ]
    made = []
    for number, kind in enumerate(kinds):
        words = _VOCABULARIES[number % len(_VOCABULARIES)].split()
        random = Random(number)  # noqa: S311  no secrets: the same each time
        document = kind(Writer(random, words))
        made.append((kind.__name__, document.encode()))
    return made


def rss_bare(writer: Writer) -> str:
    """Return thirty items of title, link, guid, time and a plain description."""
    return _rss(
        f"<item><title>{writer.text(40, 90)}</title><link>{link}</link>"
        f"<description>{writer.text(120, 300)}</description>"
        f"<pubDate>{format_datetime(at, usegmt=True)}</pubDate><guid>{link}</guid></item>\n"
        for link, at in _places(writer, 30)
    )


def rss_news(writer: Writer) -> str:
    """Return forty items with a picture in the description, media, an author and categories."""
    return _rss(
        f"<item>\n<title><![CDATA[{writer.text(40, 90)}]]></title>\n<link>{link}?utm_source=rss</link>\n"
        f'<guid isPermaLink="false">{link}</guid>\n'
        f'<description><![CDATA[<a href="{link}"><img src="https://img.example.org/{number}.jpg"'
        f' width="640" height="360" alt="{writer.text(20, 40)}" /></a><p>{writer.text(150, 350)}</p>'
        "]]></description>\n"
        f"<pubDate>{format_datetime(at)}</pubDate>\n<dc:creator><![CDATA[A. Writer]]></dc:creator>\n"
        f"<category>{writer.text(5, 10)}</category>\n<category>{writer.text(5, 15)}</category>\n"
        f'<media:content url="https://img.example.org/{number}.jpg" medium="image" type="image/jpeg"'
        ' width="1280" height="720"><media:credit role="author">Agency</media:credit>'
        f"<media:description>{writer.text(30, 80)}</media:description></media:content>\n"
        f'<media:thumbnail url="https://img.example.org/{number}-t.jpg" width="144" height="81"/>\n'
        "</item>\n"
        for number, (link, at) in enumerate(_places(writer, 40))
    )


def rss_media(writer: Writer) -> str:
    """Return thirty items with a plain description and a picture in eight sizes."""
    return _rss(
        f"<item>\n<title><![CDATA[{writer.text(40, 90)}]]></title>\n"
        f"<description><![CDATA[{writer.text(150, 300)}]]></description>\n<link>{link}</link>\n"
        f'<guid isPermaLink="true">{link}</guid>\n'
        f"<pubDate>{format_datetime(at, usegmt=True)}</pubDate>\n<media:group>\n"
        + "".join(
            f'<media:content medium="image" url="https://img.example.org/{at:%H%M}-{size}.jpg"'
            f' height="{size}" width="{size}" type="image/jpeg"/>\n'
            for size in range(100, 900, 100)
        )
        + "</media:group>\n</item>\n"
        for link, at in _places(writer, 30)
    )


def rss_articles(writer: Writer) -> str:
    """Return twenty items of WordPress: summary, whole article, categories, comments."""
    return _rss(
        f"\t<item>\n\t\t<title>{writer.text(40, 90)}</title>\n\t\t<link>{link}/</link>\n"
        f"\t\t\t\t\t<comments>{link}/#respond</comments>\n\t\t\n"
        "\t\t<dc:creator><![CDATA[A. Writer]]></dc:creator>\n"
        f"\t\t<pubDate>{format_datetime(at)}</pubDate>\n"
        + "".join(f"\t\t<category><![CDATA[{writer.text(5, 15)}]]></category>\n" for _ in range(4))
        + f'\t\t<guid isPermaLink="false">https://example.org/?p={at:%d%H%M}</guid>\n\n'
        f"\t\t<description><![CDATA[<p>{writer.text(200, 350)} [&#8230;]</p>\n<p>The post <a href="
        f'"{link}/">{writer.text(40, 90)}</a> appeared first on <a href="https://example.org">Wire</a>.'
        f"</p>\n]]></description>\n\t\t<content:encoded><![CDATA[{writer.article()}]]>"
        f"</content:encoded>\n\t\t<wfw:commentRss>{link}/feed/</wfw:commentRss>\n"
        "\t\t<slash:comments>0</slash:comments>\n\t</item>\n"
        for link, at in _places(writer, 20)
    )


def atom_articles(writer: Writer) -> str:
    """Return twenty entries of a blog with whole articles, escaped."""
    return _atom(
        f'<entry><title type="html">{writer.text(40, 90)}</title><id>{link}</id>'
        f'<link href="{link}" rel="alternate" type="text/html" title="{writer.text(40, 90)}"/>'
        f'<link href="{link}/comments" rel="replies" type="text/html"/>'
        f"<published>{at.isoformat()}</published><updated>{at.isoformat()}</updated>"
        f"<author><name>A. Writer</name><uri>https://example.org/writer</uri></author>"
        f'<category term="{writer.text(5, 15)}"/><category term="{writer.text(5, 15)}"/>'
        f'<content type="html" xml:base="{link}">{html.escape(writer.article())}</content>'
        f'<summary type="html">{html.escape(writer.text(200, 350))}</summary></entry>\n'
        for link, at in _places(writer, 20)
    )


def atom_summaries(writer: Writer) -> str:
    """Return thirty entries with short summaries."""
    return _atom(
        f"<entry><title>{writer.text(40, 90)}</title><id>tag:example.org,2026:{at:%d%H%M}</id>"
        f'<link href="{link}" rel="alternate"/><updated>{at:%Y-%m-%dT%H:%M:%SZ}</updated>'
        f'<author><name>A. Writer</name></author><summary type="html"><![CDATA[<p>'
        f"{writer.text(150, 350)}</p>]]></summary></entry>\n"
        for link, at in _places(writer, 30)
    )


def rdf(writer: Writer) -> str:
    """Return thirty items of RSS 1.0."""
    items = "".join(
        f'<item rdf:about="{link}"><title>{writer.text(40, 90)}</title><link>{link}</link>'
        f"<description>{writer.text(150, 300)}</description><dc:date>{at.isoformat()}</dc:date>"
        f"<dc:creator>A. Writer</dc:creator><dc:subject>{writer.text(5, 15)}</dc:subject></item>\n"
        for link, at in _places(writer, 30)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF xmlns="http://purl.org/rss/1.0/"'
        ' xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://example.org/">'
        f"<title>Example Wire</title><link>https://example.org/</link></channel>{items}</rdf:RDF>"
    )


def _places(writer: Writer, count: int) -> list[tuple[str, datetime]]:
    """Return an address and a time for each entry, none twice."""
    start = _NOON - timedelta(minutes=writer.random.randrange(10_000))
    return [
        (
            f"https://example.org/2026/01/05/{writer.random.randrange(10**9)}",
            start - timedelta(minutes=9 * n),
        )
        for n in range(count)
    ]


def _rss(items: Iterable[str]) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"'
        ' xmlns:content="http://purl.org/rss/1.0/modules/content/"'
        ' xmlns:wfw="http://wellformedweb.org/CommentAPI/" xmlns:atom="http://www.w3.org/2005/Atom"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/"'
        ' xmlns:slash="http://purl.org/rss/1.0/modules/slash/">\n<channel><title>Example Wire</title>'
        '<atom:link href="https://example.org/feed/" rel="self" type="application/rss+xml" />'
        "<link>https://example.org/</link><description>News</description><language>en</language>"
        f"<ttl>15</ttl>\n{''.join(items)}</channel></rss>"
    )


def _atom(entries: Iterable[str]) -> str:
    return (
        '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom">'
        '<title>Example Wire</title><link href="https://example.org/"/>'
        f'<link rel="self" href="https://example.org/feed"/>{"".join(entries)}</feed>'
    )
