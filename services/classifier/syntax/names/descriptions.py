"""Descriptions: what stands between a marker and a name and only says who that is.

"by the French dairy group X", "al fondo británico X", "an den Baustoffkonzern X".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from unicodedata import category

from services.classifier.document import Document
from services.classifier.lexicon.grammar import Grammar
from services.classifier.lexicon.scripts import UNSPACED, script_of
from services.classifier.lexicon.shared_words import particles
from services.classifier.spans import Name
from services.classifier.syntax.names.chains import Chain
from services.classifier.syntax.names.conjunctions import begun_by_and
from services.classifier.syntax.names.markers import longest_behind
from services.classifier.syntax.scene import Scene

_REACH = 64
_MARKER = 24
"""How much text a marker may fill before the description."""
_MOST_WORDS = 6
_MOST_APPOSED = 8
_SECOND = 48
"""How far apart two of a row stand whose second is described."""
_UNSPACED_SECOND = 16
_SHORT = 3
"""So short are articles and prepositions; what describes a company is longer."""
_QUOTES = " \"'("
_APART = str.maketrans(dict.fromkeys(" \"'(),、،«»《》", " "))
"""What sets a name apart from what it is."""
_LAYERS = ("cue", "stage", "negation", "authority")


def described(document: Document, chain: Chain, floor: int) -> Iterator[str]:
    """Yield what stands before a name without more and more words that describe it.

    Only in languages whose prepositions mark roles. A description is made of words for a company
    ("group"), articles, countries and, between those, any longer word; it never has a cue in it,
    nor a sign, and begins behind the first short article ("to save the carmaker X" has no "to X").
    """
    grammar = document.grammar
    if grammar.order != "svo" or not grammar.home:
        return
    text = document.folded.text
    sentence = document.sentences[document.sentence_at(chain.start)]
    floor = max(floor, chain.start - _REACH, sentence.start)
    near = text[floor : chain.start].rstrip(_QUOTES)
    known = _known(grammar)
    is_known = False
    is_cut = bool(floor) and text[floor - 1 : floor + 1].isalnum()
    # From the name backwards: mostly the first word is a preposition, and nothing is left to read.
    left = near
    for _ in range(_MOST_WORDS if is_cut else _MOST_WORDS + 1):
        left = left.rstrip()
        word = left.rsplit(None, 1)[-1] if left else ""
        end = len(left)
        left = left.removesuffix(word)
        if not word or (is_cut and not left):
            return
        start = floor + len(left)
        plain = word.rpartition("'")[2] or word
        if plain in grammar.dates.weekdays:
            return  # "у понеділок фінську X" is bought on Monday, not from X
        is_article = plain in grammar.articles
        if not (is_article or len(plain) > _SHORT) or not _may_describe(
            document, word, start, chain
        ):
            return
        is_known = is_known or plain.endswith(known) or _is_of_a_country(document, start)
        rest = near[: end - len(plain)].rstrip()
        if is_known:
            yield rest[-_MARKER:]
        if is_article and len(plain) <= _SHORT:
            return


def apposed(document: Document, chain: Chain, floor: int) -> Iterator[str]:
    """Yield what stands before a description that a comma parts from a name: "by the country's largest retailer, X".

    Nothing else may follow in its clause: in "approved by the council, X said" it begins another one. The description
    goes back to the preposition that marks it.
    """
    text = document.folded.text
    sentence = document.sentences[document.sentence_at(chain.start)]
    floor = max(floor, chain.start - _REACH, sentence.start)
    left = text[floor : chain.start].rstrip(_QUOTES)
    if document.grammar.order != "svo" or not left.endswith(",") or not _is_last(document, chain):
        return
    left = left.removesuffix(",")
    markers, within = _markers(document.grammar), particles("genitive", document.language)
    for count in range(_MOST_APPOSED):
        left = left.rstrip()
        word = left.rsplit(None, 1)[-1] if left else ""
        if not word or (len(word) == len(left) and floor > sentence.start):
            return
        if count and word in markers and word not in within:
            yield left[-_MARKER:]
            return
        left = left.removesuffix(word)
        if not _may_describe(document, word, floor + len(left), chain):
            return


def _is_last(document: Document, chain: Chain) -> bool:
    """Return whether a sign or the end of the sentence follows a name."""
    end = document.sentences[document.sentence_at(chain.start)].end
    behind = document.folded.text[chain.end : end].lstrip("\"')")
    return not behind.strip() or behind[0] in ".,;:(!?"


@lru_cache(maxsize=64)
def _markers(grammar: Grammar) -> frozenset[str]:
    """Return the single words that give a name behind them a part in an event."""
    return frozenset(
        word
        for key, words in grammar.before.items()
        if key not in {"none", "not", "owned", "besides"}
        for word in words
        if " " not in word
    )


def is_apposed(document: Document, start: int, name: Name) -> bool:
    """Return whether all from `start` to a name only says what that is: "buys podcast studio X".

    In languages whose goods have their maker's name before them ("buys X phones"), or where an article or the word
    for a kind of company begins it ("achète la laiterie X", not "achète des avions X"; `apposed` in
    `shared/particles.yml`). Other languages need a word for a company beside the name: `described`.
    """
    begins = particles("apposed", document.language)
    between = document.folded.text[start : name.start].strip(_QUOTES)
    return bool(begins) and between.startswith(begins) and describes(document, start, name)


def describes(document: Document, start: int, name: Name) -> bool:
    """Return whether words from `start` to a name may all say what that is: no sign, no verb, no preposition."""
    text, at = document.folded.text, start
    words = text[start : name.start].strip(_QUOTES).split()
    if len(words) > _MOST_WORDS or not _is_over(document, name):
        return False
    leads = particles("led_by", document.language)
    for word in words:
        at = text.index(word, at)
        if word in leads or not _may_describe(document, word, at, Chain((name,))):
            return False
        at += len(word)
    return True


def only_describes(document: Document, start: int, end: int) -> bool:
    """Return whether nothing stands between two offsets but signs, articles, countries and words for a company."""
    between = document.folded.text[start:end].translate(_APART)
    at, known = start, _known(document.grammar)
    if between.strip() and script_of(between.strip()[0]) in UNSPACED:
        return any(between.strip() == word for word in known)
    for word in between.split():
        at = document.folded.text.index(word, at)
        if not (
            word in document.grammar.articles
            or word.endswith(known)
            or _is_of_a_country(document, at)
        ):
            return False
        at += len(word)
    return True


def _is_over(document: Document, name: Name) -> bool:
    """Return whether a name ends what it stands in: no noun follows, as in "buys used X phones"."""
    text = document.folded.text
    behind = text[name.end : document.sentences[document.sentence_at(name.start)].end]
    if not behind[:1].isspace():
        return not behind[:1].isalpha() and behind[:1] not in {"'", "-"}
    word = behind.split(None, 1)[0].rstrip(".,;:!?") if behind.strip() else ""
    return (
        not word.isalpha()
        or word in document.grammar.articles
        or word in particles("led_by", document.language)
    )


def with_described(scene: Scene, chains: Sequence[Chain]) -> list[Chain]:
    """Return chains, two as one where the second is described: "X and the American investor Y buy Z"."""
    rows: list[Chain] = []
    for chain in chains:
        if rows and _goes_on(scene, rows[-1], chain):
            rows[-1] = Chain((*rows[-1].names, *chain.names))
        else:
            rows.append(chain)
    return rows


def _goes_on(scene: Scene, row: Chain, chain: Chain) -> bool:
    document = scene.document
    text = scene.text
    gap = text[row.end : chain.start]
    if not 1 < len(gap) <= _SECOND or (row.end <= scene.trigger.start < chain.start):
        return False
    begun = begun_by_and(gap, scene.language)
    if not begun or _acts_along(scene.grammar, gap, begun):
        return False
    rest = gap[begun:]
    known = _known(scene.grammar)
    if script_of(gap.strip()[0]) in UNSPACED:
        start = row.end + begun
        is_known = any(word in rest for word in known) or any(
            start <= hit.start < chain.start for hit in scene.words("country")
        )
        return (
            len(rest) <= _UNSPACED_SECOND
            and is_known
            and _may_describe(document, rest, start, chain)
        )
    at, is_known, words = row.end + begun, False, rest.split()
    if not 0 < len(words) < _MOST_WORDS:
        return False
    for word in words:
        at = text.index(word, at)
        plain = word.rpartition("'")[2] or word
        is_long = (
            len(plain) > _SHORT or plain in scene.grammar.articles or _is_of_a_country(document, at)
        )
        if not (is_long and _may_describe(document, word.rstrip("\"'"), at, chain)):
            return False
        is_known = is_known or plain.endswith(known) or _is_of_a_country(document, at)
        at += len(word)
    return is_known


def _acts_along(grammar: Grammar, gap: str, begun: int) -> bool:
    """Return whether an "and" only begins words that say with whom somebody acts: "Xと共同でメーカーのYを買収"."""
    marks = grammar.after.get("active.actor")
    return marks is not None and longest_behind(marks, gap) > begun


def _may_describe(document: Document, word: str, start: int, chain: Chain) -> bool:
    """Return whether a word is no sign, no number, no tracked name and no word of an event.

    A cue in two parts may go around all of it: "wird an den Baustoffkonzern X verkauft".
    """
    if not _is_of_letters(word):
        return False
    sentence = document.sentence_at(start)
    end = start + len(word)
    if any(name.start < end and start < name.end for name in document.names_in(sentence)):
        return False
    return not any(
        hit.start < end and start < hit.end and (hit.end <= chain.start or hit.start == start)
        for layer in _LAYERS
        for hit in document.words_in(layer, sentence)
    )


def _is_of_letters(word: str) -> bool:
    """Return whether a word has no sign in it; in some scripts vowels are marks."""
    return word.isalpha() or all(
        sign.isalpha() or category(sign)[0] == "M" for sign in word if sign not in "-' "
    )


def _is_of_a_country(document: Document, start: int) -> bool:
    sentence = document.sentence_at(start)
    return any(hit.start == start for hit in document.countries_in(sentence))


@lru_cache(maxsize=64)
def _known(grammar: Grammar) -> tuple[str, ...]:
    """Return the words for a company, which may end longer ones: "Baustoffkonzern"."""
    words = grammar.articles | {form.rstrip("*") for form in grammar.home if " " not in form}
    return tuple(word for word in words if len(word) > _SHORT)
