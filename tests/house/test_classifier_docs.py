"""What the pages on the classifier promise: how titles are read, and that their lists are whole."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from services.classifier.lexicon.grammar import Trait
from services.classifier.lexicon.load import LANGUAGES as CODES
from services.classifier.lexicon.load import lexicon
from services.classifier.lexicon.shared_words import blocked_types, shared_file, stage_weights
from services.classifier.pipeline import Pipeline
from services.common.contracts.reading import Focus, Report, Role, Stage
from services.common.event_types import event_types
from tests.support.builders import a_company, a_story, a_watchlist

ROOT = Path(__file__).parents[2]
CLASSIFIER, LANGUAGES = ROOT / "docs/classifier.md", ROOT / "docs/languages.md"
LEXICON = ROOT / "services/classifier/lexicon"
NAMES = {
    name.lower(): name for name in ("Norvik", "Zelmo", "Balto", "TikTok", "Grab", "Chope", "Arm")
}
_LANGUAGE = re.compile(r"[a-z]{2}: ")
PIPELINE = Pipeline.of(a_watchlist(*(a_company(key, name=name) for key, name in NAMES.items())))


def blocks(page: Path, language: str) -> list[str]:
    """Return what stands in a page's fenced blocks of one language, in order."""
    text = page.read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def promised() -> Iterator[tuple[str, str]]:
    for page in (CLASSIFIER, LANGUAGES):
        for block in blocks(page, "readings"):
            for line in block.splitlines():
                title, _, reading = line.partition(" → ")
                yield title, reading


def told(report: Report) -> str:
    """Return a report as the pages write one; what goes without saying is left out."""
    stage = "" if report.stage is Stage.CONFIRMED else f" {report.stage}"
    focus = "" if report.focus is Focus.MAIN else f" {report.focus}"
    parties = [f"{NAMES[party.id]} {party.role}" for party in report.companies]
    parties += [f"{other.name} {other.role}" for other in report.others]
    return f"{report.type}{stage}{focus}: {', '.join(parties)}"


@pytest.mark.parametrize(("line", "reading"), list(promised()))
def test_every_example_is_read_as_the_page_says(line: str, reading: str) -> None:
    told_in, _, story_text = line.partition(": ") if _LANGUAGE.match(line) else ("en", "", line)
    title, _, text = story_text.partition(" / ")
    story = a_story(title=title, text=text, language=told_in, published=None)

    reports = [told(report) for report in PIPELINE.read(story).reports]

    assert sorted(reports) == sorted(reading.split("; ") if reading != "nothing" else [])


def test_no_example_of_a_file_says_a_key_twice() -> None:
    for block in blocks(LANGUAGES, "yaml"):
        for node in _mappings(yaml.compose(block)):
            keys = [key.value for key, _ in node.value]
            assert len(keys) == len(set(keys)), keys


def _mappings(node: yaml.Node | None) -> Iterator[yaml.MappingNode]:
    if isinstance(node, yaml.MappingNode):
        yield node
        for _, value in node.value:
            yield from _mappings(value)


def test_every_frame_role_limit_and_shared_file_is_named() -> None:
    page = LANGUAGES.read_text(encoding="utf-8")
    files = {file.stem for file in (LEXICON / "shared").glob("*.yml")}

    named = {*frames(), *map(str, Role), *limits(), *files}

    assert len(named) > len(files)
    assert [name for name in sorted(named) if f"`{name}`" not in page] == []


def frames() -> set[str]:
    """Return every frame that a shipped language uses."""
    cues = (file.read_text(encoding="utf-8") for file in LEXICON.glob("*/cues.yml"))
    return {frame for text in cues for frame in re.findall(r"frame: ([a-z]+)", text)}


def limits() -> set[str]:
    """Return what a ban or a closing may be limited to; all languages have the same names."""
    parsed = yaml.safe_load((LEXICON / "en/fields.yml").read_text(encoding="utf-8"))
    return {name for names in parsed["applies"].values() for name in names}


def test_every_kind_of_blocker_is_named_with_what_it_takes_back() -> None:
    rows = re.findall(r"^\| (`.*`) \| ([a-z, ]+) \|$", LANGUAGES.read_text("utf-8"), re.MULTILINE)
    taken = {
        kind: frozenset(event_types() if types == "every type" else types.split(", "))
        for kinds, types in rows
        for kind in re.findall(r"`([a-z]+)`", kinds)
    }

    assert blocked_types().items() <= taken.items()


def test_every_trait_is_named_with_the_languages_that_have_it() -> None:
    page = LANGUAGES.read_text(encoding="utf-8")
    table = page.partition("| trait |")[2].partition("\n\n")[0]
    rows = re.findall(r"^\| `([a-z ]+)` \| .* \| ([a-z ]+) \|$", table, re.MULTILINE)

    having = {
        trait: {code for code in CODES if trait in lexicon(code).grammar.traits} for trait in Trait
    }

    assert {trait: set(codes.split()) for trait, codes in rows} == having


def test_every_sign_of_a_stage_is_explained() -> None:
    page = CLASSIFIER.read_text(encoding="utf-8")
    table = page.partition("| sign in `--explain`")[2].partition("\n\n")[0]
    labels = tuple(label.removesuffix(" …") for label in re.findall(r"`([^`]+)`", table))

    signs = {sign for weights in stage_weights().values() for sign in weights}

    assert signs
    assert [sign for sign in sorted(signs) if not sign.startswith(labels)] == []


def test_the_kinds_of_harmless_words_that_a_language_needs_are_kinds() -> None:
    page = LANGUAGES.read_text(encoding="utf-8")
    step = page.partition("with the kinds ")[2].partition(";")[0]

    kinds = re.findall(r"`([a-z]+)`", step)

    assert kinds
    assert [kind for kind in kinds if kind not in shared_file("harmless.yml")["en"]] == []
