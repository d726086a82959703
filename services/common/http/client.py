"""The client for feeds, articles and webhooks: guarded, capped, with a deadline on the wall clock."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache, partial
from importlib.metadata import version

import httpx

from services.common.errors import RefusedAddressError
from services.common.http.addresses import AddressGuard, Network
from services.common.http.decoding import ACCEPT_ENCODING, decoded, decoded_beginning
from services.common.http.errors import ExchangeError, Failure
from services.common.http.transport import DnsError, GuardedTransport, TlsError

MAX_BODY_BYTES = 10 * 1024 * 1024
MAX_REDIRECTS = 5
DEADLINE = timedelta(seconds=30)
_CONNECT_SECONDS = 10.0
_REDIRECTS = {301, 302, 303, 307, 308}
_PERMANENT_REDIRECTS = {301, 308}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a server answered, redirects followed and body decoded.

    `url` is where the answer came from. `moved_to` is that address when every redirect on the way
    was a permanent one, else None.
    """

    status: int
    headers: httpx.Headers
    body: bytes
    url: str
    moved_to: str | None = None


def leads_to(answer: Answer) -> str | None:
    """Return where a redirect leads; None where an answer is none.

    Raises:
        ExchangeError: it leads to no address.
    """
    location = answer.headers.get("location")
    if answer.status not in _REDIRECTS or not location:
        return None
    return _redirected(answer.url, location)


