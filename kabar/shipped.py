"""Shipped: the folders that the program brings along."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path


def shipped(name: str) -> Path:
    """Return a folder: beside the code in a checkout, inside the package otherwise."""
    package = Path(str(files("kabar")))
    packaged = package / "shipped_files" / name
    return packaged if packaged.is_dir() else package.parent / name
