"""Well known: the companies of the shipped catalogue that a story names, whether anybody tracks them or not."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from services.classifier.document import Document
from services.classifier.lexicon.aliases import Aliases
from services.classifier.spans import Name
from services.classifier.steps.link import link
from services.classifier.syntax.names.strangers import MARK
from services.common.config.catalogue import catalogue
from services.common.ids import CompanyId


class WellKnown(NamedTuple):
    """Names of the catalogue's companies that stand where no tracked one does, and which of them are tracked ones.

    Who has a name of the catalogue where a tracked company is named is that one, by all its names. `spelled` has where
    names stand alone that were linked with their quotes, legal form or ticker.
    """

    names: tuple[Name, ...]
    tracked: Mapping[CompanyId, CompanyId]
    spelled: Mapping[tuple[int, int], tuple[int, int]]


def well_known_in(document: Document) -> WellKnown:
    """Return whom of the catalogue a story names, by the catalogue's ids."""
    own = [name for name in document.names if not name.company.startswith(MARK)]
    linked = link(document, aliases=_aliases())
    found = {
        name: next((one.company for one in own if name.overlaps(one)), None)
        for name in linked.names
    }
    tracked = {name.company: company for name, company in found.items() if company is not None}
    names = tuple(name for name in found if name.company not in tracked)
    return WellKnown(names, tracked, linked.spelled)


def prepare() -> None:
    """Read the shipped catalogue, where there is time before the first story."""
    _aliases()


@cache
def _aliases() -> Aliases:
    """Return the names of the shipped catalogue; the first call takes some 200 ms."""
    return Aliases(catalogue().watchlist.companies.values())
