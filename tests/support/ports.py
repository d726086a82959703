"""Ports for servers of tests."""

from __future__ import annotations

import secrets
import socket

_given: set[int] = set()


def free_port() -> int:
    """Return a port that nobody uses and that no test was given before.

    It lies outside the range of outgoing connections, so that none of them takes it meanwhile.
    """
    while True:
        port = 20_000 + secrets.randbelow(12_000)
        if port not in _given and not is_open(port):
            _given.add(port)
            return port


def is_open(port: int) -> bool:
    """Return whether somebody listens there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
