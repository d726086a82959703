"""Objects: whether what somebody buys, sells or has an eye on can be a company.

Who "snaps up" football rights or "splashes out on" a villa buys no company. Where the only tracked name of a
clause is who does it, something else must be named there: a name that nobody tracks, a share, or one of `firms`
of `lexicon/shared/harmless.yml`. Languages without those words are not asked.
"""

from __future__ import annotations

from services.classifier.blocking.harmless_words import may_stand, tells_a_company
from services.classifier.lexicon.shared_words import harmless_pattern
from services.classifier.spans import DEALS
from services.classifier.syntax.names.strangers import strangers_in
from services.classifier.syntax.telling import Telling

_REACH = 90
_ENDINGS = tuple("'\u2019-")


def has_no_company(telling: Telling) -> bool:
    """Return whether the object of a verb that buys or sells is told, and nothing in it can be a company."""
    document, cue = telling.document, telling.hit
    if cue.meaning.frame not in DEALS or harmless_pattern("firms", telling.language) is None:
        return False
    text = telling.text
    start, end = telling.clause
    names = telling.names_between(start, end)
    if len({name.company for name in names}) != 1 or names[-1].end > cue.start:
        return False
    if telling.grammar.order == "sov":
        first, last = names[-1].end, cue.start
        if text.startswith(_ENDINGS, first):
            return False
    else:
        first, last = cue.start, min(end, cue.end + _REACH)
        if not text[cue.end : last].strip(" .,;:!?"):
            return False
    return (
        bool(text[first:last].strip(" .,;:!?"))
        and "%" not in text[first:last]
        and not may_stand(document, "firms", first, last + 1)
        and not tells_a_company(document, first, last)
        and not any(first <= name.start < last for name in strangers_in(document, telling.sentence))
    )
