"""Owners: who is named only as whose the next name is, "bans X's app Y", "X-Tochter Y schließt"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from services.classifier.lexicon.shared_words import folded_particles, particles
from services.classifier.spans import Name
from services.classifier.syntax.names.chains import AROUND_A_NAME, COMMAS, Chain
from services.classifier.syntax.names.conjunctions import begun_by_and, conjunctions, has_and
from services.classifier.syntax.names.markers import holds
from services.classifier.syntax.scene import Scene

_OF_AN_OWNER = 20
"""So many characters part an owner from its app."""
_MARK_AND_WORD = 2
_AN_ENDING = 2
"""So many letters an owner's ending has at the most: "X's"."""
_POSSESSIVE = "'s "
_TO_ITS_CUE = 20
"""So many characters behind a description stands what the sentence tells: "wird in Italien verboten"."""
_A_DESCRIPTION = 6
"""So many words say at the most whose somebody is."""
_ENDING = 3
_AROUND_A_MARK = ' "《'


def with_owners(scene: Scene, chains: Sequence[Chain]) -> list[Chain]:
    """Return chains, an owner's and its app's as one: "X का ऐप Y", "X-এর অ্যাপ Y"."""
    text = scene.text
    things = scene.words("product")
    rows: list[Chain] = []
    for chain in chains:
        last = rows[-1] if rows else None
        if (
            last is not None
            and chain.start - last.end <= _OF_AN_OWNER
            and COMMAS.isdisjoint(text[last.end : chain.start])
            and any(last.end < thing.start and thing.end <= chain.start for thing in things)
            and _is_genitive(scene.language, text[last.end : chain.start])
        ):
            rows[-1] = Chain((*last.names, *chain.names))
        else:
            rows.append(chain)
    return rows


def with_makers(scene: Scene, chains: Sequence[Chain]) -> list[Chain]:
    """Return chains, a maker's and its product's as one: "bans X's Y" hits both.

    Not "X's Y bans Z", nor "X's Y's rival".
    """
    text = scene.text
    rows: list[Chain] = []
    for chain in chains:
        is_hit = scene.trigger.frame != "active" or chain.start >= scene.trigger.end
        is_last = not text.startswith(_POSSESSIVE, chain.end)
        if rows and is_hit and is_last and text[rows[-1].end : chain.start] == _POSSESSIVE:
            rows[-1] = Chain((*rows[-1].names, *chain.names))
        else:
            rows.append(chain)
    return rows


def without_owners(scene: Scene, chains: Sequence[Chain]) -> list[Chain]:
    """Return chains without who is merely named as the owner of the next one: "bans X's app Y", "X-Tochter Y"."""
    owners = {
        chain
        for chain, following in pairwise(chains)
        if not chain.end <= scene.trigger.start < following.start
        and _is_owner(scene, chain.end, following.start)
    }
    return [chain for chain in chains if chain not in owners]


def _is_owner(scene: Scene, end: int, start: int) -> bool:
    """Return whether a word for an app or a unit parts two names, and at most an ending of the first besides."""
    if holds(scene.document, end, start):
        return True
    between, language = scene.text[end:start], scene.language
    # "收购Y的X"; where verbs come last an owner is one only beside a word for what it owns.
    is_dense = scene.grammar.order == "svo" and not scene.grammar.names.has_spaces
    if is_dense and between in folded_particles("owned_by", language):
        return True
    gap = between.rstrip(AROUND_A_NAME)
    if not 1 < len(gap) <= _OF_AN_OWNER or not COMMAS.isdisjoint(gap):
        return False
    things = scene.words("product")
    if has_and(gap, language) or begun_by_and(gap, language):
        return False
    if any(end < thing.start and thing.end == end + len(gap) for thing in things):
        return len(gap.split()) <= (1 if gap[0].isspace() else _MARK_AND_WORD)
    *before, last = re.split(r"[\s-]", gap)
    return last in scene.grammar.unit and len("".join(before)) <= _AN_ENDING


