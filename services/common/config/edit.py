"""Edits of the configuration files: lines go in or out, every other byte stays as it was.

An entry is found by its lines, which the reader knows anyway. A library that writes the whole file
anew takes the comment above an entry away together with the entry before it. What an edit makes is
read before it is written: one that would bring a mistake is refused.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from itertools import takewhile
from pathlib import Path
from tempfile import NamedTemporaryFile

from services.common.config import yaml
from services.common.config.companies import read_companies
from services.common.config.configuration import read_file
from services.common.config.feeds import address_key, read_feeds
from services.common.config.findings import Finding
from services.common.config.yaml import Page, Scalar, read_yaml
from services.common.errors import ConfigurationError
from services.common.ids import feed_id

Value = str | bool | Sequence["str | Mapping[str, str | Sequence[str]]"]
Entry = Mapping[str, Value | None]
"""An entry's keys in the order in which they are written; None, False and empty ones are left out."""


class RefusedEditError(ConfigurationError):
    """The edit has no place or would bring a mistake, which the message names. Nothing was written."""


class _WouldBeWrongError(RefusedEditError):
    """The file would have the mistakes that the message names."""


@dataclass(frozen=True, slots=True)
class EditedList:
    """The list of one file: `key` holds it, `read` checks the whole file, `is_named` finds an entry."""

    file: str
    key: str
    noun: str
    read: Callable[[Page], object]
    is_named: Callable[[yaml.Mapping, str], bool]


def add(directory: Path, edited: EditedList, *entries: Entry) -> None:
    """Add entries at the end of a list, all or none; the file is made where it is missing.

    Raises:
        RefusedEditError: the message has what would be wrong, such as an id that is taken.
        OSError: the directory cannot be written. Show `entry_yaml` instead.
    """
    path = directory / edited.file
    with _one_at_a_time(directory):
        page, lines = _read(path)
        _write(path, _added(page, lines, edited, entries), edited, before=lines)


def remove(directory: Path, edited: EditedList, name: str) -> None:
    """Take the entry called `name` out of a list; the comments around it stay.

    Raises:
        RefusedEditError: it is not there, or something else in the file needs it.
        OSError: the directory cannot be written.
    """
    path = directory / edited.file
    try:
        with _one_at_a_time(directory):
            page, lines = _read(path)
            _write(path, _removed(page, lines, edited, name), edited, before=lines)
    except _WouldBeWrongError as error:
        raise RefusedEditError(f'Without {edited.noun} "{name}", which stays:\n{error}') from error


def entry_yaml(entry: Entry, *, indent: int = 2) -> str:
    """Return an entry as it is written into a file."""
    lines: list[str] = []
    for key, value in entry.items():
        if value:
            lines.append(f"{' ' * indent}{'  ' if lines else '- '}{key}: {_shown(value)}\n")
    return "".join(lines)


def _has_id(entry: yaml.Mapping, name: str) -> bool:
    value = entry.values.get("id")
    return isinstance(value, Scalar) and value.text == name


def _has_id_or_url(entry: yaml.Mapping, name: str) -> bool:
    """Return whether `name` is the feed's id, told or made of its address, or that address."""
    url = entry.values.get("url")
    if not isinstance(url, Scalar) or _has_id(entry, name):
        return _has_id(entry, name)
    key = address_key(url.text)
    return key == address_key(name) or ("id" not in entry.values and feed_id(key) == name)


COMPANIES = EditedList("companies.yml", "companies", "company", read_companies, _has_id)
FEEDS = EditedList("feeds.yml", "feeds", "feed", read_feeds, _has_id_or_url)


