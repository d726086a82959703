"""YAML as our files use it: text, lists and mappings, each with its place.

A plain scalar is the text that was typed: NO, 22:00, 1688 and null are no booleans, numbers or
nothings; the field that takes the text decides. What would make a file mean more than it shows
(anchors, tags, directives, several documents, a key twice) is an error.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import yaml

from services.common.config.findings import Finding, Severity

# libyaml's parser without PyYAML's composer: events with marks, 200,000 scalars in about 0.4 s.
# A PyYAML built without libyaml has the pure one, which gives the same events, slowly.
_Parser = yaml.CLoader if yaml.__with_libyaml__ else yaml.Loader

# White space with a tab that begins a line, unless a comment is all that follows.
_INDENTING_TAB = re.compile(r"^ *\t[ \t]*(?![ \t#])", re.MULTILINE)
_TAB_WIDTHS = (2, 4, 8)


class Scalar:
    """A text. `is_plain`: it stands there without quotes."""

    __slots__ = ("column", "is_plain", "line", "text")

    def __init__(self, text: str, line: int, column: int, is_plain: bool = True) -> None:  # noqa: FBT001, FBT002  a keyword would cost a tenth of the reading time
        self.text = text
        self.line = line
        self.column = column
        self.is_plain = is_plain

    @property
    def is_empty(self) -> bool:
        """Return whether there is nothing: `key:` is, `key: ""` is not."""
        return self.is_plain and not self.text


class Sequence:
    """A list."""

    __slots__ = ("column", "items", "line")

    def __init__(self, line: int, column: int) -> None:
        self.items: list[Node] = []
        self.line = line
        self.column = column


class Mapping:
    """Keys, each once, with their values; `keys` has the place of each key."""

    __slots__ = ("column", "keys", "line", "values")

    def __init__(self, line: int, column: int) -> None:
        self.keys: dict[str, Scalar] = {}
        self.values: dict[str, Node] = {}
        self.line = line
        self.column = column


Node = Scalar | Sequence | Mapping


@dataclass(slots=True)
class Page:
    """One file as it was read. `root` is None when it is empty or could not be parsed.

    `shifts` says by how many columns a line was moved to the right when its tabs were replaced.
    """

    file: str
    root: Node | None = None
    is_broken: bool = False
    findings: list[Finding] = field(default_factory=list)
    shifts: dict[int, int] = field(default_factory=dict)

    def error(self, node: Node, message: str) -> None:
        """Add a mistake that makes the file unusable."""
        self.add(node.line, node.column, Severity.ERROR, message)

    def warning(self, node: Node, message: str) -> None:
        """Add something that is probably not what was meant."""
        self.add(node.line, node.column, Severity.WARNING, message)

    def add(self, line: int, column: int, severity: Severity, message: str) -> None:
        """Add a finding at a place, both counted from 1."""
        column -= self.shifts.get(line, 0)
        self.findings.append(Finding(self.file, line, column, severity, message))


def read_yaml(content: bytes, *, file: str) -> Page:
    """Return what a file holds; the page's findings say what in it is not our YAML.

    Tabs that indent are reported and then read as spaces, so that they hide no other mistake.
    """
    page = Page(file)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8-sig")
        _add_break(page, before, len(before), "not UTF-8: save the file in that encoding")
        return page
    try:
        _Builder(page).build(text)
    except yaml.MarkedYAMLError as error:
        _mend_tabs(page, text, error)
    except yaml.reader.ReaderError as error:
        at = next(i for i, letter in enumerate(text) if ord(letter) == error.character)
        _add_break(page, text, at, f"the control character U+{ord(text[at]):04X} is not allowed")
    return page


class _Builder:
    """Turns events into nodes, without recursion: no depth of nesting ends it."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._documents = 0
        self._enclosing: list[list[Node]] = []
        self._nodes: list[Node] = []

    def build(self, text: str) -> None:
        """Set the page's root to the node of the first document."""
        # Four events in five are scalars, so these are built without a further call.
        for event in iter(_Parser(text).get_event, None):
            if event.__class__ is yaml.ScalarEvent:
                mark = event.start_mark
                line, column = mark.line + 1, mark.column + 1  # type: ignore[union-attr]  # a parser's events have marks
                self._nodes.append(Scalar(event.value, line, column, not event.style))
                if event.anchor is not None or event.tag is not None:
                    self._refuse_properties(event)
            else:
                self._structure(event)

    def _structure(self, event: yaml.Event) -> None:
        match event:
            case yaml.SequenceStartEvent() | yaml.MappingStartEvent():
                self._open(event)
            case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
                children, self._nodes = self._nodes, self._enclosing.pop()
                self._fill(self._nodes[-1], children)
            case yaml.AliasEvent():
                self._refuse(event, f"an alias (*{event.anchor}) is not allowed: write it out")
                self._nodes.append(_empty_at(event))
            case yaml.DocumentStartEvent():
                self._begin_document(event)
            case yaml.DocumentEndEvent():
                self._end_document()

    def _open(self, event: yaml.CollectionStartEvent) -> None:
        self._refuse_properties(event)
        line, column = _place(event)
        is_list = isinstance(event, yaml.SequenceStartEvent)
        self._nodes.append(Sequence(line, column) if is_list else Mapping(line, column))
        self._enclosing.append(self._nodes)
        self._nodes = []

    def _fill(self, opened: Node, children: list[Node]) -> None:
        if isinstance(opened, Sequence):
            opened.items = children
        elif isinstance(opened, Mapping):
            for key, value in zip(children[::2], children[1::2], strict=True):
                self._set(opened, key, value)

    def _set(self, mapping: Mapping, key: Node, value: Node) -> None:
        if not isinstance(key, Scalar):
            self._page.error(key, "a key is one word, no list or mapping")
        elif key.text in mapping.keys:
            first = mapping.keys[key.text].line
            self._page.error(key, f'the key "{key.text}" is used twice, first on line {first}')
        else:
            mapping.keys[key.text] = key
            mapping.values[key.text] = value

    def _begin_document(self, event: yaml.DocumentStartEvent) -> None:
        self._documents += 1
        if event.version is not None or event.tags:
            self._refuse(event, "a directive (%YAML, %TAG) is not allowed: remove it")
        if self._documents == 2:
            self._refuse(event, "a second document (---) is not allowed: one file, one document")

    def _end_document(self) -> None:
        if self._documents == 1 and self._nodes:
            root = self._nodes[0]
            self._page.root = None if isinstance(root, Scalar) and root.is_empty else root
        self._nodes = []

    def _refuse_properties(self, event: yaml.NodeEvent) -> None:
        if event.anchor is not None:
            self._refuse(event, f"an anchor (&{event.anchor}) is not allowed: write things out")
        tag = getattr(event, "tag", None)
        if tag is not None:
            shown = tag.replace("tag:yaml.org,2002:", "!!")
            self._refuse(event, f"a tag ({shown}) is not allowed: a field's type decides")

    def _refuse(self, event: yaml.Event, message: str) -> None:
        self._page.error(_empty_at(event), message)


