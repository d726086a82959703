"""Copies: kabar in a folder of its own, whose files a test may change."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

_ROOT = Path(__file__).parents[2]


def a_copy_of_kabar(folder: Path) -> Path:
    """Return where the lexicons are in a copy of kabar's code."""
    ignored = shutil.ignore_patterns("__pycache__")
    for package in ("services", "kabar"):
        shutil.copytree(_ROOT / package, folder / package, ignore=ignored)
    return folder / "services/classifier/lexicon"


def kabar(folder: Path, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Return what the copy in a folder does with some arguments."""
    return subprocess.run(
        [sys.executable, "-m", "kabar", *arguments],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "PATH": ""},
        input=stdin,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
