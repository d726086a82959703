"""A new event type, and a new language, are added by files only: entry, words, their examples."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.support.copies import a_copy_of_kabar, kabar

# A type of this name, and words for it, are not likely to be shipped: then a real one would be here too.
ENTRY = """
  karaoke-night:
    label: karaoke night
    past: in a karaoke night
    anchor: [target, actor]
    window: 30d
"""
CUES = """
  karaoke-night:
    sing:
      frame: close
      forms: throws a karaoke night | to throw a karaoke night | sings ... karaoke
    deny:
      frame: close
      stage: rejected
      forms: rules out karaoke | denies karaoke
"""
EXAMPLES = """
karaoke-night:
  sing:
    hits: [Intel throws a karaoke night in Arizona, Nokia sings 700 karaoke songs in Oulu]
    misses: [Intel hires 9000 people, Nokia opens a lab in Oulu]
  deny:
    hits: [SAP rules out karaoke this year, Bosch denies karaoke]
    misses: [SAP raises its outlook, Bosch denies a delay]
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of kabar to whose files a type was added."""
    folder = tmp_path_factory.mktemp("kabar")
    english = a_copy_of_kabar(folder) / "en"
    append(folder / "services/common/event_types.yml", ENTRY)
    append(english / "examples.yml", EXAMPLES)
    cues = (english / "cues.yml").read_text(encoding="utf-8")
    (english / "cues.yml").write_text(cues.replace("cues:\n", f"cues:{CUES}", 1), encoding="utf-8")
    (folder / "companies.yml").write_text(
        "companies:\n  - {id: intel, name: Intel}\n  - {id: sap, name: SAP}\n", encoding="utf-8"
    )
    return folder


def append(file: Path, text: str) -> None:
    with file.open("a", encoding="utf-8") as opened:
        opened.write(text)


def test_stories_of_the_new_type_are_reported(copy: Path) -> None:
    titles = [
        "Intel throws a karaoke night in Arizona",
        "SAP rules out karaoke",
        "Intel reportedly to throw a karaoke night",
        "Government gives Intel 30 days, it throws a karaoke night",
        "Intel opens an office",
    ]
    stories = "\n".join(json.dumps({"id": title, "title": title, "lang": "en"}) for title in titles)

    done = kabar(copy, "classify", "--companies", "companies.yml", "-", stdin=stories)

    found = [
        [(r["type"], r["stage"], r["companies"]) for r in json.loads(line)["reports"]]
        for line in done.stdout.splitlines()
    ]
    intel, sap = {"id": "intel", "role": "target"}, {"id": "sap", "role": "target"}
    assert found == [
        [("karaoke-night", "confirmed", [intel])],
        [("karaoke-night", "rejected", [sap])],
        [("karaoke-night", "rumoured", [intel])],
        [("karaoke-night", "confirmed", [intel])],
        [],
    ]


def test_the_words_of_the_new_type_are_checked(copy: Path) -> None:
    done = kabar(copy, "check", "--lexicon", "--language", "en")

    assert (done.returncode, done.stdout) == (0, "")


def test_a_subscription_may_ask_for_the_new_type(copy: Path) -> None:
    config = copy / "config"
    config.mkdir()
    shutil.copy(copy / "companies.yml", config)
    (config / "subscriptions.yml").write_text(
        "channels:\n  screen: {type: console}\n"
        "subscriptions:\n"
        "  - {id: songs, name: Songs, when: {types: [karaoke-night]}, send: [{to: screen}]}\n",
        encoding="utf-8",
    )
    (config / "feeds.yml").write_text("feeds: []\n", encoding="utf-8")

    done = kabar(copy, "check", "--config", "config")

    assert done.returncode == 0
    assert "1 subscription" in done.stderr


def test_a_new_language_is_a_folder(copy: Path) -> None:
    danish = copy / "services/classifier/lexicon/da"
    danish.mkdir()
    (danish / "cues.yml").write_text(
        "cues:\n  ban:\n    forbid: {frame: active, forms: forbyder | bandlyser}\n",
        encoding="utf-8",
    )
    (danish / "grammar.yml").write_text("order: svo\n", encoding="utf-8")
    (danish / "examples.yml").write_text(
        "ban:\n  forbid:\n    hits: [Norge forbyder Intel, Kina bandlyser Intel]\n"
        "    misses: [Norge elsker Intel, Kina bygger Intel]\n",
        encoding="utf-8",
    )
    story = json.dumps({"id": "1", "lang": "da", "title": "Norge forbyder Intel"})

    done = kabar(copy, "classify", "--companies", "companies.yml", "-", stdin=story)
    checked = kabar(copy, "check", "--lexicon", "--language", "da")

    [report] = json.loads(done.stdout)["reports"]
    assert (report["type"], report["companies"]) == ("ban", [{"id": "intel", "role": "target"}])
    assert (checked.returncode, checked.stdout) == (0, "")
    assert "0 errors in 1 language" in checked.stderr
