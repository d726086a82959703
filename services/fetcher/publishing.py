"""Publishing: what was found in a feed goes to the bus as stories, all of it or none is remembered."""

from __future__ import annotations

import asyncio
import zlib
from collections import Counter
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from services.common.bus.port import Bus, Outgoing
from services.common.clock import Clock
from services.common.config.feeds import is_exempt
from services.common.contracts.codec import encode
from services.common.contracts.feed import Feed
from services.common.contracts.topics import STORIES
from services.common.dead_letters import publish_letter, refused_letter
from services.common.errors import RecordTooLargeError
from services.common.http.client import HttpClient
from services.common.ids import StoryId
from services.common.settings import Network
from services.common.telemetry.health import Work
from services.common.telemetry.metrics import STORIES_PUBLISHED
from services.fetcher.articles import AskedTooOftenError, PageMissedError, article_at
from services.fetcher.parse.document import Document
from services.fetcher.patience import Patience
from services.fetcher.politeness import Politeness, left_alone_until
from services.fetcher.schedule import retry_after
from services.fetcher.stories import Finding, story_of
from services.fetcher.urls import host_of

SERVICE = "fetcher"

_ARTICLES_WITHIN_SECONDS = 120.0
_BETWEEN_ARTICLES = timedelta(seconds=1)
_MOST_FAILURES = 3
_PUBLISHED_AT_ONCE = 100

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """How many stories were published, and of which ones the page did not come, though it may later.

    A new one of these was published with what the feed says, a revision was not: a text that is shorter for
    that alone would be taken for what the outlet has corrected away.
    """

    stories: int
    without_page: frozenset[StoryId] = frozenset()


