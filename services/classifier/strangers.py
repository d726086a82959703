"""Strangers: names beside a cue that nobody tracks, such as the buyer; precise rather than complete.

Two steps around the one for roles: `meet` returns a document in which strangers stand among the
names, so that roles are given to them as to everybody, and `acquaint` takes those roles over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from services.classifier.document import Candidate, Document, Ground, Name, Stranger
from services.classifier.lexicon.forms import any_of
from services.classifier.lexicon.grammar import Grammar
from services.common.contracts.reading import Role
from services.common.ids import CompanyId

_WORD = re.compile(r"[^\W\d_][\w'\u2019&\-]*(?:\.(?=[A-Z]))?")
_LATIN_NAME = re.compile(r"(?<![A-Za-z0-9])[A-Z][A-Za-z0-9&\-]{2,}(?: [A-Z][A-Za-z0-9&\-]*){0,3}")
_QUOTED = re.compile(r"[«“\"「『‹„]([^«»“”\"「」『』\n]{2,24})[»”\"」』›]")
_LONGEST = 4
"""Words that a name has at most; what is longer is a headline in capitals."""
_WITHIN_NAME = frozenset({" ", "-", " & "})
_MARK = "?"
"""Begins the ids of strangers; no company's id does."""
_KEPT = frozenset({Role.ACTOR, Role.TARGET, Role.SELLER})
_CUTTING = ("cue", "stage", "negation", "background", "blocker", "authority", "country", "city")
_LONGEST_WORD = 28
"""Longer hits have a gap, and in the gap may stand a name: "denies … plans to"."""
_BEFORE = 22
_BREAK = re.compile(r"[,;:()、，。]")
_NEXT = re.compile(r"[ -]([^\W\d_]+)")
_CASE = re.compile(r"['\u2019][a-zçğıöşüа-яіїєґ]+$")
_SHORT = 3
_HEADLINE = 0.6
"""Which share of the longer words begins with a capital where all words do."""


def meet(document: Document, *, grammar: Grammar) -> Document | None:
    """Return the document with strangers among its names, None where there are none.

    Only of sentences that tell an event with a part to give, and with their triggers alone.
    """
    telling = {
        trigger.sentence
        for candidate in document.candidates
        if any(_is_free(candidate, role) for role in _KEPT)
        for trigger in candidate.triggers
    }
    by_sentence = dict(document.names_by_sentence)
    met: dict[int, Sequence[Name]] = {}
    for sentence in telling:
        if names := strangers_in(document, grammar, sentence):
            met[sentence] = names
            by_sentence[sentence] = sorted((*document.names_in(sentence), *names))
    if not met:
        return None
    return document.but(
        names=tuple(sorted((*document.names, *(name for names in met.values() for name in names)))),
        names_by_sentence=by_sentence,
        triggers=tuple(trigger for trigger in document.triggers if trigger.sentence in met),
        seen={},  # what was found among fewer names does not hold for these
    )


def acquaint(document: Document, met: Document, *, grammar: Grammar) -> Document:
    """Return the document whose candidates have the strangers that `met` gives a role.

    Only where it gives the tracked companies the roles that they have; one buyer is enough.
    """
    return document.but(
        candidates=tuple(
            candidate.but(others=others)
            if (others := _others(candidate, met, grammar))
            else candidate
            for candidate in document.candidates
        )
    )


def _others(candidate: Candidate, met: Document, grammar: Grammar) -> Mapping[str, Stranger]:
    found: dict[str, Stranger] = {}
    for other in met.candidates:
        if other.event_type != candidate.event_type:
            continue
        if not any(trigger in candidate.triggers for trigger in other.triggers):
            continue
        if any(candidate.roles.get(one, role) != role for one, role in other.roles.items()):
            continue
        for company, role in other.roles.items():
            if not company.startswith(_MARK) or other.grounds[company] < Ground.PLACE:
                continue
            name = other.role_places[company]
            is_sure = other.grounds[company] >= Ground.WORD or _adjoins(met, other, name, grammar)
            is_sure = is_sure and not (role is Role.TARGET and _belongs_to_noun(met, name, grammar))
            is_sure = is_sure and not (role is Role.SELLER and _may_be_place(met, name, grammar))
            if role in _KEPT and is_sure and _is_free(candidate, role):
                found.setdefault(company[1:], Stranger(name.start, name.end, role))
    return found


def _adjoins(document: Document, candidate: Candidate, name: Name, grammar: Grammar) -> bool:
    """Return whether a name begins the clause of a cue before it, or stands alone right behind one.

    "The Sheffield start-up" and "a Nintendo rival" are neither.
    """
    text = document.folded.text
    known = _function_words(grammar)
    for trigger in candidate.triggers:
        gap = text[name.end : trigger.start].removeprefix("," if grammar.order == "sov" else "\0")
        if name.end <= trigger.start and len(gap) <= _BEFORE and not _BREAK.search(gap):
            first, _ = document.clause_of(trigger.sentence, name.start)
            before = _WORD.findall(text[first : name.start])
            if all(word in known for word in before) or before[-1] in grammar.home:
                return True
            return not gap and not grammar.names.has_spaces
        words = text[trigger.end : name.start].split()
        if trigger.end <= name.start and all(word in known for word in words):
            return True
    return False


