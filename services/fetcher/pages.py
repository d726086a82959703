"""Pages: the articles that entries link to, asked for one after the other, and not where nobody wants it."""

from __future__ import annotations

import asyncio
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from services.common.clock import Clock
from services.common.config.feeds import is_exempt
from services.common.http.client import MAX_REDIRECTS, HttpClient
from services.common.ids import fingerprint
from services.common.settings import Network
from services.common.telemetry.health import Work
from services.fetcher.articles import (
    AskedTooOftenError,
    Elsewhere,
    PageMissedError,
    WallError,
    article_at,
)
from services.fetcher.parse.document import Entry
from services.fetcher.politeness import Politeness, left_alone_until
from services.fetcher.robots import Robots
from services.fetcher.schedule import retry_after
from services.fetcher.stories import Finding
from services.fetcher.urls import host_of
from services.fetcher.walls import Walls, tells
from services.fetcher.words import words_of

_WITHIN_SECONDS = 120.0
_BETWEEN_PAGES = timedelta(seconds=1)
_MOST_FAILURES = 3
_FEWEST_WORDS = 2
_TEXT_LOOKED_AT = 300

log = structlog.get_logger()


@dataclass(slots=True)
class Articles:
    """What pages gave, by address: those that are in none of these failed, or were not asked in time.

    A text is empty where a page has none to speak of. There is no page `without`; in the place of others
    stood `walls`, of which `wall` is the hash of the last that bore the headlines of several articles.
    """

    texts: dict[str, str] = field(default_factory=dict)
    without: set[str] = field(default_factory=set)
    walls: set[str] = field(default_factory=set)
    wall: str = ""

    def text_at(self, link: str | None) -> str:
        """Return the text at an address, empty where none came."""
        return self.texts.get(link or "", "")


@dataclass(frozen=True, slots=True)
class _Search:
    """The search for the page of an article: at its link first, then where each host leads on to."""

    headline: str
    addresses: list[str]

    @property
    def link(self) -> str:
        return self.addresses[0]

    @property
    def url(self) -> str:
        """Return where it is looked for next."""
        return self.addresses[-1]

    def go_on(self, url: str) -> None:
        """Look for it there next.

        Raises:
            PageMissedError: that leads nowhere.
        """
        if url in self.addresses or len(self.addresses) > MAX_REDIRECTS:
            raise PageMissedError(f"{self.link}: Its redirects lead nowhere, the last to {url}.")
        self.addresses.append(url)


