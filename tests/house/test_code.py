"""What the linter does not see in the code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted(file for top in ("services", "kabar") for file in (ROOT / top).rglob("*.py"))


def private_names(tree: ast.Module) -> Iterator[str]:
    """Yield what a module keeps to itself: constants, functions and classes with a leading underscore."""
    for node in tree.body:
        match node:
            case (
                ast.FunctionDef(name=name)
                | ast.AsyncFunctionDef(name=name)
                | ast.ClassDef(name=name)
            ):
                names = [name]
            case ast.Assign(targets=targets):
                names = [target.id for target in targets if isinstance(target, ast.Name)]
            case ast.AnnAssign(target=ast.Name(id=name)):
                names = [name]
            case _:
                names = []
        yield from (name for name in names if name.startswith("_") and not name.startswith("__"))


@pytest.mark.parametrize("file", MODULES, ids=lambda file: str(file.relative_to(ROOT)))
def test_what_a_module_keeps_to_itself_it_uses(file: Path) -> None:
    source = file.read_text(encoding="utf-8")

    names = set(private_names(ast.parse(source)))

    assert [name for name in sorted(names) if len(re.findall(rf"\b{name}\b", source)) < 2] == []
