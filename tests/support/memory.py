"""How much memory a process and its children take, as the kernel counts it."""

from __future__ import annotations

from pathlib import Path


def family_of(leader: int) -> set[int]:
    """Return a process and all that descend from it, whatever sessions they began."""
    parents = {
        int(status.parent.name): int(fields[1])
        for status in Path("/proc").glob("[0-9]*/stat")
        if (fields := _fields(status))
    }
    family = {leader}
    while grown := {pid for pid, parent in parents.items() if parent in family} - family:
        family |= grown
    return family


def pss_megabytes(leader: int) -> float:
    """Return the proportional memory of a process with its family, in MB; 0 when it has ended."""
    return sum(_pss_kilobytes(pid) for pid in family_of(leader)) / 1024


def _fields(status: Path) -> list[str]:
    """Return what follows the program's name: state, parent, group, …"""
    try:
        return status.read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _pss_kilobytes(pid: int) -> int:
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    return next(
        (int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")), 0
    )
