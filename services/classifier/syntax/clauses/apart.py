"""Apart: names near a cue that another clause of its sentence tells of.

"X buys Y, Z protests": Z protests. "The start-up, which lent its bikes through Z, closes": Z closes
nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from services.classifier.document import Document
from services.classifier.lexicon.shared_words import owning_pattern, row_words
from services.classifier.spans import Name
from services.classifier.syntax.clauses.beginnings import begins_with_participle
from services.classifier.syntax.scene import Scene

_COMMA = re.compile(r"[^\W\d_]{0,4}\"?, \"?\Z")
"""What parts a clause from the next one's subject, behind the ending and the quote of a name."""
_NEXT = re.compile(r"[^\W\d_]{0,4}\"? (?P<word>[^\W\d_][^\W_]*(?:-[^\W\d_]+)*)")
_SHORT_WORD = re.compile(r"\w{1,4} ")


def without_next_clause(document: Document, begun: int, names: Sequence[Name]) -> list[Name]:
    """Return names of a sentence without those of a clause that begins with one of them behind a cue's own.

    `begun` is where the cue ends. A comma stands before that name, and what it does behind it: no
    word that may follow a row.
    """
    known = row_words(document.language)
    if not known or len(names) < 2:
        return list(names)
    text = document.folded.text
    for at, name in enumerate(names[1:], 1):
        end = max(names[at - 1].end, begun)
        if (
            end < name.start
            and _COMMA.match(text, end, name.start)
            and _acts(document, name, known)
        ):
            return list(names[:at])
    return list(names)


def _acts(document: Document, name: Name, known: frozenset[str]) -> bool:
    """Return whether a word in small letters stands right behind a name that follows no row."""
    text = document.folded.text
    found = _NEXT.match(text, name.end)
    if found is None or found["word"] in known:
        return False
    sentence = document.sentence_at(name.start)
    at = found.start("word")
    if at >= document.sentences[sentence].end:
        return False
    return document.whole[document.folded.original(at)].islower()


def without_asides(scene: Scene, names: Sequence[Name]) -> list[Name]:
    """Return names without those of a relative clause between commas, which is over before a cue.

    Such a clause begins with a relative or a participle: "X, which was backed by Y, closes"; who owns
    what closes may well be hit. Nor is a cue about what stands behind a semicolon. In a language of
    which nobody has told what may follow a row the clause has a cue of its own: "X, que compró Y, cierra".
    """
    if not scene.grammar.relative:
        return list(names)
    return [name for name in names if not _is_aside(scene, name)]


def _is_aside(scene: Scene, name: Name) -> bool:
    trigger = scene.trigger
    text = scene.text
    if name.start >= trigger.end:
        return bool(row_words(scene.language)) and ";" in text[trigger.end : name.start]
    # Of a cue in two parts the last is the verb: "start-up, which lent bikes through X, shuts down".
    verb = trigger.end if name.start >= trigger.start else trigger.start
    end = text.find(",", name.end, verb)
    begun = text.rfind(",", scene.span.start, name.start) + 2
    if end < 0 or begun < 2 or owning_pattern(scene.language).search(text, begun, end):
        return False
    if not row_words(scene.language) and not scene.has_cue(begun, end):
        return False
    short = _SHORT_WORD.match(text, begun)
    return (
        text.startswith(scene.grammar.relative, begun)
        or (short is not None and text.startswith(scene.grammar.relative, short.end()))
        or begins_with_participle(text, begun, name.start)
    )
