"""Posting: a JSON document to an HTTP API, and what its answer means."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Protocol

from services.alerter.channels.answers import REFUSED_FORMS, accepted, said
from services.common.clock import Clock
from services.common.errors import (
    ChannelRefusedError,
    ChannelUnavailableError,
    RefusedAddressError,
)
from services.common.http.client import Answer, HttpClient
from services.common.http.errors import ExchangeError
from services.common.text import clean

DEADLINE = timedelta(seconds=15)


class HandOver(Protocol):
    """The client's `post` or `patch`."""

    async def __call__(
        self, url: str, *, body: bytes, headers: Mapping[str, str], deadline: timedelta
    ) -> Answer:
        """Return the answer."""
        ...


async def post_bytes(
    http: HttpClient, url: str, body: bytes, *, headers: Mapping[str, str]
) -> Answer:
    """Return the answer to a POST of JSON; whatever the server answers is one.

    Raises:
        ChannelRefusedError: the address may not be reached.
        ChannelUnavailableError: no answer came.
    """
    return await _answered(http.post, url, body, headers)


async def post_json(
    http: HttpClient,
    url: str,
    document: Mapping[str, object],
    *,
    clock: Clock,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Return the answer that took `document`; errors as `Channel.send` raises them."""
    answer = await post_bytes(http, url, _body(document), headers=headers or {})
    accepted(answer, now=clock.now(), forms=REFUSED_FORMS)
    return answer


async def patch_json(
    http: HttpClient, url: str, document: Mapping[str, object], *, clock: Clock
) -> Answer:
    """Do as `post_json` with a PATCH; what it changes and is not there (404) is refused."""
    answer = await _answered(http.patch, url, _body(document), {})
    if answer.status == HTTPStatus.NOT_FOUND:
        raise ChannelRefusedError(said(answer), status=answer.status)
    accepted(answer, now=clock.now(), forms=REFUSED_FORMS)
    return answer


def found_in(answer: Answer, *path: str) -> str | None:
    """Return a text or number of the answer's JSON as text; None where it is not there.

    A message that was taken is not sent again because its answer reads differently.
    """
    try:
        found = json.loads(answer.body)
        for key in path:
            found = found[key]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return clean(str(found)) if isinstance(found, str | int) and found != "" else None


def _body(document: Mapping[str, object]) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()


async def _answered(
    hand_over: HandOver, url: str, body: bytes, headers: Mapping[str, str]
) -> Answer:
    # Of what is sent back we read a line at most; compressed it would only be one more way to fail.
    fixed = {"content-type": "application/json", "accept-encoding": "identity"}
    try:
        return await hand_over(url, body=body, headers={**fixed, **headers}, deadline=DEADLINE)
    except RefusedAddressError as error:
        raise ChannelRefusedError(f"The address may not be reached: {error}") from error
    except ExchangeError as error:
        # Not the error's own text: it may name the address, which is a key with some channels.
        raise ChannelUnavailableError(f"No answer: {error.failure}.") from error
