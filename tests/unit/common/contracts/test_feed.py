from __future__ import annotations

from services.common.contracts.feed import FeedCondition, FeedError, FeedHealth, feeds_body
from tests.support.builders import NOON, a_feed


def test_feeds_are_shown_with_their_newest_health_and_new_without_one() -> None:
    polled, new = a_feed("https://example.org/a"), a_feed("https://example.org/b")
    health = FeedHealth(
        feed_id=polled.id,
        url=polled.url,
        outlet=polled.outlet,
        state=FeedCondition.FAILING,
        error=FeedError(error_class="http_404", message="Not found."),
        last_polled_at=NOON,
        next_poll_at=None,
    )
    moved = FeedHealth(
        feed_id=new.id,
        url="https://elsewhere.example/",
        outlet="x",
        state=FeedCondition.OK,
        error=None,
        last_polled_at=NOON,
        next_poll_at=None,
    )

    body = feeds_body([polled, new], [health, moved])

    assert body["feeds"][0] == {
        "id": polled.id,
        "url": "https://example.org/a",
        "outlet": "Example Wire",
        "state": "failing",
        "error": {"class": "http_404", "message": "Not found."},
        "last_polled_at": "2026-01-05T12:00:00Z",
        "next_poll_at": None,
    }
    assert body["feeds"][1]["state"] == "new"
