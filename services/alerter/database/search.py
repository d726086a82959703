"""Search: which events have the words that somebody asks for.

The terms of an event are written with every change of it, in the same transaction: those of each story
once, those of its facts when they change. A term with a sign in front is no word: `=` a company by its
id, `#` a country by its code, `@` what was indexed already.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from zlib import crc32

from services.alerter.render.words import country_name
from services.alerter.terms import Wanted, terms_of, wanted_terms
from services.common.contracts.codec import decode
from services.common.contracts.event import Event, EventChange, EventStory
from services.common.event_types import event_type
from services.common.watchlist import Watchlist

INDEXED_AT_ONCE = 50
"""Events of an older database in one transaction: some tenths of a second."""


def keep_terms(
    connection: sqlite3.Connection, changed: Sequence[tuple[int, Event]], *, new: Collection[int]
) -> None:
    """Write what events are found by and were not before: after each change, with its opened_seq.

    What its stories no longer say still finds it. One that was merged is found as what it is now.
    Of those that are `new` nothing is there yet.
    """
    indexed = _marks(connection, {opened_seq for opened_seq, _ in changed} - set(new))
    found: dict[int, set[str]] = {opened_seq: set() for opened_seq, _ in changed}
    merged: set[int] = set()
    for opened_seq, event in changed:
        marks = indexed.setdefault(opened_seq, set())
        if event.merged_into is not None:
            merged.add(opened_seq)
            marks.clear()
            found[opened_seq].clear()
            continue
        for mark, texts, signed in _parts(event):
            if mark not in marks:
                marks.add(mark)
                found[opened_seq].update((mark, *signed))
                found[opened_seq] |= terms_of(texts)
    connection.executemany(
        "DELETE FROM event_terms WHERE opened_seq = ?", [(opened_seq,) for opened_seq in merged]
    )
    connection.executemany(
        "INSERT OR IGNORE INTO event_terms VALUES (?, ?)",
        sorted((term, opened_seq) for opened_seq, terms in found.items() for term in terms),
    )


def _marks(connection: sqlite3.Connection, events: Collection[int]) -> dict[int, set[str]]:
    """Return what is indexed already, by opened_seq."""
    found: dict[int, set[str]] = {}
    if events:
        rows = connection.execute(
            "SELECT opened_seq, term FROM event_terms WHERE term >= '@' AND term < 'A'"
            " AND opened_seq IN (SELECT value FROM json_each(?))",
            (json.dumps(list(events)),),
        )
        for opened_seq, mark in rows:
            found.setdefault(opened_seq, set()).add(mark)
    return found


def index_missing(connection: sqlite3.Connection) -> int:
    """Write the terms of some events that an older kabar left without; return of how many."""
    rows = connection.execute(
        "SELECT opened_seq, record FROM newest_changes AS it WHERE merged_into IS NULL AND NOT EXISTS"
        " (SELECT 1 FROM event_terms WHERE event_terms.opened_seq = it.opened_seq) LIMIT ?",
        (INDEXED_AT_ONCE,),
    ).fetchall()
    events = [(opened_seq, decode(EventChange, record).event) for opened_seq, record in rows]
    keep_terms(connection, events, new=[opened_seq for opened_seq, _ in events])
    return len(rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """Terms of which an event must have one: one of `terms`, or one from `first` to before `end`."""

    terms: frozenset[str] = frozenset()
    first: str | None = None
    end: str | None = None

    def among_all(self) -> Condition:
        """Return the SQL condition on `opened_seq` that goes through all that is found, whatever is wanted
        of it: good for what few events have.
        """
        return f"opened_seq IN ({self._found()})", self._values()

    def of_each(self) -> Condition:
        """Return the same condition as one that is asked of each event: good for what many have."""
        has_one = (
            "EXISTS (SELECT 1 FROM event_terms WHERE opened_seq = newest_changes.opened_seq AND {})"
        )
        # +: an event has tens of terms, and there may be thousands of companies.
        asked = ["term >= ? AND term < ?"] if self._range() else []
        either = [*asked, "+term IN (SELECT value FROM json_each(?))"]
        return f"({' OR '.join(has_one.format(one) for one in either)})", self._values()

    def is_rare(self, connection: sqlite3.Connection) -> bool:
        """Return whether so few events have it that all of them may be looked at."""
        counted = f"SELECT count(*) FROM ({self._found()} LIMIT {RARE})"  # noqa: S608  own text
        (count,) = connection.execute(counted, self._values()).fetchone()
        return int(count) < RARE

    def _found(self) -> str:
        # ALL: what is found twice does not matter, and need not be kept to be found.
        told = "SELECT opened_seq FROM event_terms WHERE term >= ? AND term < ? UNION ALL "
        return f"{told if self._range() else ''}{_OF_TERMS}"

    def _range(self) -> tuple[str, ...]:
        return () if self.first is None or self.end is None else (self.first, self.end)

    def _values(self) -> tuple[str, ...]:
        return (*self._range(), json.dumps(sorted(self.terms)))


Condition = tuple[str, tuple[str, ...]]
"""SQL, and its values."""

RARE = 2_000
"""So many events are counted in a tenth of a millisecond, and asked for the rest of a question in five."""

_OF_TERMS = "SELECT opened_seq FROM event_terms WHERE term IN (SELECT value FROM json_each(?))"


def words_sought(question: str, watchlist: Watchlist) -> list[Sought]:
    """Return what an event must have all of to be found by `question`.

    Each word must stand in a headline, quote or fact of the event, or in a name of a company that it
    names, or of that company's owner. Nothing is found by a question without a letter.
    """
    wanted = wanted_terms(question)
    if not wanted:
        return [Sought()]
    return [_sought(one, _companies_named(one, watchlist)) for one in wanted]


def naming(companies: Iterable[str]) -> Sought:
    """Return what an event has that names, or named once, one of `companies`."""
    return Sought(terms=frozenset(f"={one}" for one in companies))


def in_country(code: str) -> Sought:
    """Return what an event has that is, or once was, in the country."""
    return Sought(terms=frozenset({f"#{code}"}))


def _parts(event: Event) -> Iterator[tuple[str, Sequence[str], Sequence[str]]]:
    """Yield what is indexed of an event: a mark that changes with it, texts, and terms as they stand."""
    for story in event.stories:
        texts = (story.title, story.quote, story.outlet)
        yield _mark(story, texts), texts, ()
    facts = (
        str(event_type(event.type).label),
        *(other.name for other in event.others),
        *event.countries,
        *map(country_name, event.countries),
        event.scope or "",
        event.authority or "",
    )
    companies = [company.id for company in event.companies]
    signed = (*(f"={one}" for one in companies), *(f"#{code}" for code in event.countries))
    yield f"@{_sum((*facts, *companies))}", facts, signed


def _mark(story: EventStory, texts: Iterable[str]) -> str:
    return f"@{story.id}:{_sum(texts)}"


def _sum(texts: Iterable[str]) -> str:
    return f"{crc32(chr(0).join(texts).encode('utf-8', 'replace')):08x}"


def _sought(wanted: Wanted, companies: Iterable[str]) -> Sought:
    named = frozenset(f"={company}" for company in companies)
    if not wanted.is_beginning:
        return Sought(terms=named | {wanted.text})
    # No term has a letter behind the last of Unicode.
    return Sought(terms=named, first=wanted.text, end=f"{wanted.text}\U0010ffff")


def _companies_named(wanted: Wanted, watchlist: Watchlist) -> set[str]:
    """Return the companies of which a name has `wanted`, and all that they own."""
    names = _folded_names(_ById(watchlist))
    # Terms of one company stand on one line each, so a beginning of one follows a line's end.
    sought = f"\n{wanted.text}" if wanted.is_beginning else f"\n{wanted.text}\n"
    found = {company for company, terms in names if sought in terms}
    if not found:
        return found
    owned = (
        company
        for company in watchlist.companies
        if not found.isdisjoint(watchlist.owners(company))
    )
    return {*found, *owned}


class _ById:
    """A watchlist as a key: two are the same when their hashes are."""

    def __init__(self, watchlist: Watchlist) -> None:
        self.watchlist = watchlist

    def __hash__(self) -> int:
        return hash(self.watchlist.hash)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ById) and other.watchlist.hash == self.watchlist.hash


@lru_cache(maxsize=1)
def _folded_names(key: _ById) -> list[tuple[str, str]]:
    """Return each company with the terms of its names: 200,000 names take a second, once."""
    return [
        (company.id, "\n".join(("", *terms_of(alias.text for alias in company.names), "")))
        for company in key.watchlist.companies.values()
    ]
