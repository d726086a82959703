"""Narrowing: what Turkish verbs lose before an ending that begins with a vowel.

"yasakla-" is "yasaklıyor" in the present, "iptal et-" is "iptal ediyor": a form with a star would miss
the tense that headlines are written in.
"""

from __future__ import annotations

import re

_OPEN_STEM = re.compile(r"(?P<stem>[^\W\d_]+)\*")
_NARROWED = {
    **dict.fromkeys("aı", "ı"),
    **dict.fromkeys("ei", "i"),
    **dict.fromkeys("ou", "u"),
    **dict.fromkeys("öü", "ü"),
}
_SOFTENED = ("ddet", "vret", "mret", "kmet")
"""Nouns may end so too ("hükümet"); these are verbs with "et" in one word."""
_NEGATED = ("ma", "me")
_DENIED = ("verme", "etme", "yenileme", "alama", "bulama", "onaylama")
"""Denied verbs whose present denies as well; the others end as nouns do: "yasaklama"."""


def narrowed(forms: str) -> str:
    """Return forms, verbs that go on after a vowel or a soft t with their narrowed stems too."""
    spelled: list[str] = []
    last = depth = 0
    for found in _OPEN_STEM.finditer(forms):
        before = forms[last : found.start()]
        depth += before.count("{") - before.count("}")
        spelled.append(before)
        other = _narrowed(found["stem"])
        if other is None:
            spelled.append(found[0])
        elif depth:
            words = re.split("[{,]", before)[-1]
            spelled.append(f"{found[0]},{words}{other}*")
        else:
            spelled.append(f"{{{found[0]},{other}*}}")
        last = found.end()
    return "".join((*spelled, forms[last:]))


def _narrowed(stem: str) -> str | None:
    if stem == "et" or stem.endswith(_SOFTENED):
        return f"{stem[:-1]}d"
    if stem[-1] not in "ae" or (stem.endswith(_NEGATED) and not stem.endswith(_DENIED)):
        return None
    vowel = next((letter for letter in reversed(stem[:-1]) if letter in _NARROWED), "e")
    return f"{stem[:-1]}{_NARROWED[vowel]}yor"
