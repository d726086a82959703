"""Link: decides which names stand for a tracked company."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from services.classifier.document import Document
from services.classifier.lexicon.aliases import INNER_CAPITAL, Aliases, AliasHit, is_parted
from services.classifier.lexicon.folding import fold_text
from services.classifier.lexicon.grammar import Trait
from services.classifier.lexicon.scripts import CYRILLIC, LATIN, SCRIPTS
from services.classifier.lexicon.shared_words import legal_form, particles
from services.classifier.lexicon.words import Words
from services.classifier.spans import Name
from services.classifier.syntax.names.deeds import deed
from services.classifier.syntax.names.quotes import opens
from services.classifier.syntax.names.spelling import is_foreign, stands_as_name
from services.common.ids import CompanyId

_CASED = frozenset({LATIN, CYRILLIC})

_NUMBER_GOES_ON = re.compile(r"[.,]\d| ?[%٪]")
"""What makes a figure part of a longer one, or a share: "99,98%" is not the company 99."""

_ENCLOSING = (('"', '"'), ('" ', ' "'), ("'", "'"))
"""Folded, all double quotes are one; French ones have spaces within."""

_TICKER = re.compile(r" ?\((?:[a-z]{2,10} ?: ?)?[a-z0-9][a-z0-9.-]{0,9}\)")

_WORDS = re.compile(r"[^\W\d_]{2,}")
_IN_AN_ADDRESS = re.compile(r"\.[a-z]{2,6}(?!\w)")
_CAPITALS = "written in other case, as all words beside it"
_NEEDS = "none of the words that it needs stands near"

NEAR = 600
"""How many characters around a name one of its `needs` must stand."""


def link(document: Document, *, aliases: Aliases, words: Words | None = None) -> Document:
    """Return the document with the names of tracked companies, and why others were refused.

    Of overlapping names the longest that meets its conditions stands; two companies that share a
    name are both named by it. With a language's `words` a name none of whose `needs` stands near
    may be the company by what it does.
    """
    of_language = _covered_by(document.folded.text, document.grammar.phrases)
    refused: dict[CompanyId, str] = {}
    accepted: list[AliasHit] = []
    doubtful: list[AliasHit] = []
    for hit in aliases.find(document.folded.text, has_prefixes=document.grammar.has_prefixes):
        if of_language and any(
            first <= hit.start and hit.end <= last for first, last in of_language
        ):
            refused.setdefault(hit.company, "is part of an everyday phrase")
            continue
        reason = _refusal(document, hit)
        if reason is None:
            accepted.append(hit)
        else:
            refused.setdefault(hit.company, reason)
            if reason in {_NEEDS, _CAPITALS} and hit.alias.text.isalpha():
                doubtful.append(hit)
    known: dict[CompanyId, tuple[int, int]] = {}
    if doubtful and words is not None:
        accepted += _known_by_deeds(document, doubtful, accepted, known, words)
    spelled = tuple(_longest(_as_written(document.folded.text, accepted)))
    names = tuple(_enclosed(document, name) for name in spelled)
    linked = {name.company for name in names}
    return document.but(
        names=names,
        names_by_sentence=by_sentence(document, names),
        spelled={
            name[:2]: bare[:2] for name, bare in zip(names, spelled, strict=True) if name != bare
        },
        refused={company: why for company, why in refused.items() if company not in linked},
        deeds={company: place for company, place in known.items() if company in linked},
    )


def _known_by_deeds(
    document: Document,
    doubtful: list[AliasHit],
    accepted: list[AliasHit],
    known: dict[CompanyId, tuple[int, int]],
    words: Words,
) -> list[AliasHit]:
    """Return the names without any of their `needs` that are the company by what it does, and put that into `known`.

    What a company does tells it from a word, not from others of its name: "Heritage Bank" and "M6" are not asked. In one story a name means one thing: where it is the company once, it is wherever it stands as a name.
    """
    sure = {(hit.company, hit.alias.text) for hit in accepted}
    for hit in doubtful:
        key = (hit.company, hit.alias.text)
        if key not in sure and (place := deed(document, hit.start, hit.end, words)) is not None:
            sure.add(key)
            known[hit.company] = place
    return [
        hit
        for hit in doubtful
        if (hit.company, hit.alias.text) in sure and stands_as_name(document, hit.start, hit.end)
    ]


def by_sentence(document: Document, names: Iterable[Name]) -> Mapping[int, list[Name]]:
    """Return names by the sentence that they stand in."""
    found: dict[int, list[Name]] = {}
    for name in names:
        found.setdefault(document.sentence_at(name.start), []).append(name)
    return found


def _enclosed(document: Document, name: Name) -> Name:
    """Return a name with what hangs on it and says nothing: legal form, quotes, ticker ("X Inc. (NYSE: XY)")."""
    text = document.folded.text
    start, end = name.start, _behind_its_form(document, name.end)
    for opening, closing in _ENCLOSING:
        if (
            text.startswith(closing, end)
            and text.endswith(opening, 0, start)
            and opens(text, start - len(opening))
        ):
            start, end = start - len(opening), end + len(closing)
            break
    end = _behind_its_form(document, end)
    if ticker := _TICKER.match(text, end):
        end = ticker.end()
    return Name(start, end, name.company)


def _behind_its_form(document: Document, end: int) -> int:
    """Return where a name with its legal form ends; a form has a capital, "sa" is a word of French."""
    folded = document.folded
    found = (
        legal_form().match(folded.text, end) if folded.text[end : end + 1] in {" ", ","} else None
    )
    if found is None or not document.whole[folded.original(found.start("form"))].isupper():
        return end
    return found.end()


def _refusal(document: Document, hit: AliasHit) -> str | None:
    """Return why a name is not the company here, None when it is."""
    furniture = document.furniture
    if furniture and any(first <= hit.start < last for first, last in furniture):
        return "stands in page furniture only"
    alias = hit.alias
    text = document.folded.text
    if reason := _is_no_name(document, hit):
        return reason
    if alias.is_exact and not _is_exact(document, hit):
        return _CAPITALS if _is_in_capitals(document, hit) else "written in other case"
    if _is_covered(text, hit):
        return "is part of another phrase"
    if alias.needs:
        around = text[max(hit.start - NEAR, 0) : hit.end + NEAR]
        if not any(fold_text(need) in around for need in alias.needs):
            return _NEEDS
    return None


def _is_no_name(document: Document, hit: AliasHit) -> str | None:
    """Return why a name is one word of the language here, or two; None where it is a name."""
    if _is_everyday(document, hit):
        return "an everyday word here, in lower case"
    written = document.folded.text[hit.start : hit.end]
    if is_parted(hit.alias.text, written) and not _may_be_parted(document, hit):
        return "two words here"
    return None


def _is_everyday(document: Document, hit: AliasHit) -> bool:
    """Return whether a word of the language stands there: in lower case, or with an ending of its own."""
    text = document.folded.text
    if _is_lower(document, hit):
        return (
            text[hit.start : hit.end] in document.grammar.common
            or _is_inflected(text, hit.end)
            or not _may_be_lower(document, hit)
        )
    return Trait.DROPS_A not in document.grammar.traits and _drops_its_a(document, hit)


def _covered_by(text: str, phrases: tuple[str, ...]) -> list[tuple[int, int]]:
    """Return the places of everyday phrases that hold a name: "in Kraft" is not Kraft."""
    spans: list[tuple[int, int]] = []
    for phrase in phrases:
        at = text.find(phrase)
        while at >= 0:
            spans.append((at, at + len(phrase)))
            at = text.find(phrase, at + 1)
    return spans


def _is_exact(document: Document, hit: AliasHit) -> bool:
    folded = document.folded
    written = document.whole[folded.original(hit.start) : folded.original(hit.end)]
    return written.rstrip("\u00ad\u200b") == hit.alias.text


def _is_in_capitals(document: Document, hit: AliasHit) -> bool:
    """Return whether a name stands in capitals since its whole sentence does."""
    sentence = document.sentences[document.sentence_at(hit.start)]
    folded = document.folded
    written = document.whole[folded.original(hit.start) : folded.original(hit.end)]
    return (
        written == hit.alias.text.upper()
        and document.whole[
            folded.original(sentence.start) : folded.original(sentence.end)
        ].isupper()
    )


def _drops_its_a(document: Document, hit: AliasHit) -> bool:
    """Return whether only a name's stem stands there, with another ending than its a."""
    last = hit.alias.text[-1:]
    text = document.folded.text
    return (
        last == "a"
        and _is_inflected(text, hit.end)
        and text[hit.end - 1] != last
        and SCRIPTS[text[hit.end]] == LATIN
    )


