"""Signs: what parts the clauses of a sentence, in a folded text, which has one sign for all that mean the same."""

from __future__ import annotations

import re

from services.classifier.lexicon.grammar import Grammar
from services.classifier.lexicon.shared_words import folded_particles
from services.classifier.syntax.names.chains import COMMAS
from services.classifier.syntax.names.conjunctions import begun_by_and, ended_by_and, has_and

_STOP = r"\.(?![\da-z])" + "".join(rf"(?<!\b[a-zа-я]{{{n}}}\.)" for n in (1, 2, 3))
"""A full stop; hardly one behind a few letters, as in "U.S.", "S.p.A.", "Inc."."""
AROUND_A_VERB = " ,.;:!?\"'-\n"
"""What may stand beside a verb and is no word."""
CLAUSE_SIGN = re.compile(rf"[;:()،؛、。।]|,(?!\d)|\.\.|{_STOP}|\s-\s")
"""What parts two clauses, and no number; a full stop does where a headline leaves words out."""


def has_sign(text: str, start: int, end: int) -> bool:
    """Return whether a sign that parts clauses stands between two places."""
    return CLAUSE_SIGN.search(text, start, end) is not None


def behind_signs(text: str, start: int, end: int) -> int:
    """Return where what stands behind the last sign between two places begins, the first place without one."""
    return max((sign.end() for sign in CLAUSE_SIGN.finditer(text, start, end)), default=start)


def is_parted(grammar: Grammar, language: str, gap: str) -> bool:
    """Return whether a sign or an "and" stands there that may begin a clause; in Thai a space is one."""
    return (
        has_sign(gap, 0, len(gap))
        or has_and(gap, language)
        or ended_by_and(gap, language)
        or gap.endswith(folded_particles("glued_and", language) or ("\0",))
        or (not grammar.names.has_spaces and " " in gap)
    )


def is_parted_at_once(behind: str, language: str) -> bool:
    """Return whether a comma or an "and" stands right behind a name: it is one of a row."""
    return behind[:1] in COMMAS or begun_by_and(behind, language) > 0
