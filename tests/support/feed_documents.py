"""Feed documents of every kind that kabar reads, written for its tests."""

from __future__ import annotations

RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
  xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom"
  xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">
<channel>
  <title>Example Wire &amp;amp; More</title>
  <link>https://example.org/</link>
  <language>en-GB</language>
  <ttl>30</ttl>
  <sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>
  <skipHours><hour>2</hour><hour>3</hour></skipHours>
  <skipDays><day>Sunday</day></skipDays>
  <atom:link rel="hub" href="https://hub.example.org/"/>
  <atom:link rel="self" href="/rss.xml"/>
  <item>
    <guid isPermaLink="false">wire-1</guid>
    <title><![CDATA[India bans <b>TikTok</b> &amp; 58 others]]></title>
    <link>/news/1?a=1&amp;b=2</link>
    <pubDate>Mon, 05 Jan 2026 13:30:00 +0530</pubDate>
    <description>&lt;p&gt;The ministry ordered it.&lt;/p&gt;&lt;p&gt;At&amp;nbsp;once.&lt;/p&gt;</description>
    <content:encoded><![CDATA[<p>First line<br>second</p><script>track()</script><ul><li>one</li><li>two</li></ul>]]></content:encoded>
    <dc:creator>A. Writer</dc:creator>
    <category>Policy</category><category>Apps</category>
  </item>
  <item>
    <guid>https://example.org/news/2</guid>
    <title>Generics: what List&lt;T&gt; means, and 5 &lt; 6</title>
    <author>desk@example.org (The Desk)</author>
    <pubDate>yesterday</pubDate>
  </item>
</channel></rss>"""

RDF = """<?xml version="1.0"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
  xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="https://example.org/rdf"><title>RDF Wire</title><link>https://example.org/</link>
<description>d</description><dc:language>id</dc:language></channel>
<item rdf:about="https://example.org/a"><title>Grab beli Uber</title><link>https://example.org/a</link>
<dc:date>2026-01-05T08:00:00+07:00</dc:date><dc:subject>bisnis</dc:subject></item>
<item rdf:about="https://example.org/b"><title>Kedua</title><link>https://example.org/b</link></item>
</rdf:RDF>"""

ATOM = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="bn" xml:base="https://example.org/atom/">
<title type="html">Atom &amp;amp; Wire</title><link href="/" /><link rel="self" href="feed.xml"/>
<entry><id>tag:example.org,2026:1</id><title>AT&amp;T &lt;b&gt; literal</title>
<link rel="enclosure" href="x.mp3"/><link rel="alternate" type="text/html" href="1.html"/>
<published>2026-01-05T08:00:00Z</published><updated>2026-01-05T09:30:00.5+01:00</updated>
<summary type="html">&lt;i&gt;lead&lt;/i&gt;</summary>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>One</p><p>Two &amp; three</p></div></content>
<author><name>A. Writer</name></author><category term="tech"/></entry>
</feed>"""

ATOM_03 = """<?xml version="1.0"?><feed version="0.3" xmlns="http://purl.org/atom/ns#">
<title>Old Wire</title><link rel="alternate" type="text/html" href="https://example.org/"/>
<entry><title mode="escaped" type="text/html">A &lt;em&gt;deal&lt;/em&gt;</title><id>old-1</id>
<link rel="alternate" type="text/html" href="https://example.org/old/1"/>
<issued>2004-05-06T07:08:09Z</issued><modified>2004-05-07T07:08:09Z</modified></entry></feed>"""

JSON = """{"version": "https://jsonfeed.org/version/1.1", "title": "JSON Wire",
"home_page_url": "https://example.org/", "feed_url": "https://example.org/feed.json", "language": "ja",
"items": [{"id": 7, "url": "/7", "title": "One <b> two", "content_html": "<p>a</p><p>b</p>",
"date_published": "2026-01-05T08:00:00+09:00", "authors": [{"name": "A. Writer"}], "tags": ["x"]}]}"""

SITEMAP = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
  xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
<url><loc>https://example.org/n/1</loc><news:news><news:publication><news:name>Sitemap Wire</news:name>
<news:language>ko</news:language></news:publication>
<news:publication_date>2026-01-05T08:00:00+09:00</news:publication_date>
<news:title>A title</news:title><news:keywords>one, two</news:keywords></news:news></url>
<url><loc>https://example.org/page</loc></url></urlset>"""

HTML = "<!DOCTYPE html><html><head><title>Sign in</title></head><body>rss</body></html>"


def an_rss(*items: str, head: str = "") -> bytes:
    """Return an RSS feed of `items`, each the inside of an item element."""
    inner = "".join(f"<item>{item}</item>" for item in items)
    return (
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>Wire</title>{head}{inner}'
        "</channel></rss>"
    ).encode()
