"""Revision: what a story's next reading takes over from the one before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from services.alerter.tracking.sighting import HeldReading, Rank, Sighting
from services.common.contracts.reading import Reading, Report, Role
from services.common.ids import CompanyId, ReportId, report_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """The sightings of a story as they are now, and those that it no longer has."""

    held: HeldReading
    removed: tuple[Sighting, ...] = ()


def revise(reading: Reading, *, position: int, earlier: HeldReading | None) -> Revision | None:
    """Return what holds after `reading`, the bus record at `position`; None when nothing changes.

    A repeat changes nothing, nor does a reading older than the one that holds. A report continues
    the earlier one of the same type with most companies in common, and keeps its id and its event.
    A re-reading takes nothing out (design decision 10).
    """
    rank = Rank(revised_at=reading.story.revised_at, position=position)
    if earlier is None:
        return Revision(held=_held(reading, rank, _sightings(reading, rank, ())))
    if earlier.is_repeated_by(reading) or rank <= earlier.rank:
        return None
    sightings = _sightings(reading, rank, earlier.sightings)
    if not reading.reread:
        kept = {sighting.report.report_id for sighting in sightings}
        gone = tuple(s for s in earlier.sightings if s.report.report_id not in kept)
        return Revision(held=_held(reading, rank, sightings), removed=gone)
    if earlier.content_hash != reading.story.content_hash:
        return None  # it read a text that no longer stands
    return Revision(held=replace(earlier, sightings=_joined(earlier.sightings, sightings)))


def report_ids(reading: Reading, *, earlier: HeldReading | None) -> frozenset[ReportId]:
    """Return the ids under which the reports of `reading` are held, should it hold."""
    if earlier is None:
        return frozenset(report.report_id for report in reading.reports)
    sightings = _sightings(reading, earlier.rank, earlier.sightings)
    return frozenset(sighting.report.report_id for sighting in sightings)


def _held(reading: Reading, rank: Rank, sightings: tuple[Sighting, ...]) -> HeldReading:
    return HeldReading(
        rank=rank,
        content_hash=reading.story.content_hash,
        rules_hash=reading.rules_hash,
        watchlist_hash=reading.watchlist_hash,
        sightings=sightings,
    )


def _sightings(reading: Reading, rank: Rank, earlier: Iterable[Sighting]) -> tuple[Sighting, ...]:
    """Return one sighting per report, continuing `earlier` ones where they match."""
    left = sorted(earlier, key=lambda sighting: sighting.report.report_id)
    ids = {sighting.report.report_id for sighting in left}
    sightings: list[Sighting] = []
    fresh: list[Sighting] = []
    for report in reading.reports:
        sighting = Sighting(
            story=reading.story,
            report=report,
            text_hash=reading.text_hash,
            text_sketch=reading.text_sketch,
            rank=rank,
        )
        before = max(left, key=lambda one: _continuity(one.report, report), default=None)
        if before is None or not _continuity(before.report, report):
            fresh.append(sighting)
            continue
        left.remove(before)
        continued = replace(report, report_id=before.report.report_id)
        sightings.append(
            replace(sighting, report=continued, event_id=before.event_id, is_late=before.is_late)
        )
    for sighting in fresh:
        free = _free_id(sighting.report, reading, ids)
        ids.add(free)
        is_its_own = free == sighting.report.report_id
        sightings.append(sighting if is_its_own else _called(sighting, free))
    return tuple(sightings)


def _called(sighting: Sighting, name: ReportId) -> Sighting:
    return replace(sighting, report=replace(sighting.report, report_id=name))


def _continuity(before: Report, after: Report) -> int:
    """Return how clearly `after` continues `before`; 0 where it does not."""
    if before.type != after.type:
        return 0
    shared = {c.id for c in before.companies} & {c.id for c in after.companies}
    if not shared:
        return 0
    agreeing = set(before.companies) & set(after.companies)
    same_slots = (before.scope == after.scope) + (before.countries == after.countries)
    is_same_id = before.report_id == after.report_id
    return 100 * len(shared) + 10 * len(agreeing) + 2 * same_slots + is_same_id


def _free_id(report: Report, reading: Reading, taken: set[ReportId]) -> ReportId:
    """Return the report's id, or the next ordinal's where an earlier report has it."""
    found, ordinal = report.report_id, 0
    while found in taken:
        found = report_id(reading.story.story_id, report.type, _anchor(report), ordinal)
        ordinal += 1
    return found


def _anchor(report: Report) -> str:
    by_role: dict[Role, CompanyId] = {}
    for company in report.companies:
        by_role.setdefault(company.role, company.id)
    return by_role.get(Role.TARGET) or by_role.get(Role.ACTOR) or "-"


def _joined(earlier: tuple[Sighting, ...], found: tuple[Sighting, ...]) -> tuple[Sighting, ...]:
    """Return `earlier` with the companies that a re-reading adds, and the reports that are new."""
    again = {sighting.report.report_id: sighting for sighting in found}
    kept = tuple(
        _with_companies(sighting, again.pop(sighting.report.report_id, sighting))
        for sighting in earlier
    )
    return (*kept, *again.values())


def _with_companies(sighting: Sighting, again: Sighting) -> Sighting:
    known = {company.id for company in sighting.report.companies}
    added = tuple(c for c in again.report.companies if c.id not in known)
    if not added:
        return sighting
    report = replace(sighting.report, companies=(*sighting.report.companies, *added))
    return replace(sighting, report=report)
