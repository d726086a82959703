"""kabar schema."""

from __future__ import annotations

import click

from services.common.config.schemas import NAMES, schema_text


@click.command()
@click.argument("name", type=click.Choice(NAMES))
def schema(name: str) -> None:
    """Print the JSON Schema of a configuration file, for editors.

    An editor with a YAML language server reads it through a file's first line,
    # yaml-language-server: $schema=./.schema/companies.json
    """
    click.echo(schema_text(name), nl=False)
