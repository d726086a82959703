"""Reports: what a Reading says of a story after the last step: its reports, and where it mentions whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from services.classifier.candidate import Candidate
from services.classifier.document import Document
from services.classifier.evidence import evidence
from services.common.contracts.reading import (
    NO_LANGUAGE,
    Evidence,
    Focus,
    Involvement,
    Mention,
    OtherParty,
    Report,
    Role,
)
from services.common.event_types import event_type
from services.common.ids import CompanyId, ReportId, StoryId, report_id

MOST_PLACES = 3
"""Places kept of a mention; more would only make the Reading long."""

NO_CUE = "no event words near it"
NO_ROLE = "an event is told, but not of it"
_RANK = {Role.ACTOR: 0, Role.TARGET: 1, Role.SELLER: 2, Role.PARTY: 3}


def reports_of(document: Document, story: StoryId) -> tuple[Report, ...]:
    """Return a report for every event of a story that names somebody tracked, with the id that it keeps."""
    reports: list[Report] = []
    told: Counter[tuple[str, str]] = Counter()
    for candidate in document.candidates:
        if not candidate.roles:
            continue
        key = candidate.event_type, _anchor(candidate)
        reports.append(_report(document, candidate, report_id(story, *key, told[key])))
        told[key] += 1
    return tuple(reports)


def _report(document: Document, candidate: Candidate, identifier: ReportId) -> Report:
    by_role = sorted(candidate.roles.items(), key=lambda item: (_RANK[item[1]], item[0]))
    return Report(
        report_id=identifier,
        type=candidate.event_type,
        stage=candidate.stage,
        focus=Focus.BACKGROUND if candidate.is_doubted else candidate.focus,
        companies=tuple(Involvement(id=company, role=role) for company, role in by_role),
        others=tuple(
            OtherParty(name=name, role=stranger.role)
            for name, stranger in sorted(candidate.others.items())
        ),
        countries=tuple(sorted(candidate.countries)),
        date=candidate.date,
        amount=candidate.amount,
        authority=_quote(document, candidate.authority),
        scope=candidate.scope_name,
        confidence=candidate.confidence,
        evidence=evidence(document, candidate),
    )


def _anchor(candidate: Candidate) -> str:
    """Return the company that identifies the event, by the order of its type's anchor roles."""
    for role in event_type(candidate.event_type).anchor_roles:
        companies = sorted(company for company, held in candidate.roles.items() if held == role)
        if companies:
            return companies[0]
    return "-"


def _quote(document: Document, place: tuple[int, int] | None) -> str | None:
    if place is None:
        return None
    start, end = place
    return document.evidence("quote", start, document.word_end(end)).quote


def mentions_of(document: Document, reports: Sequence[Report]) -> tuple[Mention, ...]:
    """Return where a story names whom, and why whoever is in none of its reports is in none."""
    reported = {company.id for report in reports for company in report.companies}
    places: dict[CompanyId, list[Evidence]] = {}
    sentences: dict[CompanyId, list[int]] = {}
    for name in document.names:
        found = places.setdefault(name.company, [])
        if len(found) < MOST_PLACES:
            found.append(document.evidence("mention", name.start, name.end))
        sentences.setdefault(name.company, []).append(document.sentence_at(name.start))
    return tuple(
        Mention(
            company_id=company,
            places=tuple(found),
            unreported=None if company in reported else _why_not(document, sentences[company]),
        )
        for company, found in sorted(places.items())
    )


def _why_not(document: Document, named_in: Sequence[int]) -> str:
    """Return why a company that some sentences name is in no report."""
    if not document.is_supported:
        return NO_LANGUAGE
    for sentence in named_in:
        if sentence in document.blocked:
            return f"blocked: {document.blocked[sentence]}"
    if any(document.triggers_in(sentence) for sentence in named_in):
        return NO_ROLE
    return NO_CUE
