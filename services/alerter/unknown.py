"""Unknown: the sentence for a name that nothing here has."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from services.common.config.findings import suggestion

Kind = Literal["company", "subscription", "channel"]

_MOST_SHOWN = 100
_LISTS = {"company": "companies", "subscription": "subscriptions", "channel": "channels"}


def no_such(kind: Kind, wanted: str, known: Iterable[str]) -> str:
    """Return that there is no `kind` called `wanted`, which one is nearest, and where all stand.

    It looks at every known name, which takes seconds where there are hundreds of thousands.
    """
    near = suggestion(wanted, known) or "."
    return (
        f'There is no {kind} "{wanted[:_MOST_SHOWN]}"{near}'
        f" `kabar {_LISTS[kind]} list` shows what there is."
    )
