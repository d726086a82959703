"""Files of another user, for whoever runs the tests."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

NOBODY = 65_534


@contextmanager
def as_nobody(modes: Mapping[Path, int]) -> Iterator[None]:
    """Run as somebody who owns nothing of the paths, with these `modes` meanwhile."""
    before = {path: path.stat().st_mode for path in modes}
    is_root = os.geteuid() == 0
    for path, mode in modes.items():
        path.chmod(mode)
    if is_root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)
        for path, mode in before.items():
            path.chmod(mode)


def closed(*paths: Path) -> AbstractContextManager[None]:
    """Take the right to read `paths` from whoever runs the tests, who is nobody meanwhile."""
    return as_nobody(dict.fromkeys(paths, 0))


def only_readable(directory: Path) -> AbstractContextManager[None]:
    """Let whoever runs the tests, who is nobody meanwhile, read `directory` and write nothing there."""
    return as_nobody({directory: 0o555, **dict.fromkeys(directory.iterdir(), 0o444)})
