"""Asking the process that runs on a data directory, through its control socket."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx

from kabar.cli.options import Refused
from services.common.control_socket import SOCKET_NAME, socket_address
from services.common.errors import ConfigurationError
from services.common.sqlite_file import require_readable

_ANSWERS_WITHIN_SECONDS = 30


class RefusedByProcessError(Exception):
    """The process answered that it will not, or not in time; the text is the reason.

    `errors` name the fields of a body that was sent, each as `{"field", "message"}`. `is_wrong_use` says
    that it was asked for what cannot be.
    """

    def __init__(
        self,
        reason: str,
        *,
        errors: Sequence[Mapping[str, str]] = (),
        is_wrong_use: bool = False,
    ) -> None:
        super().__init__(reason)
        self.is_wrong_use = is_wrong_use
        self.errors = tuple(errors)


def ask_process(
    data: Path,
    method: str,
    path: str,
    *,
    body: object = None,
    content: bytes | None = None,
    within_seconds: float = _ANSWERS_WITHIN_SECONDS,
) -> dict[str, Any] | None:
    """Return the JSON body of the answer; None when no process runs on the data directory.

    `body` is sent as JSON. An answer without a body is empty.

    Raises:
        RefusedByProcessError: the answer is no 2xx.
        Refused: `path` cannot be asked; the socket is another user's, and what is asked is not only to
            read.
    """
    is_ours = _is_ours(data, only_reads=method == "GET")
    if not is_ours or not (data / SOCKET_NAME).exists():
        return None
    with socket_address(data) as (address, _):
        if not _is_served(address):
            return None
        transport = httpx.HTTPTransport(uds=address)
        with httpx.Client(
            transport=transport, base_url="http://localhost", timeout=within_seconds
        ) as client:
            try:
                answer = client.request(method, path, json=body, content=content)
            except httpx.InvalidURL as error:
                raise cannot_be_asked(error) from error
            except httpx.HTTPError as error:
                raise RefusedByProcessError(f"No answer from the process: {error}.") from error
    return body_of(answer)


def cannot_be_asked(error: httpx.InvalidURL) -> Refused:
    """Return what to say of words that make no address, such as very long ones."""
    return Refused(f"This cannot be asked: {error}.")


def body_of(answer: httpx.Response) -> dict[str, Any]:
    """Return the JSON of an answer, nothing for one without a body.

    Raises:
        RefusedByProcessError: the answer is no 2xx.
    """
    if not answer.is_success:
        raise RefusedByProcessError(
            _reason(answer),
            errors=_errors(answer),
            is_wrong_use=answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY,
        )
    body: dict[str, Any] = answer.json() if answer.content else {}
    return body


def _is_ours(data: Path, *, only_reads: bool) -> bool:
    """Return whether this user may ask; who may not may still read what is open to a group."""
    try:
        require_readable(data / SOCKET_NAME)
    except ConfigurationError as error:
        if only_reads and os.access(data, os.X_OK, effective_ids=True):
            return False
        raise Refused(str(error)) from error
    return True


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
        if answer.status_code == httpx.codes.NOT_FOUND:
            return "The process that runs here is not the one that tells this: ask where the alerter runs."
        return f"The running process answered {answer.status_code}."


def _errors(answer: httpx.Response) -> Sequence[Mapping[str, str]]:
    try:
        return tuple(answer.json().get("errors", ()))
    except (ValueError, AttributeError, TypeError):
        return ()
