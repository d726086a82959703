"""Explanation: a story with its words marked, and the arithmetic behind each report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from services.classifier.candidate import Candidate, Ground
from services.classifier.document import Document
from services.classifier.gains.weights import ENOUGH
from services.classifier.spans import Trigger

_SHOWN_LAYERS = (
    "cue",
    "stage",
    "hearsay",
    "avowed",
    "negation",
    "background",
    "blocker",
    "authority",
    "country",
)


_GROUNDS = {
    Ground.GUESSED: "the first name below a title or lead that names nobody",
    Ground.BORROWED: "the sentence beside names it",
    Ground.TALKS: "named in the talks",
    Ground.PLACE: "by its place beside the cue",
    Ground.WORD: "by the word beside it",
    Ground.FAMILY: "it owns what the event is about",
}


def explanation(document: Document) -> str:
    """Return the story with companies as {name=id} and words as [word|layer:name], then the reports."""
    unread = "" if document.is_supported else ", of which kabar has no words: nothing is reported"
    lines = [f"language: {document.language}{unread}", _marked(document), ""]
    for company, reason in sorted(document.refused.items()):
        lines.append(f"not {company}: {reason}")
    for company, place in sorted(document.deeds.items()):
        lines.append(f"{company} by “{document.evidence('deed', *place).quote}” beside its name")
    for sentence, kind in sorted(document.blocked.items()):
        lines.append(f"sentence {sentence + 1} blocked: {kind}")
    lines.extend(_that_tell_nothing(document))
    for candidate in document.candidates:
        lines.extend(_told(document, candidate))
    if not any(candidate.roles for candidate in document.candidates):
        lines.append("no report")
    return "\n".join(lines)


def _that_tell_nothing(document: Document) -> Iterator[str]:
    """Yield the cues that are part of no event, mostly since their sentence holds too little for its type."""
    told = {(t.start, t.end) for candidate in document.candidates for t in candidate.triggers}
    for trigger in document.triggers:
        if (trigger.start, trigger.end) not in told:
            why = f"below {ENOUGH:g}" if trigger.score < ENOUGH else "part of no event"
            yield f"{_cue(document, trigger)}: {why}"


def _cue(document: Document, trigger: Trigger) -> str:
    """Return a cue with its group, its place and the score of its sentence."""
    quote = document.evidence("type", trigger.start, trigger.end).quote
    segment = document.segment_of(trigger.sentence).name.lower()
    notes = ", ".join(
        note
        for note, holds in (("negated", trigger.is_negated), ("past", trigger.is_past))
        if holds
    )
    return (
        f"cue “{quote}” ({trigger.group}, sentence {trigger.sentence + 1}, {segment}) "
        f"= {trigger.score:g}" + (f" [{notes}]" if notes else "")
    )


def _told(document: Document, candidate: Candidate) -> Iterator[str]:
    yield (
        f"{candidate.event_type} {candidate.stage} {candidate.focus}"
        + (", told once and unsure: background" if candidate.is_doubted else "")
        + ("" if candidate.roles else ", of nobody tracked: no report")
    )
    for trigger in candidate.triggers:
        yield f"  {_cue(document, trigger)}"
    if candidate.stage_place is not None:
        yield f"  stage {candidate.stage}: “{document.evidence('stage', *candidate.stage_place).quote}”"
    else:
        yield f"  stage {candidate.stage}: by default"
    for line in _of_stages(candidate):
        yield f"    {line}"
    for company, role in sorted(candidate.roles.items()):
        yield f"  {company} is {role}: {_GROUNDS[candidate.grounds[company]]}"
    for name, stranger in sorted(candidate.others.items()):
        yield f"  “{name}”, tracked by nobody, is {stranger.role}"
    yield from _facts(document, candidate)
    yield f"  confidence {candidate.confidence:g}, the log-odds of {_sum(candidate.terms)}"


def _facts(document: Document, candidate: Candidate) -> Iterator[str]:
    """Yield where, by whom, of what, when and for how much, each with its words."""
    for country, place in sorted(candidate.countries.items()):
        yield f"  country {country}: “{document.evidence('countries', *place).quote}”"
    if candidate.authority is not None:
        start, end = candidate.authority
        quote = document.evidence("authority", start, document.word_end(end)).quote
        yield f"  authority: “{quote}”"
    if candidate.scope is not None:
        quote = document.evidence("scope", *candidate.scope).quote
        yield f"  scope {candidate.scope_name}: “{quote}”"
    if candidate.date_place is not None:
        yield f"  date {candidate.date}: “{document.evidence('date', *candidate.date_place).quote}”"
    if candidate.amount is not None and candidate.amount_place is not None:
        quote = document.evidence("amount", *candidate.amount_place).quote
        yield f"  amount {candidate.amount.currency} {candidate.amount.value}: “{quote}”"


def _of_stages(candidate: Candidate) -> Iterator[str]:
    """Yield a line for the stage that won and for the next, each with its sum."""
    sums = {stage: sum(terms.values()) for stage, terms in candidate.stage_terms.items()}
    for stage in sorted(sums, key=lambda each: -sums[each])[:2]:
        yield f"{stage} {sums[stage]:.2f}: {_sum(candidate.stage_terms[stage])}"


def _sum(terms: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {value:+.2f}" for name, value in terms.items())


def _marked(document: Document) -> str:
    """Return title and text with a mark around every name and word that counts."""
    whole = document.whole
    marks: list[tuple[int, int, str]] = [
        (name.start, name.end, f"{{%s={name.company}}}") for name in document.names
    ]
    for layer in _SHOWN_LAYERS:
        for _, hit in document.words_of(layer):
            meaning = hit.meaning
            label = layer if meaning.name in {"", layer} else f"{layer}:{meaning.name}"
            marks.append((hit.start, hit.end, f"[%s|{label}]"))
    pieces: list[str] = []
    done = 0
    for start, end, mark in sorted(marks, key=lambda found: (found[0], -found[1])):
        first, last = document.folded.original(start), document.folded.original(end)
        if first < done:
            continue
        pieces.extend((whole[done:first], mark % whole[first:last]))
        done = last
    pieces.append(whole[done:])
    return "".join(pieces)
