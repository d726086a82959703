"""Known names: what an option may ask for. A slip would look like "nothing happened"."""

from __future__ import annotations

from collections.abc import Iterable

from kabar.cli.api import read_api
from kabar.cli.options import Refused
from services.common.config.findings import suggestion
from services.common.settings import Settings


def require_company(settings: Settings, wanted: str) -> None:
    """Refuse a company that is not watched and was in no event while it was.

    Raises:
        Refused: the message has a name that is near.
    """
    if read_api(settings, "events", {"company": wanted, "limit": 1})["events"]:
        return
    names = [
        name
        for company in read_api(settings, "companies", {})["companies"]
        for name in (company["id"], company["name"], *company["aliases"])
    ]
    if wanted.casefold() not in {name.casefold() for name in names}:
        raise _unknown("company", wanted, names, listed_by="kabar companies list")


def require_subscription(settings: Settings, wanted: str) -> None:
    """Refuse a subscription that is not there and was sent nothing while it was.

    Raises:
        Refused: the message has an id that is near.
    """
    _require_way("subscription", wanted, settings)


def require_channel(settings: Settings, wanted: str) -> None:
    """Refuse a channel that is not there and was sent nothing while it was.

    Raises:
        Refused: the message has an id that is near.
    """
    _require_way("channel", wanted, settings)


def _require_way(noun: str, wanted: str, settings: Settings) -> None:
    if read_api(settings, "deliveries", {noun: wanted, "limit": 1})["deliveries"]:
        return
    ids = [one["id"] for one in read_api(settings, f"{noun}s", {})[f"{noun}s"]]
    if wanted not in ids:
        raise _unknown(noun, wanted, ids, listed_by=f"kabar {noun}s list")


def _unknown(noun: str, wanted: str, known: Iterable[str], *, listed_by: str) -> Refused:
    near = suggestion(wanted, known)
    return Refused(f'There is no {noun} "{wanted}"{near or "."} `{listed_by}` shows what there is.')
