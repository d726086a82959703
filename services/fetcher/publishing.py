"""Publishing: what was found in a feed goes to the bus as stories, all of it or none is remembered."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Container, Mapping, Sequence
from dataclasses import dataclass, field

import structlog

from services.common.bus.port import Bus, Outgoing
from services.common.clock import Clock
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
from services.fetcher.last_document import LastDocument
from services.fetcher.pages import Articles, Pages
from services.fetcher.parse.document import Document
from services.fetcher.patience import Patience
from services.fetcher.places import Place
from services.fetcher.stories import Finding, is_longer, story_of

SERVICE = "fetcher"

_PUBLISHED_AT_ONCE = 100

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """How many stories were published, and with the text of which `pages`: of how many characters.

    Those `without_page` are to come again: their pages did not come, though they may. `untold` of these are
    revisions that were not published: a text that is shorter for that alone would be taken for what the
    outlet has corrected away. `wall` is the hash of the last page that stood in the place of several.
    """

    stories: int
    without_page: frozenset[StoryId] = frozenset()
    untold: frozenset[StoryId] = frozenset()
    pages: Mapping[StoryId, int] = field(default_factory=dict)
    wall: str = ""


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
        self._clock = clock
        self._patience = patience
        self._pages = Pages(client, clock=clock, allow_networks=allow_networks)

    async def publish(
        self,
        feed: Feed,
        document: Document,
        found: Sequence[Finding],
        place: Place,
        work: Work,
        *,
        last: LastDocument,
        overdue: Collection[StoryId] = (),
        wall: str = "",
    ) -> Published:
        """Return what the bus has taken: all that is to be published. `wall` is what the last one was.

        Less the revisions whose pages did not come, if they would tell less than was told, by what the
        `last` document said. What is `overdue` is waited for no longer: under a new headline, which may be the
        correction, it is told without its page.

        Raises:
            TransientError: we are to end, and the bus does not serve, or there are articles to wait for;
                some may have been taken.
        """
        news = [finding for finding in found if finding.is_published]
        articles = Articles(wall=wall)
        without_page = untold = frozenset[StoryId]()
        if feed.full_text:
            async with place.waiting():
                articles = await self._patience.unless_stopping(
                    self._pages.articles_of(news, work, wall=wall)
                )
            awaited = [each for each in news if _is_awaited(each, articles, last, overdue)]
            losing = frozenset(
                each.seen.story_id
                for each in awaited
                if each.is_revision
                and last.may_lose_text(each.seen.story_id, each.entry)
                and not (
                    each.seen.story_id in overdue
                    and last.has_new_headline(each.seen.story_id, each.entry)
                )
            )
            without_page = frozenset(each.seen.story_id for each in awaited) - frozenset(overdue)
            untold = losing & without_page
            news = [each for each in news if each.seen.story_id not in losing]
            if given_up := [story for story in losing - untold if last.may_have_page(story)]:
                log.warning("revisions_given_up", feed_id=feed.id, stories=sorted(given_up))
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
        return Published(
            stories=len(news),
            without_page=without_page,
            untold=untold,
            pages={
                each.seen.story_id: len(article)
                for each in news
                if is_longer(article := articles.text_at(each.entry.link), each.entry)
            },
            wall=articles.wall,
        )

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


def _is_awaited(
    finding: Finding, articles: Articles, last: LastDocument, overdue: Container[StoryId]
) -> bool:
    """Return whether the page of a story is to be asked for again.

    One that failed may come. Where its text had been told a wall may go, and so may a teaser. A page that has
    no text to speak of now may be a wall too, or say that the article was withdrawn: that is believed in the end.
    """
    link, story = finding.entry.link, finding.seen.story_id
    if not link or link in articles.without:
        return False
    if link not in articles.texts and link not in articles.walls:
        return True
    if not finding.is_revision or not last.may_have_page(story):
        return False
    article = articles.text_at(link)
    if link in articles.walls or (article and last.may_be_teaser(story, article)):
        return True
    return not article and story not in overdue


def _records(
    news: Sequence[Finding], feed: Feed, document: Document, articles: Articles
) -> list[Outgoing]:
    records = []
    for finding in news:
        article = articles.text_at(finding.entry.link)
        story = story_of(finding, feed=feed, document=document, article=article)
        records.append(Outgoing(key=feed.id, value=encode(story)))
    return records
