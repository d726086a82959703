"""History: which cues tell of what was before, by the words and the years that stand around them."""

from __future__ import annotations

import re

from services.classifier.document import NOUNS, Document, Segment
from services.classifier.lexicon.grammar import Grammar, Trait
from services.classifier.lexicon.words import Hit
from services.classifier.syntax.bystanders.competitors import is_of_a_rival
from services.classifier.syntax.clauses.asides import is_in_an_aside
from services.classifier.syntax.clauses.sayings import is_noted
from services.classifier.syntax.names.chains import COMMAS
from services.classifier.syntax.past.dates import is_of_a_past_month, past_years

_ASIDE_REACH = 40
"""So far behind "after" stands when that was: "after the fire of last year"."""
_NOUN_REACH = 24
"""So far behind "after" stands what is over: "after the surprising takeover of"."""
_SINCE_REACH = 12
_BEHIND_REACH = 10
"""So far behind a cue a word stands that ends its clause: "인수한 뒤"."""
_BORN_REACH = 14
_ACT_REACH = 3
_YEAR_LENGTH = 4
_DESCRIBED = 18
"""A first name so far behind a year has what was then between the two."""
_POSTPOSED_REACH = 16
_BAN = frozenset({"ban"})
_UNDONE = frozenset({"rejected", "reversed"})
_TO_WHEN = 2
"""So many characters behind a clause's beginning stands what it begins with."""
_WORDS = re.compile(r"[^\W\d_]+")
_PARTS = re.compile(r"[,;:()،؛、，]|\s[-–—]\s")


def is_history(document: Document, grammar: Grammar, sentence: int, hit: Hit) -> bool:
    """Return whether a cue tells of what was before and only explains what is reported."""
    start, end = clause = document.clause_of(sentence, hit.start)
    if (
        is_in_an_aside(document, grammar, sentence, hit.start)
        or is_of_a_rival(document, grammar, sentence, hit)
        or _is_relative(document, grammar, sentence, start, hit)
        or _is_of_that_time(document, sentence, clause)
    ):
        return True
    afters = [after for after in document.words_in("after", sentence) if start <= after.start < end]
    if _is_told_of_before(document, grammar, sentence, hit, clause, afters):
        return True
    if document.sentences[sentence].segment is Segment.TITLE:
        # A headline has hardly room for what was before: "X schließt Y zwei Jahre nach der Übernahme".
        return "acquisition" in hit.meaning.types and any(
            _is_over(document, grammar, sentence, hit, clause, after) for after in afters
        )
    return (
        any(_is_over(document, grammar, sentence, hit, clause, after) for after in afters)
        or _had_been_warned(document, grammar, sentence, hit)
        or _is_still_so(document, sentence, hit, clause)
        or _began_then(document, grammar, sentence, hit)
        or _is_origin(document, grammar, sentence, hit)
        or _was_done(document, grammar, sentence, hit)
        or _is_of_a_past_year(document, grammar, sentence, hit, clause, afters)
        or is_of_a_past_month(document, grammar, sentence, clause)
    )


def _is_of_that_time(document: Document, sentence: int, clause: tuple[int, int]) -> bool:
    """Return whether a clause tells what was when the one before it was, long ago: "in 2009, when X bought Y"."""
    start, _ = clause
    if not any(0 <= when.start - start <= _TO_WHEN for when in document.words_in("when", sentence)):
        return False
    first, last = document.clause_of(sentence, max(start - 1, document.sentences[sentence].start))
    pasts = (*document.words_in("background", sentence), *document.words_in("ago", sentence))
    return last <= start and any(
        first <= at < last
        for at in (*past_years(document, sentence), *(past.start for past in pasts))
    )


def _had_been_warned(document: Document, grammar: Grammar, sentence: int, hit: Hit) -> bool:
    """Return whether a cue is what somebody had warned of; behind a comma of its own it is the news.

    "The group had warned that it would close the plant", but not "X, which had warned of losses, closes it".
    """
    text = document.folded.text
    for warned in document.words_in("warned", sentence):
        if warned.start <= hit.start < warned.end:
            return True
        if grammar.order == "sov":
            between = text[hit.end : warned.start]
        else:
            between = text[warned.end : hit.start].removeprefix(",")
        is_behind = hit.end <= warned.start if grammar.order == "sov" else warned.end <= hit.start
        if is_behind and _PARTS.search(between) is None:
            return True
    return False


def _is_still_so(document: Document, sentence: int, hit: Hit, clause: tuple[int, int]) -> bool:
    """Return whether a ban is told as what is so in some country: "the app is still blocked in China".

    Below a title that tells of a ban, of a country or of an authority it is the news, or its latest state.
    """
    start, end = clause
    return (
        any(
            start <= still.start < end
            and _PARTS.search(document.folded.text, still.end, hit.start) is None
            for still in document.words_in("still", sentence)
            if still.start < hit.end
        )
        and hit.meaning.types == _BAN
        and hit.meaning.stage in {None, "confirmed"}
        and bool(document.words_in("country", sentence))
        and not any(_tells_of_bans(document, at) for at in document.sentences_of(Segment.TITLE))
    )