@contextmanager
def _one_at_a_time(directory: Path) -> Iterator[None]:
    """Keep other edits out from reading to writing: what is in between would be lost."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        with suppress(OSError):  # some file systems of a network have no locks
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _read(path: Path) -> tuple[Page, list[str]]:
    """Return a file with its lines, each with its end; nothing of both for one that is missing."""
    content = read_file(path) or b""
    if isinstance(content, str):
        raise RefusedEditError(f"{path} cannot be read: {content}.")
    page = read_yaml(content, file=str(path))
    if page.findings:
        raise RefusedEditError("\n".join(str(finding) for finding in page.findings))
    lines = content.decode().splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += _line_end(lines)
    return page, lines


def _line_end(lines: Sequence[str]) -> str:
    """Return how most of the lines end: an editor on Windows has its own way."""
    return "\r\n" if 2 * sum(line.endswith("\r\n") for line in lines) > len(lines) else "\n"


def _added(page: Page, lines: list[str], edited: EditedList, entries: Sequence[Entry]) -> list[str]:
    listed, line_end = _list(page, edited), _line_end(lines)
    if listed is not None and listed.items:
        end = _end(page, lines, listed, len(listed.items) - 1)
        new = [_ended(entry_yaml(entry, indent=listed.column - 1), line_end) for entry in entries]
        return [*lines[:end], *new, *lines[end:]]
    new = [_ended(entry_yaml(entry), line_end) for entry in entries]
    at = _key_line(page, edited)
    if at is None:
        return [*lines, f"{edited.key}:{line_end}", *new]
    begins = re.sub(r":\s*\[\s*\]", ":", lines[at - 1])
    return [*lines[: at - 1], begins, *new, *lines[at:]]


def _ended(text: str, line_end: str) -> str:
    return text.replace("\n", line_end)


def _removed(page: Page, lines: list[str], edited: EditedList, name: str) -> list[str]:
    listed = _list(page, edited)
    for index, item in enumerate(listed.items if listed else ()):
        if listed and isinstance(item, yaml.Mapping) and edited.is_named(item, name):
            return [*lines[: item.line - 1], *lines[_end(page, lines, listed, index) :]]
    raise RefusedEditError(f'{page.file} has no {edited.noun} "{name}".')


def _list(page: Page, edited: EditedList) -> yaml.Sequence | None:
    listed = page.root.values.get(edited.key) if isinstance(page.root, yaml.Mapping) else None
    if not isinstance(listed, yaml.Sequence):
        return None
    if listed.items and listed.line == _key_line(page, edited):
        raise RefusedEditError(
            f'{page.file} has "{edited.key}" in one line: begin each entry on a line of its own.'
        )
    return listed


def _key_line(page: Page, edited: EditedList) -> int | None:
    key = page.root.keys.get(edited.key) if isinstance(page.root, yaml.Mapping) else None
    return None if key is None else key.line


def _end(page: Page, lines: list[str], listed: yaml.Sequence, index: int) -> int:
    """Return the number of the last line with content of an entry."""
    later = [item.line for item in listed.items[index + 1 : index + 2]]
    if isinstance(page.root, yaml.Mapping):
        later += [key.line for key in page.root.keys.values() if key.line > listed.line]
    end = min(later, default=len(lines) + 1) - 1
    while re.fullmatch(r"\s*(#.*)?\s*", lines[end - 1]):
        end -= 1
    return end


def _write(path: Path, lines: list[str], edited: EditedList, *, before: list[str]) -> None:
    """Write the file in one step, so that no reader ever sees half of it."""
    content = "".join(lines).encode()
    page = read_yaml(content, file=str(path))
    edited.read(page)
    if errors := [finding for finding in page.findings if finding.is_error]:
        raise _WouldBeWrongError("\n".join(_as_it_stands(errors, before=before, after=lines)))
    target = path.resolve()
    before_it = target.stat() if target.exists() else None
    with NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}.", delete=False) as written:
        beside = Path(written.name)
        try:
            written.write(content)
            written.flush()
            os.fsync(written.fileno())
            if before_it is not None:
                _hand_over(written.fileno(), before_it)
            beside.chmod(0o644 if before_it is None else before_it.st_mode & 0o777)
            beside.replace(target)
        except OSError:
            beside.unlink(missing_ok=True)
            raise


def _hand_over(descriptor: int, to: os.stat_result) -> None:
    """Give a file group and owner of another: root edits what the user of a service has to read.

    Where that may not or cannot be, as with users whom a container does not know, it stays ours.
    """
    for owner, group in ((-1, to.st_gid), (to.st_uid, -1)):
        with suppress(OSError):
            os.chown(descriptor, owner, group)


def _as_it_stands(
    errors: Iterable[Finding], *, before: list[str], after: list[str]
) -> Iterator[str]:
    """Yield each error with its line in the file as it was; what was to be added has none there."""
    old, new = ("".join(lines).split("\n") for lines in (before, after))
    above = _alike(old, new)
    below = _alike(old[above:][::-1], new[above:][::-1])
    for error in errors:
        if error.line <= above:
            yield str(error)
        elif error.line > len(new) - below:
            yield str(replace(error, line=error.line + len(old) - len(new)))
        else:
            yield f"{error.file}: {error.message}"


def _alike(old: Sequence[str], new: Sequence[str]) -> int:
    """Return with how many equal lines both begin."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False)))


# Letters of any script and what names commonly hold. Other texts, and words that other readers
# take for something else than text, go in quotes.
_LETTER = (
    "\\w\u0900-\u0dff\u0e00-\u0e7f\u200c"  # \w leaves out the vowel signs of Indic scripts and Thai
)
_PLAIN = re.compile(rf"[{_LETTER}][{_LETTER} .&+/()'-]*(?<! )|https?://[^\s,\[\]{{}}#\"']+")
_WORD = re.compile(r"(?i:null|true|false|yes|no|on|off|y|n)|[0-9][0-9_.:eExob-]*")


def _shown(value: Value | Mapping[str, str | Sequence[str]]) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{key}: {_shown(held)}' for key, held in value.items())}}}"
    if not isinstance(value, str):
        return f"[{', '.join(map(_shown, value))}]"
    if _PLAIN.fullmatch(value) and not _WORD.fullmatch(value):
        return value
    return json.dumps(value, ensure_ascii=False)
