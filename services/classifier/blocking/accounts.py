"""Accounts: what a service or a bank takes from somebody who uses it, and no ban: "her account was blocked".

So are people whom it throws out, and phones too old for it. The words are those of `lexicon/shared/harmless.yml`.
"""

from __future__ import annotations

from services.classifier.blocking.firms import names_a_firm
from services.classifier.blocking.harmless_words import (
    find,
    find_all,
    may_stand,
    tells_a_company,
)
from services.classifier.document import Document
from services.classifier.spans import NOUNS, Name
from services.classifier.syntax.names.markers import ending_with
from services.classifier.syntax.telling import Telling

_BEFORE_REACH = 40
"""So far before a verb may stand what is blocked: "her account at the bank was suddenly blocked"."""
_BEHIND_REACH = 24
"""So far behind a verb or its noun: "blocked the old account", "blocking of some accounts"."""
_SIGNS = frozenset(",.;:()-–—")
"""What parts a verb from a thing that it says nothing of: "X closes, accounts are kept"."""
_WHOLE = 3
"""From this weight on a cue of several words says itself what closes: "closes its shop", "shuts … app"."""
_WHO_REACH = 24
"""So far behind a passive stands the service that it is about: "was blocked on Sunday by X", "phones banned from X"."""


def is_of_an_account(telling: Telling) -> bool:
    """Return whether a cue blocks or closes an account, a number or a card, or a person or phones are shut out."""
    cue = telling.hit
    if telling.words("authority") or not _names_anybody(telling.document):
        return False  # an authority that freezes a company's accounts bans it
    doer = _doer_before(telling)
    is_passive = cue.meaning.frame == "passive" or doer is not None or _is_done_by(telling)
    verb = cue.start if doer is None else doer
    return _takes_an_account(telling, verb, is_passive=is_passive) or (
        telling.grammar.order == "svo"
        and is_passive
        and "ban" in cue.meaning.types
        and cue.meaning.stage is None
        and _shuts_out(telling, verb)
    )


def _names_anybody(document: Document) -> bool:
    return any(document.names_in(at) for at in range(len(document.sentences)))


def _is_done_by(telling: Telling) -> bool:
    """Return whether who does it follows a verb that may be a participle: "blocked by"."""
    return telling.grammar.order == "svo" and _says_by_whom(telling, telling.hit.end)


def _says_by_whom(telling: Telling, at: int) -> bool:
    words = telling.grammar.before.get("actor", ())
    return telling.text.startswith(tuple(f" {word} " for word in words), at)


def _doer_before(telling: Telling) -> int | None:
    """Return where "by X" begins right before a verb, None where it does not: "bị X chặn", "von X gesperrt"."""
    cue = telling.hit
    names = [name for name in telling.names if name.end <= cue.start]
    if not names or telling.text[names[-1].end : cue.start].strip():
        return None
    return _by(telling, names[-1])


def _by(telling: Telling, name: Name) -> int | None:
    """Return where the word begins that stands before a name and says that it does something, None without one."""
    if telling.grammar.order != "svo":
        return None
    before = telling.text[: name.start].rstrip()
    word = next(ending_with(telling.grammar.before.get("actor", ()), before), None)
    return None if word is None else len(before) - len(word)


def _takes_an_account(telling: Telling, verb: int, *, is_passive: bool) -> bool:
    document, grammar, cue = telling.document, telling.grammar, telling.hit
    if not is_passive and _says_what_closes(telling):
        return False  # "closes its card factory", "hesaplarını düzeltmek için fabrikasını kapattı"
    start, end = telling.clause
    opening = telling.span.start
    if grammar.order == "sov":
        start = opening  # a reason may stand between: "hesabını … nedeniyle kapattı"
    first, last = max(start, cue.start - _BEFORE_REACH), min(end, cue.end + _BEHIND_REACH)
    if not may_stand(document, "accounts", first, last):
        return False
    is_verb_last = grammar.order == "sov" or grammar.is_verb_last
    is_before = is_passive or is_verb_last
    before = (
        # "Kontosperrung" holds both
        word.start() < cue.start < word.end()
        or (
            word.end() <= verb
            and is_before
            and cue.meaning.frame not in NOUNS
            and not telling.has_name(word.end(), verb)
        )
        for word in find_all(document, "accounts", first, min(last, cue.end))
    )
    behind = (
        not telling.has_name(cue.end, word.start())
        and _SIGNS.isdisjoint(telling.text[cue.end : word.start()])
        # "closes its bank card business"
        and not tells_a_company(document, cue.end, word.start())
        and (_says_by_whom(telling, word.end()) or not names_a_firm(telling, word.end()))
        for word in find_all(document, "accounts", cue.end, last)
    )
    within = (
        cue.gap is not None
        and find(document, "accounts", *cue.gap) is not None
        and not tells_a_company(document, cue.start, cue.end)
    )
    # "X may no longer open accounts" is told of X.
    is_of_whom = is_passive and telling.has_name(opening, verb)
    return any(before) or (grammar.order != "sov" and not is_of_whom and (within or any(behind)))


def _says_what_closes(telling: Telling) -> bool:
    cue = telling.hit
    return (
        "shutdown" in cue.meaning.types
        and cue.meaning.weight >= _WHOLE
        and " " in telling.text[cue.start : cue.end]
        and find(telling.document, "accounts", cue.start, cue.end) is None
    )


def _shuts_out(telling: Telling, verb: int) -> bool:
    """Return whether somebody, or phones of no maker, are shut out of the service that does it.

    No name or product stands before, "the streamers' app blocked by X", and what is forbidden is not to
    use or to sell it: "users banned from using X", "phones banned from sale".
    """
    document, cue = telling.document, telling.hit
    start, _ = telling.clause
    begin, end, *_ = telling.span
    last = min(end, cue.end + _WHO_REACH)
    if telling.has_name(begin, verb) or find(document, "kept_from", cue.start, last):
        return False
    if not telling.grammar.is_verb_last and any(
        cue.start < name.start < cue.end and _by(telling, name) is None for name in telling.names
    ):
        return False  # what is blocked stands within the verb: "access to X is blocked"
    if telling.names and not telling.has_name(verb, last):
        return False
    devices = find(document, "devices", start, verb)
    if devices is not None:
        return not (
            # "its phone unit was closed", "the phones were banned from sale in India"
            tells_a_company(document, devices.end(), verb) or any(telling.countries)
        )
    found = find(document, "persons", begin, verb)
    return (
        found is not None
        and not any(start <= word.start < verb for word in telling.words("product"))
        and not tells_a_company(document, found.end(), verb)
    )
