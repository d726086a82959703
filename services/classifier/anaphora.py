"""Anaphora: whom an event is told of whose own clause names nobody."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from services.classifier.document import Candidate, Document, Ground, Trigger
from services.common.contracts.reading import Role
from services.common.ids import CompanyId


def referred(document: Document, candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Return candidates, those without names of their own with whom other sentences and clauses name."""
    explained = tuple(_explained(document, candidate, candidates) for candidate in candidates)
    return tuple(_of_its_sentence(document, explained))


def _explained(
    document: Document, candidate: Candidate, candidates: Sequence[Candidate]
) -> Candidate:
    """Return a candidate whose roles are those of the sentence that it borrows its names from.

    "Shopping in Munich. Siemens has bought a small firm": who buys is no target of the title's noun.
    """
    if set(candidate.grounds.values()) != {Ground.BORROWED}:
        return candidate
    sentence = document.sentence_at(next(iter(candidate.role_places.values())).start)
    if sentence <= candidate.triggers[0].sentence:
        return candidate
    other = next(
        (
            found
            for found in candidates
            if found.event_type == candidate.event_type
            and found.triggers[0].sentence == sentence
            and found.roles
            and any(ground > Ground.TALKS for ground in found.grounds.values())
        ),
        None,
    )
    if other is None:
        return candidate
    held = set(other.roles.values())
    kept = {
        company: role
        for company, role in candidate.roles.items()
        if company not in other.roles and role not in held
    }
    roles = {**other.roles, **kept}
    return candidate.but(
        roles=roles,
        role_places={**candidate.role_places, **other.role_places},
        grounds=dict.fromkeys(roles, Ground.BORROWED),
    )


def _of_its_sentence(document: Document, candidates: tuple[Candidate, ...]) -> Iterator[Candidate]:
    """Yield candidates; one whose clause names nobody is about the target of its sentence.

    "ByteDance may sell TikTok, which India has banned": the ban is TikTok's.
    """
    in_sentence: dict[int, list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        in_sentence[candidate.triggers[0].sentence].append(candidate)
    for candidate in candidates:
        first = candidate.triggers[0]
        other = next(
            (
                found
                for found in in_sentence[first.sentence]
                if found is not candidate
                and (found.triggers[0].start < first.start or found.event_type == "shutdown")
                and _things(found)
            ),
            None,
        )
        if other is None or _clause_names_somebody(document, first):
            yield candidate
            continue
        targets = _things(other)
        yield candidate.but(
            roles=dict.fromkeys(targets, Role.TARGET),
            role_places={company: other.role_places[company] for company in targets},
            grounds=dict.fromkeys(targets, Ground.BORROWED),
        )


def _clause_names_somebody(document: Document, trigger: Trigger) -> bool:
    start, end = document.clause_of(trigger.sentence, trigger.start)
    return any(start <= name.start < end for name in document.names_in(trigger.sentence))


def _things(candidate: Candidate) -> list[CompanyId]:
    """Return what a candidate happens to; who alone is named to close is what is closed."""
    targets = [company for company, role in candidate.roles.items() if role is Role.TARGET]
    return targets or (list(candidate.roles) if candidate.event_type == "shutdown" else [])
