"""What `kabar check --lexicon` finds. The shipped lexicons are clean; broken ones are told apart."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from services.classifier.lexicon.load import LANGUAGES, checked_digests, lexicon
from services.classifier.workbench.lint import findings
from tests.support.copies import a_copy_of_kabar, kabar

FORBID = "cues:\n  ban:\n    forbid:\n      frame: active\n      forms: bans | outlaws\n"
EXAMPLES = """
ban:
  forbid:
    hits: [Norway bans TikTok, Norway outlaws it]
    misses: [Norway likes it, Norway reads]
"""
GRAMMAR = "order: svo\n"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_shipped_lexicon_is_clean(language: str) -> None:
    assert [str(finding) for finding in findings(language)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_shipped_lexicon_is_as_it_was_when_it_was_checked(language: str) -> None:
    assert checked_digests()[language] == lexicon(language).hash, "run kabar check --lexicon --note"


def copy_without_languages(folder: Path) -> Path:
    """Copy kabar without a word of any language, and return where their folders go."""
    lexicon = a_copy_of_kabar(folder)
    for language in LANGUAGES:
        shutil.rmtree(lexicon / language)
    return lexicon


def write(folder: Path, cues: str, examples: str, **others: str) -> None:
    """Write the files of a language: a word order is the least that grammar.yml says."""
    folder.mkdir()
    for name, text in {"cues": cues, "examples": examples, "grammar": GRAMMAR, **others}.items():
        if text:
            (folder / f"{name}.yml").write_text(text, encoding="utf-8")


def checked(folder: Path, cues: str, examples: str = EXAMPLES) -> subprocess.CompletedProcess[str]:
    """Return what `kabar check --lexicon` says of a copy of kabar whose English is `cues`."""
    write(copy_without_languages(folder) / "en", cues, examples)
    return kabar(folder, "check", "--lexicon", "--note")


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


MISTAKES: dict[str, tuple[dict[str, str], str]] = {
    # what is wrong: (the files that say so, what is told)
    "form-twice": (
        {"cues": FORBID.replace("outlaws", "Bans")},
        'cues.yml:3:5: error: "bans" stands twice in ban.forbid.',
    ),
    "two-types": (
        {"cues": FORBID + "  shutdown:\n    close:\n      forms: outlaws\n"},
        'cues.yml:7:5: error: "outlaws" is a cue of two types: of ban.forbid (line 3)',
    ),
    "no-examples": (
        {"cues": FORBID + "    block:\n      forms: blocks\n"},
        "cues.yml:6:5: error: ban.block has 0 hits in examples.yml, 2 are needed.",
    ),
    "not-hit": (
        {"cues": FORBID.replace("outlaws", "prohibits")},
        'examples.yml:4:32: error: ban.forbid: "Norway outlaws it" is not hit.',
    ),
    "not-missed": (
        {"examples": EXAMPLES.replace("Norway likes it", "Norway bans it")},
        'examples.yml:5:14: error: ban.forbid: "Norway bans it" should be missed, and is hit by ban.forbid.',
    ),
    "stage": (
        {"cues": FORBID + "      weight: 3\n      stage: lost\n"},
        'cues.yml:7:14: error: cues.ban.forbid.stage: there is no stage "lost".',
    ),
    "frame": (
        {"cues": FORBID.replace("active", "actve")},
        'cues.yml:4:14: error: cues.ban.forbid.frame: there is no frame "actve"; did you mean "active"?',
    ),
    "one-letter": (
        {"cues": FORBID.replace("outlaws", "outlaws | b")},
        'cues.yml:3:5: error: "b" of ban.forbid is one letter',
    ),
    "type": (
        {"cues": FORBID.replace("  ban:", "  bna:")},
        'cues.yml:2:3: error: cues: there is no event type "bna"; did you mean "ban"?',
    ),
    "broken": ({"cues": "cues: [\n"}, "cues.yml:2:1: error: did not find expected node content"),
    "key-of-group": (
        {"cues": FORBID.replace("frame", "frmae")},
        'cues.yml:4:7: error: cues.ban.forbid: there is no key "frmae"; did you mean "frame"?',
    ),
    "weight-too-large": (
        {"cues": FORBID + "      weight: 15\n"},
        'cues.yml:6:15: error: cues.ban.forbid.weight: "15" is no number from 0 to 3.',
    ),
    "weight-in-words": (
        {"cues": FORBID + "      weight: strong\n"},
        'cues.yml:6:15: error: cues.ban.forbid.weight: "strong" is no number from 0 to 3.',
    ),
    "group-twice": (
        {"cues": FORBID + "    forbid:\n      forms: prohibits\n"},
        'cues.yml:6:5: error: the key "forbid" is used twice, first on line 3',
    ),
    "forms-as-a-list": (
        {"cues": FORBID.replace("bans | outlaws", "[bans, outlaws]")},
        'cues.yml:5:14: error: cues.ban.forbid.forms: forms are one text ("one | two"), no list',
    ),
    "no-forms": (
        {"cues": "cues:\n  ban:\n    forbid:\n      frame: active\n"},
        "cues.yml:4:7: error: cues.ban.forbid has no forms.",
    ),
    "open-brace": (
        {"cues": FORBID.replace("bans | outlaws", "'bans | {outlaws,forbids it'")},
        'error: cues.ban.forbid.forms: a brace of "{outlaws,forbids it" is not closed',
    ),
    "open-brace-within": (
        {"cues": FORBID.replace("bans | outlaws", "'bans | {outlaws,{forbids it'")},
        'error: cues.ban.forbid.forms: a brace of "{outlaws,{forbids it" is not closed',
    ),
    "bar-in-braces": (
        {"cues": FORBID.replace("bans | outlaws", "'bans | {outlaws|forbids} it'")},
        'error: cues.ban.forbid.forms: a brace of "{outlaws" is not closed',
    ),
    "no-letters": (
        {"cues": FORBID.replace("bans | outlaws", "'bans | outlaws | *'")},
        'cues.yml:5:14: error: cues.ban.forbid.forms: a part of "*" has no letters.',
    ),
    "blocker": (
        {"cues": FORBID + "blockers:\n  lokdown: locked down\n"},
        'cues.yml:7:3: error: blockers: there is no kind of blocker "lokdown"; did you mean "lockdown"?',
    ),
    "no-grammar": (
        {"grammar": ""},
        'grammar.yml:1:1: error: there is no such file: at least "order: svo" or "order: sov"',
    ),
    "no-order": ({"grammar": "negation: not\n"}, "grammar.yml:1:1: error: it says no order"),
    "order": (
        {"grammar": "order: vso\n"},
        'grammar.yml:1:8: error: order: there is no order "vso"; did you mean "svo"?',
    ),
    "key-of-grammar": (
        {"grammar": GRAMMAR + "negashun: not\n"},
        'grammar.yml:2:1: error: there is no key "negashun"; did you mean "negation"?',
    ),
    "role": (
        {"grammar": GRAMMAR + "roles:\n  buyer: {before: by}\n"},
        'grammar.yml:3:3: error: roles: there is no role "buyer".',
    ),
    "role-slip": (
        {"grammar": GRAMMAR + "roles:\n  sellr: {before: by}\n"},
        'grammar.yml:3:3: error: roles: there is no role "sellr"; did you mean "seller"?',
    ),
    "role-of-no-frame": (
        {"grammar": GRAMMAR + "roles:\n  actve.actor: {before: by}\n"},
        'there is no role "actve.actor"; did you mean "active.actor"?',
    ),
    "side-of-a-role": (
        {"grammar": GRAMMAR + "roles:\n  actor: {befor: by}\n"},
        'grammar.yml:3:11: error: roles.actor: there is no key "befor"; did you mean "before"?',
    ),
    "role-without-sides": (
        {"grammar": GRAMMAR + "roles: {actor: by}\n"},
        "grammar.yml:2:16: error: roles.actor: a mapping is wanted, with keys as before, after.",
    ),
    "stages": (
        {"stages": "stage:\n  rumored: {any: reportedly}\n"},
        'stages.yml:2:3: error: stage: there is no stage "rumored"; did you mean "rumoured"?',
    ),
    "type-of-a-stage": (
        {"stages": "stage:\n  rumoured: {bann: reportedly}\n"},
        'stages.yml:2:14: error: stage.rumoured: there is no event type "bann"; did you mean "ban"?',
    ),
    "key-of-stages": (
        {"stages": "heresay: reportedly\n"},
        'stages.yml:1:1: error: there is no key "heresay"; did you mean "hearsay"?',
    ),
    "months": (
        {"places": f"months: [{', '.join(f'month{n}' for n in range(11))}]\n"},
        "places.yml:1:9: error: months has 11 entries, 12 are needed.",
    ),
    "code": (
        {"places": "countries:\n  SWE: Sweden\n"},
        'places.yml:2:3: error: countries: there is no ISO 3166-1 country "SWE"; did you mean',
    ),
    "key-of-places": (
        {"places": "contries: {SE: Sweden}\n"},
        'places.yml:1:1: error: there is no key "contries"; did you mean "countries"?',
    ),
    "country": (
        {"fields": "country: Sweden\n"},
        'fields.yml:1:10: error: country: there is no ISO 3166-1 country "Sweden".',
    ),
    "currency": (
        {"fields": "money:\n  currencies: {SEKK: kronor}\n"},
        'fields.yml:2:16: error: money.currencies: there is no currency "SEKK"; did you mean "SEK"?',
    ),
    "factor": (
        {"fields": "money:\n  currencies: {SEK million: mkr}\n"},
        'fields.yml:2:16: error: money.currencies: "million" behind SEK is no factor.',
    ),
    "scope": (
        {"fields": "applies:\n  ban: {goverment devices: work phones}\n"},
        'fields.yml:2:9: error: applies.ban: there is no key "goverment devices"; did you mean "government devices"?',
    ),
    "key-of-fields": (
        {"fields": "mony: {}\n"},
        'fields.yml:1:1: error: there is no key "mony"; did you mean "money"?',
    ),
    "hits-as-a-text": (
        {"examples": EXAMPLES.replace("[Norway bans TikTok, Norway outlaws it]", "Norway bans")},
        "examples.yml:4:11: error: ban.forbid.hits: a list is wanted.",
    ),
    "kind-of-example": (
        {"examples": EXAMPLES.replace("misses", "mises")},
        'examples.yml:5:5: error: ban.forbid: there is no key "mises"; did you mean "misses"?',
    ),
    "examples-of-no-group": (
        {"examples": EXAMPLES + EXAMPLES.replace("\nban:\n", "").replace("forbid", "forbids")},
        "examples.yml:6:3: error: examples of ban.forbids, which cues.yml does not have; did you",
    ),
}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return what is said of one copy of kabar that has a language for every mistake."""
    folder = tmp_path_factory.mktemp("kabar")
    lexicon = copy_without_languages(folder)
    for mistake, (of_one, _) in MISTAKES.items():
        write(lexicon / mistake, **{"cues": FORBID, "examples": EXAMPLES, **of_one})

    done = kabar(folder, "check", "--lexicon")

    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    return done.stdout


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named_with_its_place(told: str, mistake: str) -> None:
    lines = [line for line in told.splitlines() if line.startswith(f"lexicon/{mistake}/")]

    assert MISTAKES[mistake][1] in "\n".join(lines)


