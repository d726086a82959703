"""Makers: names of a sentence that only say who another company is, by its product or its sister.

"The maker of Pixeo buys a rival", "Norvik, which runs the Pixeo app, closes a plant", "a sister company of Balto shuts":
nothing happens to Pixeo, nor to Balto. The words stand in `makers.yml`, each with the side of the name on which it stands.
"""

from __future__ import annotations

from itertools import pairwise

from services.classifier.document import Document, remembered
from services.classifier.lexicon.words import Hit
from services.classifier.spans import Name
from services.classifier.syntax.names.chains import COMMAS, chains_of
from services.classifier.syntax.names.conjunctions import (
    begun_by_and,
    conjunctions,
    ended_by_and,
    has_and,
)

_SALES = frozenset({"sell", "sold"})
_TO_ITS_MAKER = 5
"""So many characters are at most between a product and the word for who makes it: "fabricante del X"."""
_TO_ITS_APP = 24
"""So many where a word for the product stands there too: "che gestisce l'app X"."""
_SHORT = 3
"""So short are articles and prepositions."""
_AROUND_A_NAME = " \"'《》"
_SIGNS = str.maketrans(dict.fromkeys(_AROUND_A_NAME, " "))
_BEFORE_IT = frozenset({"before", "of", "sister before"})
_SISTERS = frozenset({"sister before", "sister behind"})
_PLAIN = frozenset({"of", "made"})
"""Where the words stand that say so with a preposition or a verb."""


def is_beside_its_maker(document: Document, name: Name) -> bool:
    """Return whether a word for who makes it stands right beside a name: "le fabricant de Pixeo"."""
    return any(
        word.meaning.name not in _SISTERS
        and (
            0 <= name.start - word.end <= _TO_ITS_MAKER
            or 0 <= word.start - name.end <= _TO_ITS_MAKER
        )
        for word in document.words_in("makers", document.sentence_at(name.start))
    )


def described_by(document: Document, sentence: int, event_type: str) -> frozenset[Name]:
    """Return the names of a sentence by which others are described, and which its event leaves alone.

    From a ban, and a closing of no site, only what another company is said to make in so many words is left out: "Pixeo's
    owner Norvik shuts" may mean Pixeo. Who sells may be presented by what is sold: "Zelmo's owner Norvik sells
    it to Balto".
    """
    if not document.words_in("makers", sentence) or not document.names_in(sentence):
        return frozenset()
    return frozenset(_described(document, sentence, event_type))


@remembered
def _described(document: Document, sentence: int, event_type: str) -> set[Name]:
    names = document.names_in(sentence)
    places = {name: _place_of(document, sentence, name) for name in names}
    for row in chains_of(document, names):
        place = places[row.names[0]]
        if place in _BEFORE_IT and any(_is_joined(document, *pair) for pair in pairwise(row.names)):
            # "dueño de X, Y y Z"; behind a row a word may be of its last name alone: "X and Y maker Z merge".
            places.update(dict.fromkeys(row.names, place))
    sisters = {name for name in names if places[name] in _SISTERS}
    made = {name for name in names if places[name] and name not in sisters}
    if not made or _tells_a_sale(document, sentence):
        return sisters
    if event_type == "acquisition":
        made = {
            name
            for name in made
            if places[name] != "behind" or _is_presented(document, sentence, name)
        }
    else:
        if not {name.company for name in names} - {name.company for name in made | sisters}:
            return sisters
        if event_type == "ban" or not _has_site(document, sentence):
            made = {name for name in made if places[name] in _PLAIN}
    return sisters | made


def _is_joined(document: Document, name: Name, following: Name) -> bool:
    """Return whether two names of a row have an "and" between or behind them: not "the maker of X, Y, closes"."""
    text, language = document.folded.text, document.language
    return has_and(text[name.end : following.start], language) or bool(
        begun_by_and(text[following.end : following.end + _TO_ITS_MAKER], language)
    )


def _place_of(document: Document, sentence: int, name: Name) -> str:
    """Return on which side of a name a word says what it is to somebody else, "" where none does."""
    return next(
        (
            word.meaning.name
            for word in document.words_in("makers", sentence)
            if _says(document, sentence, word, name)
        ),
        "",
    )


def _is_presented(document: Document, sentence: int, name: Name) -> bool:
    """Return whether the maker of a product stands right behind the word for it, or nobody else is named: "Y buys X maker"."""
    others = [other for other in document.names_in(sentence) if other.company != name.company]
    return not others or any(
        0 <= other.start - word.end <= _TO_ITS_MAKER
        for word in document.words_in("makers", sentence)
        for other in others
        if name.end <= word.start
    )


def _has_site(document: Document, sentence: int) -> bool:
    return any("shutdown" in hit.meaning.types for hit in document.words_in("applies", sentence))


def _says(document: Document, sentence: int, word: Hit, name: Name) -> bool:
    """Return whether a word says of somebody what a name beside it is to them; "becomes the owner of X" tells a deal."""
    text = document.folded.text
    is_before = word.meaning.name in _BEFORE_IT
    start, end = (word.end, name.start) if is_before else (name.end, word.start)
    if not 0 <= end - start <= _TO_ITS_APP or not COMMAS.isdisjoint(text[start:end]):
        return False
    around = (min(word.start, name.start), max(word.end, name.end))
    if any(
        cue.start < around[1] and around[0] < cue.end and cue.meaning.weight > 1
        for cue in document.words_in("cue", sentence)
    ):
        return False
    between = text[start:end].strip(_AROUND_A_NAME)
    if word.meaning.name == "before" and not between:
        return False  # "le fabricant X" is X itself
    if not is_before and begun_by_and(text[start:end], document.language):
        return False  # "X and toy maker Y merge"
    if word.meaning.name == "sister before" and ended_by_and(
        text[document.sentences[sentence].start : word.start], document.language
    ):
        return False  # "X i siostrzana spółka Y": no preposition tells the sister from whose she is
    return _is_of_nothing_else(document, start, end)


def _is_of_nothing_else(document: Document, start: int, end: int) -> bool:
    """Return whether only short words and words for a product stand between two places."""
    text, at = document.folded.text, start
    rest = ""
    for thing in document.words_in("product", document.sentence_at(start)):
        if at <= thing.start and thing.end <= end:
            rest += text[at : thing.start] + " "
            at = thing.end
    words = (rest + text[at:end]).translate(_SIGNS).split()
    return all(
        len(word) <= _SHORT and word not in conjunctions(document.language) for word in words
    )


def _tells_a_sale(document: Document, sentence: int) -> bool:
    return any(hit.meaning.frame in _SALES for hit in document.words_in("cue", sentence))
