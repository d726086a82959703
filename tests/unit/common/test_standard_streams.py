"""A process that was started with closed streams, and what it starts."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PARENT = """
import subprocess, sys
from services.common.standard_streams import fill_in_closed_streams
fill_in_closed_streams()
with open(sys.argv[1], "w") as opened:
    subprocess.run([sys.executable, *sys.argv[2:]], check=True)
    opened.write("ours")
"""
CHILD = """
import os, sys
with open(sys.argv[1], "w") as opened:
    for number in (1, 2):
        os.write(number, b"a complaint of a library")
    opened.write("the child's")
"""


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_what_a_child_prints_goes_into_no_file_where_streams_are_closed(
    tmp_path: Path, closed: str
) -> None:
    ours, childs = tmp_path / "ours", tmp_path / "child's"
    command = [sys.executable, "-c", PARENT, str(ours), "-c", CHILD, str(childs)]

    ran = subprocess.run(
        ["sh", "-c", f'exec "$@" {closed}', "sh", *command], capture_output=True, check=False
    )

    assert ran.returncode == 0, ran.stderr.decode()
    assert (ours.read_text(), childs.read_text()) == ("ours", "the child's")
