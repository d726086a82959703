"""Five real stories that are not part of the project: KABAR_SEEDS names the folder that has them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SEEDS = os.environ.get("KABAR_SEEDS")
pytestmark = pytest.mark.skipif(not SEEDS, reason="KABAR_SEEDS is not set")

# Made-up names, in the script of what they stand for; longer ones are replaced first.
INVENTED = {
    "TikTok Music": "Zorvex Tunes",
    "TikTok Shop": "Zorvex Bazar",
    "TikTok শপ": "Zorvex বাজার",
    "টিকটক শপ": "জরভেক্স বাজার",
    "টিকটক": "জরভেক্স",
    "TikTok": "Zorvex",
    "Tiktok": "Zorvex",
    "ByteDance": "Kelmira",
    "Glance": "Purvano",
    "SoftBank": "Hondrel",
    "InMobi": "Qastrel",
    "Tokopedia": "Nibulan",
    "টোকোপিডিয়া": "নিবুলান",
    "GoTo": "Vexu",
    "Facebook": "Larnotek",
    "Xiaomi": "Mordali",
    "Resso": "Jutari",
}


def stories() -> list[dict[str, Any]]:
    """Return the five stories: the first line is the title, the rest the text."""
    found = []
    for path in sorted(Path(SEEDS or "").glob("*.txt")):
        title, _, text = path.read_text(encoding="utf-8").partition("\n")
        found.append({"id": path.stem, "title": title, "text": text})
    return found


def labels() -> dict[str, dict[str, Any]]:
    lines = (Path(SEEDS or "") / "labels.jsonl").read_text(encoding="utf-8").splitlines()
    return {label["id"]: label for label in map(json.loads, lines)}


def classified(companies: Path, told: list[dict[str, Any]], at: Path) -> dict[str, dict[str, Any]]:
    """Return what `kabar classify` says, by story."""
    at.write_text("".join(json.dumps(story) + "\n" for story in told), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "kabar", "classify", "--companies", str(companies), str(at)],
        capture_output=True,
        check=True,
        timeout=60,
    )
    return {line["id"]: line for line in map(json.loads, done.stdout.splitlines())}


def main_events(reading: dict[str, Any]) -> list[tuple[str, str, list[str]]]:
    return [
        (report["type"], report["stage"], sorted(party["id"] for party in report["companies"]))
        for report in reading["reports"]
        if report["focus"] == "main"
    ]


def invented(text: str) -> str:
    names = sorted(INVENTED, key=len, reverse=True)
    return re.sub("|".join(map(re.escape, names)), lambda found: INVENTED[found[0]], text)


def test_the_five_stories_give_their_main_events(tmp_path: Path) -> None:
    readings = classified(Path(SEEDS or "") / "companies.yml", stories(), tmp_path / "in.jsonl")

    for story_id, label in labels().items():
        wanted = [event for event in label["events"] if event["focus"] == "main"]
        given = main_events(readings[story_id])
        assert [(e["type"], e["stage"]) for e in wanted] == [(t, s) for t, s, _ in given], story_id
        for event, (_, _, companies) in zip(wanted, given, strict=True):
            needed = {
                party["name"].lower().replace(" ", "-")
                for party in event["companies"]
                if party["role"] != "party"
            }
            assert needed <= set(companies), story_id


def test_made_up_names_give_the_same_events(tmp_path: Path) -> None:
    companies = (Path(SEEDS or "") / "companies.yml").read_text(encoding="utf-8")
    # The ids stay what they were: only names and aliases change.
    lines = [
        line if re.match(r"\s*(- id|owner):", line) else invented(line)
        for line in companies.splitlines()
    ]
    other = tmp_path / "companies.yml"
    other.write_text("\n".join(lines), encoding="utf-8")
    told = [
        {key: invented(text) if key != "id" else text for key, text in story.items()}
        for story in stories()
    ]

    real = classified(Path(SEEDS or "") / "companies.yml", stories(), tmp_path / "real.jsonl")
    made_up = classified(other, told, tmp_path / "made-up.jsonl")

    for story_id, reading in real.items():
        assert main_events(made_up[story_id]) == main_events(reading), story_id
        assert len(made_up[story_id]["reports"]) == len(reading["reports"]), story_id
