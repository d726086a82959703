"""Sample feeds over loopback HTTP, one more story of each every two seconds: for the demo."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from pathlib import Path
from typing import cast

from lxml import etree
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from services.common.clock import Clock

REVEAL_EVERY = timedelta(seconds=2)

_ITEMS = "//*[local-name()='item' or local-name()='entry']"
_TITLE = "string(*[local-name()='title'])"
_TEXT = "string(*[local-name()='description' or local-name()='summary'])"
_CONTENT_TYPES = {".xml": "application/xml; charset=utf-8", ".rdf": "application/rdf+xml"}
_PAGE = """<!doctype html><html lang="{lang}"><meta charset="utf-8"><title>{title}</title>
<style>body{{font:1.1rem/1.6 system-ui;max-width:40rem;margin:3rem auto;padding:0 1rem}}</style>
<h1>{title}</h1><p>{text}</p><p><small>{outlet}, a sample feed of kabar.</small></p></html>"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleStory:
    """One item of a sample feed; `path` is its page on the sample server."""

    path: str
    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleFeed:
    """One file of `samples/feeds`, with its stories in the file's order."""

    name: str
    outlet: str
    language: str
    content_type: str
    document: bytes
    stories: tuple[SampleStory, ...]

    def beginning(self, count: int) -> bytes:
        """Return the feed as it was when it had its first `count` stories only."""
        root = etree.fromstring(self.document)
        for item in _items(root)[count:]:
            parent = item.getparent()
            if parent is not None:
                parent.remove(item)
        return etree.tostring(root, xml_declaration=True, encoding="utf-8")


def read_sample_feeds(directory: Path) -> list[SampleFeed]:
    """Return the feeds of `directory`, by name."""
    return [
        _read_feed(path) for path in sorted(directory.iterdir()) if path.suffix in _CONTENT_TYPES
    ]


def write_demo_configuration(
    samples: Path, config: Path, feeds: Sequence[SampleFeed], base: str
) -> None:
    """Write into `config` the samples' companies and subscriptions, and feeds served at `base`."""
    config.mkdir(parents=True)
    for name in ("companies.yml", "subscriptions.yml"):
        shutil.copy(samples / "config" / name, config / name)
    lines = ["defaults: {every: 1s, first_fetch: alert}", "feeds:"]
    for feed in feeds:
        lines += [
            f"  - id: {Path(feed.name).stem}",
            f"    url: {base}/feeds/{feed.name}",
            f"    outlet: {feed.outlet}",
            f"    language: {feed.language}",
        ]
    (config / "feeds.yml").write_text("\n".join(lines) + "\n", encoding="utf-8")


class SampleServer:
    """Serves sample feeds and the pages of their stories; `announce` gets what is newly served."""

    def __init__(
        self, feeds: Sequence[SampleFeed], *, clock: Clock, announce: Callable[[str, str], None]
    ) -> None:
        self._feeds = {feed.name: feed for feed in feeds}
        self._clock = clock
        self._announce = announce
        self._began_at: datetime | None = None
        self._announced: set[str] = set()
        self.app = Starlette(
            routes=[
                Route("/feeds/{name}", self._serve_feed),
                Route("/{feed}/{story}", self._serve_story),
            ]
        )

    async def _serve_feed(self, request: Request) -> Response:
        feed = self._feeds.get(request.path_params["name"])
        if feed is None:
            raise HTTPException(404)
        count = self._revealed()
        base = str(request.base_url).rstrip("/")
        for story in feed.stories[:count]:
            if story.path not in self._announced:
                self._announced.add(story.path)
                self._announce(base + story.path, story.title)
        tag = f'"{min(count, len(feed.stories))}"'
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers={"etag": tag})
        return Response(feed.beginning(count), media_type=feed.content_type, headers={"etag": tag})

    async def _serve_story(self, request: Request) -> Response:
        for feed in self._feeds.values():
            for story in feed.stories:
                if story.path == request.url.path:
                    page = _PAGE.format(
                        lang=feed.language,
                        outlet=escape(feed.outlet),
                        title=escape(story.title),
                        text=escape(story.text),
                    )
                    return HTMLResponse(page)
        raise HTTPException(404)

    def _revealed(self) -> int:
        """Return how many stories of each feed can be seen: one at the first request."""
        now = self._clock.now()
        self._began_at = self._began_at or now
        return 1 + int((now - self._began_at) / REVEAL_EVERY)


def _read_feed(path: Path) -> SampleFeed:
    document = path.read_bytes()
    root = etree.fromstring(document)
    stories = tuple(
        SampleStory(path=_path(item), title=_text(item, _TITLE), text=_text(item, _TEXT))
        for item in _items(root)
    )
    return SampleFeed(
        name=path.name,
        outlet=_text(root, "string((//*[local-name()='title'])[1])"),
        language=_text(root, "string(//*[local-name()='language'] | /*/@xml:lang)") or "en",
        content_type=_CONTENT_TYPES[path.suffix],
        document=document,
        stories=stories,
    )


def _items(root: etree._Element) -> list[etree._Element]:
    return cast("list[etree._Element]", root.xpath(_ITEMS))  # noqa: SLF001  lxml has no public name


def _text(element: etree._Element, path: str) -> str:
    return str(element.xpath(path)).strip()


def _path(item: etree._Element) -> str:
    """Return the address of an item's page: Atom has it in an attribute."""
    return _text(item, "string(*[local-name()='link']/@href)") or _text(
        item, "string(*[local-name()='link'])"
    )
