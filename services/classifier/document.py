"""Document: a story on its way through the steps; each step returns it with something added.

Title and text are one string here, the title first, so that one search covers both;
`Document.evidence` leads back to the part and to its own offsets.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, wraps
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

from services.classifier.candidate import Candidate
from services.classifier.growing import Growing
from services.classifier.lexicon.folding import Folded
from services.classifier.lexicon.grammar import Grammar
from services.classifier.lexicon.scripts import SPACED, is_word_end, script_of
from services.classifier.lexicon.words import Hit
from services.classifier.spans import Name, Segment, Sentence, Trigger
from services.common.contracts.reading import Evidence
from services.common.ids import CompanyId

ZERO_WIDTH_JOINER = "\u200d"
MAX_QUOTE = 60
"""Evidence is a few words that a person can check at a glance."""
UNSPACED_NOTHING = "\u2060"
"""What stands for nothing in scripts where a space parts clauses."""

_NO_GRAMMAR = Grammar()
"""That of a story whose language nobody has asked for yet."""
_ANSWERED_OF = frozenset({"folded", "names", "names_by_sentence", "words"})
"""What the answers in `seen` are of."""
_UNASKED = object()
"""In place of an answer that is not known yet: an answer may be None."""
_Given = ParamSpec("_Given")
_Answer = TypeVar("_Answer")


def remembered(
    question: Callable[Concatenate[Document, _Given], _Answer],
) -> Callable[Concatenate[Document, _Given], _Answer]:
    """Return a question about a story's names and words whose answer it keeps, whatever triggers it has."""

    @wraps(question)
    def answer(document: Document, /, *given: _Given.args, **named: _Given.kwargs) -> _Answer:
        seen, key = document.seen, (question, *given)
        kept = seen.get(key, _UNASKED)
        if kept is _UNASKED:
            kept = seen[key] = question(document, *given, **named)
        return kept  # type: ignore[return-value]  # as put there above

    return answer


