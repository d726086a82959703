"""Beside: the text beside names in a row, and what the markers there say of their part ("by X", "X-কে")."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from services.classifier.lexicon.grammar import Grammar
from services.classifier.lexicon.sandhi import plain_ending
from services.classifier.lexicon.scripts import SCRIPTS, TAMIL, UNSPACED, script_of
from services.classifier.syntax.names.chains import Chain
from services.classifier.syntax.names.descriptions import apposed, described
from services.classifier.syntax.names.markers import longest_before, longest_behind, unmarked
from services.classifier.syntax.scene import Scene
from services.common.contracts.reading import Role

_REACH = 24
"""How much text beside a name may hold its marker."""
_OPENING = " \"'(《〈【"
_CLOSING = "\"')》〉】"
_ADDED = re.compile(r"[\"']? ?\([^()]{1,40}\)")
"""A marker stands outside of the quotes around its name: "「X」を"."""


class Beside(NamedTuple):
    """The folded text right before and right behind a chain, each also without articles, for the cue of a scene.

    Before it also without what describes the name: "by the French dairy group X".
    """

    scene: Scene
    lefts: tuple[str, ...]
    rights: tuple[str, str]
    is_plain: bool
    """Whether one look says that no marker of any kind stands there, as beside most."""

    def marked_by(self, key: str) -> int:
        """Return the length of the longest word of the role `key` that stands there, 0 for none."""
        grammar, longest = self.scene.grammar, 0
        if before := grammar.before.get(key):
            longest = max([longest_before(before, left) for left in self.lefts])
        if behind := grammar.after.get(key):
            longest = max(longest, *[longest_behind(behind, right) for right in self.rights])
        return longest

    @property
    def role(self) -> Role | None:
        """Return the role that these words give: the longest decides."""
        if self.is_plain:
            return None
        trigger = self.scene.trigger
        is_deal = trigger.event_type == "acquisition"
        if trigger.frame == "refuse":
            # "the takeover of X" is bought, "the takeover offer of X" is who buys
            makes, takes = (self.marked_by(f"refuse.{role}") for role in ("actor", "target"))
            if makes or takes:
                return Role.ACTOR if makes > takes else Role.TARGET
        best: tuple[int, Role | None] = (0, None)
        for key, role in _marker_keys(trigger.frame, trigger.event_type):
            if is_deal or role is not Role.SELLER:
                length = self.marked_by(key)
                if length > best[0]:
                    best = (length, role)
        # Who answers an offer has it from whom else it names: "turns down X's all-share offer".
        is_offered = trigger.frame == "refuse" and best[1] is Role.SELLER
        return Role.ACTOR if is_offered else best[1]

    @property
    def is_aside(self) -> bool:
        """Return whether a word says that the chain has no part in the event of the cue.

        That may hold for a type only: who buys what is left has no part in the closing.
        """
        event_type = self.scene.trigger.event_type
        return any(self.marked_by(key) for key in ("none", "not", f"{event_type}.none"))

    @property
    def is_owned(self) -> bool:
        """Return whether a word says that the chain belongs to somebody told there: "owner of X"."""
        return self.marked_by("owned") > 0

    @property
    def sells_second(self) -> bool:
        """Return whether the chain, as the second behind a verb that buys, is marked as who sells it.

        In front of the first one the same word may mark what is bought: "compra a Y", "compra Y a Z".
        """
        trigger = self.scene.trigger
        return (
            trigger.event_type == "acquisition"
            and trigger.frame == "active"
            and self.marked_by("second.seller") > 0
        )


def beside_of(scene: Scene, chain: Chain) -> Beside:
    """Return what stands beside a chain, for a cue."""
    document, trigger = scene
    text = document.folded.text
    start, end = chain.start, chain.end
    # A word that belongs to the cue is no marker: "walks away from X" sells nothing. But in a passive
    # one it names the agent: "bought by X"; and of one that sells the buyer: "sells Y to X".
    cue_end = trigger.start if trigger.frame in {"passive", "sold", "sell"} else trigger.end
    floor = cue_end if trigger.end <= start else 0
    own = document.sentences[document.sentence_at(start)]
    left = text[max(start - _REACH, floor, own.start) : start].rstrip(_OPENING)
    lefts = (
        left,
        _without_articles(left, document.grammar),
        *described(document, chain, floor),
        *apposed(document, chain, floor),
    )
    behind = _behind_brackets(text, end)
    # A title ends without a stop: what the lead begins with stands beside none of its names.
    right = text[behind : min(behind + _REACH, max(own.end, behind))].lstrip(_CLOSING)
    last = text[max(end - 2, 0) : end]
    rights = (_without_sandhi(last, right), _behind_articles(right, document.grammar))
    return Beside(scene, lefts, rights, _is_plain(scene, lefts, rights))


def _is_plain(scene: Scene, lefts: Iterable[str], rights: Iterable[str]) -> bool:
    _, trigger = scene
    before, behind = _all_markers(scene.grammar, trigger.frame, trigger.event_type)
    for left in lefts:
        if left.endswith(before):
            return False
    if behind:
        for right in rights:
            if right.lstrip().startswith(behind):
                return False
    return True


def _behind_brackets(text: str, end: int) -> int:
    """Return where a name's markers may stand: behind what brackets add to it, "X (NYSE: ABC)"."""
    added = _ADDED.match(text, end)
    return added.end() if added else end


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
    return before, unmarked(behind)


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
