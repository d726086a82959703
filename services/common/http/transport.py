"""The transport under httpx: an aiohttp session that connects to no address the guard refuses.

The guard sees the final address of every connection, in the socket factory, so no spelling of an
address and no resolver that changes its answer gets round it.
"""

from __future__ import annotations

import errno
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeVar

import aiohttp
import httpx
from aiohttp.connector import AddrInfoType
from yarl import URL

from services.common.errors import RefusedAddressError
from services.common.http.addresses import AddressGuard, numeric
from services.common.http.resolver import Resolver

T = TypeVar("T")
_MAX_HEADER_BYTES = 64 * 1024
"""Of one header. aiohttp's own 8 KiB are too few for some sites' Content-Security-Policy."""

OpenSocket = Callable[[AddrInfoType], socket.socket]


def open_socket(address: AddrInfoType) -> socket.socket:
    """Return an unconnected socket for `address`."""
    family, kind, protocol, _, _ = address
    return socket.socket(family, kind, protocol)


class RefusedSocketError(OSError):
    """The guard refuses this address; the connector goes on with the host's next one, if any."""

    def __init__(self, reason: str) -> None:
        # One text for all addresses: when every one is refused, the connector raises one of these.
        super().__init__(errno.EACCES, "the address may not be reached")
        self.reason = reason


class GuardedTransport(httpx.AsyncBaseTransport):
    """Sends httpx's requests through aiohttp, one for one: no cookies, redirects or decompression.

    With a `proxy` every connection goes to it, so it alone is exempt, and it resolves the names;
    addresses that a URL spells out are checked here all the same.
    """

    def __init__(
        self,
        guard: AddressGuard,
        *,
        proxy: str | None = None,
        connections: int = 256,
        open_socket: OpenSocket = open_socket,
    ) -> None:
        self._guard = guard
        self._proxy = proxy
        self._connections = connections
        self._open_socket = open_socket
        self._session: aiohttp.ClientSession | None = None
        self._resolver: Resolver | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Return the answer's head; its body is streamed as it stands on the wire."""
        if self._proxy is not None and (address := numeric(request.url.host)) is not None:
            self._guard.check(address)
        response = await _translated(self._send(request, body=await request.aread()))
        return httpx.Response(
            response.status,
            headers=list(response.raw_headers),
            stream=_Body(response),
        )

    async def _send(self, request: httpx.Request, *, body: bytes) -> aiohttp.ClientResponse:
        timeouts = request.extensions.get("timeout", {})
        # The client has made user and password of the address an Authorization header by now.
        url = request.url
        if url.userinfo or url.fragment:
            url = url.copy_with(userinfo=b"", fragment=None)
        return await self._opened().request(
            request.method,
            URL(str(url), encoded=True),
            headers=[(name.decode("ascii"), text.decode()) for name, text in request.headers.raw],
            data=body or None,
            allow_redirects=False,
            proxy=self._proxy,
            timeout=aiohttp.ClientTimeout(
                total=None, connect=timeouts.get("connect"), sock_read=timeouts.get("read")
            ),
        )

    async def aclose(self) -> None:
        """Close every connection."""
        if self._session is not None:
            await self._session.close()
        if self._resolver is not None:
            await self._resolver.close()

    def _opened(self) -> aiohttp.ClientSession:
        # Made at the first request: a session belongs to the loop in which it was made.
        if self._session is None or self._session.closed:
            self._resolver = Resolver()
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=self._connections,
                    socket_factory=self._checked_socket,
                    resolver=self._resolver,
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                max_field_size=_MAX_HEADER_BYTES,
                skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
                trust_env=False,
            )
        return self._session

    def _checked_socket(self, address: AddrInfoType) -> socket.socket:
        if self._proxy is None:
            try:
                self._guard.check(str(address[4][0]))
            except RefusedAddressError as error:
                raise RefusedSocketError(str(error)) from error
        return self._open_socket(address)


class DnsError(httpx.ConnectError):
    """The host's name could not be resolved."""


class TlsError(httpx.ConnectError):
    """No TLS connection that can be trusted came about."""


class _Body(httpx.AsyncByteStream):
    """An answer's body as it stands on the wire."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while chunk := await _translated(self._response.content.readany()):
            yield chunk

    async def aclose(self) -> None:
        """Give the connection back where the body was read to its end, close it otherwise."""
        self._response.release()


async def _translated(answer: Awaitable[T]) -> T:
    """Return what `answer` gives, with aiohttp's errors as httpx's, each as what it is."""
    try:
        return await answer
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        raise _in_httpx_terms(error) from error


def _in_httpx_terms(error: Exception) -> Exception:  # noqa: C901, PLR0911, PLR0912  one case an error
    match error:
        case aiohttp.ClientConnectorDNSError():
            return DnsError(str(error.os_error))
        case aiohttp.ClientConnectorCertificateError():
            return TlsError(str(error.certificate_error))
        case aiohttp.ClientSSLError() | aiohttp.ServerFingerprintMismatch():
            return TlsError(str(error))
        case aiohttp.ClientProxyConnectionError() | aiohttp.ClientHttpProxyError():
            return httpx.ProxyError("the proxy did not connect")
        case aiohttp.ClientConnectorError(os_error=RefusedSocketError() as refused):
            return RefusedAddressError(refused.reason)
        case aiohttp.ClientConnectorError():
            return httpx.ConnectError(error.os_error.strerror or str(error.os_error))
        case aiohttp.ConnectionTimeoutError():
            return httpx.ConnectTimeout("no connection in time")
        case TimeoutError():
            return httpx.ReadTimeout("no answer in time")
        case aiohttp.InvalidURL() | aiohttp.NonHttpUrlClientError() | ValueError():
            return httpx.UnsupportedProtocol(str(error))
        case aiohttp.ServerDisconnectedError() | aiohttp.ClientOSError():
            return httpx.ReadError("the server closed the connection")
        case aiohttp.ClientPayloadError():
            return httpx.ReadError("the answer ended early")
        case aiohttp.ClientResponseError():  # what stands behind the empty line is a piece of the answer
            return httpx.RemoteProtocolError(" ".join(error.message.split("\n\n")[0].split()))
        case _:  # what is left of ClientError: an answer that is no HTTP
            return httpx.RemoteProtocolError(str(error))
