"""Users: what somebody has on a service, which an authority too may close without a ban of the service.

"Court blocks minister's Telegram account": the words are `pages` in `lexicon/shared/harmless.yml`. What a company
has at its bank ("freezes Norvik's accounts") is told in other words, or in the plural.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from services.classifier.blocking.harmless_words import find_all, may_stand
from services.classifier.document import Document, remembered
from services.classifier.lexicon.grammar import Grammar, Trait
from services.classifier.spans import Name, Segment
from services.classifier.syntax.telling import Telling

_BESIDE = 6
"""So many characters may part a service from what is on it: "account on X", "cuenta de X"."""
_A_CASE = 4
_A_WORD = 20
_SIGNS = frozenset(",.;:()0123456789")
_A_COUNT = re.compile(r"(?<!\d)(?!(?:19|20)\d\d\D*$)\d+ ?[^\W\d日号號일月월]{0,2} ?[\"'“‘«]?$")
"""A number that ends right before what it counts: "35 ", "35개 "; no year, and no day: "since 3 May channel X"."""
_AMONG_YOUNG = frozenset({"minors", "new users"})


def is_of_a_user(telling: Telling) -> bool:
    """Return whether what is blocked or closed is what somebody has on a service: an account, a page, a post.

    All whom the cue's clause names are beside such a word. Where its sentence names neither anybody nor an
    app the title tells it so.
    """
    document = telling.document
    start, end = telling.span[:2]
    if _is_of_the_young(document, telling.sentence):
        return False
    names = telling.names
    if not names:
        return not telling.words("product") and _title_tells_it(document)
    if not any(may_stand(document, kind, start, end) for kind in ("pages", "channels")):
        return False
    start, end = telling.clause
    named = telling.names_between(start, end) or names
    return _all_have_pages(document, named)


@remembered
def _title_tells_it(document: Document) -> bool:
    names = [
        name
        for sentence in document.sentences_of(Segment.TITLE)
        for name in document.names_in(sentence)
    ]
    return bool(names) and _all_have_pages(document, names)


def _is_of_the_young(document: Document, sentence: int) -> bool:
    """Return whether it is a whole class of users that may have no account any more: a ban of the service."""
    return any(word.meaning.name in _AMONG_YOUNG for word in document.words_in("applies", sentence))


def _all_have_pages(document: Document, names: Sequence[Name]) -> bool:
    return all(
        any(True for _ in _beside(document, name, "pages"))
        or any(_is_counted(document, at) for at in _beside(document, name, "channels"))
        for name in names
    )


def _beside(document: Document, name: Name, kind: str) -> Iterator[int]:
    """Yield where a service begins together with a word of a kind right beside it."""
    reach = _A_WORD + _BESIDE
    for word in find_all(document, kind, max(0, name.start - reach), name.end + reach):
        if _is_of_a_cue(document, word.start(), word.end()):
            continue  # "phong tỏa tài khoản", to freeze what a company has at its bank
        if _is_right_beside(document, name.end, word.start(), _case(document.grammar)) or (
            _is_right_beside(document, word.end(), name.start, _BESIDE)
        ):
            yield min(name.start, word.start())


def _is_of_a_cue(document: Document, start: int, end: int) -> bool:
    """Return whether words for a ban go on behind a place to whose it is, which so is no page of a user."""
    return any(
        cue.start <= start and end < cue.end
        for cue in document.words_in("cue", document.sentence_at(start))
    )


def _is_counted(document: Document, at: int) -> bool:
    """Return whether a number counts what begins there: "35 YouTube channels", "8 000 accounts on X"."""
    return _A_COUNT.search(document.folded.text[max(0, at - _A_WORD) : at]) is not None


def _case(grammar: Grammar) -> int:
    """Return how much may stand between a service and what is on it behind: "टेलीग्राम के अकाउंट"."""
    return _A_CASE if grammar.order == "sov" else 0


def _is_right_beside(document: Document, end: int, start: int, word: int) -> bool:
    """Return whether no sign and at most a short word parts two places; none where no spaces part words."""
    if not 0 <= start - end <= _BESIDE:
        return False
    between = document.folded.text[end:start]
    has_letters = any(sign.isalpha() for sign in between)
    is_short = len(between) <= word and Trait.DENSE not in document.grammar.traits
    return _SIGNS.isdisjoint(between) and (is_short or not has_letters)
