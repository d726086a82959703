"""Pipeline: from a Story to its Reading; pure, so that reading again gives the same bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache

from services.classifier.blocking import thing_patterns
from services.classifier.change import Change
from services.classifier.document import Document
from services.classifier.lexicon import price_phrases
from services.classifier.lexicon.aliases import Aliases
from services.classifier.lexicon.load import Lexicon, lexicon, rules_hash
from services.classifier.lexicon.money_patterns import patterns_of
from services.classifier.reports import mentions_of, reports_of
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
from services.classifier.steps.match import match, outside_of_names
from services.classifier.steps.overrule import overrule
from services.classifier.steps.places import locate
from services.classifier.steps.rivals import part
from services.classifier.steps.roles import assign
from services.classifier.steps.scope import limit
from services.classifier.steps.sentences import split
from services.classifier.steps.stage import settle
from services.classifier.steps.weigh import weigh
from services.classifier.syntax.story.kinship import Owners
from services.classifier.taken_out.answers import ANSWERS
from services.classifier.taken_out.folded_in import FOLDED_IN
from services.classifier.taken_out.kept import KEPT
from services.classifier.taken_out.old_bids import OLD_BIDS
from services.classifier.taken_out.removal import without
from services.classifier.untracked.guests import dismiss, introduce, without_bystanders
from services.classifier.untracked.products import own
from services.classifier.untracked.stand_ins import without_stand_ins
from services.common.contracts.reading import Reading, Report, StoryHead
from services.common.contracts.story import Story
from services.common.ids import CompanyId
from services.common.sketch import sketch_of
from services.common.text import hash_of_words, words_of
from services.common.watchlist import Watchlist


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
            mentions=mentions_of(document, reports),
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
        return document, reports_of(document, story.story_id)

    def document(self, story: Story) -> Document:
        """Return a story after the last step, for reports and for explanations."""
        document = recognise(_untouched(story))
        words = _prepared(document.language if document.is_supported else "none")
        document = document.but(grammar=words.grammar)

        # What is furniture is no sentence of title or lead and names nobody.
        document = fold(document)
        document = clean(document)
        document = split(document)
        # Names come before words: a word for a stage that only a name holds says nothing.
        document = link(
            document,
            aliases=self.aliases,
            words=words.words if document.is_supported else None,
        )
        if not document.is_supported or not document.names:
            return document
        document = match(document, words=words.words)
        if "cue" not in document.words:
            return document
        # Who is well known takes its own part, so that nobody tracked is given it; then the parts are told.
        tracked = document.names
        document, owners = introduce(document, owners=self.owners)
        document = without_bystanders(outside_of_names(document))
        return dismiss(_events(document, words, owners), tracked)


def _untouched(story: Story) -> Document:
    """Return a story before the first step."""
    return Document(
        title=story.title,
        text=story.text,
        published=story.published.date() if story.published else None,
        declared_language=story.language,
        country=story.country,
    )


def _events(document: Document, words: Lexicon, owners: Owners) -> Document:
    """Return a document whose words are known with the events that they tell."""
    # What a sentence recalls of an old bid goes before its cues are weighed, and ends where clauses do.
    document = cut(document)
    for removal in (OLD_BIDS, KEPT, FOLDED_IN, ANSWERS):
        document = without(document, removal, words=words.words)
    document = detect(document)
    document = overrule(document)
    if not document.triggers:
        return document

    # The type of a cue, which an authority may overrule, says who may have which part. Each sentence alone,
    # then together; then what is told elsewhere of an event, the surest first.
    document = assign(document)
    document = without_stand_ins(document)
    document = gather(document, owners=owners)
    document = relate(document, owners=owners)
    document = complete(document)
    document = widen(document)
    # Who closes what nobody tracks is not closed itself.
    document = own(document)
    # Strangers come last: they have only what no tracked company has.
    if (met := meet(document)) is not None:
        document = acquaint(document, assign(met))

    # A stage hangs on who has a part. Whether bidders are rivals, what is news and what a price
    # or a day is of hang on the stage; price and day on what is news, too.
    document = settle(document)
    document = part(document)
    document = focus(document)
    document = locate(document)
    document = limit(document)
    document = price(document)
    document = date_of(document)
    # How sure it is hangs on all that was found.
    return weigh(document)


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
