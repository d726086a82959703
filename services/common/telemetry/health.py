"""Health: is this process alive, is it ready, and why not; `/livez`, `/readyz` and `/metrics`.

Alive is about progress: a *pulse* watches a kind of work and fails when one piece of it is stuck, or
when the stream that brings it has ended. Idle work is alive, so a broker that is down changes nothing.
Ready is about the world: a *gate* is shut, with a reason for people, while something is missing.

    health = Health(SystemClock())
    polls = health.pulse("polls", stuck_after=timedelta(minutes=2))
    bus = health.gate("bus", reason="not connected yet")

    bus.open()
    with polls.busy() as poll:      # one piece of work; many may run at once
        ...
        poll.progress()             # for long ones: it still moves
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from services.common.clock import Clock
from services.common.telemetry.metrics import ALIVE, READY, REGISTRY

STANDBY = "standby"
"""The reason of a gate in a process that is well and waits to take over."""


class Work:
    """One piece of work under a pulse; `progress` says that it still moves."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._moved_at = clock.monotonic()

    def progress(self) -> None:
        """Start counting anew: the work has moved on."""
        self._moved_at = self._clock.monotonic()

    @property
    def still_for(self) -> timedelta:
        """Return how long it has not moved."""
        return timedelta(seconds=self._clock.monotonic() - self._moved_at)


class Pulse:
    """Whether one kind of work moves on. Idle is well; stuck or ended is not."""

    def __init__(self, *, stuck_after: timedelta, clock: Clock) -> None:
        self._stuck_after = stuck_after
        self._clock = clock
        self._works: set[Work] = set()
        self._ended: str | None = None

    @contextmanager
    def busy(self) -> Iterator[Work]:
        """Count what happens inside as work that must move on."""
        work = Work(self._clock)
        self._works.add(work)
        try:
            yield work
        finally:
            self._works.discard(work)

    def progress(self) -> None:
        """Start counting anew for all work at hand: it waits for the world, and does so moving."""
        for work in self._works:
            work.progress()

    def end(self, reason: str) -> None:
        """Say that no work will come any more though it should: the stream died."""
        self._ended = reason

    @property
    def trouble(self) -> str | None:
        """Return what is wrong, for people; None when all is well."""
        if self._ended is not None:
            return self._ended
        longest = max((work.still_for for work in self._works), default=timedelta())
        if longest <= self._stuck_after:
            return None
        return f"busy for {longest.total_seconds():.0f} s without progress"


class Gate:
    """One condition of being ready."""

    def __init__(self, *, reason: str | None) -> None:
        self.reason = reason
        """Why it is shut, for people; None when it is open."""

    def open(self) -> None:
        """Say that the condition holds."""
        self.reason = None

    def shut(self, reason: str) -> None:
        """Say that it does not, and why."""
        self.reason = reason


class Health:
    """The pulses and gates of one process, by name."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._pulses: dict[str, Pulse] = {}
        self._gates: dict[str, Gate] = {}

    def pulse(self, name: str, *, stuck_after: timedelta) -> Pulse:
        """Return the pulse called `name`, made at the first call.

        `stuck_after` is how long one piece of work may stay without progress.
        """
        return self._pulses.setdefault(name, Pulse(stuck_after=stuck_after, clock=self._clock))

    def gate(self, name: str, *, reason: str | None = None) -> Gate:
        """Return the gate called `name`, made at the first call: shut with `reason`, else open."""
        return self._gates.setdefault(name, Gate(reason=reason))

    def troubles(self) -> dict[str, str]:
        """Return what is stuck or has ended, by name; empty when the process is alive."""
        return {name: text for name, pulse in self._pulses.items() if (text := pulse.trouble)}

    def reasons(self) -> dict[str, str]:
        """Return why the process is not ready, by name; empty when it is."""
        return {name: gate.reason for name, gate in self._gates.items() if gate.reason}

    @property
    def is_standby(self) -> bool:
        """Return whether it is not ready only because another process does the work."""
        reasons = self.reasons().values()
        return bool(reasons) and all(reason.startswith(STANDBY) for reason in reasons)

    def show(self) -> None:
        """Show the pulses and gates among the metrics: who watches those need not ask here too."""
        for name, pulse in self._pulses.items():
            ALIVE.labels(name).set(pulse.trouble is None)
        for name, gate in self._gates.items():
            READY.labels(name).set((gate.reason or STANDBY).startswith(STANDBY))


def health_routes(health: Health) -> list[Route]:
    """Return `/livez`, `/readyz` (200 or 503, JSON with the reasons) and `/metrics`."""

    async def livez(_: Request) -> Response:
        troubles = health.troubles()
        status = "stuck" if troubles else "alive"
        return _answer(status, troubles)

    async def readyz(_: Request) -> Response:
        reasons = health.reasons()
        status = STANDBY if health.is_standby else "not ready" if reasons else "ready"
        return _answer(status, reasons)

    async def metrics(_: Request) -> Response:
        health.show()
        return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)

    return [
        Route("/livez", livez, methods=["GET"]),
        Route("/readyz", readyz, methods=["GET"]),
        Route("/metrics", metrics, methods=["GET"]),
    ]


def health_app(health: Health) -> Starlette:
    """Return an ASGI app of these three routes alone: for processes without a page."""
    return Starlette(routes=health_routes(health))


def _answer(status: str, reasons: dict[str, str]) -> JSONResponse:
    return JSONResponse(
        {"status": status, "reasons": reasons},
        status_code=503 if reasons else 200,
        headers={"Cache-Control": "no-store"},
    )
