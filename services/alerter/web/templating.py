"""Templates and assets: read once, escaped always, named by their content."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from services.alerter.render.languages import direction, language_name
from services.alerter.render.words import country_name
from services.alerter.web.cards import Card, web_address

_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """A file that pages load. Its address changes with its content, so it may be kept for ever."""

    content: bytes
    media_type: str
    address: str


@cache
def read_assets() -> dict[str, Asset]:
    """Return every file of `static/` by name."""
    assets: dict[str, Asset] = {}
    for entry in files("services.alerter.web").joinpath("static").iterdir():
        media_type = _TYPES.get(entry.name[entry.name.rfind(".") :])
        if media_type is not None:
            content = entry.read_bytes()
            version = hashlib.sha256(content).hexdigest()[:12]
            assets[entry.name] = Asset(
                content=content,
                media_type=media_type,
                address=f"/static/{entry.name}?v={version}",
            )
    return assets


class Templates:
    """The pages' templates. Whatever comes from a feed is escaped: no template turns that off."""

    def __init__(self) -> None:
        self._environment = _environment()
        self._parts = self._environment.get_template("parts.html").module

    def render(self, name: str, **values: Any) -> str:
        """Return a page. Takes milliseconds for a long one: call it in a thread."""
        return self._environment.get_template(name).render(**values)

    def card(self, card: Card) -> str:
        """Return one event's card alone, as the live page has it."""
        return str(self._parts.card(card))  # type: ignore[attr-defined]  # a macro of the template


@cache
def _environment() -> Environment:
    """Return the environment of every page; cached because compiling a template takes 20 ms."""
    environment = Environment(
        loader=PackageLoader("services.alerter.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {
        "asset": lambda name: read_assets()[name].address,
        "version": version("kabar"),
        "direction": direction,
        "web_address": web_address,
    }
    environment.filters |= {
        "iso": iso_time,
        "utc": utc_words,
        "country": country_name,
        "language": language_name,
    }
    return environment


def iso_time(at: datetime) -> str:
    """Return the time as an element's `datetime` has it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def utc_words(at: datetime) -> str:
    """Return "5 Jan 2026, 12:00 UTC"; a script turns it into the reader's own time."""
    utc = at.astimezone(UTC)
    return f"{utc.day} {utc:%b %Y, %H:%M} UTC"