@dataclass(frozen=True, kw_only=True)
class Document(Growing):
    """A story and everything that the steps found in it so far. Offsets are folded ones.

    `words` has the lexicon's hits by layer and sentence.
    """

    title: str
    text: str
    published: date | None = None
    declared_language: str | None = None
    country: str | None = None
    language: str = ""
    grammar: Grammar = _NO_GRAMMAR
    """How the language orders and marks things."""
    is_supported: bool = True
    folded: Folded = field(default_factory=lambda: Folded(""))
    furniture: tuple[tuple[int, int], ...] = ()
    sentences: tuple[Sentence, ...] = ()
    sentence_starts: tuple[int, ...] = ()
    names: tuple[Name, ...] = ()
    names_by_sentence: Mapping[int, list[Name]] = field(default_factory=dict)
    spelled: Mapping[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    """Where names stand alone that were linked with their quotes, legal form or ticker."""
    refused: Mapping[CompanyId, str] = field(default_factory=dict)
    deeds: Mapping[CompanyId, tuple[int, int]] = field(default_factory=dict)
    """Where it stands what a company does whose name is a word too, if that alone says that it is meant."""
    words: Mapping[str, Mapping[int, list[Hit]]] = field(default_factory=dict)
    triggers: tuple[Trigger, ...] = ()
    blocked: Mapping[int, str] = field(default_factory=dict)
    candidates: tuple[Candidate, ...] = ()
    seen: dict[tuple[object, ...], object] = field(default_factory=dict, compare=False)
    """What was answered of names and words alone (`remembered`): all later documents share it, until one has others."""
    asked: dict[tuple[object, object], Any] = field(default_factory=dict, compare=False)
    """What was answered of triggers or clauses too, which every step changes: so of this document alone.

    In one memory with `seen` it would go with it at each step, and what strangers a sentence names, or
    what a sum may be, would be looked for again some ten times a story.
    """

    def but(self, **changes: object) -> Self:
        """Return the same with some fields changed, and with what was answered before as far as it still holds."""
        if not _ANSWERED_OF.isdisjoint(changes):
            changes["seen"] = {}
        new = super().but(asked={}, **changes)
        if "triggers" in changes:  # `but` takes over what was found before
            new.__dict__.pop("_triggers_by_sentence", None)
        return new

    @cached_property
    def whole(self) -> str:
        """Return title and text as one string."""
        return f"{self.title}\n{self.text}"

    @property
    def titled(self) -> frozenset[CompanyId]:
        """Return the companies that the title names."""
        return frozenset(
            name.company
            for sentence, names in self.names_by_sentence.items()
            if self.in_title(sentence)
            for name in names
        )

    @remembered
    def sentences_of(self, *segments: Segment) -> list[int]:
        """Return the indices of the sentences that are of one of the segments, in order."""
        return [at for at, sentence in enumerate(self.sentences) if sentence.segment in segments]

    @property
    def taken(self) -> set[CompanyId]:
        """Return who has a role in an event."""
        return {company for event in self.candidates for company in event.roles}

    def segment_of(self, sentence: int) -> Segment:
        """Return the segment that a sentence is of."""
        return self.sentences[sentence].segment

    def in_title(self, sentence: int) -> bool:
        """Return whether a sentence is of the title."""
        return self.sentences[sentence].segment is Segment.TITLE

    def in_lead(self, sentence: int) -> bool:
        """Return whether a sentence is of the lead."""
        return self.sentences[sentence].segment is Segment.LEAD

    def in_front(self, sentence: int) -> bool:
        """Return whether a sentence is of title or lead."""
        return self.sentences[sentence].segment <= Segment.LEAD

    def leads_with(self, event: Candidate) -> bool:
        """Return whether title or lead tell an event as news."""
        return any(self.in_front(cue.sentence) and not cue.is_past for cue in event.triggers)

    def sentence_at(self, offset: int) -> int:
        """Return the index of the sentence that holds the folded `offset`."""
        return (bisect_right(self.sentence_starts, offset) or 1) - 1

    def names_in(self, sentence: int) -> Sequence[Name]:
        """Return the names that stand in a sentence, in order."""
        return self.names_by_sentence.get(sentence, ())

    def names_between(self, sentence: int, start: int, end: int) -> list[Name]:
        """Return the names of a sentence that begin between two offsets, in order."""
        return [name for name in self.names_in(sentence) if start <= name.start < end]

    def triggers_in(self, sentence: int) -> Sequence[Trigger]:
        """Return the triggers of a sentence, in order."""
        return self._triggers_by_sentence.get(sentence, ())

    @cached_property
    def _triggers_by_sentence(self) -> Mapping[int, Sequence[Trigger]]:
        by_sentence: dict[int, list[Trigger]] = {}
        for trigger in self.triggers:
            by_sentence.setdefault(trigger.sentence, []).append(trigger)
        return by_sentence

    def sentences_from(self, sentence: int, *, within: int) -> range:
        """Return a sentence and those that stand at most `within` behind it."""
        return range(sentence, min(sentence + 1 + within, len(self.sentences)))

    def words_in(self, layer: str, sentence: int) -> Sequence[Hit]:
        """Return the hits of a layer in a sentence, in order."""
        return self.words.get(layer, _NO_HITS).get(sentence, ())

    def countries_in(self, sentence: int) -> Iterator[Hit]:
        """Yield the hits of a sentence that name a country, not those that only look like one."""
        return (hit for hit in self.words_in("country", sentence) if hit.meaning.name)

    def words_of(self, layer: str) -> list[tuple[int, Hit]]:
        """Return every hit of a layer with its sentence."""
        by_sentence = self.words.get(layer, _NO_HITS)
        return [(sentence, hit) for sentence, hits in by_sentence.items() for hit in hits]

    def has_cue(self, sentence: int, start: int, end: int) -> bool:
        """Return whether a cue that says more than a hint begins between two offsets of a sentence."""
        return any(
            start <= cue.start < end and cue.meaning.weight > 1
            for cue in self.words_in("cue", sentence)
        )

    def denials_before(self, sentence: int, at: int, *, within: int) -> list[Hit]:
        """Return the denials of a sentence that end at most so many characters before a place."""
        return [
            word for word in self.words_in("negation", sentence) if 0 <= at - word.end <= within
        ]

    def has_name(self, sentence: int, start: int, end: int) -> bool:
        """Return whether a name stands between two offsets of a sentence, or reaches in there."""
        return any(start < name.end and name.start < end for name in self.names_in(sentence))

    def clause_of(self, sentence: int, offset: int) -> tuple[int, int]:
        """Return the bounds of the clause of a sentence that holds `offset`."""
        span = self.sentences[sentence]
        return _part(span, span.breaks, offset)

    def half_of(self, sentence: int, offset: int) -> tuple[int, int]:
        """Return the bounds of the part of a headline that holds `offset`; most have one only."""
        span = self.sentences[sentence]
        return _part(span, span.halves, offset)

    def own_part_of(self, sentence: int, offset: int) -> tuple[int, int]:
        """Return the bounds of the part of a sentence that has one subject and holds `offset`; most have one only."""
        span = self.sentences[sentence]
        return _part(span, span.subjects, offset)

    def is_taken_out(self, start: int, end: int) -> bool:
        """Return whether nothing is left between two offsets; see `taken_out`."""
        return not self.folded.text[start:end].strip(f" {UNSPACED_NOTHING}")

    def word_end(self, end: int) -> int:
        """Return where the word ends that the folded offset `end` stands in or right behind."""
        text = self.folded.text
        while not is_word_end(text, end):
            end += 1
        return end

    def evidence(self, field_name: str, start: int, end: int) -> Evidence:
        """Return the words between two folded offsets, as the story has them, as evidence."""
        first, last = self.spelled.get((start, end), (start, end))
        if self.folded.breaks:
            first, last = self.folded.original(first), self.folded.original(last)
        whole = self.whole
        if last <= first:
            last = first + 1
        if last - first > MAX_QUOTE or not whole[last : last + 1].isascii():
            last = _whole_characters(whole, first, last)
        while last - first > 1 and whole[last - 1].isspace():
            last -= 1
        part, begin = "title", 0
        if first > len(self.title):
            part, begin = "text", len(self.title) + 1
        elif last > len(self.title):
            last = len(self.title)
        return Evidence(
            field=field_name,
            part=part,
            start=first - begin,
            end=last - begin,
            quote=whole[first:last],
        )


_NO_HITS: Mapping[int, list[Hit]] = {}


def _part(span: Sentence, begins: Sequence[int], offset: int) -> tuple[int, int]:
    """Return the bounds of the part of a sentence that holds an offset; `begins` are where all but the first begin."""
    if not begins:
        return span.start, span.end
    at = bisect_right(begins, offset)
    return begins[at - 1] if at else span.start, begins[at] if at < len(begins) else span.end


def _whole_characters(text: str, start: int, end: int) -> int:
    """Return where a quote ends that takes no character apart, by what combines, or begins one.

    One that ends inside of a character ends with its word; one that would be too long, sooner.
    """
    if _combines(text, end):
        while end < len(text) and (_combines(text, end) or script_of(text[end]) in SPACED):
            end += 1
    if end - start > MAX_QUOTE:
        end = start + MAX_QUOTE
        while end - start > 1 and _combines(text, end):
            end -= 1
    return end


def _combines(text: str, at: int) -> bool:
    """Return whether what stands at `at` belongs to the character before it."""
    if at >= len(text) or text[at].isascii():
        return False
    return unicodedata.category(text[at])[0] == "M" or text[at] == ZERO_WIDTH_JOINER