class HttpClient:
    """Asks servers that we do not trust.

    Every method raises:
        RefusedAddressError: the address, or one that it redirects to, may not be reached.
        ExchangeError: no usable answer; its `failure` says why.
    Any status that a server answers is an answer, not an error.
    """

    def __init__(
        self,
        transport: httpx.AsyncBaseTransport,
        *,
        contact: str | None = None,
        cap_bytes: int = MAX_BODY_BYTES,
        deadline: timedelta = DEADLINE,
    ) -> None:
        """`cap_bytes` holds on the wire and decoded; `deadline` for a whole exchange unless told."""
        self._cap_bytes = cap_bytes
        self._deadline = deadline
        # Not httpx.AsyncClient: its cookies, redirects and merging of addresses, none of which we
        # want, took two thirds of the time of an exchange.
        self._transport = transport
        self._headers = {
            b"user-agent": _user_agent(contact).encode(),
            b"accept-encoding": ACCEPT_ENCODING.encode(),
            b"accept": b"*/*",
        }

    async def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        deadline: timedelta | None = None,
    ) -> Answer:
        """Return the answer to a GET, after up to `MAX_REDIRECTS` redirects."""
        return await self._in_time(self._follow(url, headers or {}, self._whole), deadline)

    async def get_here(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        deadline: timedelta | None = None,
    ) -> Answer:
        """Return the answer to a GET of this address alone; `leads_to` tells where a redirect leads."""
        return await self._in_time(self._got(url, headers or {}, self._whole), deadline)

    async def get_beginning(
        self,
        url: str,
        *,
        most_bytes: int,
        headers: Mapping[str, str] | None = None,
        deadline: timedelta | None = None,
    ) -> Answer:
        """Return as `get` does, with so many bytes of the body at most: none is too large to begin."""
        beginning = partial(_beginning, most_bytes=most_bytes)
        return await self._in_time(self._follow(url, headers or {}, beginning), deadline)

    async def post(
        self,
        url: str,
        *,
        body: bytes,
        headers: Mapping[str, str] | None = None,
        deadline: timedelta | None = None,
    ) -> Answer:
        """Return the answer to a POST; a redirect is returned, not followed."""
        return await self._hand_over("POST", url, body, headers, deadline)

    async def patch(
        self,
        url: str,
        *,
        body: bytes,
        headers: Mapping[str, str] | None = None,
        deadline: timedelta | None = None,
    ) -> Answer:
        """Return the answer to a PATCH; as `post` otherwise."""
        return await self._hand_over("PATCH", url, body, headers, deadline)

    async def _hand_over(
        self,
        method: str,
        url: str,
        body: bytes,
        headers: Mapping[str, str] | None,
        deadline: timedelta | None,
    ) -> Answer:
        """Return the answer; its status and headers count, though its body never came or is broken."""
        deadline = deadline or self._deadline
        response: httpx.Response | None = None
        try:
            async with asyncio.timeout(deadline.total_seconds()):
                response = await self._response(method, url, headers or {}, body)
                return await _answer(response, url, self._whole)
        except (TimeoutError, ExchangeError) as error:
            if response is not None:
                return Answer(
                    status=response.status_code, headers=response.headers, body=b"", url=url
                )
            if isinstance(error, TimeoutError):
                raise _too_late(deadline) from error
            raise

    async def aclose(self) -> None:
        """Close every connection."""
        await self._transport.aclose()

    async def _in_time(self, asked: Awaitable[Answer], deadline: timedelta | None) -> Answer:
        deadline = deadline or self._deadline
        try:
            async with asyncio.timeout(deadline.total_seconds()):
                return await asked
        except TimeoutError as error:
            raise _too_late(deadline) from error

    async def _follow(self, url: str, headers: Mapping[str, str], body_of: _BodyOf) -> Answer:
        visited: list[str] = []
        is_permanent = True
        while True:
            answer = await self._got(url, headers, body_of)
            if (target := leads_to(answer)) is None:
                moved = answer.url if visited and is_permanent else None
                return Answer(
                    status=answer.status,
                    headers=answer.headers,
                    body=answer.body,
                    url=answer.url,
                    moved_to=moved,
                )
            is_permanent = is_permanent and answer.status in _PERMANENT_REDIRECTS
            visited.append(url)
            url = target
            if url in visited or len(visited) > MAX_REDIRECTS:
                last = str(httpx.URL(url).copy_with(userinfo=b""))
                wants = ", with a cookie to be sent back" if "set-cookie" in answer.headers else ""
                raise ExchangeError(
                    Failure.REDIRECT, f"{len(visited)} in a row, the last to {last[:200]}{wants}"
                )

    async def _got(self, url: str, headers: Mapping[str, str], body_of: _BodyOf) -> Answer:
        response = await self._response("GET", url, headers, None)
        return await _answer(response, url, body_of)

    async def _response(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None
    ) -> httpx.Response:
        """Return the head of the answer; its body is yet to be read."""
        try:
            request = self._request(method, url, headers, body)
            return await self._transport.handle_async_request(request)
        except RefusedAddressError as error:
            host = httpx.URL(url).host
            named = str(error) if str(error).startswith(host) else f"{host}: {error}"
            raise RefusedAddressError(named) from error
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            raise _exchange_error(error) from error

    def _request(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None
    ) -> httpx.Request:
        address = _address(url)
        if address.scheme not in {"http", "https"} or not address.host:
            raise httpx.UnsupportedProtocol("only http:// and https:// with a host")
        own = {name.lower().encode(): text.encode() for name, text in headers.items()}
        request = httpx.Request(
            method,
            address,
            headers={**self._headers, **own},
            content=body,
            extensions={"timeout": _TIMEOUTS},
        )
        if address.userinfo and "authorization" not in request.headers:
            basic = httpx.BasicAuth(address.username, address.password)
            request = next(basic.auth_flow(request))
        return request

    async def _whole(self, response: httpx.Response) -> bytes:
        """Return the whole body; one over the cap is too large."""
        cap_bytes = self._cap_bytes
        announced = response.headers.get("content-length", "")
        if announced.isdecimal() and int(announced) > cap_bytes:
            raise ExchangeError(Failure.TOO_LARGE, f"{announced} bytes announced")
        wire = await _wire(response, enough=cap_bytes + 1)
        if len(wire) > cap_bytes:
            raise ExchangeError(Failure.TOO_LARGE, f"over {cap_bytes} bytes")
        return await decoded(wire, encodings=_encodings(response), cap_bytes=cap_bytes)


