"""Story: one article of one outlet, at one content."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import AwareDatetime, with_config

from services.common.contracts.base import STRICT, require_clean_fields
from services.common.ids import FeedId, StoryId, fingerprint
from services.common.text import clean, cut

MAX_TITLE_CODE_POINTS = 2_000
MAX_URL_CODE_POINTS = 2_048


@with_config(STRICT)
@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One article of one outlet, at one content: what the fetcher publishes.

    Title and text are plain text, cleaned and cut at construction (design decision 8): lone
    surrogates become U+FFFD and controls a space, one for one; `truncated` says that something was
    cut off. `published` is the outlet's own time, None where it gives none or one that cannot be.
    `seen_at` is when the entry was first seen, `revised_at` when this content was. `backfill` marks
    what a first fetch brought. `language` is what feed or entry declare, a hint only.
    """

    story_id: StoryId
    feed_id: FeedId
    outlet: str
    title: str
    text: str
    url: str
    seen_at: AwareDatetime
    revised_at: AwareDatetime
    published: AwareDatetime | None = None
    language: str | None = None
    country: str | None = None
    backfill: bool = False
    truncated: bool = False

    def __post_init__(self) -> None:
        title = cut(clean(self.title), code_points=MAX_TITLE_CODE_POINTS)
        text = cut(clean(self.text))
        was_cut = len(title) < len(self.title) or len(text) < len(self.text)
        object.__setattr__(self, "title", title)
        object.__setattr__(self, "text", text)
        object.__setattr__(self, "truncated", self.truncated or was_cut)
        object.__setattr__(self, "outlet", cut(clean(self.outlet), code_points=200))
        object.__setattr__(self, "url", clean(self.url))
        if len(self.url) > MAX_URL_CODE_POINTS:
            raise ValueError(
                f"Story.url has {len(self.url)} characters: over {MAX_URL_CODE_POINTS}."
            )
        require_clean_fields(self, code_points=len(self.text) + MAX_URL_CODE_POINTS)
        if self.revised_at < self.seen_at:
            raise ValueError("A story cannot be revised before it was first seen.")

    @property
    def content_hash(self) -> str:
        """Return what changes when title or text change, and with nothing else."""
        return fingerprint("content", self.title, self.text)
