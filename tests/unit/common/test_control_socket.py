from __future__ import annotations

import socket
import stat
from contextlib import ExitStack
from pathlib import Path

import pytest
from starlette.applications import Starlette

from services.common.control_socket import (
    SOCKET_NAME,
    control_listener,
    serve_control_where_free,
    socket_address,
)
from services.common.errors import ConfigurationError
from services.common.stop import Stop


def connects(directory: Path) -> bool:
    with socket_address(directory) as (address, _), socket.socket(socket.AF_UNIX) as client:
        try:
            client.connect(address)
        except OSError:
            return False
        return True


def test_only_the_owner_may_ask_and_the_socket_goes_with_its_holder(tmp_path: Path) -> None:
    with control_listener(tmp_path):
        mode = (tmp_path / "control.sock").stat().st_mode
        assert stat.S_ISSOCK(mode)
        assert stat.S_IMODE(mode) == 0o600
        assert connects(tmp_path)

    assert not (tmp_path / "control.sock").exists()
    assert not connects(tmp_path)


def test_a_path_longer_than_a_socket_may_have_works(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 120) / ("e" * 120)
    deep.mkdir(parents=True)

    with control_listener(deep):
        assert connects(deep)


def test_what_a_dead_process_left_is_replaced(tmp_path: Path) -> None:
    with socket_address(tmp_path) as (address, _), socket.socket(socket.AF_UNIX) as dead:
        dead.bind(address)
    assert not connects(tmp_path)

    with control_listener(tmp_path):
        assert connects(tmp_path)


def test_a_directory_that_is_not_there_is_a_mistake_of_the_operator(tmp_path: Path) -> None:
    with (
        pytest.raises(ConfigurationError, match="cannot be used"),
        control_listener(tmp_path / "x"),
    ):
        pass


async def test_a_socket_that_answers_is_left_alone(tmp_path: Path) -> None:
    stop = Stop()
    stop.ask()

    with control_listener(tmp_path):
        before = (tmp_path / SOCKET_NAME).stat().st_ino
        await serve_control_where_free(Starlette(), tmp_path, stop)

        assert (tmp_path / SOCKET_NAME).stat().st_ino == before


def test_a_service_that_ends_leaves_the_socket_that_replaced_its_own(tmp_path: Path) -> None:
    with ExitStack() as later:
        with control_listener(tmp_path):
            later.enter_context(control_listener(tmp_path))

        assert (tmp_path / SOCKET_NAME).exists()
