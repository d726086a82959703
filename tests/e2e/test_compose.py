"""The stack for real: `make test-docker`, which sets KABAR_TEST_DOCKER. Takes a few minutes.

KABAR_TEST_BUILD_NETWORK=host helps where a build reaches the package index through the host only.
"""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import tarfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.crowd import crowd

ROOT = Path(__file__).parents[2]
PROJECT = "kabar-test"
OUR_SERVICES = ("fetcher", "classifier", "alerter")

pytestmark = [
    pytest.mark.docker,
    pytest.mark.skipif("KABAR_TEST_DOCKER" not in os.environ, reason="make test-docker runs it"),
]


class Stack:
    """A stack of its own, on a free port, with the sample feeds."""

    def __init__(self, port: int) -> None:
        self._environment = {
            **os.environ,
            "COMPOSE_PROJECT_NAME": PROJECT,
            "KABAR_PAGE_PORT": str(port),
            "KABAR_BUILD_NETWORK": os.environ.get("KABAR_TEST_BUILD_NETWORK", "default"),
            "KABAR_TAG": "test",
        }
        self.page = f"http://127.0.0.1:{port}"
        self.healthy_after_seconds = 0.0

    def compose(self, *arguments: str, seconds: float = 400, **environment: str) -> str:
        """Return what `docker compose` wrote to stdout; a failure shows everything it said."""
        command = ["docker", "compose", "--env-file", "deploy/demo.env", "--profile", "demo"]
        done = subprocess.run(
            [*command, *arguments],
            cwd=ROOT,
            env={**self._environment, **environment},
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
        assert done.returncode == 0, f"{arguments}:\n{done.stdout}\n{done.stderr}\n{self._logs()}"
        return done.stdout

    def kabar(self, *arguments: str) -> str:
        """Return what a command inside the alerter's container wrote to stdout."""
        return self.compose("exec", "-T", "alerter", "kabar", *arguments, seconds=120)

    def health(self) -> dict[str, str]:
        """Return each container's health, by its name."""
        lines = self.compose("ps", "--all", "--format", "json").splitlines()
        return {found["Name"]: found["Health"] for line in lines for found in _listed(line)}

    def kill(self, service: str) -> None:
        """Kill everything in a container the hard way; its restart policy brings it back."""
        self.compose("exec", "-T", service, "sh", "-c", "kill -9 -1; true", seconds=60)

    def is_healthy(self) -> bool:
        """Return whether every container that should run is healthy."""
        running = [state for name, state in self.health().items() if "-init-" not in name]
        return bool(running) and all(state == "healthy" for state in running)

    def events(self) -> list[dict[str, Any]]:
        """Return the events, as the command line in the container lists them."""
        events: list[dict[str, Any]] = json.loads(self.kabar("events", "--json"))["events"]
        return events

    def sent(self) -> list[str]:
        """Return the id of each delivery, once for each attempt that was taken."""
        body = json.loads(self.kabar("deliveries", "--json", "--limit", "200"))
        return [
            delivery["id"]
            for delivery in body["deliveries"]
            for attempt in delivery["attempts"]
            if not attempt["reason"]
        ]

    def _logs(self) -> str:
        done = subprocess.run(
            ["docker", "compose", "logs", "--tail", "40", "--no-color"],
            cwd=ROOT,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return done.stdout


def _listed(line: str) -> list[dict[str, Any]]:
    """Return what `ps --format json` has on a line: one object, in older versions a list."""
    found = json.loads(line)
    return found if isinstance(found, list) else [found]


def until(holds: Callable[[], bool], *, seconds: float, what: str) -> None:
    """Return when `holds`; fail after `seconds`, or as much longer as the machine is crowded."""
    began = time.monotonic()
    while not holds():
        waited = time.monotonic() - began
        assert waited < seconds * crowd(), f"not within {waited:.0f} s: {what}"
        time.sleep(1)


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    made = Stack(port)
    made.compose("build", seconds=900)
    try:
        began = time.monotonic()
        made.compose("up", "--wait", "--wait-timeout", "300")
        made.healthy_after_seconds = time.monotonic() - began
        yield made
    finally:
        made.compose("down", "--volumes", "--timeout", "30")


def test_all_are_healthy_within_a_minute_of_the_images_being_there(stack: Stack) -> None:
    assert stack.is_healthy()
    assert stack.healthy_after_seconds < 60 * crowd()


def test_the_samples_bring_an_alert_to_whoever_logged_in(stack: Stack) -> None:
    until(lambda: bool(stack.events()), seconds=60, what="an event")
    link = re.sub(r"^https?://[^/]+", stack.page, stack.kabar("token").strip())

    with httpx.Client(follow_redirects=True, timeout=10) as stranger:
        refused = stranger.get(f"{stack.page}/api/v1/events")
    with httpx.Client(follow_redirects=True, timeout=10) as browser:
        opened = browser.get(link)
        events = browser.get(f"{stack.page}/api/v1/events").json()["events"]

    assert refused.status_code == 401
    assert opened.status_code == 200
    assert events
    assert stack.sent()


def test_an_operator_previews_reads_again_and_copies_a_backup_out(
    stack: Stack, tmp_path: Path
) -> None:
    until(lambda: bool(stack.events()), seconds=60, what="an event")

    previewed = json.loads(stack.kabar("preview", "everything", "--json"))
    read_again = stack.kabar("replay", "--since", "1d")
    stack.kabar("backup", "copy.tar.gz")
    stack.compose("cp", "alerter:/data/copy.tar.gz", str(tmp_path))
    stack.compose("exec", "-T", "alerter", "rm", "copy.tar.gz")

    assert previewed["messages"]
    assert "0 failed" in read_again
    with tarfile.open(tmp_path / "copy.tar.gz") as copy:
        assert {"kabar.db", "admin-token"} <= set(copy.getnames())


def test_the_root_is_read_only_and_the_user_nobody_special(stack: Stack) -> None:
    said = stack.compose("exec", "-T", "alerter", "sh", "-c", "id -u; touch /x || echo refused")

    assert said.split() == ["10001", "refused"]


@pytest.mark.parametrize("service", OUR_SERVICES)
def test_a_killed_container_comes_back(stack: Stack, service: str) -> None:
    before = {event["id"] for event in stack.events()}

    stack.kill(service)
    time.sleep(3)  # the engine notices, and waits before it starts the container again
    until(stack.is_healthy, seconds=60, what=f"{service} healthy again")

    assert before <= {event["id"] for event in stack.events()}


def test_broker_and_store_may_restart(stack: Stack) -> None:
    before = {event["id"] for event in stack.events()}

    stack.compose("restart", "kafka", "redis")
    until(stack.is_healthy, seconds=90, what="all healthy again")

    assert before <= {event["id"] for event in stack.events()}


def test_three_classifiers_share_the_work(stack: Stack) -> None:
    stack.compose(
        "up", "--wait", "--wait-timeout", "300", "--scale", "classifier=3", "--no-recreate"
    )

    names = [name for name in stack.health() if "-classifier-" in name]
    assert len(names) == 3
    assert stack.is_healthy()


def test_down_and_up_loses_nothing_and_sends_nothing_twice(stack: Stack) -> None:
    before, sent = {event["id"] for event in stack.events()}, stack.sent()

    stack.compose("down", "--timeout", "30")
    stack.compose("up", "--wait", "--wait-timeout", "300")

    assert before <= {event["id"] for event in stack.events()}
    assert set(sent) <= set(stack.sent())
    assert len(stack.sent()) == len(set(stack.sent()))


def test_a_mistake_in_the_configuration_stops_the_stack_with_its_place(
    stack: Stack, tmp_path: Path
) -> None:
    (tmp_path / "companies.yml").write_text("companies:\n  - id: x\n", encoding="utf-8")
    tmp_path.chmod(0o755)
    command = ["run", "--rm", "--no-deps", "init", "sh", "-c", "kabar check; echo $?"]

    said = stack.compose(*command, KABAR_CONFIG_DIR=str(tmp_path))

    assert '/config/companies.yml:2:5: error: a company needs "name"' in said
    assert said.split()[-1] == "1"
