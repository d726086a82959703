"""Why an exchange over HTTP gave no answer: a class that programs compare, a sentence for people."""

from __future__ import annotations

from enum import StrEnum
from http import HTTPStatus

from services.common.errors import TransientError

TOO_OFTEN = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
"""The statuses by which a host asks for fewer requests."""

WITH_DOCUMENT = frozenset({HTTPStatus.OK, HTTPStatus.NON_AUTHORITATIVE_INFORMATION})
"""The statuses of a whole document; the second says that a proxy changed something on the way.

Source: RFC 9110, section 15.3.4.
"""


class Failure(StrEnum):
    """The class of an exchange that failed. A refused address is a RefusedAddressError instead."""

    BAD_ADDRESS = "bad_address"
    DNS = "dns"
    CONNECT = "connect"
    TLS = "tls"
    TIMEOUT = "timeout"
    DISCONNECTED = "disconnected"
    PROTOCOL = "protocol"
    TOO_LARGE = "too_large"
    BAD_ENCODING = "bad_encoding"
    REDIRECT = "redirect"


class ExchangeError(TransientError):
    """No usable answer came; it may come later. `failure` says which of the ways it failed."""

    def __init__(self, failure: Failure, message: str) -> None:
        super().__init__(message)
        self.failure = failure