def _tells_of_bans(document: Document, sentence: int) -> bool:
    return any(
        document.words_in(layer, sentence) for layer in ("country", "authority", "stage")
    ) or any("ban" in cue.meaning.types for cue in document.words_in("cue", sentence))


def _is_told_of_before(
    document: Document,
    grammar: Grammar,
    sentence: int,
    hit: Hit,
    clause: tuple[int, int],
    afters: list[Hit],
) -> bool:
    """Return whether a word for what was before stands in the clause of a cue.

    Not where it only says when that was after which it happened: "after the fire of last year X closes".
    """
    start, end = clause
    pasts = (*document.words_in("background", sentence), *document.words_in("ago", sentence))
    return bool(pasts) and any(
        start <= past.start < end
        and not is_in_an_aside(document, grammar, sentence, past.start)
        and not _is_of_its_noun(document, grammar, hit, past.start)
        and not any(_dates(grammar, after, past, hit) for after in afters)
        and not _is_of_another_cue(document, sentence, hit, past, afters)
        and not (afters and _opens(document, sentence, past, clause, afters))
        for past in pasts
    )


def _dates(grammar: Grammar, after: Hit, past: Hit, hit: Hit) -> bool:
    """Return whether a word for history belongs to "after" and what stands there, and a cue stands behind both."""
    if grammar.says_after_behind:
        return 0 <= after.start - past.end <= _ASIDE_REACH and after.end <= hit.start
    return 0 <= past.start - after.end <= _ASIDE_REACH and past.end <= hit.start


def _is_of_another_cue(
    document: Document, sentence: int, hit: Hit, past: Hit, afters: list[Hit]
) -> bool:
    """Return whether a word for history has what is over in it: "nach der Übernahme von X schließt Y"."""
    if past.end > hit.start:
        # "X closes Y two years after the takeover": what stands before "after" is not over.
        return hit.end <= past.start and any(
            past.start <= after.start <= past.end + 1 for after in afters
        )
    if any(past.start <= cue.start < past.end for cue in document.words_in("cue", sentence)):
        return True
    return any(after.start == past.start and after.end < past.end for after in afters) and any(
        past.end <= name.start < hit.start for name in document.names_in(sentence)
    )


def _opens(
    document: Document, sentence: int, past: Hit, clause: tuple[int, int], afters: list[Hit]
) -> bool:
    """Return whether "after" opens a sentence that goes on without a comma: "Dopo 40 anni X chiude".

    Then its clause is all of the sentence, and only what stands right behind is over.
    """
    span = document.sentences[sentence]
    return (
        any(after.start == past.start for after in afters)
        and clause[1] >= span.end
        and not document.folded.text[span.start : past.start].strip()
    )


def _is_of_its_noun(document: Document, grammar: Grammar, hit: Hit, at: int) -> bool:
    """Return whether a time behind a cue says when that was which it does something to.

    "Cassou a liminar que havia tirado o aplicativo do ar", "closes the plant that opened two years ago": what
    is lifted or closed is old, not that it is. Of a deal below the title either may be: "bought X from a fund that
    wanted out two years ago"; there it must begin the relative, or say since when what is bought is there.
    """
    if at < hit.end or grammar.order != "svo":
        return False
    text = document.folded.text
    sentence = document.sentence_at(hit.start)
    is_title = document.sentences[sentence].segment is Segment.TITLE
    is_deal = "acquisition" in hit.meaning.types and hit.meaning.stage not in _UNDONE
    begins = {*grammar.pronouns, *grammar.relative}.difference(grammar.articles)
    return any(
        word[0] in begins
        and COMMAS.isdisjoint(text[word.end() : at])
        and (
            is_title
            or not is_deal
            or at - word.end() <= 1
            or any(word.end() < born.start < at for born in document.words_in("born", sentence))
        )
        for word in _WORDS.finditer(text, hit.start, at)
    )


def _is_relative(document: Document, grammar: Grammar, sentence: int, start: int, hit: Hit) -> bool:
    """Return whether a cue stands in a clause about what was just named: "which India banned".

    What begins a sentence is about nothing before it: "Die" is an article there. What a bill or an
    order is to bring is no history: "a bill that would ban".
    """
    if not grammar.relative or start == document.sentences[sentence].start:
        return False
    if not document.folded.text.startswith(grammar.relative, start, hit.start):
        return False
    if is_noted(document, sentence, start):
        return False
    return not any(
        0 <= start - act.end <= _ACT_REACH for act in document.words_in("acts", sentence)
    )


