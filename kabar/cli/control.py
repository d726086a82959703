"""Asking the process that runs on a data directory, through its control socket."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import httpx

from services.common.control_socket import SOCKET_NAME, socket_address

_ANSWERS_WITHIN_SECONDS = 30


class RefusedByProcessError(Exception):
    """The process answered that it will not, or not in time; the text is the reason."""


def ask_process(
    data: Path, method: str, path: str, *, within_seconds: float = _ANSWERS_WITHIN_SECONDS
) -> dict[str, Any] | None:
    """Return the JSON body of the answer; None when no process runs on the data directory.

    Raises:
        RefusedByProcessError: the answer is no 2xx.
    """
    if not (data / SOCKET_NAME).exists():
        return None
    with socket_address(data) as (address, _):
        if not _is_served(address):
            return None
        transport = httpx.HTTPTransport(uds=address)
        with httpx.Client(
            transport=transport, base_url="http://localhost", timeout=within_seconds
        ) as client:
            try:
                answer = client.request(method, path)
            except httpx.HTTPError as error:
                raise RefusedByProcessError(f"No answer from the process: {error}.") from error
    if not answer.is_success:
        raise RefusedByProcessError(_reason(answer))
    body: dict[str, Any] = answer.json()
    return body


def _is_served(address: str) -> bool:
    """Return whether somebody listens: the socket of a process that was killed is still there.

    Asked before httpx, whose transport leaves a socket open where this connection is refused.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(address)
        except OSError:
            return False
    return True


def _reason(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["detail"])
    except (ValueError, KeyError, TypeError):
        return f"The running process answered {answer.status_code}."
