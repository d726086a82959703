"""Markers: the words and endings beside a name that say what it does ("by X", "X-কে")."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from services.classifier.document import Document, Trigger
from services.classifier.lexicon.grammar import Grammar
from services.classifier.lexicon.sandhi import plain_ending
from services.classifier.lexicon.scripts import HANGUL, SCRIPTS, SPACE, TAMIL, UNSPACED, script_of
from services.classifier.lexicon.shared_words import folded_particles
from services.classifier.syntax.names.chains import BEFORE_A_NAME, Chain
from services.classifier.syntax.names.descriptions import described
from services.common.contracts.reading import Role

_OPENING = " \"'(「『《〈【"
_CLOSING = "\"')」』》〉】"
_PARTICLE = re.compile(r"(?:들)?(?:은|는|이|가|도)(?=\s|$)")
"""What Korean adds to a word that tells who speaks: "X 노조는" is about X's union as "X 노조" is."""
_ADDED = re.compile(r"[\"'»”]? ?[(（][^()（）]{1,40}[)）]")
"""A marker stands outside of the quotes around its name: "「X」を"."""
_TO_A_WORD = 30
"""In so much text stand a word that says what of a company is meant, and a particle."""
_A_MARK = 6
"""So many characters part a company from such a word behind it: "X'nun kurucuları", "X-এর উদ্যোক্তা"."""


@dataclass(frozen=True, slots=True)
class Beside:
    """The folded text right before and right behind a chain, each also without articles.

    Before it also without what describes the name: "by the French dairy group X".
    """

    lefts: tuple[str, ...]
    rights: tuple[str, str]

    def marked_by(self, grammar: Grammar, key: str) -> int:
        """Return the length of the longest word of the role `key` that stands there, 0 for none."""
        longest = 0
        # Hardly any name has a marker beside it, and one look at all words at once tells.
        words = grammar.before.get(key, ())
        for left in self.lefts:
            if left.endswith(words):
                for word in words:
                    if len(word) > longest and ends_with_word(left, word):
                        longest = len(word)
        words = grammar.after.get(key, ())
        if words:
            for right in self.rights:
                if right.lstrip().startswith(_unmarked(words)):
                    for word in words:
                        if len(word) > longest and _begins_with_word(right, word):
                            longest = len(word)
        return longest


def beside_of(document: Document, grammar: Grammar, trigger: Trigger, chain: Chain) -> Beside:
    """Return what stands beside a chain, for a cue."""
    text = document.folded.text
    # A word that belongs to the cue is no marker: "walks away from X" sells nothing. But in a passive
    # one it names the agent: "bought by X"; and of one that sells the buyer: "sells Y to X".
    cue_end = trigger.start if trigger.frame in {"passive", "sold", "sell"} else trigger.end
    floor = cue_end if trigger.end <= chain.start else 0
    own = document.sentences[document.sentence_at(chain.start)]
    from_ = max(chain.start - 24, floor, own.start)
    left = text[from_ : chain.start].rstrip(_OPENING)
    end = _behind_brackets(text, chain.end)
    # A title ends without a stop: what the lead begins with stands beside none of its names.
    right = text[end : min(end + 24, max(own.end, end))].lstrip(_CLOSING)
    last = text[max(chain.end - 2, 0) : chain.end]
    return Beside(
        lefts=(left, _without_articles(left, grammar), *described(document, grammar, chain, floor)),
        rights=(_without_sandhi(last, right), _behind_articles(right, grammar)),
    )


def _behind_brackets(text: str, end: int) -> int:
    """Return where a name's markers may stand: behind what brackets add to it, "X (NYSE: ABC)"."""
    added = _ADDED.match(text, end)
    return added.end() if added else end