def _is_over(
    document: Document,
    grammar: Grammar,
    sentence: int,
    hit: Hit,
    clause: tuple[int, int],
    after: Hit,
) -> bool:
    """Return whether a cue is what something happened after: "after the sale of X", "X 인수 후".

    A ban that was lifted is told with what it made possible: "X is back after a court lifted the block".
    """
    if hit.meaning.stage == "reversed" and "ban" in hit.meaning.types:
        return False
    if grammar.says_after_behind:
        reach = _POSTPOSED_REACH if Trait.AFTER_BEHIND in grammar.traits else _BEHIND_REACH
        return -1 <= after.start - hit.end <= reach
    if hit.start < after.start and after.end < hit.end <= after.end + _NOUN_REACH:
        return (
            hit.meaning.frame in NOUNS
        )  # "schließt Y zwei Jahre nach der Übernahme" completes none
    gap = hit.start - after.end
    if gap < 0 or after.start < clause[0]:
        return False
    if gap > 1 and (hit.meaning.frame not in NOUNS or gap > _NOUN_REACH):
        return False
    return not any(
        after.end <= name.start < hit.start and document.folded.text[name.end : hit.start] != "-"
        for name in document.names_in(sentence)
    )  # but "nach X-Übernahme"


def _began_then(document: Document, grammar: Grammar, sentence: int, hit: Hit) -> bool:
    """Return whether a cue is since when something is so: "since the takeover of X", "인수 이래"."""
    for since in document.words_in("since", sentence):
        if grammar.says_after_behind:
            if 0 <= since.start - hit.end <= _POSTPOSED_REACH:
                return True
        elif since.start <= hit.start <= since.end + _SINCE_REACH and since.end < hit.end:
            return True
    return False


def _is_origin(document: Document, grammar: Grammar, sentence: int, hit: Hit) -> bool:
    """Return whether a deal is what a company is said to come of: "born of the merger of X and Y"."""
    if "acquisition" not in hit.meaning.types:
        return False
    text = document.folded.text
    for born in document.words_in("born", sentence):
        if hit.start <= born.start and born.end < hit.end:
            return True
        if born.end <= hit.start:
            between = text[born.end : hit.start]
            is_beside = grammar.order == "svo" and hit.meaning.frame != "active"
        else:
            between = text[hit.end : born.start]
            is_beside = grammar.says_after_behind
        if is_beside and len(between) <= _BORN_REACH and _PARTS.search(between) is None:
            return True
    return False


def _was_done(document: Document, grammar: Grammar, sentence: int, hit: Hit) -> bool:
    """Return whether a verb tells what had been done before: "había comprado", "almıştı".

    In what somebody is cited with it may be the news: "said it had agreed to buy".
    """
    hads = document.words_in("had", sentence)
    if not hads or hit.meaning.frame in NOUNS or hit.meaning.stage is not None:
        return False
    if any(document.words_in(layer, sentence) for layer in ("announced", "avowed", "hearsay")):
        return False
    if grammar.order == "svo":
        return any(had.start <= hit.start <= had.end + 1 and had.end < hit.end for had in hads)
    return any(had.end >= hit.end and had.start - hit.end <= _BEHIND_REACH for had in hads)


def _is_of_a_past_year(
    document: Document,
    grammar: Grammar,
    sentence: int,
    hit: Hit,
    clause: tuple[int, int],
    afters: list[Hit],
) -> bool:
    """Return whether a year before the story's own says when what a cue tells was.

    It stands in the same part of a clause, or opens the sentence: "In 2019, X bought Y". What was founded
    then, or since when something is so, is another matter; what a cue undoes may be as old as it likes.
    """
    years = past_years(document, sentence)
    if not years:
        return False
    text = document.folded.text
    start, end = clause
    is_undone = hit.meaning.stage in {"rejected", "reversed"}
    for at in years:
        if not start <= at < end or (is_undone and at > hit.start):
            continue
        between = text[min(at, hit.start) : max(at, hit.start)]
        opens = _PARTS.search(text, document.sentences[sentence].start, at) is None
        parts = len(_PARTS.findall(between))
        if parts and not (parts == 1 and opens and at < hit.start):
            continue
        if _is_of_its_noun(document, grammar, hit, at) or _is_of_another_matter(
            document, grammar, sentence, at, hit, afters
        ):
            continue
        return True
    return False


def _is_of_another_matter(
    document: Document, grammar: Grammar, sentence: int, at: int, hit: Hit, afters: list[Hit]
) -> bool:
    """Return whether a year tells when something else was: a founding, a beginning, what came before."""
    if any(
        abs(born.start - at) <= _BORN_REACH + _YEAR_LENGTH or 0 <= at - born.end <= _BORN_REACH
        for born in document.words_in("born", sentence)
    ):
        return True
    if any(0 <= at - since.end <= _BORN_REACH for since in document.words_in("since", sentence)):
        return True
    if grammar.order == "svo":
        return any(
            after.end <= at < hit.start and at - after.end <= _ASIDE_REACH for after in afters
        )
    # "2003년 스무디를 처음 알린 X가 떠난다": a name far behind a year is described with it.
    return any(
        at < after.start < hit.start and after.start - at <= _ASIDE_REACH for after in afters
    ) or any(
        at + _DESCRIBED < name.start and name.end <= hit.start
        for name in document.names_in(sentence)[:1]
    )