class Pages:
    """Asks for the pages of articles, all feeds' together."""

    def __init__(
        self, client: HttpClient, *, clock: Clock, allow_networks: Sequence[Network] = ()
    ) -> None:
        """Hosts in `allow_networks` are asked as fast as they answer, and for whatever feeds link to.

        Any other has a second between two of its pages, whichever feeds link to them, and is asked for no
        page that its robots.txt keeps from programs.
        """
        self._client = client
        self._clock = clock
        self._allow_networks = allow_networks
        self._politeness = Politeness(slots=1, spacing=_BETWEEN_PAGES)
        self._robots = Robots(client, clock=clock)
        self._walls = Walls()

    async def articles_of(self, news: Iterable[Finding], work: Work, *, wall: str) -> Articles:
        """Return what the pages of these give within two minutes; `wall` is the one that is known of their feed."""
        articles = Articles(wall=wall)
        headlines: dict[str, str] = {}
        for each in _in_turn(news, now=self._clock.now()):
            if each.entry.link:  # entries may share a page, as the home page
                headlines.setdefault(each.entry.link, _headline(each.entry))
        try:
            async with asyncio.timeout(_WITHIN_SECONDS):
                await self._fetch(headlines, articles, work)
        except TimeoutError:
            log.warning("articles_late", articles=len(headlines), fetched=len(articles.texts))
        return articles

    async def _fetch(self, headlines: Mapping[str, str], articles: Articles, work: Work) -> None:
        """Add to `articles` what each page gives, one after the other.

        A host is left alone for as long as it wishes once it says that it was asked too often, and until
        the next poll once it has failed a few times in a row: others have pages too, and new stories wait.
        """
        failures: Counter[str] = Counter()
        for link, headline in headlines.items():
            search = _Search(headline=headline, addresses=[link])
            while await self._leads_elsewhere(search, articles, failures, work):
                pass

    async def _leads_elsewhere(
        self, search: _Search, articles: Articles, failures: Counter[str], work: Work
    ) -> bool:
        """Ask for a page where it is next looked for; return whether to look elsewhere."""
        host = host_of(search.url)
        if not host:
            articles.without.add(search.link)
            return False
        is_polite = not is_exempt(search.url, self._allow_networks)
        if failures[host] == _MOST_FAILURES:
            return False
        if is_polite and not await self._is_for_us(search, articles, work):
            return False
        if not await self._turn_at(host, is_polite=is_polite):
            return False
        try:
            is_elsewhere = await self._ask(search, articles)
            failures[host] = 0
        except PageMissedError as error:
            self._missed(host, error, is_first=not failures[host])
            failures[host] += 1
            return False
        finally:
            if is_polite:
                self._politeness.finish_and_rest(host, now=self._clock.now())
            work.progress()
        return is_elsewhere

    async def _is_for_us(self, search: _Search, articles: Articles, work: Work) -> bool:
        """Return whether a host lets us ask for a page; one that it keeps from programs is behind a wall."""
        url = search.url
        if not self._robots.is_known(url) and not await self._ask_for_rules(url, work):
            return False
        rules = self._robots.rules_for(url)
        if rules is None:
            log.info("article_missed", reason=f"{url}: The robots.txt of its host did not come.")
            return False
        if await asyncio.to_thread(rules.allow, url):
            return True
        log.info("article_missed", reason=f"{url}: The robots.txt of its host refuses it.")
        articles.walls.add(search.link)
        return False

    async def _ask_for_rules(self, url: str, work: Work) -> bool:
        """Ask a host for its robots.txt in a turn of its own; return whether it had one and did not mind."""
        host = host_of(url)
        if not await self._turn_at(host, is_polite=True):
            return False
        try:
            if not self._robots.is_known(url):  # another feed may have asked meanwhile
                await self._robots.ask(url)
        except AskedTooOftenError as error:
            self._missed(host, error, is_first=True)
            return False
        finally:
            self._politeness.finish_and_rest(host, now=self._clock.now())
            work.progress()
        return True

    async def _ask(self, search: _Search, articles: Articles) -> bool:
        """Add to `articles` what a page gives; return whether it is elsewhere.

        Raises:
            PageMissedError: it did not come.
        """
        link, headline = search.link, search.headline
        try:
            found = await article_at(search.url, headline=headline, client=self._client)
        except WallError as error:
            log.info("article_missed", reason=str(error))
            articles.walls.add(link)
            return False
        if isinstance(found, Elsewhere):
            search.go_on(found.url)
            return True
        if found is None:
            articles.without.add(link)
        else:
            self._take(found, search, articles)
        return False

    def _take(self, text: str, search: _Search, articles: Articles) -> None:
        """Add the text of a page to `articles`, unless it is a wall."""
        link, headline = search.link, search.headline
        # A page without a text is no wall to know again: it may say that the article was withdrawn.
        found = fingerprint(text) if text else ""
        if found and found == articles.wall and not tells(text, headline=headline):
            log.info("article_missed", reason=f"{link}: The same text stood at others.")
            articles.walls.add(link)
            return
        articles.texts[link] = text
        other = self._walls.other_behind(
            text, host=host_of(search.url), link=link, headline=headline
        )
        if other is not None:
            log.info("article_missed", reason=f"{link}: The same text stood at {other}.")
            for walled in (link, other):
                articles.texts.pop(walled, None)
            articles.walls.update((link, other))
            articles.wall = found or articles.wall

    async def _turn_at(self, host: str, *, is_polite: bool) -> bool:
        """Return whether `host` may be asked, with a turn taken after those of others if `is_polite`."""
        while not self._politeness.is_left_alone(host, now=(now := self._clock.now())):
            later = self._politeness.ask(host, now=now) if is_polite else None
            if later is None:
                return True
            await self._clock.sleep(later - now)
        return False

    def _missed(self, host: str, error: PageMissedError, *, is_first: bool) -> None:
        """Leave a host alone that wants it; one page may be unavailable for good, whatever the others are."""
        if not isinstance(error, AskedTooOftenError) or (is_first and not error.is_told):
            log.info("article_missed", reason=str(error))
            return
        log.warning("articles_unwanted", host=host, reason=str(error))
        now = self._clock.now()
        until = left_alone_until(retry_after(error.headers, now=now), now=now)
        self._politeness.leave_alone(host, until=until, now=now)


def _in_turn(news: Iterable[Finding], *, now: datetime) -> list[Finding]:
    """Return whose pages to ask for, new stories first, then the others, in another order each time.

    A few that never come would keep those behind them from being asked for, again and again.
    """

    def turn(finding: Finding) -> tuple[bool, int]:
        drawn = zlib.crc32(f"{finding.seen.story_id} {now.isoformat()}".encode())
        return finding.is_revision, drawn if finding.is_revision else 0

    return sorted(news, key=turn)


def _headline(entry: Entry) -> str:
    """Return what the page of an entry has somewhere: some words, from its summary if its title has few.

    Empty where there are too few to tell.
    """
    title = entry.title or ""
    for text in (title, f"{title}\n{(entry.summary or '')[:_TEXT_LOOKED_AT]}"):
        if len(words_of(text)) >= _FEWEST_WORDS:
            return text
    return ""
