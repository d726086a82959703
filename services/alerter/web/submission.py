"""Submission: what page and API ask before they change a subscription."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request

from services.alerter.subscription_book import SubscriptionBook
from services.alerter.web.sources import Sources


def book_of(sources: Sources) -> SubscriptionBook:
    """Return the book in which subscriptions are changed.

    Raises:
        HTTPException: 503, here they are only read.
    """
    if sources.book is None:
        raise HTTPException(503, "Subscriptions are only read here: ask the alerter that runs.")
    return sources.book


async def received(request: Request, *, most: int, refusal: str) -> bytes:
    """Return the body of a request.

    Raises:
        HTTPException: 413 with `refusal`, as soon as it has more than `most` bytes.
    """
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > most:
            raise HTTPException(413, refusal)
    return bytes(content)
