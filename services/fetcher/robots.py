"""robots.txt: which pages a host lets programs ask for, by RFC 9309.

Feeds are asked whatever it says: they are there for programs. Own rules and not urllib's, which knows no
wildcards and takes the first rule that fits in place of the longest (docs/adr/0012).
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from urllib.parse import quote, urlsplit

from services.common.clock import Clock
from services.common.errors import RefusedAddressError
from services.common.http.client import HttpClient
from services.common.http.errors import TOO_OFTEN, WITH_DOCUMENT, ExchangeError, Failure
from services.fetcher.articles import DEADLINE, AskedTooOftenError, asked_too_often

AGENT = "kabar"
"""Who we are in a robots.txt; the User-Agent begins with it."""

MOST_BYTES = 500 * 1024  # the least that a reader has to take (RFC 9309, section 2.5)

_HOLDS = timedelta(hours=24)  # the longest that a copy may be used (section 2.4)
_AGAIN_AFTER = timedelta(minutes=30)
_NO_FILE = {Failure.BAD_ADDRESS, Failure.REDIRECT}  # nor will the page come, or say so itself
_MOST_HOSTS = 1_000
_MOST_CHARACTERS = 10_000_000
_LINE_END = re.compile(r"\r\n|\r|\n")
_TOKEN = re.compile(r"[a-z_-]+|\*", re.IGNORECASE)
_ESCAPED = re.compile(r"%[0-9a-f]{2}", re.IGNORECASE)
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")
_KEPT = "%/:?#[]@!$&'()*+,;=~"


@dataclass(frozen=True, slots=True)
class _Rule:
    pattern: str
    is_allowed: bool


@dataclass(frozen=True, slots=True)
class Rules:
    """What one host says to us, the longest rules first, and of equal ones those that allow."""

    _rules: tuple[_Rule, ...] = ()

    @property
    def characters(self) -> int:
        """Return how long they are in all."""
        return sum(len(rule.pattern) for rule in self._rules)

    def allow(self, url: str) -> bool:
        """Return whether a page may be asked for: the longest rule that fits its path and query decides."""
        parts = urlsplit(url)
        target = _normal((parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
        # A rule means them so (section 2.2.3).
        target = target.replace("*", "%2A").replace("$", "%24")
        return next((r.is_allowed for r in self._rules if _fits(r.pattern, target)), True)


def rules_in(body: bytes) -> Rules:
    """Return the rules of a robots.txt that are for us: for our name where it has it, else for everybody."""
    if len(body) > MOST_BYTES:  # half a rule may refuse everything
        body = body[: max(body.rfind(end, 0, MOST_BYTES) for end in (b"\n", b"\r")) + 1]
    rules: dict[str, list[_Rule]] = {}
    agents: list[list[_Rule]] = []
    is_head = True
    for name, text in _lines(body.decode("utf-8-sig", "replace")):
        if name == "user-agent":
            agents = agents if is_head else []
            is_head = True
            token = _TOKEN.match(text)
            agents.append(rules.setdefault(token[0].lower() if token else "", []))
        elif name in {"allow", "disallow"}:
            is_head = False
            for group in agents if text else ():
                group.append(_Rule(_normal(text), name == "allow"))
    ours = rules.get(AGENT, rules.get("*", []))
    return Rules(tuple(sorted(ours, key=lambda rule: (-len(rule.pattern), not rule.is_allowed))))


class Robots:
    """What each host lets us ask for, as it said a day ago at most."""

    def __init__(self, client: HttpClient, *, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._known: dict[str, _Known] = {}

    def is_known(self, url: str) -> bool:
        """Return whether the host of a page need not be asked: it was, or could not be reached just now."""
        known = self._known.get(_address(url))
        return known is not None and known.holds(self._clock.now())

    def rules_for(self, url: str) -> Rules | None:
        """Return what the host of a page says; None where it could not be reached: then ask for nothing."""
        known = self._known.get(_address(url))
        return known.rules if known is not None else None

    async def ask(self, url: str) -> None:
        """Ask the host of a page what it says.

        What it said before is believed while it cannot be reached.

        Raises:
            AskedTooOftenError: it wants to be left alone, or is overloaded.
        """
        address = _address(url)
        before = self._known.get(address)
        old = before.rules if before is not None else None
        try:
            rules = await self._fetched(address)
        except AskedTooOftenError:
            self._note(address, _Known(old, asked_at=self._clock.now(), keeps=_AGAIN_AFTER))
            raise
        keeps = _AGAIN_AFTER if rules is None else _HOLDS
        said = old if rules is None else rules
        self._note(address, _Known(said, asked_at=self._clock.now(), keeps=keeps))

    async def _fetched(self, address: str) -> Rules | None:
        """Return what stands at an address: no rules where nothing does, None where nobody answers."""
        try:
            answer = await self._client.get_beginning(
                address, most_bytes=MOST_BYTES + 1, deadline=DEADLINE
            )
        except RefusedAddressError:
            return Rules()  # as the page will be
        except ExchangeError as error:
            return Rules() if error.failure in _NO_FILE else None
        if answer.status in TOO_OFTEN:
            raise asked_too_often(address, answer)
        if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return None
        if answer.status not in WITH_DOCUMENT:
            return Rules()
        return await asyncio.to_thread(rules_in, answer.body)

    def _note(self, address: str, known: _Known) -> None:
        """Keep what a host said, and forget others before it fills the memory: a feed may link to anybody."""
        self._known.pop(address, None)
        self._known[address] = known
        size = sum(each.characters for each in self._known.values())
        while len(self._known) > _MOST_HOSTS or (size > _MOST_CHARACTERS and len(self._known) > 1):
            size -= self._known.pop(next(iter(self._known))).characters


class _Known:
    def __init__(self, rules: Rules | None, *, asked_at: datetime, keeps: timedelta) -> None:
        self.rules = rules
        self.characters = rules.characters if rules is not None else 0
        self._asked_at = asked_at
        self._keeps = keeps

    def holds(self, now: datetime) -> bool:
        return abs(now - self._asked_at) < self._keeps  # a clock may be set back


def _address(url: str) -> str:
    """Return where the robots.txt of a page stands."""
    parts = urlsplit(url)
    return f"{parts.scheme.lower()}://{parts.netloc.rpartition('@')[2].lower()}/robots.txt"


def _lines(text: str) -> Iterable[tuple[str, str]]:
    for line in _LINE_END.split(text):
        name, separator, value = line.partition("#")[0].partition(":")
        if separator:
            yield name.strip().lower(), value.strip()


def _normal(text: str) -> str:
    """Return a path or pattern as it is compared: all that need not be escaped is not, the rest is."""
    return _ESCAPED.sub(_unescaped, quote(text, safe=_KEPT, errors="replace"))


def _unescaped(escaped: re.Match[str]) -> str:
    character = chr(int(escaped[0][1:], 16))
    return character if _UNRESERVED.fullmatch(character) else escaped[0].upper()


def _fits(pattern: str, target: str) -> bool:
    """Return whether a target begins as a pattern says: `*` is anything, `$` behind it the end.

    Piece by piece and no regular expression: a hostile one takes for ever.
    """
    is_whole = pattern.endswith("$")
    first, *rest = pattern.removesuffix("$").replace("$", "%24").split("*")
    if not target.startswith(first):
        return False
    at = len(first)
    if not rest:
        return not is_whole or at == len(target)
    *between, last = rest
    for piece in between:
        found = target.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    if is_whole:
        return target.endswith(last) and len(target) - len(last) >= at
    return target.find(last, at) >= 0