def _belongs_to_noun(document: Document, name: Name, grammar: Grammar) -> bool:
    """Return whether a word goes on behind a name that makes it another's: "Nintendo rival"."""
    behind = _NEXT.match(document.folded.text, name.end)
    if behind is None or not grammar.names.has_capitals:
        return False
    nouns = (*grammar.articles, *grammar.home, *grammar.unit)
    return behind[1] in nouns or behind[1] not in _function_words(grammar)


def _may_be_place(document: Document, name: Name, grammar: Grammar) -> bool:
    """Return whether "from X" may say where somebody is from: one word of letters, named but once."""
    start, end = document.folded.original(name.start), document.folded.original(name.end)
    written = document.whole[start:end]
    if not grammar.names.has_capitals or not written.isalpha() or not written[1:].islower():
        return False
    return sum(1 for _ in _standing(written, document.whole)) < 2


def _is_free(candidate: Candidate, role: Role) -> bool:
    """Return whether a stranger may have a role: who bans is no company, and one buyer is enough."""
    if candidate.event_type == "ban":
        return False
    if role is Role.TARGET and candidate.event_type == "shutdown":
        return False
    return role not in candidate.roles.values()


def strangers_in(document: Document, grammar: Grammar, sentence: int) -> Sequence[Name]:
    """Return the names of a sentence that nobody tracks, in no order; ids begin with "?"."""
    place = ("strangers", sentence, sentence)
    if place not in document.seen:
        document.seen[place] = tuple(_strangers_in(document, grammar, sentence))
    return document.seen[place]  # type: ignore[return-value]  # as put there above


def _strangers_in(document: Document, grammar: Grammar, sentence: int) -> Iterator[Name]:
    span = document.sentences[sentence]
    first, last = document.folded.original(span.start), document.folded.original(span.end)
    text = document.whole[first:last]
    known = _known(document, sentence)
    places = _quoted(text, grammar)
    if grammar.names.has_capitals:
        places += list(_capitalised(document, grammar, sentence, text, known))
    else:
        places += [found.span() for found in _LATIN_NAME.finditer(text)]
        places += _with_form(text, grammar)
    for start, end in places:
        name = _CASE.sub("", text[start:end]).strip(" .,'\u2019-")
        place = _folded_place(document, span.start, first + start, len(name))
        if place is None or _overlaps(place, known) or _is_common(name, grammar):
            continue
        known.append(place)
        yield Name(*place, CompanyId(f"{_MARK}{name}"))


def _folded_place(
    document: Document, start: int, original: int, length: int
) -> tuple[int, int] | None:
    """Return where the folded text has what stands at `original`; texts mostly keep their offsets."""
    if not document.folded.breaks:
        return original, original + length
    shift = document.folded.original(start) - start
    at = original - shift
    for guess in (at, *(at - back for back in range(1, 4))):
        if guess >= 0 and document.folded.original(guess) == original:
            return guess, guess + length
    return None


def _known(document: Document, sentence: int) -> list[tuple[int, int]]:
    """Return where tracked names, authorities, countries and the words of events stand."""
    return [
        *((name.start, name.end) for name in document.names_in(sentence)),
        *(
            (hit.start, hit.end)
            for layer in _CUTTING
            for hit in document.words_in(layer, sentence)
            if 1 < hit.end - hit.start <= _LONGEST_WORD
        ),
    ]


def _overlaps(place: tuple[int, int], known: list[tuple[int, int]]) -> bool:
    start, end = place
    return any(start < known_end and known_start < end for known_start, known_end in known)


def _is_common(name: str, grammar: Grammar) -> bool:
    folded = name.lower()
    words = folded.split()
    if len(name) < 3 or folded in grammar.names.not_parties or words[0] in grammar.names.titles:
        return True
    if not grammar.names.has_spaces and any(word in folded for word in grammar.names.not_parties):
        return not name.isascii()
    if any(word in grammar.dates.months for word in words):
        return True
    is_short_capitals = name.isupper() and len(name) <= 3
    return is_short_capitals or all(word in _function_words(grammar) for word in words)


@lru_cache(maxsize=64)
def _function_words(grammar: Grammar) -> frozenset[str]:
    """Return the words that the grammar knows: none of them is a name by itself."""
    forms = [
        *grammar.breaks, *grammar.relative, *grammar.articles, *grammar.scope, *grammar.home,
        *grammar.unit, *grammar.common, *grammar.money.not_prices,
        *grammar.dates.effect, *grammar.dates.months, *grammar.dates.weekdays,
        *grammar.names.not_parties, *grammar.names.titles, *grammar.names.company_forms,
        *(form for forms in grammar.before.values() for form in forms),
        *(form for forms in grammar.after.values() for form in forms),
    ]  # fmt: skip
    return frozenset(word for form in forms for word in form.strip("+*").split())


