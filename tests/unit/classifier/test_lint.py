"""What `kabar check --lexicon` finds. The shipped lexicons are clean; broken ones are told apart."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from services.classifier.lexicon.load import LANGUAGES, checked_digests, lexicon
from services.classifier.lint import findings

ROOT = Path(__file__).parents[3]
FORBID = "cues:\n  ban:\n    forbid:\n      frame: active\n      forms: bans | outlaws\n"
EXAMPLES = """
ban:
  forbid:
    hits: [Norway bans TikTok, Norway outlaws it]
    misses: [Norway likes it, Norway reads]
"""


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_shipped_lexicon_is_clean(language: str) -> None:
    assert [str(finding) for finding in findings(language)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_shipped_lexicon_is_as_it_was_when_it_was_checked(language: str) -> None:
    assert checked_digests()[language] == lexicon(language).hash, "run kabar check --lexicon --note"


def checked(folder: Path, cues: str, examples: str = EXAMPLES) -> subprocess.CompletedProcess[str]:
    """Return what `kabar check --lexicon` says of a copy of kabar whose English is `cues`."""
    shutil.copytree(ROOT / "services", folder / "services", ignore=shutil.ignore_patterns("*.pyc"))
    shutil.copytree(ROOT / "kabar", folder / "kabar", ignore=shutil.ignore_patterns("*.pyc"))
    lexicon = folder / "services/classifier/lexicon"
    for language in LANGUAGES:
        shutil.rmtree(lexicon / language)
    (lexicon / "en").mkdir()
    (lexicon / "en/cues.yml").write_text(cues, encoding="utf-8")
    (lexicon / "en/examples.yml").write_text(examples, encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-m", "kabar", "check", "--lexicon", "--note"],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "PATH": ""},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_clean_lexicon_exits_with_0(tmp_path: Path) -> None:
    done = checked(tmp_path, FORBID)

    assert (done.returncode, done.stdout) == (0, "")
    assert "0 errors in 24 languages" in done.stderr
    noted = (tmp_path / "services/classifier/lexicon/checked.txt").read_text(encoding="utf-8")
    assert noted.count("\n") == len(LANGUAGES)


def test_a_lexicon_that_was_changed_since_it_was_checked_is_told_when_it_is_loaded(
    tmp_path: Path,
) -> None:
    checked(tmp_path, FORBID)
    cues = tmp_path / "services/classifier/lexicon/en/cues.yml"
    cues.write_text(FORBID.replace("outlaws", "forbids"), encoding="utf-8")
    load = "from services.classifier.lexicon.load import lexicon; lexicon('en'), lexicon('de')"

    done = subprocess.run(
        [sys.executable, "-c", load],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path), "PATH": ""},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    told = [line for line in done.stdout.splitlines() if "lexicon_not_checked" in line]
    assert len(told) == 1
    assert "en" in told[0]


@pytest.mark.parametrize(
    ("cues", "said"),
    [
        (FORBID.replace("outlaws", "Bans"), 'en/cues.yml:3:1: error: "bans" stands twice'),
        (
            FORBID + "  shutdown:\n    close:\n      forms: outlaws\n",
            'en/cues.yml:7:1: error: "outlaws" is a cue of two types: of ban.forbid (line 3)',
        ),
        (
            FORBID + "    block:\n      forms: blocks\n",
            "en/cues.yml:6:1: error: ban.block has 0 hits in examples.yml, 2 are needed.",
        ),
        (FORBID.replace("outlaws", "prohibits"), '"Norway outlaws it" is not hit.'),
        (FORBID + "      weight: 3\n      stage: lost\n", 'ban.forbid: there is no stage "lost".'),
        (FORBID.replace("active", "actve"), 'ban.forbid: there is no frame "actve".'),
        (FORBID.replace("outlaws", "outlaws | b"), '"b" of ban.forbid is one letter'),
        (FORBID.replace("  ban:", "  bna:"), "bna is not a type of event_types.yml."),
        ("cues: [\n", "en/cues.yml"),
    ],
    ids=["twice", "types", "examples", "hit", "stage", "frame", "letter", "type", "yaml"],
)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, cues: str, said: str) -> None:
    done = checked(tmp_path, cues)

    assert done.returncode == 1
    assert said in done.stdout


def test_an_example_that_should_be_missed_is_named(tmp_path: Path) -> None:
    examples = EXAMPLES.replace("Norway likes it", "Norway bans it")

    done = checked(tmp_path, FORBID, examples)

    assert '"Norway bans it" should be missed, and is hit by ban.forbid.' in done.stdout
    assert json.dumps("Norway outlaws it") not in done.stdout
