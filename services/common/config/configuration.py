"""Configuration: what the three files say together, checked as one."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

from services.common.config import companies as companies_file
from services.common.config import feeds as feeds_file
from services.common.config import subscriptions as subscriptions_file
from services.common.config.channels import SecretUse
from services.common.config.companies import read_companies
from services.common.config.feeds import read_feeds
from services.common.config.fields import sentence
from services.common.config.findings import Finding, Severity
from services.common.config.subscriptions import Known, read_subscriptions
from services.common.config.yaml import Page, read_yaml
from services.common.contracts.company import Company
from services.common.contracts.feed import Feed
from services.common.contracts.subscription import ChannelConfig, Secret, Subscription
from services.common.errors import ConfigurationError
from services.common.garbage import collector_kept_off
from services.common.ids import fingerprint
from services.common.settings import Network
from services.common.watchlist import Watchlist

FILES = (companies_file.FILE, feeds_file.FILE, subscriptions_file.FILE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """A configuration without errors. `hash` changes with the content of any of its files.

    `secrets` has the value of every secret that the channels name, where they were resolved.
    """

    watchlist: Watchlist
    feeds: tuple[Feed, ...] = ()
    channels: tuple[ChannelConfig, ...] = ()
    subscriptions: tuple[Subscription, ...] = ()
    hash: str = ""
    secrets: Mapping[Secret, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What was read: a configuration unless one of the findings is an error.

    `secret_files` are the files of secrets that were resolved, or should have been.
    """

    configuration: Configuration | None
    findings: tuple[Finding, ...]
    secret_files: tuple[Path, ...] = ()

    @property
    def errors(self) -> tuple[Finding, ...]:
        """Return the findings because of which there is no configuration."""
        return tuple(finding for finding in self.findings if finding.is_error)

    def with_errors(self, errors: Sequence[Finding]) -> Self:
        """Return the same with `errors` too, if there are any: then there is no configuration to use."""
        if not errors:
            return self
        return replace(self, configuration=None, findings=(*self.findings, *errors))

    def require(self) -> Configuration:
        """Return the configuration.

        Raises:
            ConfigurationError: it has errors, one a line of the message.
        """
        if self.configuration is None:
            raise ConfigurationError("\n".join(str(finding) for finding in self.errors))
        return self.configuration


_WITHOUT = {
    feeds_file.FILE: "no feed is polled",
    subscriptions_file.FILE: "nobody is told, but by subscriptions made on the page",
}

FileContent = bytes | str | None
"""A file's bytes, None when it is not there, the reason as text when it cannot be read."""


def read_configuration(
    directory: Path,
    *,
    allow_networks: Sequence[Network] = (),
    environment: Mapping[str, str] | None = None,
) -> Loaded:
    """Return what the files in `directory` say, with every mistake in them.

    The secrets that channels name are resolved only when `environment` is given; one that is
    missing is an error then. Reads files: call it in a thread.
    """
    return configuration_of(
        read_files(directory),
        directory=directory,
        allow_networks=allow_networks,
        environment=environment,
    )


def configuration_of(
    contents: Mapping[str, FileContent],
    *,
    directory: Path,
    allow_networks: Sequence[Network] = (),
    environment: Mapping[str, str] | None = None,
) -> Loaded:
    """Return what `contents` say, as `read_configuration` does; findings name `directory`."""
    with collector_kept_off():
        pages = {name: _page(str(directory / name), contents[name]) for name in FILES}
        companies_page, feeds_page, subscriptions_page = pages.values()
        companies = read_companies(companies_page)
        feeds = read_feeds(feeds_page, allow_networks=allow_networks)
        known = None if companies_page.is_broken else _known(companies, feeds, feeds_page)
        channels, subscriptions = read_subscriptions(subscriptions_page, known=known)
        secrets: dict[Secret, str] = {}
        if environment is not None:
            secrets = _resolve(channels.secrets, subscriptions_page, environment)
        findings = tuple(finding for page in pages.values() for finding in _in_order(page))
        secret_files = [Path(use.secret.file) for use in channels.secrets if use.secret.file]
        return Loaded(
            configuration=None
            if any(finding.is_error for finding in findings)
            else Configuration(
                watchlist=Watchlist.of(companies),
                feeds=feeds,
                channels=channels.configs,
                subscriptions=subscriptions,
                hash=hash_of(contents),
                secrets=secrets,
            ),
            findings=findings,
            secret_files=() if environment is None else tuple(secret_files),
        )


