"""Coverage: what cannot come: from companies without a name in a feed's script, from languages without
words, from addresses that are not reached.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from services.common.config import codes, yaml
from services.common.config.catalogue import Catalogue
from services.common.config.companies import FILE
from services.common.config.configuration import Configuration
from services.common.config.feeds import FILE as FEEDS_FILE
from services.common.config.findings import Finding, Severity
from services.common.config.scripts import languages_without_name, script_of, scripts_of_language
from services.common.config.yaml import Scalar, read_yaml
from services.common.contracts.company import Company

MOST = 20
"""So many companies are named one by one: a list of thousands would hide every other finding."""


def coverage_findings(
    directory: Path, configuration: Configuration, *, shipped: Catalogue
) -> tuple[Finding, ...]:
    """Return a warning for each company without a name in the script of a configured feed.

    Where the catalogue knows a company and has no name in that script either, the press writes the
    Latin one, and there is nothing to warn of. Of more than `MOST` the rest are counted. Feeds that
    tell no language ask for nothing. Reads the file again for the places; it looks at every name, so
    this is for `kabar check` and not for a reload.
    """
    path = directory / FILE
    languages = {feed.language for feed in configuration.feeds if feed.language}
    messages = {
        company.id: message
        for company in configuration.watchlist.companies.values()
        if (message := _message(company, languages, shipped))
    }
    places = _places(path) if messages else {}
    findings = [
        Finding(str(path), places[known].line, places[known].column, Severity.WARNING, message)
        for known, message in messages.items()
        if known in places
    ]
    if (left_out := len(findings) - MOST) > 0:
        last = findings[MOST - 1]
        told = f"{last.message}; so it is with {left_out} more companies"
        findings[MOST - 1 :] = [replace(last, message=told)]
    return tuple(findings)


def unread_findings(
    directory: Path, configuration: Configuration, *, languages: Collection[str]
) -> tuple[Finding, ...]:
    """Return a warning for each feed in a language that is not one of `languages`, which are read."""
    if all(feed.language is None or feed.language in languages for feed in configuration.feeds):
        return ()
    path = directory / FEEDS_FILE
    nodes = (entry.values.get("language") for entry in _entries(path, "feeds"))
    return tuple(
        Finding(
            str(path),
            node.line,
            node.column,
            Severity.WARNING,
            f'kabar has no words for "{node.text}": this feed\'s stories will report nothing',
        )
        for node in nodes
        if isinstance(node, Scalar) and codes.language(node.text) not in languages
    )


def unreachable_findings(
    directory: Path, configuration: Configuration, *, refusal: Callable[[str], str | None]
) -> tuple[Finding, ...]:
    """Return a warning for each address that `refusal` says will not be reached, and what kind it is."""
    path = directory / FEEDS_FILE
    entries = _entries(path, "feeds") if configuration.feeds else []
    nodes = (entry.values.get("url") for entry in entries)
    places = [
        (str(path), node.line, node.column, node.text) for node in nodes if isinstance(node, Scalar)
    ]
    for channel in configuration.channels:
        file, _, line = channel.origin.rpartition(":")
        url = dict(channel.options).get("url")
        if isinstance(url, str):
            places.append((file, int(line), 1, url))
    return tuple(
        Finding(
            file,
            line,
            column,
            Severity.WARNING,
            f'"{url}" will not be reached: {kind}; KABAR_ALLOW_NETWORKS can exempt its network',
        )
        for file, line, column, url in places
        if (kind := refusal(url)) is not None
    )


def _message(company: Company, languages: Iterable[str], shipped: Catalogue) -> str | None:
    missing = languages_without_name(_texts(company), languages)
    known = shipped.find(company.name) if missing else None
    if known is not None:
        nowhere = languages_without_name(_texts(known), missing)
        missing = tuple(language for language in missing if language not in nowhere)
    if not missing:
        return None
    scripts = list(dict.fromkeys(s for each in missing for s in scripts_of_language(each)))
    names = [text for text in _texts(known) if script_of(text) in scripts] if known else []
    hint = f"; the catalogue has {', '.join(names)}" if names else ""
    feeds = f"feeds in {', '.join(missing)} will hardly name it"
    return f'"{company.name}" has no name in {_either(scripts)} letters, {feeds}: add aliases{hint}'


def _either(words: Sequence[str]) -> str:
    return " or ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _texts(company: Company) -> list[str]:
    return [alias.text for alias in company.names]


def _places(path: Path) -> Mapping[str, Scalar]:
    ids = (entry.values.get("id") for entry in _entries(path, "companies"))
    return {node.text: node for node in ids if isinstance(node, Scalar)}


def _entries(path: Path, key: str) -> list[yaml.Mapping]:
    root = read_yaml(path.read_bytes(), file=str(path)).root
    listed = root.values.get(key) if isinstance(root, yaml.Mapping) else None
    entries = listed.items if isinstance(listed, yaml.Sequence) else []
    return [entry for entry in entries if isinstance(entry, yaml.Mapping)]