def _is_lower(document: Document, hit: AliasHit) -> bool:
    """Return whether a name that its company writes with a capital stands in lower case, all of it."""
    if not hit.alias.text[:1].isupper():
        return False
    folded = document.folded
    return document.whole[folded.original(hit.start) : folded.original(hit.end)].islower()


def _may_be_lower(document: Document, hit: AliasHit) -> bool:
    """Return whether a name without its capital may be one: as an address, in quotes, or where nothing has capitals.

    So may a name like no word ("TikTok", "N11"), and one among letters of another script.
    """
    text, sentence = document.folded.text, document.sentences[document.sentence_at(hit.start)]
    folded = document.folded
    written = document.whole[folded.original(sentence.start) : folded.original(sentence.end)]
    return (
        INNER_CAPITAL.search(hit.alias.text) is not None
        or any(map(str.isdecimal, hit.alias.text))
        or (_IN_AN_ADDRESS.match(text, hit.end) is not None and _goes_on(document, hit))
        or (text.startswith("'", hit.end) and text[hit.end + 1 : hit.end + 2].isalpha())
        or any(
            text.startswith(closing, hit.end) and text.endswith(opening, 0, hit.start)
            for opening, closing in _ENCLOSING
        )
        or text.startswith(("@", "#"), hit.start - 1)
        or written.islower()
        or is_foreign(text, hit.start, hit.end)
    )


