"""Chains: names in a row, which share a role."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from services.classifier.document import Document
from services.classifier.lexicon.scripts import ALL_THAI, script_of
from services.classifier.lexicon.shared_words import particles
from services.classifier.lexicon.words import Hit
from services.classifier.spans import Name, Trigger
from services.classifier.syntax.names.conjunctions import (
    begun_by_and,
    conjunctions,
    has_and,
    is_and,
)
from services.common.ids import CompanyId

_LIST_GAP = 12
_A_CLAUSE = 2
"""So many words a clause has behind its subject at the least."""
_LOOSE_GAP = 28
_QUOTES = " \"'("
_ELIDED = frozenset({"l", "d", "dell", "all", "dall", "nell"})
_QUOTE_GAP = 2
_OPENING_QUOTES = frozenset("\"'《")
_LAST_CYRILLIC = 0x530
COMMAS = frozenset(",、،")
AROUND_A_NAME = " \"'"
"""The quotes and spaces around a name."""
_STRANGER = re.compile(r'(?<=[,、،])\s*["《][^",、،]{2,30}["》](?=\s*(?:[,、،]|\w{1,10}\s))')
"""A name in quotes that nobody tracks, in a row of names: "A", "B", "C"."""
_LIST_SIGNS = (",", "/", "、", "،", "・", "·", "》《", '""')
CHINESE_WITH = frozenset("与和同跟")
_ADDED = re.compile(r" ?\([^()]{1,40}\)|\)")
"""What brackets add to a name of a row: its ticker, or another name of it that is tracked too."""
_OPENED = re.compile(r" ?\([^()]{0,24}")
_LEAST_WORDS = 3
_LONGEST_END = 2
"""So many words at most end the name of a company behind the part that is tracked."""
_PLAIN = re.compile(r"(?<!\w)[^\W\d_A-ZÀ-ÞА-Я]{5,}(?!\w)")
_JOINTS = frozenset("・·")
_SEPARATED = str.maketrans(dict.fromkeys(',/、،・·-"《》', " "))
_OF_ITS_OWNER = re.compile(r"'n?[iuü]n [^,;:.()]{0,40}?(?P<what>[^\W\d_]+) \Z")
"""What stands between an owner and its unit in Turkish: "Koç Holding'in iştiraki Arçelik"."""


class Chain(NamedTuple):
    """Names in a row ("Facebook, YouTube and TikTok"), which share a role."""

    names: tuple[Name, ...]

    @property
    def start(self) -> int:
        """Return where the first name begins."""
        return self.names[0].start

    @property
    def end(self) -> int:
        """Return where the last name ends."""
        return self.names[-1].end

    @property
    def companies(self) -> set[CompanyId]:
        """Return whom the row names."""
        return {name.company for name in self.names}

    def apart(self, word: Hit | Trigger) -> int:
        """Return how many characters lie between the row and a word or a cue, less than 0 where they overlap."""
        return max(self.start - word.end, word.start - self.end)

    def topic(self, document: Document) -> Chain | None:
        """Return who stands before the first comma, alone or joined by "and"; None where nobody does.

        "X、Y" and "X ve Y, Z", but not "X, Y ve Z"; of "X, Y ve Z, A" all but A do.
        """
        text, language = document.folded.text, document.language
        head = self.names[0]
        for at, name in enumerate(self.names[1:], start=1):
            if name.start < head.end:
                continue
            gap = _without_added(text[head.end : name.start])
            if gap[:1] in COMMAS:
                return Chain(self.names[: self._end_of_row(document, at)])
            is_row = is_and(gap, language) or gap.strip() in _JOINTS or begun_by_and(gap, language)
            if not is_row:
                return None
            head = name
        return None

    def _end_of_row(self, document: Document, comma: int) -> int:
        """Return where a row goes on behind its "and" and a comma: at A in "X, Y ve Z, A"."""
        gaps = [
            document.folded.text[one.end : other.start]
            for one, other in pairwise(self.names[comma:])
        ]
        for at, (gap, behind) in enumerate(pairwise(gaps), comma + 2):
            if is_and(gap, document.language) and behind[:1] in COMMAS:
                return at
        return comma


def of_its_owner(gap: str) -> str:
    """Return as what of the first name a gap between two presents the second, "" if it does not."""
    found = _OF_ITS_OWNER.match(gap)
    return found["what"] if found else ""


def chains_of(
    document: Document, names: Sequence[Name], articles: frozenset[str] = frozenset()
) -> list[Chain]:
    """Return the chains of `names`, which stand in the document in this order.

    Where a language has `articles`, each name in a row may have one, and the preposition of the first:
    "la X y la Y", "von X und von Y". Only a row with "and" is one then: "X, die Y" may begin a clause.
    """
    if len(names) < 2:
        return [Chain(tuple(names))] if names else []
    text = document.folded.text
    chains: list[list[Name]] = []
    loose: list[bool] = []
    for name in names:
        if chains and _follows(document, chains[-1], name, is_second=name is names[1]):
            if _is_in_brackets(text, chains) and text[chains[-1][-1].end : name.start][:1] == ")":
                chains[-2].extend(chains.pop())
                loose.pop()
            chains[-1].append(name)
            continue
        loose.append(
            bool(chains and articles) and _is_loose_gap(document, chains[-1], name, articles)
        )
        chains.append([name])
    return [Chain(tuple(chain)) for chain in _with_loose(document, chains, loose)]


def _follows(document: Document, chain: Sequence[Name], name: Name, *, is_second: bool) -> bool:
    """Return whether a name stands in a row with those before it; "X gemeinsam mit Y kauft" begins with its row."""
    text, language, last = document.folded.text, document.language, chain[-1]
    if name.start <= last.end:
        return True  # in the same place, or right behind it, both in quotes
    whole = text[last.end : name.start]
    rest = _without_surname(document, last, name, whole)
    gap = _without_added(_without_ending(rest))
    if gap == " " and _is_thai(text, last, name):
        return True
    gap = _STRANGER.sub("", gap)
    if is_second and " " in gap.strip() and is_and(gap, language):
        return True
    return (
        len(gap) <= _LIST_GAP
        and _is_list_gap(gap, language)
        and not (
            gap.strip() == "," and _begins_a_clause(document, last, name)
            if rest == whole
            else len(chain) == 1 and "," not in gap and _may_have_a_verb(document, last, name)
        )  # "X buys Y Foods and Z looks on"
    )


def _begins_a_clause(document: Document, before: Name, name: Name) -> bool:
    """Return whether a verb may follow a name behind a comma: "X buys Y, Z looks on", not "X, Y vie for Z".

    Only in languages whose rows end in "and", where what belongs to a name stands before it. What follows is no verb
    if it is a preposition, or "and" before the last of a row; a single word may be a participle of both.
    """
    ends = particles("last_joined", document.language)
    return bool(ends) and _may_have_a_verb(document, before, name)


def _may_have_a_verb(document: Document, before: Name, name: Name) -> bool:
    """Return whether a word stands behind a name that may be its verb, where something stands before another."""
    language, text = document.language, document.folded.text
    sentence = document.sentences[document.sentence_at(name.start)]
    if not text[sentence.start : before.start].strip(_QUOTES):
        return False
    behind = text[name.end : sentence.end]
    words = behind.split(None, 2) if behind[:1].isspace() else []
    if len(words) < _A_CLAUSE:
        return False
    word = words[0]
    no_verbs = (*particles("last_joined", language), *particles("led_by", language))
    return word.isalpha() and word not in no_verbs


def _with_loose(
    document: Document, chains: list[list[Name]], loose: Sequence[bool]
) -> list[list[Name]]:
    """Return chains, with those joined that only articles part, where their last gap has an "and"."""
    text, language = document.folded.text, document.language
    rows: list[list[Name]] = []
    for at, chain in enumerate(chains):
        run = at
        while run + 1 < len(chains) and loose[run + 1]:
            run += 1
        is_row = loose[at] and any(
            has_and(text[chains[k - 1][-1].end : chains[k][0].start], language)
            or has_and(text[chains[k][0].end : chains[k][-1].start], language)
            for k in range(at, run + 1)
        )
        if is_row:
            rows[-1].extend(chain)
        else:
            rows.append(list(chain))
    return rows


def _is_loose_gap(
    document: Document, chain: Sequence[Name], name: Name, articles: frozenset[str]
) -> bool:
    """Return whether a comma or "and" stands between, and articles or the preposition of the row."""
    text, language = document.folded.text, document.language
    gap = text[chain[-1].end : name.start].rstrip(_QUOTES)
    if len(gap) > _LOOSE_GAP or not (gap.startswith(",") or has_and(gap, language)):
        return False
    behind = gap.lstrip(", ").split()
    if behind and behind[0] in conjunctions(language):
        del behind[0]
    before = text[max(chain[0].start - _LOOSE_GAP, 0) : chain[0].start].split()
    row = {word for word in before[-2:] if word not in articles}
    return all(
        word in articles or word in row or word.rpartition("'")[0] in _ELIDED for word in behind
    )


def joined(text: str, chains: Sequence[Chain]) -> list[Chain]:
    """Return chains, a maker's and its product's as one where only a quote stands between them."""
    rows: list[Chain] = []
    for chain in chains:
        gap = text[rows[-1].end : chain.start] if rows else ""
        if gap and len(gap) <= _QUOTE_GAP and gap.strip(" ") in _OPENING_QUOTES:
            rows[-1] = Chain((*rows[-1].names, *chain.names))
        else:
            rows.append(chain)
    return rows


def _without_added(gap: str) -> str:
    """Return what stands between two names without what brackets add to the first."""
    added = _ADDED.match(gap)
    return gap[added.end() :] if added else gap


def _is_in_brackets(text: str, chains: Sequence[Sequence[Name]]) -> bool:
    """Return whether the last of chains stands in brackets behind the one before it: "X, Y (owner of Z) and …"."""
    return len(chains) > 1 and bool(
        _OPENED.fullmatch(text[chains[-2][-1].end : chains[-1][0].start])
    )


def _without_surname(document: Document, name: Name, following: Name, gap: str) -> str:
    """Return what stands behind a name in a row without what ends it: "Norvik Brasil, Balto Telecom and Zelmo".

    That is a word or two with a capital, in a sentence that writes others without one, before "and", or before a
    comma where the row goes on: "buys Zelmo Foods, Balto looks on" has none.
    """
    words = gap.split(" ")
    if (
        not gap.startswith(" ")
        or len(words) < _LEAST_WORDS
        or document.grammar.names.has_capital_nouns
    ):
        return gap
    first = document.folded.original(name.end)
    raw = document.whole[first : document.folded.original(name.end + len(gap))].split(" ")
    if len(raw) != len(words):
        return gap
    ends = 0
    for at, word in enumerate(raw[1 : _LONGEST_END + 1], start=1):
        bare = word.rstrip(",")
        if not (bare.isalpha() and bare[0].isupper() and not bare.isupper()):
            break
        ends = at
        if bare != word:
            break
    if not ends or _is_in_capitals(document, name):
        return gap
    if raw[ends].endswith(","):
        if not _goes_on(document, following):
            return gap
        sign = ","
    elif conjunctions(document.language).issuperset(words[ends + 1 :][:1]):
        sign = ""
    else:
        return gap
    return f"{sign} {' '.join(words[ends + 1 :])}"


def _goes_on(document: Document, name: Name) -> bool:
    """Return whether "and" or a comma and one more capital stand behind a name and what ends it: not "X says, for"."""
    start = document.folded.original(name.end)
    for word, following in pairwise(document.whole[start : start + _LOOSE_GAP].split()):
        if word.lower() in conjunctions(document.language):
            return True
        if word.endswith(","):
            return following[0].isupper()
        if not word[0].isupper():
            return False
    return False


def _is_in_capitals(document: Document, name: Name) -> bool:
    """Return whether a name stands in a headline that writes all but its prepositions with a capital."""
    sentence = document.sentences[document.sentence_at(name.start)]
    first, last = (document.folded.original(at) for at in (sentence.start, sentence.end))
    prepositions = particles("led_by", document.language)
    return all(word in prepositions for word in _PLAIN.findall(document.whole, first, last))


def _is_thai(text: str, name: Name, following: Name) -> bool:
    """Return whether two names are written in Thai, which puts a space where others have a comma."""
    begins = (text[each.start : each.end].lstrip("\"' ")[:1] for each in (name, following))
    return {script_of(begin) for begin in begins} <= ALL_THAI


def _without_ending(gap: str) -> str:
    """Return what stands between two names without the case ending of the first ("Facebooka i X").

    Only in scripts whose endings are letters of the same word; に, 과 and the like are words here.
    """
    at = 0
    while at < len(gap) and gap[at].isalpha() and ord(gap[at]) < _LAST_CYRILLIC:
        at += 1
    return gap[at:]


def _is_list_gap(gap: str, language: str) -> bool:
    if gap[:1] == "," and gap[1:2] in CHINESE_WITH:
        return False  # ",与X的差距" is about X alone; a row is "A、B与C"
    pieces = gap.translate(_SEPARATED).split()
    if not pieces:
        return any(sign in gap for sign in _LIST_SIGNS) or gap.strip() == "-"
    return conjunctions(language).issuperset(pieces)
