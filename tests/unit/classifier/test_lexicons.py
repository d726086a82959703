from __future__ import annotations

import pytest

from services.classifier.document import Document
from services.classifier.lexicon.examples import Example, examples
from services.classifier.lexicon.load import LANGUAGES, lexicon
from services.classifier.steps.clauses import cut
from services.classifier.steps.clean import clean
from services.classifier.steps.detect import ENOUGH, detect
from services.classifier.steps.fold import fold
from services.classifier.steps.match import match
from services.classifier.steps.sentences import split

EXAMPLES = [example for language in LANGUAGES for example in examples(language)]


def read(example: Example) -> Document:
    """Return the sentence as a title, after the steps that look for cues."""
    words = lexicon(example.language)
    document = fold(Document(title=example.sentence, text="", language=example.language))
    document = split(clean(document, grammar=words.grammar), grammar=words.grammar)
    document = cut(match(document, words=words.words), grammar=words.grammar)
    return detect(document, grammar=words.grammar)


@pytest.mark.parametrize("example", [e for e in EXAMPLES if e.is_hit], ids=lambda e: e.sentence)
def test_a_cue_group_hits_its_examples(example: Example) -> None:
    groups = {trigger.group for trigger in read(example).triggers}

    assert example.group in groups


@pytest.mark.parametrize("example", [e for e in EXAMPLES if not e.is_hit], ids=lambda e: e.sentence)
def test_a_cue_group_misses_its_counterexamples(example: Example) -> None:
    event_type = example.group.partition(".")[0]

    sure = [
        trigger
        for trigger in read(example).triggers
        if trigger.event_type == event_type and trigger.score >= ENOUGH and not trigger.is_negated
    ]

    assert sure == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_lexicon_loads(language: str) -> None:
    assert lexicon(language).hash


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_cue_group_has_two_examples_of_each_kind(language: str) -> None:
    counts: dict[tuple[str, bool], int] = {}
    for example in examples(language):
        counts[example.group, example.is_hit] = counts.get((example.group, example.is_hit), 0) + 1

    groups = {group for group, _ in counts}
    lacking = [
        (group, kind)
        for group in groups
        for kind in (True, False)
        if counts.get((group, kind), 0) < 2
    ]

    assert lacking == []
