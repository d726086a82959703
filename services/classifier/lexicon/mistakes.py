"""Mistakes: where a language's files have entries that nothing reads, or that cannot be."""

from __future__ import annotations

from collections.abc import Iterator

from services.classifier.lexicon.layout import EXAMPLES, layout
from services.classifier.lexicon.pages import EXAMPLES_FILE, below, items_of, page_of
from services.classifier.lexicon.shapes import Shape
from services.classifier.lexicon.shared_words import LANGUAGE_FILES
from services.common.config.findings import Finding, Severity
from services.common.config.yaml import Page


def mistakes(language: str) -> list[Finding]:
    """Return what is wrong with the entries of a language's files; nothing for one without files.

    Reading them with their places takes longer than all that `load` does, which is why it does without.
    """
    pages = [page for name in LANGUAGE_FILES if (page := page_of(language, name)) is not None]
    told = page_of(language, EXAMPLES_FILE)
    shape = layout(name for page in pages for name in _own_currencies(page))
    return [
        *(finding for page in pages for finding in _findings(page, shape)),
        *_orderless(language, pages),
        *(_findings(told, EXAMPLES) if told is not None else ()),
    ]


def _findings(page: Page, shape: Shape) -> Iterator[Finding]:
    yield from page.findings
    if page.root is not None:
        for node, message in shape.mistakes(page.root, ""):
            yield Finding(page.file, node.line, node.column, Severity.ERROR, message)


def _own_currencies(page: Page) -> list[str]:
    """Return the names of currencies that `money.local` of a page explains."""
    return [name.text for name, _ in items_of(below(below(page.root, "money"), "local"))]


def _orderless(language: str, pages: list[Page]) -> Iterator[Finding]:
    """Yield that no file says the order of words: without one it is read as svo, which may be wrong."""
    has_order = any(below(page.root, "order") is not None for page in pages)
    if pages and not has_order and not any(page.is_broken for page in pages):
        file = f"lexicon/{language}/grammar.yml"
        is_there = any(page.file == file for page in pages)
        what = "it says no order" if is_there else "there is no such file"
        message = f'{what}: at least "order: svo" or "order: sov" is needed.'
        yield Finding(file, 1, 1, Severity.ERROR, message)
