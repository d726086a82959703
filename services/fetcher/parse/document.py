"""What a feed document holds, whatever its format: the output of this package."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from pydantic import AwareDatetime

from services.common.errors import PermanentError

TOLERANTLY = "feedparser"
"""The repair of a document that is broken otherwise than we mend, as where it broke off."""

CUT_OFF = "cut_off"
"""Said among the repairs where a document ends within an entry: the rest of that one is missing."""

Hint = int | str | tuple[int, ...] | tuple[str, ...]


class DocumentKind(StrEnum):
    """The format of a document."""

    RSS = "rss"
    ATOM = "atom"
    RDF = "rdf"
    JSON = "json"
    SITEMAP = "sitemap"


# Not frozen: that costs a microsecond an entry, a tenth of what a short one takes to read.
@dataclass(slots=True, kw_only=True)
class Entry:
    """One entry. Texts are plain text: no markup, entities decoded, lines where blocks ended.

    `id` is the guid, atom:id or rdf:about as it stands there, None without one. Times are UTC, None
    where there is none that can be read. `link` is absolute where a base is known.
    """

    id: str | None = None
    title: str | None = None
    link: str | None = None
    published: AwareDatetime | None = None
    updated: AwareDatetime | None = None
    summary: str | None = None
    content: str | None = None
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    language: str | None = None

    @property
    def text(self) -> str:
        """Return the longer one of content and summary: some contents are a picture, or a link to more."""
        return max(self.content or "", self.summary or "", key=len)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A feed as it was read.

    `encoding` is the one it was decoded by, in lower case. `repairs` names what had to be mended, in
    the order in which it was. `hints` are the publisher's own words on polling, by the names they have
    there: ttl (minutes), sy:updatePeriod, sy:updateFrequency, sy:updateBase, skipHours, skipDays, hub,
    self, next.
    """

    kind: DocumentKind
    encoding: str
    repairs: tuple[str, ...] = ()
    title: str | None = None
    link: str | None = None
    language: str | None = None
    hints: dict[str, Hint] = field(default_factory=dict)
    entries: tuple[Entry, ...] = ()

    @property
    def ttl_minutes(self) -> int | None:
        """Return for how long it says that it holds."""
        ttl = self.hints.get("ttl")
        return ttl if isinstance(ttl, int) else None


class UnreadableError(PermanentError):
    """The document gives no entries: `error_class` is not_a_feed, or parse for a feed that is broken."""

    def __init__(self, error_class: str, message: str) -> None:
        super().__init__(message)
        self.error_class = error_class


def not_a_feed(what: str) -> UnreadableError:
    """Return the error for a document that is something else than a feed."""
    return UnreadableError("not_a_feed", what)
