"""Examples: the sentences that every cue group must hit, and those that it must miss."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files

from services.classifier.lexicon.shared_words import parse_yaml


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A sentence that the group (`ban.forbid`) says something about, or must not."""

    language: str
    group: str
    sentence: str
    is_hit: bool


def examples(language: str) -> Iterator[Example]:
    """Yield the examples of a language, in the file's order; none where it has no such file."""
    file = files("services.classifier.lexicon").joinpath(f"{language}/examples.yml")
    if not file.is_file():
        return
    for event_type, groups in (parse_yaml(file.read_text(encoding="utf-8")) or {}).items():
        for group, kinds in groups.items():
            for kind, sentences in kinds.items():
                for sentence in sentences:
                    yield Example(
                        language=language,
                        group=f"{event_type}.{group}",
                        sentence=sentence,
                        is_hit=kind == "hits",
                    )
