"""Named countries: those that some sentences name as places, and not as the home of who is named there."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from services.classifier.document import Document
from services.classifier.facts.origins import is_home, is_of_the_newsroom, is_origin
from services.classifier.lexicon.scripts import is_word_end
from services.classifier.lexicon.shared_words import particles
from services.classifier.lexicon.words import Hit
from services.classifier.syntax.names.chains import COMMAS
from services.classifier.syntax.names.conjunctions import begun_by_and, is_and

Countries = dict[str, tuple[int, int]]
"""Countries by their codes, each with its place in the folded text."""
NEXT = 8
"""So near one country stands the next of a list: "in Indonesia, Brazil and Mexico"."""
_SCOPE_REACH = 16
"""So far before a country its word of place may begin."""
_BEFORE_A_NAME = 4
_ARTICLE = 5
_VERB = 20
"""So long is a verb, as part of a cue that holds a country; behind more, "from all markets but Turkey", it may stay."""


class Naming(NamedTuple):
    """What is looked for in sentences: a country in one of `cues` or behind it is a place, "quits Russia"."""

    document: Document
    cues: Sequence[tuple[int, int]]
    is_closing: bool = False
    homes: Collection[int] = ()
    """Where countries stand that say only whence somebody is whom the event does not hit."""

    def countries(self, sentences: Sequence[int]) -> Countries:
        """Return the countries that sentences name."""
        return self._found(sentences, only_scoped=False)

    def scoped(self, sentences: Sequence[int]) -> Countries:
        """Return the countries behind a word of place or a cue, with those listed behind them."""
        return self._found(sentences, only_scoped=True)

    def _found(self, sentences: Sequence[int], *, only_scoped: bool) -> Countries:
        found: Countries = {}
        homes: set[str] = set()
        begun, last = -100, -100
        for sentence, hit in self._hits(sentences):
            if begun <= hit.start < last:
                continue  # one word, as a name and as an adjective
            is_listed = bool(found) and hit.start - last <= NEXT
            is_scoped = self._is_scoped(sentence, hit)
            if only_scoped and not (is_listed or is_scoped):
                continue
            if hit.start == last and hit.meaning.frame == "demonyms":
                continue  # "アメリカ国内" is within America
            is_row = is_listed and are_joined(self.document, last, hit.start)
            if not (is_scoped or is_row) and self._is_before_its_company(sentence, hit):
                homes.add(hit.meaning.name)
            told = found.get(hit.meaning.name)
            if told is None or is_of_the_newsroom(self.document.folded.text, *told):
                found[hit.meaning.name] = (hit.start, hit.end)
            begun, last = hit.start, hit.end
        # "Germany's Merck", "法国家乐福": the country before a company's name is its home, in a ban if another is told.
        if homes and (self.is_closing or not homes >= found.keys()):
            found = {country: place for country, place in found.items() if country not in homes}
        # "NEW DELHI, Oct 2 - … shuts its business in Pakistan": where the news comes from, likewise.
        return {
            country: place
            for country, place in found.items()
            if not is_of_the_newsroom(self.document.folded.text, *place)
        } or found

    def _hits(self, sentences: Sequence[int]) -> Iterator[tuple[int, Hit]]:
        """Yield the countries of sentences that are not only where somebody or something is from."""
        document = self.document
        for sentence in sentences:
            for hit in document.countries_in(sentence):
                if not (hit.start in self.homes or is_home(document, hit)) and (
                    self._is_behind_a_place(hit) or not is_origin(document, sentence, hit)
                ):
                    yield sentence, hit

    def _is_behind_a_place(self, hit: Hit) -> bool:
        before = self.document.folded.text[max(hit.start - _SCOPE_REACH, 0) : hit.start]
        return before.rstrip(" (").endswith(self.document.grammar.scope or ("\0",))

    def _is_scoped(self, sentence: int, hit: Hit) -> bool:
        """Return whether a country stands behind a word of place or a cue: "quits Chile", but "bans German X"."""
        return self._is_behind_a_place(hit) or (
            self._is_what_it_quits(hit.start)
            and not (hit.meaning.frame == "demonyms" and self._is_before_a_name(sentence, hit))
        )

    def _is_what_it_quits(self, at: int) -> bool:
        """Return whether a country at a place is in a cue or right behind it: "quits Russia", "quitte la Russie"."""
        text = self.document.folded.text
        articles = self.document.grammar.articles
        return any(
            start < at < min(end, start + _VERB)
            or text[end:at] == " "
            or (end < at <= end + _ARTICLE and text[end:at].strip(" '’") in articles)
            for start, end in self.cues
        )

    def _is_before_a_name(self, sentence: int, hit: Hit) -> bool:
        return bool(self.document.names_between(sentence, hit.end, hit.end + _BEFORE_A_NAME))

    def _is_before_its_company(self, sentence: int, hit: Hit) -> bool:
        """Return whether a name follows, and no ending says in verb-last languages that something closes there."""
        document = self.document
        is_told_where = (
            self.is_closing
            and document.grammar.order == "sov"
            and not is_word_end(document.folded.text, hit.end)
        )
        return not is_told_where and self._is_before_a_name(sentence, hit)


def are_joined(document: Document, end: int, start: int) -> bool:
    """Return whether two countries stand in a row: "Germany and France ban X", "독일과 프랑스"."""
    text = document.folded.text
    gap = text[end:start]
    if begun_by_and(gap, document.language) or gap.strip() in particles(
        "with_behind", document.language
    ):
        return True
    while end < start and not is_word_end(text, end):
        end += 1
    gap = text[end:start]
    return is_and(gap, document.language) or (bool(gap) and gap.strip() in COMMAS)
