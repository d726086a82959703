"""Walls that bear the headline of the article behind them: known by standing before several articles."""

from __future__ import annotations

from services.common.ids import fingerprint
from services.fetcher.urls import canonical
from services.fetcher.words import share_in, words_of

_MOST_HOSTS = 1_000


def tells(text: str, *, headline: str) -> bool:
    """Return whether a text has anything of a headline; of one without words each has."""
    return share_in(words_of(headline), words_of(text)) > 0


class Walls:
    """The last text of each host that had nothing of its article's headline, and where it stood."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[str, tuple[str, ...]]] = {}

    def other_behind(self, text: str, *, host: str, link: str, headline: str) -> str | None:
        """Return another address of the host at which this text stood last in an article's place.

        None where it stood at none, or tells something of `headline`: two addresses of one article.
        """
        if tells(text, headline=headline):
            return None
        found, (before, links) = fingerprint(text), self._last.pop(host, ("", ()))
        page = canonical(link)
        # Of those two are kept: the page of one article may be asked for again and again.
        others = [each for each in links if canonical(each) != page] if before == found else []
        self._last[host] = found, (link, *others)[:2]
        if len(self._last) > _MOST_HOSTS:
            del self._last[next(iter(self._last))]
        return others[0] if others else None