@pytest.mark.parametrize("mistake", ["examples-of-no-group", "broken", "forms-as-a-list"])
def test_a_mistake_is_told_once(told: str, mistake: str) -> None:
    lines = [line for line in told.splitlines() if line.startswith(f"lexicon/{mistake}/")]

    assert len(lines) == 1


def test_a_broken_language_stops_no_story_in_another(tmp_path: Path) -> None:
    lexicon = copy_without_languages(tmp_path)
    write(lexicon / "en", FORBID, EXAMPLES)
    broken = FORBID.replace("bans | outlaws", "[verbietet, untersagt]")
    write(lexicon / "de", broken, EXAMPLES)
    (tmp_path / "companies.yml").write_text("companies: [{id: grab, name: Grab}]\n", "utf-8")
    stories = [
        {"id": "1", "title": "Norway bans Grab"},
        {"id": "2", "title": "Norwegen verbietet Grab", "lang": "de"},
        {"id": "3", "title": "Norway outlaws Grab", "lang": "en"},
    ]

    done = kabar(
        tmp_path,
        "classify",
        "--companies",
        "companies.yml",
        stdin="\n".join(map(json.dumps, stories)),
    )

    first, second, third = map(json.loads, done.stdout.splitlines())
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert [len(read["reports"]) for read in (first, third)] == [1, 1]
    assert (
        "lexicon/de/cues.yml:5:14: error: cues.ban.forbid.forms: forms are one text"
        in second["error"]
    )