def marked_role(grammar: Grammar, trigger: Trigger, beside: Beside) -> Role | None:
    """Return the role that the words right beside a chain give it: the longest word decides."""
    if is_plain(grammar, trigger, beside):
        return None
    keys = _marker_keys(trigger.frame, trigger.event_type)
    is_deal = trigger.event_type == "acquisition"
    if trigger.frame == "refuse":
        # "the takeover of X" is bought, "the takeover offer of X" is who buys
        makes, takes = (beside.marked_by(grammar, f"refuse.{role}") for role in ("actor", "target"))
        if makes or takes:
            return Role.ACTOR if makes > takes else Role.TARGET
    best: tuple[int, Role | None] = (0, None)
    for key, role in keys:
        if is_deal or role is not Role.SELLER:
            length = beside.marked_by(grammar, key)
            if length > best[0]:
                best = (length, role)
    return best[1]


def is_aside(grammar: Grammar, trigger: Trigger, beside: Beside) -> bool:
    """Return whether a word beside a chain says that it has no part in the event of a cue.

    That may hold for a type only: who buys what is left has no part in the closing.
    """
    return any(
        beside.marked_by(grammar, key) for key in ("none", "not", f"{trigger.event_type}.none")
    )


def marks_behind(grammar: Grammar, key: str, right: str) -> bool:
    """Return whether `right` begins with a word that stands behind names of the role `key`."""
    return any(_begins_with_word(right, word) for word in grammar.after.get(key, ()))


def is_owned(grammar: Grammar, beside: Beside) -> bool:
    """Return whether a word beside a chain says that it belongs to somebody told there: "owner of X"."""
    return beside.marked_by(grammar, "owned") > 0


def is_second_seller(grammar: Grammar, trigger: Trigger, beside: Beside) -> bool:
    """Return whether the second name behind a verb that buys is marked as who sells it.

    In front of the first one the same word may mark what is bought: "compra a Y", "compra Y a Z".
    """
    return (
        trigger.event_type == "acquisition"
        and trigger.frame == "active"
        and beside.marked_by(grammar, "second.seller") > 0
    )


def is_plain(grammar: Grammar, trigger: Trigger, beside: Beside) -> bool:
    """Return whether one look says that no marker of any kind stands beside a chain, as of most."""
    before, behind = _all_markers(grammar, trigger.frame, trigger.event_type)
    for left in beside.lefts:
        if left.endswith(before):
            return False
    if behind:
        for right in beside.rights:
            if right.lstrip().startswith(behind):
                return False
    return True


