"""A webhook receiver on loopback that keeps what it got and checks signatures."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.support.kill_run import reply, serving

SECRET = "whsec_" + base64.b64encode(b"a secret of thirty-two bytes....").decode()


@dataclass
class Sink:
    """What arrived, in order. `bodies` are the JSON bodies of correctly signed posts."""

    bodies: list[dict[str, Any]] = field(default_factory=list)
    wrong_signatures: int = 0
    changed: threading.Condition = field(default_factory=threading.Condition)

    def take(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer one post."""
        body = handler.rfile.read(int(handler.headers["content-length"]))
        with self.changed:
            if handler.headers["webhook-signature"] == self._signature(handler, body):
                self.bodies.append(json.loads(body))
            else:
                self.wrong_signatures += 1
            self.changed.notify_all()
        reply(handler, 200, b"{}", "application/json")

    def wait_for_alerts(self, count: int, *, seconds: float) -> list[dict[str, Any]]:
        """Return all alerts, when there are `count` or `seconds` have passed."""
        with self.changed:
            self.changed.wait_for(lambda: len(self._alerts()) >= count, seconds)
            return self._alerts()

    def _alerts(self) -> list[dict[str, Any]]:
        return [alert for body in self.bodies for alert in body["data"]["alerts"]]

    @staticmethod
    def _signature(handler: BaseHTTPRequestHandler, body: bytes) -> str:
        key = base64.b64decode(SECRET.removeprefix("whsec_"))
        signed = b".".join(
            (
                handler.headers["webhook-id"].encode(),
                handler.headers["webhook-timestamp"].encode(),
                body,
            )
        )
        return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


@contextmanager
def a_sink() -> Iterator[tuple[Sink, str]]:
    """Serve a sink; yields it and its address."""
    sink = Sink()
    with serving(sink.take) as address:
        yield sink, f"{address}/hook"