def guarded_client(
    *,
    allowed_networks: Iterable[Network] = (),
    proxy: str | None = None,
    contact: str | None = None,
    deadline: timedelta = DEADLINE,
) -> HttpClient:
    """Return the client that the services use, with the settings of the same names."""
    transport = GuardedTransport(AddressGuard(allowed_networks), proxy=proxy)
    return HttpClient(transport, contact=contact, deadline=deadline)


_BodyOf = Callable[[httpx.Response], Awaitable[bytes]]
"""What is taken of an answer's body."""


async def _answer(response: httpx.Response, url: str, body_of: _BodyOf) -> Answer:
    try:
        try:
            body = await body_of(response)
        finally:
            await response.aclose()
    except httpx.HTTPError as error:
        raise _exchange_error(error) from error
    return Answer(status=response.status_code, headers=response.headers, body=body, url=url)


async def _beginning(response: httpx.Response, *, most_bytes: int) -> bytes:
    wire = await _wire(response, enough=most_bytes)
    return await decoded_beginning(wire, encodings=_encodings(response), most_bytes=most_bytes)


async def _wire(response: httpx.Response, *, enough: int) -> bytes:
    """Return the body as it came, at least `enough` bytes of it where it has more."""
    parts: list[bytes] = []
    size = 0
    # Not response.aiter_raw(): its bookkeeping took twice as long as reading.
    assert isinstance(response.stream, httpx.AsyncByteStream)  # noqa: S101  of our transports it is
    async for part in response.stream:
        parts.append(part)
        size += len(part)
        if size >= enough:
            break
    return b"".join(parts)


def _encodings(response: httpx.Response) -> str:
    return str(response.headers.get("content-encoding", ""))


_TIMEOUTS = httpx.Timeout(DEADLINE.total_seconds(), connect=_CONNECT_SECONDS).as_dict()


@lru_cache(maxsize=1_000)
def _address(url: str) -> httpx.URL:
    """Return `url` taken apart: the same webhooks and feeds are asked again and again."""
    return httpx.URL(url)


def _user_agent(contact: str | None) -> str:
    return f"kabar/{version('kabar')}" + (f" (+{contact})" if contact else "")


def _redirected(url: str, location: str) -> str:
    """Return where a redirect leads; user and password go along within a site, and to nobody else."""
    try:
        asked = httpx.URL(url)
        target = asked.join(location).copy_with(fragment=None)
        if asked.userinfo and not target.userinfo and _is_one_site(asked, target):
            target = target.copy_with(userinfo=asked.userinfo)
        return str(target)
    except (httpx.InvalidURL, ValueError) as error:
        raise ExchangeError(
            Failure.REDIRECT, f"the last to {location[:200]}, which is no address"
        ) from error


def _is_one_site(asked: httpx.URL, target: httpx.URL) -> bool:
    """Return whether both are of one origin, or the second is the first's over TLS."""
    return asked.host == target.host and (
        (asked.scheme, asked.port) == (target.scheme, target.port)
        or (asked.scheme, asked.port, target.scheme, target.port) == ("http", None, "https", None)
    )


def _too_late(deadline: timedelta) -> ExchangeError:
    return ExchangeError(
        Failure.TIMEOUT, f"not answered in full within {deadline.total_seconds():g} s"
    )


def _exchange_error(error: Exception) -> ExchangeError:
    return ExchangeError(_failure(error), str(error) or type(error).__name__)


def _failure(error: Exception) -> Failure:
    return next((name for kind, name in _FAILURES if isinstance(error, kind)), Failure.PROTOCOL)


_FAILURES: tuple[tuple[type[Exception], Failure], ...] = (  # the first that fits
    (DnsError, Failure.DNS),
    (TlsError, Failure.TLS),
    (httpx.TimeoutException, Failure.TIMEOUT),
    (httpx.ConnectError, Failure.CONNECT),
    (httpx.ProxyError, Failure.CONNECT),
    (httpx.NetworkError, Failure.DISCONNECTED),
    (httpx.UnsupportedProtocol, Failure.BAD_ADDRESS),
    (httpx.InvalidURL, Failure.BAD_ADDRESS),
    (UnicodeError, Failure.BAD_ADDRESS),
)