@lru_cache(maxsize=2048)
def _all_markers(
    grammar: Grammar, frame: str, event_type: str
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return all words that stand before a name, and all that stand behind one."""
    keys = (
        *(key for key, _ in _marker_keys(frame, event_type)),
        *("none", "not", f"{event_type}.none", "owned", "second.seller", "besides"),
    )
    before = tuple(dict.fromkeys(word for key in keys for word in grammar.before.get(key, ())))
    behind = tuple(word for key in keys for word in grammar.after.get(key, ()))
    return before, _unmarked(behind)


@lru_cache(maxsize=4096)
def _unmarked(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return words for behind a name without the marks of those that are glued to it or go on."""
    return tuple(dict.fromkeys(word.removeprefix("+").removesuffix("*") for word in words))


@lru_cache(maxsize=256)
def _marker_keys(frame: str, event_type: str) -> tuple[tuple[str, Role], ...]:
    """Return the keys of a grammar's markers that hold for a cue, the narrowest first."""
    roles = [role for role in Role if role is not Role.SELLER or event_type == "acquisition"]
    scopes = (
        (frame, event_type) if event_type == "acquisition" or frame != "passive" else (event_type,)
    )
    narrow = [(f"{scope}.{role}", role) for scope in scopes for role in roles]
    return (*narrow, *((str(role), role) for role in roles))


def _without_articles(left: str, grammar: Grammar) -> str:
    """Return what stands before a name without "the", "its rival" and "Japan's"."""
    for _ in range(3):
        rest, _, last = left.rpartition(" ")
        if rest and (last in grammar.articles or last.endswith("'s")):
            left = rest.rstrip()
        elif glued := _glued_article(left, grammar):
            left = left.removesuffix(glued).rstrip()
        else:
            return left
    return left


def _glued_article(left: str, grammar: Grammar) -> str:
    """Return the article that `left` ends with in a script without spaces, "" for none."""
    if not left or script_of(left[-1]) not in UNSPACED:
        return ""
    return max((word for word in grammar.articles if left.endswith(word)), key=len, default="")


def _behind_articles(right: str, grammar: Grammar) -> str:
    """Return what stands behind a name without "group"; its case ending is then the name's.

    Only verb-last languages mark roles behind the name: "X গ্রুপের কাছ থেকে" is "X-ের কাছ থেকে".
    """
    if grammar.order == "sov" and right.startswith(" "):
        for word in grammar.articles:
            if right.startswith(word, 1):
                return _without_sandhi(word, right[1 + len(word) :])
    return right


def _without_sandhi(before: str, right: str) -> str:
    """Return what stands behind a name or an article, with the plain form of its Tamil ending."""
    end = 0
    while end < len(right) and SCRIPTS[right[end]] == TAMIL:
        end += 1
    return plain_ending(before, right[:end]) + right[end:] if end else right


def has_beside(
    document: Document, chain: Chain, words: Iterable[str], *, end: int | None = None
) -> bool:
    """Return whether one of some words stands beside a name, at most a particle away, and before `end`.

    "founders of X", "X'nun kurucuları", "доли в X", "X-Filialen". Without a particle the name may be its own, as in
    "대주주 X", but where whose it is needs none: "założyciele X".
    """
    text = document.folded.text
    left = text[max(chain.start - _TO_A_WORD, 0) : chain.start].rstrip(BEFORE_A_NAME)
    right = text[chain.end : chain.end + _TO_A_WORD if end is None else end]
    marks = folded_particles("of_whom", document.language)
    before, _, mark = left.rpartition(" ")
    lefts = [left] if "" in marks else []
    if mark in marks:
        lefts.append(before)
    return any(
        any(ends_with_word(part, word) for part in lefts)
        or 0 <= right.find(word, 0, _TO_A_WORD) <= _A_MARK
        for word in words
    )


def ends_with_word(left: str, word: str) -> bool:
    """Return whether `left` ends with a marker that is no part of a longer word."""
    if not left.endswith(word):
        return False
    rest = left[: -len(word)]
    # A sign before a marker makes it part of no longer word, as in "30% من X".
    beside = (SCRIPTS[rest[-1]], SCRIPTS[word[0]]) if rest else (SPACE,)
    is_inside = SPACE not in beside
    return not is_inside or _may_be_glued(word)


def _begins_with_word(right: str, word: str) -> bool:
    """Return whether a marker stands there; one written with a leading space must be a whole word.

    The last word of one that ends with `*` may go on.
    """
    if word.endswith("*"):
        stem = word[:-1]
        glued = stem.startswith("+")
        begun = right if glued or _may_be_glued(stem) else right.lstrip()
        return (glued or begun != right) and begun.startswith(stem.removeprefix("+"))
    if word.startswith("+"):
        end = len(word) - 1
        return right.startswith(word[1:]) and (_runs_on(word) or not right[end : end + 1].isalpha())
    stripped = right.lstrip()
    if not stripped.startswith(word) or (stripped == right and not _may_be_glued(word)):
        return False
    rest = stripped[len(word) :]
    if script_of(word[-1]) == HANGUL:
        rest = _PARTICLE.sub("", rest, count=1)
    return _runs_on(word) or not rest or SCRIPTS[rest[0]] == SPACE


def _runs_on(word: str) -> bool:
    """Return whether a word is written in a script that puts no space behind it."""
    return script_of(word[-1]) in UNSPACED


def _may_be_glued(word: str) -> bool:
    """Return whether a word is written in a script that puts no space before it."""
    return script_of(word[0]) in UNSPACED | {HANGUL}


def holds(document: Document, grammar: Grammar, end: int, start: int) -> bool:
    """Return whether what parts two names says that the first holds the second: "X旗下的Y", "X가 운영하는 Y"."""
    holders = grammar.after.get("holder", ())
    return bool(holders) and document.folded.text[end:start].strip(" \"'") in holders
