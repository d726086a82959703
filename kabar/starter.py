"""Starter: the configuration to start from, with the schemas that editors complete it by."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kabar.shipped import shipped
from services.common.config.schemas import NAMES, schema_text

_SCHEMAS = ".schema"


def write_starter(directory: Path) -> list[Path]:
    """Write the starter's files into `directory`; return the configuration files that are new.

    A configuration file that is there is kept; the schemas are always those of this version.

    Raises:
        OSError: the directory cannot be written.
    """
    (directory / _SCHEMAS).mkdir(parents=True, exist_ok=True)
    for name in NAMES:
        (directory / _SCHEMAS / f"{name}.json").write_text(schema_text(name), encoding="utf-8")
    return list(_written(directory))


def _written(directory: Path) -> Iterator[Path]:
    for name in NAMES:
        text = (shipped("config") / f"{name}.yml").read_text(encoding="utf-8")
        path = directory / f"{name}.yml"
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(f"# yaml-language-server: $schema=./{_SCHEMAS}/{name}.json\n{text}")
        except FileExistsError:
            continue
        yield path