def read_watchlist(path: Path, *, warn: Callable[[Finding], None] | None = None) -> Watchlist:
    """Return the companies of one file, for commands that need nothing else.

    `warn` is told what is no error and may not be meant, such as a name that two companies share.

    Raises:
        ConfigurationError: it cannot be read, or has errors, one a line of the message.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror}") from error
    with collector_kept_off():
        page = read_yaml(content, file=str(path))
        companies = read_companies(page)
        errors = [str(finding) for finding in _in_order(page) if finding.is_error]
        if errors:
            raise ConfigurationError("\n".join(errors))
        if warn is not None:
            for finding in _in_order(page):
                warn(finding)
        return Watchlist.of(companies)


def process_environment() -> Mapping[str, str]:
    """Return this process's environment: where the secrets of channels may stand."""
    return os.environ  # noqa: TID251  secrets named by subscriptions.yml are no settings


def read_files(directory: Path) -> dict[str, FileContent]:
    """Return the content of each of the three files."""
    return {name: read_file(directory / name) for name in FILES}


def read_file(path: Path) -> FileContent:
    """Return the content of one file; what has no end, or waits for somebody to write, is none."""
    try:
        if _may_have_no_end(path):
            return "Not a regular file"
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        return error.strerror or type(error).__name__


def _may_have_no_end(path: Path) -> bool:
    """Return whether it is a pipe or a device; `/dev/null` is how a container empties a file."""
    found = path.stat()
    if stat.S_ISCHR(found.st_mode):
        return found.st_rdev != Path(os.devnull).stat().st_rdev
    return not (stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode))


def hash_of(contents: Mapping[str, FileContent]) -> str:
    """Return what changes when a file's content changes, or one comes or goes."""
    parts = (body.hex() if isinstance(body, bytes) else "-" for body in contents.values())
    return fingerprint("configuration", *parts)


def _page(file: str, content: FileContent) -> Page:
    if isinstance(content, bytes):
        return read_yaml(content, file=file)
    page = Page(file, is_broken=True)
    if content is not None:
        page.add(1, 1, Severity.ERROR, f"this file cannot be read: {content}")
    elif file.endswith(companies_file.FILE):
        told = "it says who is watched; `kabar init` writes one to start from"
        page.add(1, 1, Severity.ERROR, f"this file is missing: {told}")
    else:
        told = _WITHOUT[Path(file).name]
        page.add(1, 1, Severity.WARNING, f"this file is missing: {told}")
    return page


def _known(companies: Sequence[Company], feeds: Sequence[Feed], feeds_page: Page) -> Known:
    """Return what may be followed; a feed with a mistake is not among `feeds`, then no outlet is asked for."""
    is_complete = not any(finding.is_error for finding in feeds_page.findings)
    is_there = is_complete and not feeds_page.is_broken
    return Known.of(companies, feeds=feeds if is_there else None)


def _resolve(
    uses: Sequence[SecretUse], page: Page, environment: Mapping[str, str]
) -> dict[Secret, str]:
    secrets: dict[Secret, str] = {}
    for use in uses:
        try:
            secrets[use.secret] = use.check(_value(use.secret, environment))
        except ValueError as error:
            page.error(use.node, sentence(error))
    return secrets


def _value(secret: Secret, environment: Mapping[str, str]) -> str:
    if secret.value is not None:
        return secret.value
    if secret.env is not None:
        value = environment.get(secret.env, "").strip()
        place = f"the environment variable {secret.env}"
    else:
        place = f"the file {secret.file}"
        value = _text_of(read_file(Path(secret.file or "")), place)
    if not value:
        raise ValueError(f"the secret is missing: {place} is empty or not set")
    return value


def _text_of(content: FileContent, place: str) -> str:
    if isinstance(content, bytes):
        try:
            return content.decode().strip()
        except UnicodeDecodeError as error:
            raise ValueError(f"the secret is missing: {place}: not UTF-8") from error
    reason = content or "No such file or directory"
    raise ValueError(f"the secret is missing: {place}: {reason}")


def _in_order(page: Page) -> list[Finding]:
    return sorted(page.findings, key=lambda finding: (finding.line, finding.column))
