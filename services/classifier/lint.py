"""Lint: what is wrong with a lexicon's cues and their examples, by file and line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files

import yaml

from services.classifier.document import Document
from services.classifier.lexicon.examples import Example, examples
from services.classifier.lexicon.folding import fold_text
from services.classifier.lexicon.load import lexicon
from services.classifier.lexicon.rules import split_forms
from services.classifier.steps.clauses import cut
from services.classifier.steps.clean import clean
from services.classifier.steps.detect import ENOUGH, detect
from services.classifier.steps.fold import fold
from services.classifier.steps.match import match
from services.classifier.steps.sentences import split
from services.common.config.findings import Finding, Severity
from services.common.contracts.reading import Stage
from services.common.event_types import event_types

FRAMES = frozenset(
    (
        *("active", "passive", "sold", "noun", "sell", "merge"),
        *("close", "refuse", "talks", "store", "lifted", "joins", "told", "must"),
    )
)
_LEAST_EXAMPLES = 2


@dataclass(frozen=True, slots=True)
class _Group:
    """A cue group as the file of its language has it: `name` is `ban.forbid`, `line` where it begins."""

    language: str
    name: str
    line: int
    forms: tuple[str, ...]
    frame: str
    stage: str | None
    only_hides: bool
    """Of weight 0: its words say nothing and hide a cue that they hold, so that no example hits it."""

    @property
    def event_type(self) -> str:
        return self.name.partition(".")[0]

    def error(self, message: str) -> Finding:
        return _error(self.language, self.line, message)


def findings(language: str) -> list[Finding]:
    """Return the mistakes in a language's cues: none means that every example is read as it says."""
    try:
        lexicon(language)
        groups = _groups(language)
    except ValueError as error:
        return [_error(language, 1, str(error))]
    given = list(examples(language))
    return [
        *_unknown_words(groups),
        *_repeated_forms(groups),
        *_short_forms(groups),
        *_lacking_examples(groups, given),
        *_failing_examples(language, groups, given),
    ]


def _error(language: str, line: int, message: str, *, file: str = "cues.yml") -> Finding:
    return Finding(f"lexicon/{language}/{file}", line, 1, Severity.ERROR, message)


def _groups(language: str) -> list[_Group]:
    file = files("services.classifier.lexicon").joinpath(language, "cues.yml")
    if not file.is_file():
        return []
    root = yaml.compose(file.read_text(encoding="utf-8"), Loader=yaml.CBaseLoader)
    found: list[_Group] = []
    for event_type, groups in _entries(_below(root, "cues")):
        for group, body in _entries(groups):
            values = {key.value: str(value.value) for key, value in _entries(body)}
            found.append(
                _Group(
                    language=language,
                    name=f"{event_type.value}.{group.value}",
                    line=group.start_mark.line + 1,
                    forms=tuple(split_forms(values.get("forms", ""))),
                    frame=values.get("frame", "noun"),
                    stage=values.get("stage"),
                    only_hides=float(values.get("weight", "3")) == 0,
                )
            )
    return found


def _entries(node: yaml.Node | None) -> list[tuple[yaml.ScalarNode, yaml.Node]]:
    return list(node.value) if isinstance(node, yaml.MappingNode) else []


def _below(node: yaml.Node | None, key: str) -> yaml.Node | None:
    return next((value for name, value in _entries(node) if name.value == key), None)


def _unknown_words(groups: list[_Group]) -> Iterator[Finding]:
    for group in groups:
        if group.event_type not in event_types():
            yield group.error(
                f"{group.name}: {group.event_type} is not a type of event_types.yml.",
            )
        if group.frame not in FRAMES:
            yield group.error(f'{group.name}: there is no frame "{group.frame}".')
        if group.stage is not None and group.stage not in set(Stage):
            yield group.error(f'{group.name}: there is no stage "{group.stage}".')


def _repeated_forms(groups: list[_Group]) -> Iterator[Finding]:
    """Yield forms that say two things: a group twice, two groups, or two types at once."""
    first: dict[str, _Group] = {}
    for group in groups:
        for form in group.forms:
            before = first.setdefault(fold_text(form), group)
            if before is not group:
                what = "a cue of two types" if before.event_type != group.event_type else "repeated"
                yield group.error(
                    f'"{form}" is {what}: of {before.name} (line {before.line}) and {group.name}.',
                )
        for form in _twice(group.forms):
            yield group.error(f'"{form}" stands twice in {group.name}.')


def _twice(forms: tuple[str, ...]) -> list[str]:
    folded = [fold_text(form) for form in forms]
    return sorted({form for form in folded if folded.count(form) > 1})


def _short_forms(groups: list[_Group]) -> Iterator[Finding]:
    """Yield forms of one letter; a sign of Chinese or Japanese is a word, though a vague one."""
    for group in groups:
        for form in group.forms:
            if len(form.strip("*$")) < 2:
                yield group.error(
                    f'"{form}" of {group.name} is one letter: pair it with what makes it sure.',
                )


def _lacking_examples(groups: list[_Group], given: list[Example]) -> Iterator[Finding]:
    counts: dict[tuple[str, bool], int] = defaultdict(int)
    for example in given:
        counts[example.group, example.is_hit] += 1
    for group in groups:
        if group.only_hides:
            continue
        for is_hit, kind in ((True, "hits"), (False, "misses")):
            if (there := counts[group.name, is_hit]) < _LEAST_EXAMPLES:
                yield group.error(
                    f"{group.name} has {there} {kind} in examples.yml, {_LEAST_EXAMPLES} are needed.",
                )


def _failing_examples(
    language: str, groups: list[_Group], given: list[Example]
) -> Iterator[Finding]:
    lines = {group.name: group.line for group in groups}
    for example in given:
        if example.group not in lines:
            yield _error(
                language,
                1,
                f"examples of {example.group}, which cues.yml does not have.",
                file="examples.yml",
            )
        elif (why := why_wrong(example)) is not None:
            yield _error(
                language, lines[example.group], f'{example.group}: "{example.sentence}" {why}'
            )


def why_wrong(example: Example) -> str | None:
    """Return what is wrong with how an example is read, None when it is as the file says."""
    document = _read(example)
    groups = {trigger.group for trigger in document.triggers}
    if example.is_hit:
        return None if example.group in groups else "is not hit."
    event_type = example.group.partition(".")[0]
    sure = sorted(
        trigger.group
        for trigger in document.triggers
        if trigger.event_type == event_type and trigger.score >= ENOUGH and not trigger.is_negated
    )
    return f"should be missed, and is hit by {sure[0]}." if sure else None


def _read(example: Example) -> Document:
    """Return the sentence as a title, after the steps that look for cues."""
    words = lexicon(example.language)
    document = fold(Document(title=example.sentence, text="", language=example.language))
    document = split(clean(document, grammar=words.grammar), grammar=words.grammar)
    document = cut(match(document, words=words.words), grammar=words.grammar)
    return detect(document, grammar=words.grammar)
