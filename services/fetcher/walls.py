"""Walls that bear the headline of the article behind them: known by standing before several articles."""

from __future__ import annotations

from services.common.ids import fingerprint
from services.fetcher.urls import canonical
from services.fetcher.words import share_in, words_of

_MOST_HOSTS = 1_000


class Walls:
    """The last text of each host that had nothing of its article's headline."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[str, str]] = {}

    def other_behind(self, text: str, *, host: str, link: str, headline: str) -> str | None:
        """Return at which other address of the host this text stood last in an article's place.

        None where it stood at none, or tells something of `headline`: two addresses of one article.
        """
        if share_in(words_of(headline), words_of(text)) > 0:
            return None
        found, before = fingerprint(text), self._last.pop(host, None)
        self._last[host] = found, link
        if len(self._last) > _MOST_HOSTS:
            del self._last[next(iter(self._last))]
        if before is None or before[0] != found or canonical(before[1]) == canonical(link):
            return None
        return before[1]
