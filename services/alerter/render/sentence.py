"""Sentence: an event in one line of English, with which every message begins."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

from services.alerter.render.words import (
    amount_words,
    date_words,
    enumeration,
    place_words,
    possessive,
    shortened,
)
from services.common.contracts.alert import Reason
from services.common.contracts.event import Event
from services.common.contracts.reading import Role
from services.common.event_types import event_type
from services.common.ids import CompanyId
from services.common.watchlist import Watchlist

_OPTIONAL = re.compile(r"\[([^\]]*)\]")
_WORD = re.compile(r"\{([\w']+)(?::([^|}]*)\|([^}]*))?\}")

_PREFIXES = {Reason.CORRECTION: "Correction: ", Reason.WITHDRAWN: "Withdrawn: "}


def sentence(event: Event, *, watchlist: Watchlist, reason: Reason | None = None) -> str:
    """Return what happened, how sure it is and how many outlets say so.

    Such as "TikTok banned in Indonesia (confirmed; 3 outlets)". With the reason of an alert it says
    what is new: "Correction: Ban on TikTok in Indonesia lifted (confirmed → reversed; 4 outlets)".
    """
    prefix = _PREFIXES[Reason.WITHDRAWN] if event.withdrawn else _PREFIXES.get(reason, "")  # type: ignore[arg-type]  # None has no prefix
    return f"{prefix}{clause(event, watchlist=watchlist)} ({_standing(event, reason)})"


def clause(event: Event, *, watchlist: Watchlist) -> str:
    """Return what happened, without how sure it is."""
    words = _Words.of(event, watchlist=watchlist)
    for pattern in _patterns(event.type, event.stage):
        if (said := words.fill(pattern)) is not None:
            return said
    return event_type(event.type).label


def _standing(event: Event, reason: Reason | None) -> str:
    if event.withdrawn:
        still = _elsewhere(event, ", and ")
        return f"was {event.stage}{still}; no story says so any longer"
    stage = str(event.stage)
    if reason in {Reason.STAGE, Reason.CORRECTION} and event.previous_stage is not None:
        stage = f"{event.previous_stage} → {event.stage}"
    still = _elsewhere(event, "; still ")
    dispute = f"; disputed: some say {event.disputed}" if event.disputed else ""
    outlets = "1 outlet" if event.outlets == 1 else f"{event.outlets} outlets"
    return f"{stage}{still}{dispute}; {outlets}"


def _elsewhere(event: Event, before: str) -> str:
    """Return the stage of its other countries, with the words that go `before`; empty without such."""
    if event.still is None:
        return ""
    return f"{before}{event.still.stage}{place_words(event.still.countries)}"


@dataclass(frozen=True, slots=True)
class _Words:
    """What the placeholders of a pattern stand for; `many` are those that name several."""

    text: Mapping[str, str]
    many: frozenset[str]

    @classmethod
    def of(cls, event: Event, *, watchlist: Watchlist) -> _Words:
        names = {str(role): _names(event, role, watchlist) for role in Role}
        if len(names["target"]) > 1 and not names["actor"]:
            names["merging"] = names["target"]
        text = {
            role: enumeration(of_role, rest="more") for role, of_role in names.items() if of_role
        }
        if event.scope and "target" in text:
            text["target"] += f" ({shortened(event.scope)})"
        text |= {f"{role}'s": possessive(said) for role, said in text.items()}
        kind = event_type(event.type)
        text |= {"label": kind.label, "past": kind.past}
        text |= {"where": place_words(event.ended_in), "when": date_words(event.date)}
        if event.amount is not None:
            text["amount"] = amount_words(event.amount)
        return cls(text, frozenset(role for role, of_role in names.items() if len(of_role) > 1))

    def fill(self, pattern: str) -> str | None:
        """Return the pattern with its words; None where one that it needs is not known."""
        # Pieces alternate: always said, said where known, always said, …
        pieces = [self._fill(piece) for piece in _OPTIONAL.split(pattern)]
        if None in pieces[::2]:
            return None
        return "".join(piece or "" for piece in pieces)

    def _fill(self, pattern: str) -> str | None:
        if any(word[1] not in self.text for word in _WORD.finditer(pattern)):
            return None
        return _WORD.sub(self._word, pattern)

    def _word(self, word: re.Match[str]) -> str:
        name, for_one, for_many = word.groups()
        if for_one is None:
            return self.text[name]
        return str(for_many if name in self.many else for_one)


def _names(event: Event, role: Role, watchlist: Watchlist) -> list[str]:
    """Return who has `role`, without the owner of a product that has it too."""
    companies = [company.id for company in event.companies if company.role == role]
    owners = _owners(companies, watchlist)
    tracked = [
        shortened(watchlist.name_of(company)) or company
        for company in companies
        if company not in owners
    ]
    others = [shortened(other.name) for other in event.others if other.role == role]
    return [*tracked, *filter(None, others)]


def _owners(companies: Iterable[CompanyId], watchlist: Watchlist) -> set[CompanyId]:
    return {owner for company in companies for owner in watchlist.owners(company)}


def _patterns(kind: str, stage: str) -> list[str]:
    every = _every_pattern()
    return [
        *every.get(kind, {}).get(stage, ()),
        *every["other"].get(stage, ()),
        *every["other"]["any"],
    ]


@cache
def _every_pattern() -> dict[str, dict[str, list[str]]]:
    text = files("services.alerter.render").joinpath("sentences.yml").read_text(encoding="utf-8")
    patterns: dict[str, dict[str, list[str]]] = yaml.safe_load(text)
    return patterns
