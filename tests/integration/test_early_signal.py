"""A signal that comes while a command still imports."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.ports import free_port

_INTERRUPTED = """
import os, signal, sys

signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where tests run in the background
number, module = int(sys.argv.pop(1)), sys.argv.pop(1)

class Interrupts:
    def find_spec(self, name, path=None, target=None):
        if name == module:
            os.kill(os.getpid(), number)

sys.meta_path.insert(0, Interrupts())
from kabar.__main__ import main
main()
"""


@pytest.mark.parametrize("module", ["kabar.cli", "services.common.lifecycle", "kabar.embedded"])
def test_run_ends_with_0_when_it_is_asked_to_stop_while_it_imports(
    tmp_path: Path, module: str
) -> None:
    config = tmp_path / "config"
    config.mkdir()
    (config / "companies.yml").write_text("companies: [{id: tiktok, name: TikTok}]\n")
    program = [sys.executable, "-c", _INTERRUPTED, str(int(signal.SIGTERM)), module]
    command = [*program, "run", "--port", str(free_port())]
    directories = ["--config", str(config), "--data", str(tmp_path / "data")]

    ended = subprocess.run([*command, *directories], capture_output=True, timeout=60, check=False)

    assert ended.returncode == 0, ended.stderr


def test_ctrl_c_while_the_command_line_is_imported_shows_no_traceback() -> None:
    program = [sys.executable, "-c", _INTERRUPTED, str(int(signal.SIGINT)), "kabar.cli"]

    ended = subprocess.run([*program, "version"], capture_output=True, timeout=60, check=False)

    assert (ended.returncode, ended.stdout, ended.stderr) == (1, b"", b"Aborted!\n")


def test_another_command_ends_by_the_signal() -> None:
    program = [sys.executable, "-c", _INTERRUPTED, str(int(signal.SIGTERM)), "kabar.cli"]

    ended = subprocess.run([*program, "version"], timeout=60, check=False)

    assert ended.returncode == -signal.SIGTERM
