"""Lint: what is wrong with a lexicon's files and their examples, by file and line."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from services.classifier.document import Document
from services.classifier.gains.weights import ENOUGH
from services.classifier.lexicon.examples import Example, examples
from services.classifier.lexicon.folding import fold_text
from services.classifier.lexicon.load import BrokenLexiconError, lexicon
from services.classifier.lexicon.mistakes import mistakes
from services.classifier.lexicon.pages import EXAMPLES_FILE, below, items_of, page_of, text_at
from services.classifier.lexicon.spellings import split_forms
from services.classifier.steps.clauses import cut
from services.classifier.steps.clean import clean
from services.classifier.steps.detect import detect
from services.classifier.steps.fold import fold
from services.classifier.steps.match import match
from services.classifier.steps.sentences import split
from services.common.config.findings import Finding, Severity, suggestion

_LEAST_EXAMPLES = 2
_NOTHING = ("0", "0.0")


@dataclass(frozen=True, slots=True)
class _Group:
    """A cue group as the file of its language has it: `name` is `ban.forbid`, `line` where it begins."""

    language: str
    name: str
    line: int
    column: int
    forms: tuple[str, ...]
    only_hides: bool
    """Of weight 0: its words say nothing and hide a cue that they hold, so that no example hits it."""

    @property
    def event_type(self) -> str:
        return self.name.partition(".")[0]

    def error(self, message: str) -> Finding:
        return _error(f"{self.language}/cues.yml", message, line=self.line, column=self.column)


def findings(language: str) -> list[Finding]:
    """Return the mistakes in a language's files: none means that every example is read as it says."""
    wrong = mistakes(language)
    groups, given = _groups(language), list(examples(language))
    return [
        *wrong,
        *_repeated_forms(groups),
        *_short_forms(groups),
        *_lacking_examples(groups, given),
        *_groupless_examples(language, groups),
        *_misread_examples(language, groups, given, is_told=bool(wrong)),
    ]


def _error(file: str, message: str, *, line: int = 1, column: int = 1) -> Finding:
    return Finding(f"lexicon/{file}", line, column, Severity.ERROR, message)


def _groups(language: str) -> list[_Group]:
    page = page_of(language, "cues.yml")
    return [
        _Group(
            language=language,
            name=f"{event_type.text}.{group.text}",
            line=group.line,
            column=group.column,
            forms=tuple(split_forms(text_at(body, "forms"))),
            only_hides=text_at(body, "weight") in _NOTHING,
        )
        for event_type, groups in items_of(below(page.root, "cues") if page else None)
        for group, body in items_of(groups)
    ]


def _repeated_forms(groups: list[_Group]) -> Iterator[Finding]:
    """Yield forms that say two things: a group twice, two groups, or two types at once."""
    first: dict[str, _Group] = {}
    for group in groups:
        for form in group.forms:
            before = first.setdefault(fold_text(form), group)
            is_of_two = before.event_type != group.event_type
            # What hides in one type may tell another: "axes 300 jobs" closes nothing.
            if before is not group and not (is_of_two and (before.only_hides or group.only_hides)):
                what = "a cue of two types" if is_of_two else "repeated"
                yield group.error(
                    f'"{form}" is {what}: of {before.name} (line {before.line}) and {group.name}.',
                )
        for form in _twice(group.forms):
            yield group.error(f'"{form}" stands twice in {group.name}.')


def _twice(forms: tuple[str, ...]) -> list[str]:
    counts = Counter(fold_text(form) for form in forms)
    return sorted(form for form, count in counts.items() if count > 1)


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


def _groupless_examples(language: str, groups: list[_Group]) -> Iterator[Finding]:
    """Yield each group that has examples and is not there, once; none where no group could be read."""
    names = {group.name for group in groups}
    page = page_of(language, EXAMPLES_FILE) if names else None
    for event_type, told in items_of(page.root if page else None):
        for group, _ in items_of(told):
            name = f"{event_type.text}.{group.text}"
            if name not in names:
                yield _error(
                    f"{language}/{EXAMPLES_FILE}",
                    f"examples of {name}, which cues.yml does not have{suggestion(name, names) or '.'}",
                    line=group.line,
                    column=group.column,
                )


def _misread_examples(
    language: str, groups: list[_Group], given: list[Example], *, is_told: bool
) -> Iterator[Finding]:
    """Yield the examples that are not read as they should be; why none can be, unless that `is_told`."""
    try:
        lexicon(language)
    except BrokenLexiconError as error:
        if not is_told:
            yield _error(f"{language}/cues.yml", str(error.__cause__))
        return
    names = {group.name for group in groups}
    for example in given:
        if example.group in names and (why := why_wrong(example)) is not None:
            yield _error(
                f"{language}/{EXAMPLES_FILE}",
                f'{example.group}: "{example.sentence}" {why}',
                line=example.line,
                column=example.column,
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
    title, language = example.sentence, example.language
    document = Document(title=title, text="", language=language, grammar=words.grammar)
    document = split(clean(fold(document)))
    document = cut(match(document, words=words.words))
    return detect(document)
