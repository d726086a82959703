"""One poll: ask a feed's server, conditionally, and read what it answers."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import TypeGuard

from services.common.clock import Clock
from services.common.contracts.feed import Feed, FeedError, without_user
from services.common.errors import RefusedAddressError
from services.common.http.client import Answer, HttpClient
from services.common.http.errors import TOO_OFTEN, WITH_DOCUMENT, ExchangeError, Failure
from services.fetcher.parse.document import TOLERANTLY, Document, UnreadableError
from services.fetcher.parse.document_reader import DocumentReader
from services.fetcher.places import Place
from services.fetcher.schedule import retry_after, wish_of
from services.fetcher.store.port import FeedState, Validators
from services.fetcher.urls import host_of

_HEADERS = {
    "Accept": "application/rss+xml, application/atom+xml, application/rdf+xml, application/feed+json,"
    " application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.5"
}
_NETWORK = {Failure.DNS, Failure.CONNECT, Failure.TIMEOUT, Failure.DISCONNECTED}
_MAX_MESSAGE = 500
_WHOLE_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A document came and was read. `wish` is how long its publisher says that it holds.

    Here as in the others `answered_by` is the host that answered in the end, empty where none did.
    """

    document: Document
    validators: Validators
    body_hash: str
    wish: timedelta | None
    answered_by: str = ""
    moved_to: str | None
    """Where the feed is now for good, as its server says; it is asked at its old address until told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unchanged:
    """The server sent the same bytes as last time, or says 304: then there is no document.

    The rest is as in `Read`.
    """

    validators: Validators
    wish: timedelta | None
    answered_by: str = ""
    moved_to: str | None = None
    is_document: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """No document. `is_network` failures may be our own; `is_limited` ones ask for fewer requests."""

    error: FeedError
    answered_by: str = ""
    retry_after: timedelta | None = None
    is_gone: bool = False
    is_limited: bool = False
    is_network: bool = False


PollOutcome = Read | Unchanged | Failed


async def poll(
    feed: Feed,
    state: FeedState | None,
    *,
    place: Place,
    client: HttpClient,
    reader: DocumentReader,
    clock: Clock,
) -> PollOutcome:
    """Return what a request for the feed came to; only errors of our own are raised."""
    known = state if state is not None and state.url == feed.url else None
    validators = _validators_sent(known, now=clock.now())
    try:
        try:
            async with place.waiting():
                answer = await client.get(feed.url, headers=_HEADERS | validators)
        except ExchangeError as error:
            if error.failure is not Failure.PROTOCOL:
                raise
            # Some send a body after their 304s, by which that answer is no HTTP, or the next one on its
            # connection, whoever asked: the whole is asked for at once.
            validators = {}
            async with place.waiting():
                answer = await client.get(feed.url, headers=_HEADERS)
    except RefusedAddressError as error:
        return Failed(error=_error("address_refused", str(error)))
    except ExchangeError as error:
        return Failed(
            error=_error(error.failure.value, f"{_SENTENCES[error.failure]}: {error}."),
            is_network=error.failure in _NETWORK,
        )
    outcome = await _outcome(
        answer, known, is_conditional=bool(validators), reader=reader, clock=clock
    )
    return replace(outcome, answered_by=host_of(answer.url))


async def _outcome(
    answer: Answer,
    known: FeedState | None,
    *,
    is_conditional: bool,
    reader: DocumentReader,
    clock: Clock,
) -> PollOutcome:
    # Of what never came, or was asked for whatever it is, nothing is unchanged, though some servers say so.
    is_unchanged = answer.status == HTTPStatus.NOT_MODIFIED and is_conditional
    if is_unchanged and known is not None and known.body_hash:
        return _not_modified(answer, known, clock=clock)
    if answer.status not in WITH_DOCUMENT:
        return _refused(answer, clock=clock)
    return await _read(answer, known, reader=reader, clock=clock)


def _validators_sent(state: FeedState | None, *, now: datetime) -> dict[str, str]:
    """Return the headers by which the server may say that nothing changed."""
    headers = {}
    validators = state.validators if _is_trusted(state, now=now) else Validators()
    if _is_sendable(validators.etag):
        headers["If-None-Match"] = validators.etag
    if _is_sendable(validators.last_modified):
        headers["If-Modified-Since"] = validators.last_modified
    return headers


def _is_trusted(state: FeedState | None, *, now: datetime) -> TypeGuard[FeedState]:
    """Return whether the server may say that nothing changed: some say so for ever, whatever is new.

    A document that came in the future came by a clock that was wrong.
    """
    return (
        state is not None and state.read_at is not None and abs(now - state.read_at) < _WHOLE_AFTER
    )


def _is_sendable(validator: str | None) -> TypeGuard[str]:
    """Return whether a request may have it: a server that sends a control character gets none back."""
    return validator is not None and validator != "" and validator.isprintable()


def _not_modified(answer: Answer, state: FeedState, *, clock: Clock) -> Unchanged:
    # A 304 that names no validator leaves the one that it was asked with.
    given, kept = _validators(answer), state.validators
    return Unchanged(
        validators=Validators(
            etag=given.etag or kept.etag, last_modified=given.last_modified or kept.last_modified
        ),
        wish=wish_of(answer.headers, ttl_minutes=state.ttl_minutes, now=clock.now()),
        moved_to=_moved_to(answer),
    )


async def _read(
    answer: Answer, state: FeedState | None, *, reader: DocumentReader, clock: Clock
) -> PollOutcome:
    body_hash = hashlib.sha256(answer.body).hexdigest()
    validators = _validators(answer)
    if state is not None and state.is_fetched and state.body_hash == body_hash:
        wish = wish_of(answer.headers, ttl_minutes=state.ttl_minutes, now=clock.now())
        return Unchanged(
            validators=validators, wish=wish, moved_to=_moved_to(answer), is_document=True
        )
    try:
        document = await reader.read(
            answer.body,
            # Relative links would have user and password too, and go out with the alerts.
            url=without_user(answer.url),
            content_type=answer.headers.get("content-type"),
        )
    except UnreadableError as error:
        return Failed(error=_error(error.error_class, str(error)))
    return Read(
        document=document,
        validators=Validators() if _may_be_cut_off(document, state) else validators,
        body_hash=body_hash,
        wish=wish_of(answer.headers, ttl_minutes=document.ttl_minutes, now=clock.now()),
        moved_to=_moved_to(answer),
    )


def _may_be_cut_off(document: Document, state: FeedState | None) -> bool:
    """Return whether to ask for the whole next time, since `document` may have come in part.

    Once, until a sound one came or another day: some feeds are broken at each poll, and large.
    """
    if TOLERANTLY not in document.repairs:
        return False
    return state is None or not state.body_hash or state.validators != Validators()


def _moved_to(answer: Answer) -> str | None:
    return without_user(answer.moved_to) if answer.moved_to else None


def _refused(answer: Answer, *, clock: Clock) -> Failed:
    status = answer.status
    phrase = HTTPStatus(status).phrase if status in set(HTTPStatus) else ""
    sentence = f"The server answered {status} {phrase}".rstrip()
    is_page = "html" in answer.headers.get("content-type", "")
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN} and is_page:
        sentence += " with a page for people: it may want a login, or block programs"
    return Failed(
        error=_error(f"http_{status}", f"{sentence}."),
        retry_after=retry_after(answer.headers, now=clock.now()),
        is_gone=status == HTTPStatus.GONE,
        is_limited=status in TOO_OFTEN,
    )


def _validators(answer: Answer) -> Validators:
    return Validators(
        etag=answer.headers.get("etag"), last_modified=answer.headers.get("last-modified")
    )


def _error(error_class: str, message: str) -> FeedError:
    printable = "".join(c if c.isprintable() else " " for c in message)
    return FeedError(error_class=error_class, message=printable[:_MAX_MESSAGE])


_SENTENCES = {
    Failure.BAD_ADDRESS: "This address cannot be asked",
    Failure.DNS: "The host's name is not known",
    Failure.CONNECT: "The server cannot be reached",
    Failure.TLS: "The server's TLS cannot be trusted",
    Failure.TIMEOUT: "The server is too slow",
    Failure.DISCONNECTED: "The server broke off",
    Failure.PROTOCOL: "The server's answer is not HTTP",
    Failure.TOO_LARGE: "The document is too large",
    Failure.BAD_ENCODING: "The document's content encoding cannot be undone",
    Failure.REDIRECT: "The server's redirects lead nowhere",
}
