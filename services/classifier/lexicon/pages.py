"""Pages: the files of a language as the check reads them, every entry with its place."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files

from services.common.config.yaml import Mapping, Node, Page, Scalar, read_yaml

EXAMPLES_FILE = "examples.yml"
"""What is for the check alone; `shared_words.LANGUAGE_FILES` has those that are read at start."""


@lru_cache(maxsize=12)
def page_of(language: str, name: str) -> Page | None:
    """Return a file of a language, None where it has no such file.

    Its findings are those of YAML: a key twice, a bracket that is not closed.
    """
    file = files("services.classifier.lexicon").joinpath(language, name)
    if not file.is_file():
        return None
    return read_yaml(file.read_bytes(), file=f"lexicon/{language}/{name}")


def items_of(node: Node | None) -> Iterator[tuple[Scalar, Node]]:
    """Yield the keys of a mapping, each with its value; nothing of what is none."""
    if isinstance(node, Mapping):
        for key, value in node.values.items():
            yield node.keys[key], value


def below(node: Node | None, key: str) -> Node | None:
    """Return the value of a key, None where there is none."""
    return node.values.get(key) if isinstance(node, Mapping) else None


def text_at(node: Node | None, key: str) -> str:
    """Return the text under a key, nothing where there is none."""
    value = below(node, key)
    return value.text if isinstance(value, Scalar) else ""