def _empty_at(event: yaml.Event) -> Scalar:
    line, column = _place(event)
    return Scalar("", line, column)


def _place(event: yaml.Event) -> tuple[int, int]:
    mark = event.start_mark
    return (1, 1) if mark is None else (mark.line + 1, mark.column + 1)


def _mend_tabs(page: Page, text: str, error: yaml.MarkedYAMLError) -> None:
    """Report `error`; where tabs caused it, report these and read the file with spaces instead."""
    tabs = {text.count("\n", 0, tab.start()) + 1: tab[0] for tab in _INDENTING_TAB.finditer(text)}
    mark = error.problem_mark or error.context_mark
    if mark is None or mark.line + 1 not in tabs:
        _add_syntax_error(page, text, error)
        return
    attempts = (_with_spaces(page.file, text, tabs, width) for width in _TAB_WIDTHS)
    mended = next((attempt for attempt in attempts if attempt is not None), None)
    page.findings = [] if mended is None else mended.findings
    for line, indent in tabs.items():
        column, message = indent.index("\t") + 1, "a tab indents here: use spaces"
        page.findings.append(Finding(page.file, line, column, Severity.ERROR, message))
    page.is_broken = mended is None
    if mended is not None:
        page.root, page.shifts = mended.root, mended.shifts


def _with_spaces(file: str, text: str, tabs: dict[int, str], width: int) -> Page | None:
    """Return the page as it is with tabs of `width`, None where that is no YAML either."""
    page = Page(file)
    page.shifts = {line: indent.count("\t") * (width - 1) for line, indent in tabs.items()}
    try:
        _Builder(page).build(
            _INDENTING_TAB.sub(lambda tab: tab[0].replace("\t", " " * width), text)
        )
    except yaml.YAMLError:
        return None
    return page


def _add_syntax_error(page: Page, text: str, error: yaml.MarkedYAMLError) -> None:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    lines = text.split("\n")
    if line > len(lines):  # the end of the text counts as a line of its own
        line, column = len(lines), len(lines[-1]) + 1
    problem = error.problem or error.context or "not YAML"
    hint = next((hint for part, hint in _HINTS.items() if part in problem), "")
    page.is_broken, page.root = True, None
    page.add(line, column, Severity.ERROR, f"{problem}{hint}")


_HINTS = {
    "mapping values are not allowed": ": put the text in quotes, or mind the indentation",
    "cannot start any token": ": put the text in quotes",
    "did not find expected": ": mind the indentation, commas and closing brackets",
    "found unexpected end of stream": ": a quote or bracket is not closed",
}
"""What most often is behind an error of the parser."""


def _add_break(page: Page, text: str, at: int, message: str) -> None:
    """Report what makes the whole file unreadable, at code point `at` of `text`."""
    line_start = text.rfind("\n", 0, at) + 1
    page.is_broken, page.root = True, None
    page.add(text.count("\n", 0, at) + 1, at - line_start + 1, Severity.ERROR, message)
