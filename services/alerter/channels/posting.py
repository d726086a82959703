"""Posting: a JSON document to an HTTP API, and what its answer means."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta

from services.alerter.channels.answers import accepted
from services.common.clock import Clock
from services.common.errors import (
    ChannelRefusedError,
    ChannelUnavailableError,
    RefusedAddressError,
)
from services.common.http.client import Answer, HttpClient
from services.common.http.errors import ExchangeError

DEADLINE = timedelta(seconds=15)


async def post_bytes(
    http: HttpClient, url: str, body: bytes, *, headers: Mapping[str, str]
) -> Answer:
    """Return the answer to a POST of JSON; whatever the server answers is one.

    Raises:
        ChannelRefusedError: the address may not be reached.
        ChannelUnavailableError: no answer came.
    """
    # Of what is sent back we read a line at most; compressed it would only be one more way to fail.
    fixed = {"content-type": "application/json", "accept-encoding": "identity"}
    try:
        return await http.post(url, body=body, headers={**fixed, **headers}, deadline=DEADLINE)
    except RefusedAddressError as error:
        raise ChannelRefusedError(f"The address may not be reached: {error}") from error
    except ExchangeError as error:
        # Not the error's own text: it may name the address, which is a key with some channels.
        raise ChannelUnavailableError(f"No answer: {error.failure}.") from error


async def post_json(
    http: HttpClient,
    url: str,
    document: Mapping[str, object],
    *,
    clock: Clock,
    headers: Mapping[str, str] | None = None,
) -> int:
    """Return the status of an answer that took `document`; errors as `Channel.send` raises them."""
    body = json.dumps(document, ensure_ascii=False).encode()
    answer = await post_bytes(http, url, body, headers=headers or {})
    return accepted(answer, now=clock.now())