class StoryPublisher:
    """Publishes stories, with the texts of their articles where the feed asks for them."""

    def __init__(
        self,
        bus: Bus,
        *,
        client: HttpClient,
        clock: Clock,
        patience: Patience,
        allow_networks: Sequence[Network] = (),
    ) -> None:
        """Hosts in `allow_networks` are asked for articles as fast as they answer.

        Any other has a second between two of its articles, whichever feeds link to them.
        """
        self._bus = bus
        self._allow_networks = allow_networks
        self._client = client
        self._clock = clock
        self._patience = patience
        self._pages = Politeness(slots=1, spacing=_BETWEEN_ARTICLES)

    async def publish(
        self,
        feed: Feed,
        document: Document,
        found: Sequence[Finding],
        work: Work,
        *,
        overdue: Container[StoryId] = (),
    ) -> Published:
        """Return what the bus has taken: all that is to be published.

        Less the revisions whose pages did not come; what is `overdue` waits for none.

        Raises:
            TransientError: we are to end, and the bus does not serve, or there are articles to wait for;
                some may have been taken.
        """
        news = [finding for finding in found if finding.is_published]
        articles: Mapping[str, str | None] = {}
        without_page: frozenset[StoryId] = frozenset()
        if feed.full_text:
            articles = await self._patience.unless_stopping(self._articles(news, work))
            without_page = frozenset(
                story for story in _without_page(news, articles) if story not in overdue
            )
            news = [
                each
                for each in news
                if not (each.is_revision and each.seen.story_id in without_page)
            ]
        for start in range(0, len(news), _PUBLISHED_AT_ONCE):
            part = news[start : start + _PUBLISHED_AT_ONCE]
            records = await asyncio.to_thread(_records, part, feed, document, articles)
            try:
                await self._insist(records)
            except RecordTooLargeError:
                await self._publish_singly(records, work)
            work.progress()
        STORIES_PUBLISHED.inc(len(news))
        if without_page:
            log.info("articles_missing", feed_id=feed.id, stories=len(without_page))
        return Published(stories=len(news), without_page=without_page)

    async def _publish_singly(self, records: Sequence[Outgoing], work: Work) -> None:
        """Publish what the topic takes; of each that it refuses, a dead letter."""
        for record in records:
            try:
                await self._insist([record])
            except RecordTooLargeError as error:
                letter = refused_letter(
                    STORIES, record, service=SERVICE, error=error, at=self._clock.now()
                )
                await self._patience.insist(
                    "publish",
                    lambda le=letter: publish_letter(self._bus, le),  # type: ignore[misc]  # the default is no parameter of the call
                )
            work.progress()

    async def _insist(self, records: Sequence[Outgoing]) -> None:
        await self._patience.insist("publish", lambda: self._bus.publish(STORIES, records))

    async def _articles(self, news: Sequence[Finding], work: Work) -> dict[str, str | None]:
        """Return the texts of the articles' pages by address, None for those without one.

        Only pages are in it that came within two minutes.
        """
        texts: dict[str, str | None] = {}
        asked = _in_turn(news, now=self._clock.now())
        # Entries may share a page, as the home page.
        links = list(dict.fromkeys(each.entry.link for each in asked if each.entry.link))
        try:
            async with asyncio.timeout(_ARTICLES_WITHIN_SECONDS):
                await self._fetch(links, texts, work)
        except TimeoutError:
            log.warning("articles_late", articles=len(links), fetched=len(texts))
        return texts

    async def _fetch(self, links: Sequence[str], texts: dict[str, str | None], work: Work) -> None:
        """Add the texts of pages to `texts`, one after the other.

        A host is left alone for as long as it wishes once it says that it was asked too often, and until
        the next poll once it has failed a few times in a row: others have pages too, and new stories wait.
        """
        failures: Counter[str] = Counter()
        for link in links:
            host = host_of(link)
            if not host:
                texts[link] = None
                continue
            is_polite = not is_exempt(link, self._allow_networks)
            if failures[host] == _MOST_FAILURES:
                continue
            if not await self._turn_at(host, is_polite=is_polite):
                continue
            try:
                texts[link] = await article_at(link, client=self._client)
                failures[host] = 0
            except AskedTooOftenError as error:
                log.warning("articles_unwanted", host=host, reason=str(error))
                self._leave_alone(host, error)
            except PageMissedError as error:
                log.info("article_missed", reason=str(error))
                failures[host] += 1
            finally:
                if is_polite:
                    self._pages.finish_and_rest(host, now=self._clock.now())
                work.progress()

    async def _turn_at(self, host: str, *, is_polite: bool) -> bool:
        """Return whether `host` may be asked, with a turn taken after those of others if `is_polite`."""
        while not self._pages.is_left_alone(host, now=(now := self._clock.now())):
            later = self._pages.ask(host, now=now) if is_polite else None
            if later is None:
                return True
            await self._clock.sleep(later - now)
        return False

    def _leave_alone(self, host: str, error: AskedTooOftenError) -> None:
        now = self._clock.now()
        until = left_alone_until(retry_after(error.headers, now=now), now=now)
        self._pages.leave_alone(host, until=until, now=now)


def _in_turn(news: Sequence[Finding], *, now: datetime) -> list[Finding]:
    """Return whose pages to ask for, new stories first, then the others, in another order each time.

    A few that never come would keep those behind them from being asked for, again and again.
    """

    def turn(finding: Finding) -> tuple[bool, int]:
        drawn = zlib.crc32(f"{finding.seen.story_id} {now.isoformat()}".encode())
        return finding.is_revision, drawn if finding.is_revision else 0

    return sorted(news, key=turn)


def _without_page(
    news: Sequence[Finding], articles: Mapping[str, str | None]
) -> frozenset[StoryId]:
    """Return the stories that have pages which did not come."""
    return frozenset(
        each.seen.story_id for each in news if each.entry.link and each.entry.link not in articles
    )


def _records(
    news: Sequence[Finding], feed: Feed, document: Document, articles: Mapping[str, str | None]
) -> list[Outgoing]:
    records = []
    for finding in news:
        article = articles.get(finding.entry.link or "")
        story = story_of(finding, feed=feed, document=document, article=article)
        records.append(Outgoing(key=feed.id, value=encode(story)))
    return records