def _as_written(text: str, hits: list[AliasHit]) -> list[AliasHit]:
    """Return the hits without those in two parts where another company is really written so."""
    parted = {id(hit) for hit in hits if is_parted(hit.alias.text, text[hit.start : hit.end])}
    if not parted:
        return hits
    whole = {(hit.start, hit.end) for hit in hits if id(hit) not in parted}
    return [hit for hit in hits if id(hit) not in parted or (hit.start, hit.end) not in whole]


def _may_be_parted(document: Document, hit: AliasHit) -> bool:
    """Return whether a name that stands in two parts is one, not two words: "Tik Tok", "face time".

    Each part has its capital, and another word of its sentence has none, as all but small ones have in some
    languages' titles; among letters of another script any spelling will do.
    """
    if is_foreign(document.folded.text, hit.start, hit.end):
        return True
    folded, sentence = document.folded, document.sentences[document.sentence_at(hit.start)]
    start, end = folded.original(hit.start), folded.original(hit.end)
    if not all(part[:1].isupper() for part in re.split(r"[ -]", document.whole[start:end])):
        return False
    written = document.whole[folded.original(sentence.start) : folded.original(sentence.end)]
    small = particles("small", document.language)
    return any(word.islower() and word not in small for word in _WORDS.findall(written))


def _goes_on(document: Document, hit: AliasHit) -> bool:
    """Return whether what a full stop parts from a name is in lower case too, and begins no sentence."""
    return document.whole[document.folded.original(hit.end) + 1].islower()


def _is_inflected(text: str, end: int) -> bool:
    return end < len(text) and SCRIPTS[text[end]] in _CASED


def _is_covered(text: str, hit: AliasHit) -> bool:
    """Return whether a name lies within a phrase that is excluded, a figure within another."""
    if hit.alias.text.isdecimal() and _NUMBER_GOES_ON.match(text, hit.end):
        return True
    for phrase in map(fold_text, hit.alias.excluded):
        at = text.find(phrase, max(hit.start - len(phrase), 0))
        while 0 <= at <= hit.start:
            if at + len(phrase) >= hit.end:
                return True
            at = text.find(phrase, at + 1)
    return False


def _longest(hits: list[AliasHit]) -> Iterator[Name]:
    end = -1
    span = (-1, -1)
    seen: set[CompanyId] = set()
    for hit in sorted(hits, key=lambda hit: (hit.start, -hit.end, hit.company)):
        if hit.start >= end:
            span, end = (hit.start, hit.end), hit.end
            seen = set()
        elif (hit.start, hit.end) != span or hit.company in seen:
            continue
        seen.add(hit.company)
        yield Name(hit.start, hit.end, hit.company)
