"""Stores: out of whose app store something is taken, who has no part: "thrown out of X's store".

The words are those of `whose` and `stores` in `onlookers.yml`.
"""

from __future__ import annotations

from collections.abc import Iterator

from services.classifier.spans import Name
from services.classifier.syntax.bystanders.remark import Remark

KINDS = frozenset({"whose", "stores"})
_OF_A_STORE = frozenset({"store", "joins"})
"""Frames of bans by a store: "removes X from its store", "X is thrown out of Y's store"."""
_AROUND_A_STORE = " \"'“”»«)"


def behind_stores(remark: Remark) -> Iterator[Name]:
    """Yield those right behind their stores, in a row."""
    end = remark.word.end
    for at, name in enumerate(remark.behind):
        is_joined = at > 0 and remark.is_and(end, name.start)
        if _is_parted(remark, end, name.start) and not is_joined:
            return
        yield name
        end = name.end


def before_store(remark: Remark) -> Iterator[Name]:
    """Yield those right before their store, in a row, and a store of that name: "X and Y app stores".

    Who begins a sentence is what is taken out: "टेलीग्राम ऐप स्टोर से हटाया गया"; so is who stands right behind
    the ban, "নিষিদ্ধ টেলিগ্রাম অ্যাপ স্টোর থেকে".
    """
    end = remark.word.start
    for name in reversed([name for name in remark.names if name.start < remark.word.end]):
        is_joined = end < remark.word.start and remark.is_and(name.end, end)
        if _is_taken_out(remark, name) or (_is_parted(remark, name.end, end) and not is_joined):
            return
        yield name
        end = name.start


def is_of_the_ban(remark: Remark) -> bool:
    """Return whether a word is one of a cue for what a store does itself: "thrown out of X's store"."""
    word = remark.word
    return remark.kind in KINDS and any(
        cue.meaning.frame in _OF_A_STORE and cue.start <= word.start and word.end <= cue.end
        for cue in remark.words("cue")
    )


def _is_parted(remark: Remark, start: int, end: int) -> bool:
    return bool(remark.text[start:end].strip(_AROUND_A_STORE))


def _is_taken_out(remark: Remark, name: Name) -> bool:
    text = remark.text
    return not text[remark.span.start : name.start].strip() or any(
        text[cue.end : name.start] == " " for cue in remark.words("cue")
    )
