"""Posting: a JSON document to an HTTP API, and what its answer means."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus
from typing import Protocol
from urllib.parse import urlsplit

from services.alerter.channels.answers import REFUSED_FORMS, accepted, is_page, said
from services.alerter.render.words import shortened
from services.common.clock import Clock
from services.common.errors import (
    ChannelRefusedError,
    ChannelUnavailableError,
    RefusedAddressError,
)
from services.common.http.addresses import numeric
from services.common.http.client import Answer, HttpClient
from services.common.http.errors import ExchangeError, Failure
from services.common.text import clean

DEADLINE = timedelta(seconds=15)

_NO_ANSWER = {
    Failure.DNS: "Its host's name cannot be looked up",
    Failure.CONNECT: "No connection",
    Failure.TLS: "No connection that can be trusted",
    Failure.TIMEOUT: "No answer in time",
    Failure.DISCONNECTED: "It hung up",
}
"""Failures of which the error's own text is told. That of others may name the address, which is a key with
some channels."""


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
        ChannelRefusedError: the address may not be reached; 403, since no message will be.
        ChannelUnavailableError: no answer came, or the host's name leads to a private address for now.
    """
    return await _answered(http.post, url, body, headers)


async def post_json(
    http: HttpClient,
    url: str,
    document: Mapping[str, object],
    *,
    clock: Clock,
    headers: Mapping[str, str] | None = None,
    is_closed: Callable[[Answer], bool] = lambda _: False,
) -> Answer:
    """Return the answer that took `document`; errors as `Channel.send` raises them.

    An answer that `is_closed` says that nothing will pass, whatever its status.
    """
    answer = await post_bytes(http, url, _body(document), headers=headers or {})
    if is_closed(answer):
        raise ChannelRefusedError(said(answer), status=403)
    require_taken(answer, clock=clock)
    return answer


async def patch_json(
    http: HttpClient, url: str, document: Mapping[str, object], *, clock: Clock
) -> Answer:
    """Do as `post_json` with a PATCH; what it changes and is not there (404) is refused."""
    answer = await _answered(http.patch, url, _body(document), {})
    if answer.status == HTTPStatus.NOT_FOUND:
        raise ChannelRefusedError(said(answer), status=answer.status)
    require_taken(answer, clock=clock)
    return answer


def require_taken(answer: Answer, *, clock: Clock) -> int:
    """Return the status of an answer of an API that took the message; errors as `accepted` has them.

    A page for people is none of its answers, whatever its status: a proxy or a network's login gave it.
    """
    status = accepted(answer, now=clock.now(), forms=REFUSED_FORMS)
    if is_page(answer):
        raise ChannelUnavailableError(f"A page came, not the service's answer. {said(answer)}")
    return status


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
        answer = await hand_over(url, body=body, headers={**fixed, **headers}, deadline=DEADLINE)
        return _without_key(answer, headers)
    except RefusedAddressError as error:
        raise _out_of_reach(url, error) from error
    except ExchangeError as error:
        raise ChannelUnavailableError(_why(error)) from error


def _without_key(answer: Answer, headers: Mapping[str, str]) -> Answer:
    """Return `answer` without the key that the request had: some servers repeat what they do not take."""
    _, _, key = headers.get("authorization", "").partition(" ")
    return replace(answer, body=answer.body.replace(key.encode(), b"(key)")) if key else answer


def _out_of_reach(
    url: str, error: RefusedAddressError
) -> ChannelRefusedError | ChannelUnavailableError:
    """Return what a private address means: a name may lead elsewhere soon, as where a network has its
    login answer for all names.
    """
    reason = f"The address may not be reached: {error}"
    if numeric(urlsplit(url).hostname or "") is None:
        return ChannelUnavailableError(reason)
    return ChannelRefusedError(reason, status=403)


def _why(error: ExchangeError) -> str:
    if (words := _NO_ANSWER.get(error.failure)) is None:
        return f"No answer: {error.failure}."
    return f"{words}: {shortened(str(error), code_points=200).rstrip('.')}."
