"""Feed documents as publishers write them, made from a seed: what the benchmark of reading reads.

The mix is that of the feeds of newsrooms: most are RSS with summaries, a quarter comes from WordPress with
whole articles, a few are Atom or RDF; one is a podcast's, one of videos, one is broken; they have 2 to 200
entries. feedparser finds nothing in JSON Feed and sitemaps. Half are in scripts beyond Latin. The shapes
(which elements, which attributes, how much markup, CDATA or escaped) follow real feeds; the words say
nothing.
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
    """Return twenty-four documents, each with the name of its kind."""
    kinds: list[Callable[[Writer], str]] = [
        *[rss_bare] * 3,
        *[rss_news] * 5,
        rss_media,
        *[rss_articles] * 4,
        atom_articles,
        atom_summaries,
        rdf,
        rss_short,
        rss_long,
        rss_escaped,
        rss_blog,
        rss_podcast,
        atom_videos,
        rss_broken,
        rss_articles,
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
    return _rss(_bare(writer, link, at) for link, at in _places(writer, 30))


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


def rss_short(writer: Writer) -> str:
    """Return two items, as of a site that seldom writes."""
    return _rss(_bare(writer, link, at) for link, at in _places(writer, 2))


def rss_long(writer: Writer) -> str:
    """Return two hundred items of the plain kind, as an agency keeps them."""
    return _rss(_bare(writer, link, at) for link, at in _places(writer, 200))


def rss_escaped(writer: Writer) -> str:
    """Return a hundred items of a search for news: escaped markup, the outlet as the source."""
    return _rss(
        f"<item><title>{writer.text(40, 90)} - The Wire</title><link>{link}?oc=5</link>"
        f'<guid isPermaLink="false">{writer.random.getrandbits(256):x}</guid>'
        f"<pubDate>{format_datetime(at, usegmt=True)}</pubDate><description>"
        + html.escape(
            f'<a href="{link}?oc=5" target="_blank">{writer.text(40, 90)}</a>&nbsp;&nbsp;'
            '<font color="#6f6f6f">The Wire</font>'
        )
        + '</description><source url="https://wire.example.org">The Wire</source></item>'
        for link, at in _places(writer, 100)
    )


def rss_blog(writer: Writer) -> str:
    """Return fifteen items of a newsletter or a blog: elements of seven namespaces, whole articles."""
    return _rss(
        f"<item><title><![CDATA[{writer.text(40, 90)}]]></title>"
        f"<description><![CDATA[{writer.text(80, 160)}]]></description><link>{link}</link>"
        f'<guid isPermaLink="false">{writer.random.getrandbits(96):x}</guid>'
        + "".join(f"<category><![CDATA[{writer.text(5, 15)}]]></category>" for _ in range(3))
        + f"<dc:creator><![CDATA[A. Writer]]></dc:creator><pubDate>{format_datetime(at, usegmt=True)}"
        '</pubDate><atom:updated>2026-01-05T12:00:00.000Z</atom:updated><media:content url="https://'
        f'img.example.org/{at:%d%H%M}.jpg" medium="image"/><enclosure url="https://img.example.org/'
        f'{at:%d%H%M}.jpg" length="0" type="image/jpeg"/><content:encoded><![CDATA[{writer.article()}]]>'
        "</content:encoded><georss:point>52.5 13.4</georss:point><slash:comments>3</slash:comments>"
        f"<wfw:commentRss>{link}/feed/</wfw:commentRss></item>\n"
        for link, at in _places(writer, 15)
    )


def rss_podcast(writer: Writer) -> str:
    """Return fifty episodes: a recording each, what players show, notes with links."""
    return _rss(
        f"<item>\n<title>{writer.text(30, 60)}</title>\n<itunes:title>{writer.text(30, 60)}</itunes:title>\n"
        f'<guid isPermaLink="false">{writer.random.getrandbits(96):x}</guid>\n<link>{link}</link>\n'
        f"<pubDate>{format_datetime(at)}</pubDate>\n<description><![CDATA[{notes}]]></description>\n"
        f'<enclosure url="https://audio.example.org/{at:%d%H%M}.mp3?source=feed" length="48113040"'
        f' type="audio/mpeg"/>\n<itunes:image href="https://img.example.org/{at:%d%H%M}.jpg"/>\n'
        f"<itunes:duration>00:33:20</itunes:duration>\n<itunes:summary><![CDATA[{notes}]]></itunes:summary>\n"
        "<itunes:author>The Wire</itunes:author>\n<itunes:explicit>false</itunes:explicit>\n"
        "<itunes:episodeType>full</itunes:episodeType>\n<itunes:season>3</itunes:season>\n"
        f"<content:encoded><![CDATA[{notes}]]></content:encoded>\n</item>\n"
        for link, at in _places(writer, 50)
        for notes in [writer.paragraph() + writer.paragraph()]
    )


def rss_broken(writer: Writer) -> str:
    """Return forty items as of `rss_news` that are no XML: they hold entities of HTML."""
    return rss_news(writer).replace("Agency</", "Agency&nbsp;&copy;</")


def atom_videos(writer: Writer) -> str:
    """Return fifteen entries of a channel of videos: all there is to read stands in a group."""
    return _atom(
        f"<entry><id>yt:video:{at:%d%H%M}</id><title>{writer.text(40, 90)}</title>"
        f'<link rel="alternate" href="{link}"/><author><name>The Wire</name><uri>{link}</uri></author>'
        f"<published>{at.isoformat()}</published><updated>{at.isoformat()}</updated><media:group>"
        f'<media:title>{writer.text(40, 90)}</media:title><media:content url="{link}"'
        ' type="application/x-shockwave-flash" width="640" height="390"/><media:thumbnail url="'
        f'https://img.example.org/{at:%d%H%M}.jpg" width="480" height="360"/><media:description>'
        f"{writer.text(200, 900)}\n\n{writer.text(50, 200)}</media:description><media:community>"
        '<media:starRating count="1820" average="5.00" min="1" max="5"/><media:statistics views="20394"/>'
        "</media:community></media:group></entry>\n"
        for link, at in _places(writer, 15)
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


def _bare(writer: Writer, link: str, at: datetime) -> str:
    return (
        f"<item><title>{writer.text(40, 90)}</title><link>{link}</link>"
        f"<description>{writer.text(120, 300)}</description>"
        f"<pubDate>{format_datetime(at, usegmt=True)}</pubDate><guid>{link}</guid></item>\n"
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
        ' xmlns:slash="http://purl.org/rss/1.0/modules/slash/" xmlns:georss="http://www.georss.org/georss"'
        ' xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd">\n<channel><title>Example Wire</title>'
        '<atom:link href="https://example.org/feed/" rel="self" type="application/rss+xml" />'
        "<link>https://example.org/</link><description>News</description><language>en</language>"
        f"<ttl>15</ttl>\n{''.join(items)}</channel></rss>"
    )


def _atom(entries: Iterable[str]) -> str:
    return (
        '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom"'
        ' xmlns:media="http://search.yahoo.com/mrss/">'
        '<title>Example Wire</title><link href="https://example.org/"/>'
        f'<link rel="self" href="https://example.org/feed"/>{"".join(entries)}</feed>'
    )
