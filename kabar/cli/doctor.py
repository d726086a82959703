"""kabar doctor."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict
from pathlib import Path

import click

from kabar.cli.options import config_option, data_option, json_option, settings_with
from kabar.doctor import Verdict, examine


@click.command()
@json_option
@config_option
@data_option
def doctor(*, as_json: bool, config: Path | None, data: Path | None) -> None:
    """Say whether kabar can run here: configuration, data directory, databases, bus, store, mail.

    Changes nothing, and can be asked while kabar runs. Exits with 1 where something keeps it from
    running.
    """
    answers = asyncio.run(examine(settings_with(config=config, data=data)))
    if as_json:
        click.echo(json.dumps([asdict(answer) for answer in answers], ensure_ascii=False))
    else:
        for answer in answers:
            click.echo(f"{answer.subject}: {answer.verdict}: {answer.sentence}")
    if any(answer.verdict is Verdict.ERROR for answer in answers):
        raise SystemExit(1)