def _quoted(text: str, grammar: Grammar) -> list[tuple[int, int]]:
    """Return what stands in quotes beside a word for a company: شركة «هوندريل»."""
    found: list[tuple[int, int]] = []
    for quoted in _QUOTED.finditer(text):
        before = text[max(quoted.start() - 14, 0) : quoted.start()].lower().rstrip()
        behind = text[quoted.end() : quoted.end() + 10].lower().lstrip()
        if before.endswith(grammar.names.company_forms or ("\0",)) or behind.startswith(
            grammar.names.company_forms or ("\0",)
        ):
            found.append(quoted.span(1))
    return found


def _with_form(text: str, grammar: Grammar) -> list[tuple[int, int]]:
    """Return names that carry a company's form at the beginning of a clause: 恒瑞集团, 오리온그룹."""
    pattern = _form_pattern(grammar)
    return [found.span("name") for found in pattern.finditer(text)]


@lru_cache(maxsize=64)
def _form_pattern(grammar: Grammar) -> re.Pattern[str]:
    forms = any_of(grammar.names.ends)
    letters = r"[^\W\d_\s]"
    if grammar.names.has_spaces:
        words = r"\S{2,20}(?: \S{2,20}){0,2} "
        return re.compile(rf"(?:^|[,:\n]\s*)(?P<name>{words}(?:{forms}))(?!\w)")
    return re.compile(rf"(?<!\w)(?P<name>{letters}{{2,8}}?(?:{forms}))")


def _capitalised(
    document: Document, grammar: Grammar, sentence: int, text: str, known: list[tuple[int, int]]
) -> Iterator[tuple[int, int]]:
    """Yield runs of capitalised words that are names, without what the lexicon knows at their ends."""
    words = list(_WORD.finditer(text))
    stops = _function_words(grammar)
    begin = document.sentences[sentence].start
    first = document.folded.original(begin)
    run: list[re.Match[str]] = []
    tracked = [(name.start, name.end) for name in document.names_in(sentence)]

    def is_free(word: re.Match[str], *, of: list[tuple[int, int]] = known) -> bool:
        place = _folded_place(document, begin, first + word.start(), len(word[0]))
        return place is None or not _overlaps(place, of)

    around = [word for word in words if is_free(word, of=tracked)]

    for each in [*words, None]:
        word = each if each is not None and _is_name_like(each[0]) and is_free(each) else None
        if word is not None and (not run or text[run[-1].end() : word.start()] in _WITHIN_NAME):
            run.append(word)
            continue
        while run and run[0][0].lower() in stops:
            run = run[1:]
        if run and len(run) <= _LONGEST:
            start, end = run[0].start(), run[-1].end()
            if _is_name(document, grammar, text, (start, end), around):
                yield start, end
        run = [word] if word is not None else []


def _is_name_like(word: str) -> bool:
    return word != word.lower()


def _standing(word: str, text: str) -> Iterator[int]:
    """Yield where a word stands in a text by itself. A pattern for each name would cost more."""
    at = text.find(word)
    while at >= 0:
        end = at + len(word)
        is_inside = (at > 0 and _is_letter(text[at - 1])) or (
            end < len(text) and _is_letter(text[end])
        )
        if not is_inside:
            yield at
        at = text.find(word, end if not is_inside else at + 1)


def _is_letter(char: str) -> bool:
    return char.isalnum() or char == "_"


def _is_headline(words: list[re.Match[str]], start: int, end: int) -> bool:
    """Return whether the longer words around a run of capitals have them too, and say nothing by it."""
    longer = [w[0] for w in words if len(w[0]) > _SHORT and not start <= w.start() < end]
    return len(longer) > 1 and sum(map(_is_name_like, longer)) > _HEADLINE * len(longer)


def _is_name(
    document: Document,
    grammar: Grammar,
    text: str,
    place: tuple[int, int],
    around: list[re.Match[str]],
) -> bool:
    """Return whether a run of capitals is a name and no beginning of a sentence, noun or headline."""
    start, end = place
    name = text[start:end]
    words = name.split()
    if words[-1].lower().strip(".") in grammar.names.company_forms and len(words) > 1:
        return True
    before = _before(text, start)
    if before in grammar.names.titles:
        return False
    whole = document.whole
    if next(_standing(name.lower(), whole), None) is not None:
        return False  # the same word in small letters: no name
    mentions = sum(1 for _ in _standing(name, whole))
    has_inner = any(letter.isupper() or letter.isdigit() for word in words for letter in word[1:])
    is_first = not text[:start].strip(" \"'\u201c\u201e«-")
    if is_first and len(words) == 1 and not has_inner:
        return mentions > 1
    if grammar.names.has_capital_nouns or _is_headline(around, start, end):
        return mentions > 1 or (grammar.names.has_capital_nouns and (has_inner or len(words) > 1))
    return True


def _before(text: str, start: int) -> str:
    words = text[:start].split()
    return words[-1].lower().strip(".,") if words else ""
