"""A signal that comes while a command still imports."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

_INTERRUPTED = """
import os, signal, sys

class Interrupts:
    def find_spec(self, name, path=None, target=None):
        if name == "kabar.embedded":
            os.kill(os.getpid(), signal.SIGTERM)

sys.meta_path.insert(0, Interrupts())
from kabar.cli import main
main()
"""


def test_run_ends_with_0_when_it_is_asked_to_stop_while_it_imports(tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.mkdir()
    (config / "companies.yml").write_text("companies: [{id: tiktok, name: TikTok}]\n")
    command = [sys.executable, "-c", _INTERRUPTED, "run", "--port", "0"]
    directories = ["--config", str(config), "--data", str(tmp_path / "data")]

    ended = subprocess.run([*command, *directories], capture_output=True, timeout=60, check=False)

    assert ended.returncode == 0, ended.stderr
