from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

QUALITY = Path(__file__).parents[1] / "quality"


def classified(lines: list[str], hash_seed: str) -> list[bytes]:
    """Return the sorted output lines of a process with its own hash seed."""
    done = subprocess.run(
        [sys.executable, "-m", "kabar", "classify", "--companies", str(QUALITY / "companies.yml")],
        input="\n".join(lines).encode(),
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        check=True,
        timeout=60,
    )
    return sorted(done.stdout.splitlines())


def test_order_and_hash_seed_change_nothing() -> None:
    lines = [
        line
        for language in ("en", "id", "bn")
        for line in (QUALITY / "stories" / f"{language}.jsonl").read_text("utf-8").splitlines()
    ]
    shuffled = random.Random(7).sample(lines, len(lines))

    assert classified(lines, "1") == classified(shuffled, "2")
