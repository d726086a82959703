"""Pipeline: from a Story to its Reading; pure, so that reading again gives the same bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from services.classifier.blocking import thing_patterns
from services.classifier.change import Change
from services.classifier.document import Candidate, Document
from services.classifier.evidence import evidence
from services.classifier.lexicon import price_phrases
from services.classifier.lexicon.aliases import Aliases
from services.classifier.lexicon.load import Lexicon, lexicon, rules_hash
from services.classifier.lexicon.money_patterns import patterns_of
from services.classifier.old_bids import without_old_bids
from services.classifier.stand_ins import without_stand_ins
from services.classifier.steps.acquaint import acquaint, meet
from services.classifier.steps.amounts import price
from services.classifier.steps.clauses import cut
from services.classifier.steps.clean import clean
from services.classifier.steps.complete import complete
from services.classifier.steps.dates import date_of
from services.classifier.steps.detect import detect
from services.classifier.steps.focus import focus
from services.classifier.steps.fold import fold
from services.classifier.steps.further import widen
from services.classifier.steps.gather import gather
from services.classifier.steps.kin import relate
from services.classifier.steps.language import recognise
from services.classifier.steps.link import link
from services.classifier.steps.match import match
from services.classifier.steps.overrule import overrule
from services.classifier.steps.places import locate
from services.classifier.steps.rivals import part
from services.classifier.steps.roles import assign
from services.classifier.steps.scope import limit
from services.classifier.steps.sentences import split
from services.classifier.steps.stage import settle
from services.classifier.steps.weigh import weigh
from services.common.contracts.reading import (
    NO_LANGUAGE,
    Evidence,
    Focus,
    Involvement,
    Mention,
    OtherParty,
    Reading,
    Report,
    Role,
    StoryHead,
)
from services.common.contracts.story import Story
from services.common.event_types import event_type
from services.common.ids import CompanyId, StoryId, report_id
from services.common.sketch import sketch_of
from services.common.text import hash_of_words, words_of
from services.common.watchlist import Watchlist

MOST_PLACES = 3
"""Places kept of a mention; more would only make the Reading long."""

NO_CUE = "no event words near it"
NO_ROLE = "an event is told, but not of it"


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The rules and one watchlist, compiled. Building it is slow, reading with it is fast."""

    aliases: Aliases
    owners: Mapping[CompanyId, CompanyId | None]
    watchlist_hash: str
    rules_hash: str = field(default_factory=rules_hash)

    @classmethod
    def of(cls, watchlist: Watchlist) -> Pipeline:
        """Return a pipeline that links the companies of `watchlist`."""
        return cls(
            aliases=Aliases(watchlist.companies.values()),
            owners={key: company.owner for key, company in watchlist.companies.items()},
            watchlist_hash=watchlist.hash,
        )

    def changed(self, change: Change) -> Pipeline:
        """Return a pipeline for what `change` makes of the watchlist; it reads as one built anew."""
        owners = {key: owner for key, owner in self.owners.items() if key not in change.removed}
        owners.update((company.id, company.owner) for company in change.companies)
        return replace(
            self,
            aliases=self.aliases.changed(change.companies, removed=change.removed),
            owners=owners,
            watchlist_hash=change.hash,
        )

    def read(self, story: Story) -> Reading:
        """Return what `story` says: every mention, and its reports or why there is none."""
        document, reports = self.told(story)
        words = words_of(f"{story.title}\n{story.text}")
        return Reading(
            story=StoryHead.of(story, language=document.language),
            text_hash=hash_of_words(words),
            text_sketch=sketch_of(words) if reports else "",
            mentions=_mentions(document, reports),
            reports=reports,
            rules_hash=self.rules_hash,
            watchlist_hash=self.watchlist_hash,
        )

    def told(self, story: Story) -> tuple[Document, tuple[Report, ...]]:
        """Return a story after the last step, and its reports.

        A tenth faster than `read`, which also says where companies are mentioned and makes the hashes by
        which copies of a text are known.
        """
        document = self.document(story)
        return document, tuple(_reports(document, story.story_id))

    def document(self, story: Story) -> Document:
        """Return a story after the last step, for reports and for explanations."""
        document = recognise(_untouched(story))
        words = _prepared(document.language if document.is_supported else "none")
        grammar = words.grammar

        # What is furniture is no sentence of title or lead and names nobody.
        document = fold(document)
        document = clean(document, grammar=grammar)
        document = split(document, grammar=grammar)
        # Names come before words: a word for a stage that only a name holds says nothing.
        document = link(document, aliases=self.aliases, grammar=grammar)
        if not document.is_supported or not document.names:
            return document
        return self._events(match(document, words=words.words), words)

    def _events(self, document: Document, words: Lexicon) -> Document:
        """Return a document whose words are known with the events that they tell."""
        grammar = words.grammar
        # What a sentence recalls of an old bid goes before its cues are weighed, and ends where clauses do.
        document = cut(document, grammar=grammar)
        document = without_old_bids(document, words=words.words, grammar=grammar)
        document = detect(document, grammar=grammar)
        document = overrule(document, grammar=grammar)
        if not document.triggers:
            return document

        # The type of a cue, which an authority may overrule, says who may have which part. Each sentence alone,
        # then together; then what is told elsewhere of an event, the surest first.
        document = assign(document, grammar=grammar)
        document = without_stand_ins(document, grammar=grammar)
        document = gather(document, owners=self.owners)
        document = relate(document, grammar=grammar, owners=self.owners)
        document = complete(document, grammar=grammar)
        document = widen(document, grammar=grammar)
        # Strangers come last: they have only what no tracked company has.
        if (met := meet(document, grammar=grammar)) is not None:
            document = acquaint(document, assign(met, grammar=grammar), grammar=grammar)

        # A stage hangs on who has a part. Whether bidders are rivals, what is news and what a price
        # or a day is of hang on the stage; price and day on what is news, too.
        document = settle(document)
        document = part(document)
        document = focus(document)
        document = locate(document, grammar=grammar)
        document = limit(document)
        document = price(document, grammar=grammar)
        document = date_of(document, grammar=grammar)
        # How sure it is hangs on all that was found.
        return weigh(document)


