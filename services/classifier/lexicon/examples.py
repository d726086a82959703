"""Examples: the sentences that every cue group must hit, and those that it must miss."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from services.classifier.lexicon.pages import EXAMPLES_FILE, items_of, page_of
from services.common.config.yaml import Scalar, Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A sentence that the group (`ban.forbid`) says something about, or must not.

    `line` and `column` are where it stands in examples.yml.
    """

    language: str
    group: str
    sentence: str
    is_hit: bool
    line: int
    column: int


def examples(language: str) -> Iterator[Example]:
    """Yield the examples of a language, in the file's order; none where it has no such file.

    What is no list of sentences has none: `mistakes` tells of it.
    """
    page = page_of(language, EXAMPLES_FILE)
    for event_type, groups in items_of(page.root if page else None):
        for group, kinds in items_of(groups):
            for kind, sentences in items_of(kinds):
                for sentence in sentences.items if isinstance(sentences, Sequence) else ():
                    if isinstance(sentence, Scalar):
                        yield Example(
                            language=language,
                            group=f"{event_type.text}.{group.text}",
                            sentence=sentence.text,
                            is_hit=kind.text == "hits",
                            line=sentence.line,
                            column=sentence.column,
                        )
