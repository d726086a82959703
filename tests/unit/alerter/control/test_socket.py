from __future__ import annotations

import socket
import stat
from pathlib import Path

import pytest

from services.alerter.control.socket import control_listener, socket_address
from services.common.errors import ConfigurationError


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