def _untouched(story: Story) -> Document:
    """Return a story before the first step."""
    return Document(
        title=story.title,
        text=story.text,
        published=story.published.date() if story.published else None,
        declared_language=story.language,
        country=story.country,
    )


@cache
def _prepared(language: str) -> Lexicon:
    """Return a language's lexicon with every pattern made that takes milliseconds.

    One story of a language waits for all of them then, and not some ten for one each.
    """
    words = lexicon(language)
    patterns_of(words.grammar)
    price_phrases.prepare(words.grammar)
    thing_patterns.prepare(language, words.grammar)
    return words


def classify(story: Story, *, watchlist: Watchlist) -> Reading:
    """Return the Reading of one story; for more than one keep a Pipeline."""
    return Pipeline.of(watchlist).read(story)


def _reports(document: Document, story: StoryId) -> list[Report]:
    reports: list[Report] = []
    ordinals: dict[tuple[str, str], int] = {}
    for candidate in document.candidates:
        if not candidate.roles:
            continue
        anchor = _anchor(candidate)
        key = (candidate.event_type, anchor)
        ordinal = ordinals.get(key, 0)
        ordinals[key] = ordinal + 1
        reports.append(
            Report(
                report_id=report_id(story, candidate.event_type, anchor, ordinal),
                type=candidate.event_type,
                stage=candidate.stage,
                focus=Focus.BACKGROUND if candidate.is_doubted else candidate.focus,
                companies=tuple(
                    Involvement(id=company, role=role)
                    for company, role in sorted(
                        candidate.roles.items(), key=lambda item: (_RANK[item[1]], item[0])
                    )
                ),
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
        )
    return reports


_RANK = {Role.ACTOR: 0, Role.TARGET: 1, Role.SELLER: 2, Role.PARTY: 3}


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


def _mentions(document: Document, reports: tuple[Report, ...]) -> tuple[Mention, ...]:
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