def _is_genitive(language: str, gap: str) -> bool:
    """Return whether a gap between two names is an ending, or a word for "of", and one word more."""
    words = gap.split()
    return len(words) == _MARK_AND_WORD and (
        not gap[0].isspace() or words[0] in folded_particles("owned_by", language)
    )


def owners_beside(scene: Scene) -> frozenset[Name]:
    """Return who is named between the subject of a verb and that only to say whose or what it is.

    "X (gruppo Y) chiude", "X, part of Y, closes", "X z grupy Y zamyka". A row of names is none; whose what is
    sold is may sell it: `owners_that_sell`.
    """
    if scene.trigger.event_type == "acquisition" and scene.trigger.frame != "active":
        return frozenset()
    beside = described_with(scene)
    return frozenset({beside}) if beside is not None else frozenset()


def described_with(scene: Scene) -> Name | None:
    """Return who is named between the subject of a verb and that to describe the subject, None for most."""
    names, at = scene.names, scene.trigger.start
    if scene.grammar.order != "svo" or len(names) < 2 or names[1].end > at:
        return None
    subject, beside = names[:2]
    text = scene.text
    gap, rest = text[subject.end : beside.start], text[beside.end : at]
    is_beside = not _joins(gap, scene.language) and (
        _is_in_brackets(gap, rest)
        or _is_between_commas(gap, rest)
        or (
            gap.strip() in folded_particles("of_owner", scene.language)
            and not rest.strip(AROUND_A_NAME)
        )
    )
    is_last = not any(beside.end < name.start < at for name in names)
    return beside if is_beside and is_last else None


def possessors(scene: Scene) -> frozenset[Name]:
    """Return who is only named as whose what closes or buys is.

    "X's Y closes", "XのYが閉店", but "X'in Y'yi kapatacağı"; "XのYがZを買収" where a mark says that Y does it.
    """
    trigger = scene.trigger
    endings = folded_particles("owned_by", scene.language)
    doers = particles("doer", scene.language)
    buys = bool(doers) and trigger.event_type == "acquisition" and trigger.frame == "active"
    if not endings or not (buys or trigger.event_type == "shutdown"):
        return frozenset()
    text, names = scene.text, scene.names
    acted_on = folded_particles("acted_on", scene.language)
    return frozenset(
        owner
        for owner, owned in pairwise(names)
        if owner.end < owned.start
        and owned.end <= trigger.start
        and text[owner.end : owned.start].strip(_AROUND_A_MARK) in endings
        and not (acted_on and text.startswith(acted_on, owned.end))
        and not (buys and not text.startswith(doers, owned.end))
    )


def _joins(gap: str, language: str) -> bool:
    """Return whether a word for "and" stands between two names, so that both are meant: "X (and Y)"."""
    spaced = f" {gap.strip(' ,(')} "
    return any(f" {word} " in spaced for word in conjunctions(language))


def _is_in_brackets(gap: str, rest: str) -> bool:
    """Return whether a name stands in brackets with a word more: "X (gruppo Y)"."""
    inside, closing, _ = rest.partition(")")
    before = gap.strip(AROUND_A_NAME)
    return (
        before.startswith("(")
        and bool(closing)
        and "," not in before + inside
        and any(map(str.isalpha, before + inside))
    )


def _is_between_commas(gap: str, rest: str) -> bool:
    """Return whether a name stands between commas with a word more, and the verb soon behind them."""
    ending, comma, before = gap.partition(",")
    behind, closing, verb = rest.partition(",")
    words = (before + behind).split()
    return (
        bool(comma and closing)
        and len(ending.strip(AROUND_A_NAME)) <= _ENDING
        and 0 < len(words) <= _A_DESCRIPTION
        and "," not in verb
        and len(verb) <= _TO_ITS_CUE
        and any(len(word) > 1 and word.isalpha() for word in words)
    )
