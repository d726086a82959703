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
from services.classifier.document import NOUNS, Document, Name
from services.classifier.lexicon.grammar import Grammar
from services.classifier.lexicon.words import Hit
from services.classifier.syntax.names.markers import ending_with

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


def is_of_an_account(document: Document, grammar: Grammar, sentence: int, cue: Hit) -> bool:
    """Return whether a cue blocks or closes an account, a number or a card, or a person or phones are shut out."""
    if document.words_in("authority", sentence) or not _names_anybody(document):
        return False  # an authority that freezes a company's accounts bans it
    doer = _doer_before(document, grammar, sentence, cue)
    is_passive = (
        cue.meaning.frame == "passive" or doer is not None or _is_done_by(document, grammar, cue)
    )
    verb = cue.start if doer is None else doer
    return _takes_an_account(document, grammar, sentence, cue, verb, is_passive=is_passive) or (
        grammar.order == "svo"
        and is_passive
        and "ban" in cue.meaning.types
        and cue.meaning.stage is None
        and _shuts_out(document, grammar, sentence, cue, verb)
    )


def _names_anybody(document: Document) -> bool:
    return any(document.names_in(at) for at in range(len(document.sentences)))


def _is_done_by(document: Document, grammar: Grammar, cue: Hit) -> bool:
    """Return whether who does it follows a verb that may be a participle: "blocked by"."""
    return grammar.order == "svo" and _says_by_whom(document, grammar, cue.end)


def _says_by_whom(document: Document, grammar: Grammar, at: int) -> bool:
    return document.folded.text.startswith(
        tuple(f" {word} " for word in grammar.before.get("actor", ())), at
    )


def _doer_before(document: Document, grammar: Grammar, sentence: int, cue: Hit) -> int | None:
    """Return where "by X" begins right before a verb, None where it does not: "bị X chặn", "von X gesperrt"."""
    names = [name for name in document.names_in(sentence) if name.end <= cue.start]
    if not names or document.folded.text[names[-1].end : cue.start].strip():
        return None
    return _by(document, grammar, names[-1])


def _by(document: Document, grammar: Grammar, name: Name) -> int | None:
    """Return where the word begins that stands before a name and says that it does something, None without one."""
    if grammar.order != "svo":
        return None
    before = document.folded.text[: name.start].rstrip()
    word = next(ending_with(grammar.before.get("actor", ()), before), None)
    return None if word is None else len(before) - len(word)


def _takes_an_account(
    document: Document, grammar: Grammar, sentence: int, cue: Hit, verb: int, *, is_passive: bool
) -> bool:
    if not is_passive and _says_what_closes(document, cue):
        return False  # "closes its card factory", "hesaplarını düzeltmek için fabrikasını kapattı"
    start, end = document.clause_of(sentence, cue.start)
    opening = document.sentences[sentence].start
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
            and not document.has_name(sentence, word.end(), verb)
        )
        for word in find_all(document, "accounts", first, min(last, cue.end))
    )
    behind = (
        not document.has_name(sentence, cue.end, word.start())
        and _SIGNS.isdisjoint(document.folded.text[cue.end : word.start()])
        # "closes its bank card business"
        and not tells_a_company(document, grammar, cue.end, word.start())
        and (
            _says_by_whom(document, grammar, word.end())
            or not names_a_firm(document, grammar, sentence, word.end())
        )
        for word in find_all(document, "accounts", cue.end, last)
    )
    within = (
        cue.gap is not None
        and find(document, "accounts", *cue.gap) is not None
        and not tells_a_company(document, grammar, cue.start, cue.end)
    )
    # "X may no longer open accounts" is told of X.
    is_of_whom = is_passive and document.has_name(sentence, opening, verb)
    return any(before) or (grammar.order != "sov" and not is_of_whom and (within or any(behind)))


def _says_what_closes(document: Document, cue: Hit) -> bool:
    return (
        "shutdown" in cue.meaning.types
        and cue.meaning.weight >= _WHOLE
        and " " in document.folded.text[cue.start : cue.end]
        and find(document, "accounts", cue.start, cue.end) is None
    )


def _shuts_out(document: Document, grammar: Grammar, sentence: int, cue: Hit, verb: int) -> bool:
    """Return whether somebody, or phones of no maker, are shut out of the service that does it.

    No name or product stands before, "the streamers' app blocked by X", and what is forbidden is not to
    use or to sell it: "users banned from using X", "phones banned from sale".
    """
    start, _ = document.clause_of(sentence, cue.start)
    begin, end, *_ = document.sentences[sentence]
    last = min(end, cue.end + _WHO_REACH)
    if document.has_name(sentence, begin, verb) or find(document, "kept_from", cue.start, last):
        return False
    if not grammar.is_verb_last and any(
        cue.start < name.start < cue.end and _by(document, grammar, name) is None
        for name in document.names_in(sentence)
    ):
        return False  # what is blocked stands within the verb: "access to X is blocked"
    if document.names_in(sentence) and not document.has_name(sentence, verb, last):
        return False
    devices = find(document, "devices", start, verb)
    if devices is not None:
        return not (
            # "its phone unit was closed", "the phones were banned from sale in India"
            tells_a_company(document, grammar, devices.end(), verb)
            or any(document.countries_in(sentence))
        )
    found = find(document, "persons", begin, verb)
    return (
        found is not None
        and not any(start <= word.start < verb for word in document.words_in("product", sentence))
        and not tells_a_company(document, grammar, found.end(), verb)
    )
