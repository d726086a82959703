"""Health: alive means that work moves on, ready that nothing is missing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest

from services.common.clock import ManualClock
from services.common.telemetry.health import Health, health_app
from services.common.telemetry.metrics import show_config_hash
from tests.support.builders import NOON

CLOCK = ManualClock(NOON)
TWO_MINUTES = timedelta(minutes=2)


@pytest.fixture
def health() -> Health:
    return Health(CLOCK)


@pytest.fixture
async def client(health: Health) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=health_app(health))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


def test_idle_work_is_alive_however_long_it_is_idle(health: Health) -> None:
    health.pulse("polls", stuck_after=TWO_MINUTES)

    CLOCK.move(timedelta(days=1))

    assert health.troubles() == {}


def test_work_that_does_not_move_on_is_stuck(health: Health) -> None:
    polls = health.pulse("polls", stuck_after=TWO_MINUTES)

    with polls.busy():
        CLOCK.move(timedelta(seconds=121))
        while_busy = health.troubles()

    assert while_busy == {"polls": "busy for 121 s without progress"}
    assert health.troubles() == {}


def test_one_stuck_piece_of_work_shows_though_others_move_on(health: Health) -> None:
    polls = health.pulse("polls", stuck_after=TWO_MINUTES)

    with polls.busy(), polls.busy() as other:
        CLOCK.move(timedelta(seconds=121))
        other.progress()

        assert set(health.troubles()) == {"polls"}


def test_long_work_that_moves_on_is_alive(health: Health) -> None:
    polls = health.pulse("polls", stuck_after=TWO_MINUTES)

    with polls.busy() as poll:
        CLOCK.move(timedelta(seconds=119))
        poll.progress()
        CLOCK.move(timedelta(seconds=119))

        assert health.troubles() == {}


async def test_a_stream_that_died_fails_livez_with_its_reason(
    health: Health, client: httpx.AsyncClient
) -> None:
    health.pulse("stream", stuck_after=TWO_MINUTES).end("the agent crashed")

    answer = await client.get("/livez")

    assert answer.status_code == 503
    assert answer.json() == {"status": "stuck", "reasons": {"stream": "the agent crashed"}}


async def test_a_shut_gate_fails_readyz_and_leaves_livez_green(
    health: Health, client: httpx.AsyncClient
) -> None:
    health.gate("bus").shut("no broker at kafka:9092")

    ready, alive = await client.get("/readyz"), await client.get("/livez")

    assert ready.status_code == 503
    assert ready.json() == {
        "status": "not ready",
        "reasons": {"bus": "no broker at kafka:9092"},
    }
    assert alive.status_code == 200


async def test_a_process_that_waits_to_take_over_says_standby(
    health: Health, client: httpx.AsyncClient
) -> None:
    health.gate("lock", reason="standby: another alerter holds the lock")

    waiting = await client.get("/readyz")
    health.gate("bus").shut("no broker")
    broken = await client.get("/readyz")
    health.gate("lock").open()
    health.gate("bus").open()
    ready = await client.get("/readyz")

    assert [answer.json()["status"] for answer in (waiting, broken, ready)] == [
        "standby",
        "not ready",
        "ready",
    ]


async def test_metrics_say_what_the_health_addresses_say(
    health: Health, client: httpx.AsyncClient
) -> None:
    """Who watches the metrics alone hears of a broker that is down, and of a stream that died."""
    health.gate("a_bus").shut("no broker")
    health.gate("a_lock", reason="standby: another alerter holds the lock")
    health.pulse("a_stream", stuck_after=TWO_MINUTES).end("the agent crashed")

    before = (await client.get("/metrics")).text
    health.gate("a_bus").open()
    after = (await client.get("/metrics")).text

    assert 'kabar_ready{gate="a_bus"} 0.0' in before
    assert 'kabar_ready{gate="a_lock"} 1.0' in before
    assert 'kabar_alive{pulse="a_stream"} 0.0' in before
    assert 'kabar_ready{gate="a_bus"} 1.0' in after


async def test_metrics_are_ours_alone_and_show_one_configuration(
    client: httpx.AsyncClient,
) -> None:
    show_config_hash("old")
    show_config_hash("new")

    page = (await client.get("/metrics")).text

    assert [line for line in page.splitlines() if line.startswith("kabar_config_hash")] == [
        'kabar_config_hash{hash="new"} 1.0'
    ]
    names = {line.split()[2] for line in page.splitlines() if line.startswith("# TYPE")}
    assert names
    assert all(name.startswith("kabar_") for name in names)
