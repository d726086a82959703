"""kabar subscriptions: who is told of what; those that files do not hold are made and removed here."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import click

from kabar.cli.api import change_api, read_api
from kabar.cli.control import RefusedByProcessError
from kabar.cli.options import Refused, config_option, data_option, json_option, settings_with
from kabar.cli.table import table
from services.alerter.unknown import no_such
from services.common.config import yaml
from services.common.config.entries import entries_yaml
from services.common.config.submitted import DATABASE, READ_ONLY_KEYS, node_at, value_of
from services.common.config.yaml import Node, Page, read_yaml
from services.common.settings import Settings

_body_option = click.option(
    "--json", "as_json", is_flag=True, help="Print the body of GET /api/v1/subscriptions."
)


@click.group(invoke_without_command=True)
@_body_option
@data_option
@config_option
@click.pass_context
def subscriptions(
    ctx: click.Context, data: Path | None, config: Path | None, *, as_json: bool
) -> None:
    """Show, make and remove subscriptions; without a command, list them.

    Those of subscriptions.yml are changed there; here they are only shown.
    """
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_, data=data, config=config, as_json=as_json)
    elif as_json or data or config:
        raise Refused(
            f"Options go behind the command: kabar subscriptions {ctx.invoked_subcommand} …"
        )


@subscriptions.command("list")
@_body_option
@data_option
@config_option
def list_(data: Path | None, config: Path | None, *, as_json: bool) -> None:
    """Show who is told of what: id, name, where to, where it was made, what it was told lately."""
    body = read_api(settings_with(data=data, config=config), "subscriptions", {})
    if as_json:
        click.echo(json.dumps(body, ensure_ascii=False))
        return
    for line in table([_row(one) for one in body["subscriptions"]]):
        click.echo(line)
    if not body["subscriptions"]:
        click.echo("No subscription.", err=True)


@subscriptions.command()
@click.argument("name", metavar="ID")
@json_option
@data_option
@config_option
def show(name: str, data: Path | None, config: Path | None, *, as_json: bool) -> None:
    """Show one subscription as subscriptions.yml would have it, defaults written out."""
    one = read_api(settings_with(data=data, config=config), f"subscriptions/{quote(name)}", {})
    if as_json:
        click.echo(json.dumps(one, ensure_ascii=False))
        return
    click.echo(f"# {one['origin']}; {_lately(one)}")
    click.echo(entries_yaml(_entry(one)), nl=False)
    for finding in one["findings"]:
        click.echo(f"{finding['field']}: {finding['message']}", err=True)


@subscriptions.command()
@click.argument("file", type=click.Path(allow_dash=True, exists=True, dir_okay=False))
@click.option("--replace", is_flag=True, help="Change those that were made here before.")
@data_option
@config_option
def add(file: str, data: Path | None, config: Path | None, *, replace: bool) -> None:
    """Make the subscriptions of FILE (- is stdin), which are in use at once.

    FILE is YAML or JSON: one subscription, or a list of them under "subscriptions", with the keys of
    subscriptions.yml. What has a mistake is not made, and the rest is.
    """
    settings = settings_with(data=data, config=config)
    with click.open_file(file, "rb") as content:
        page = read_yaml(content.read(), file=file)
    if page.findings:
        raise Refused("\n".join(str(finding) for finding in page.findings))
    entries = _entries(page)
    if not entries:
        raise Refused(f"{file} holds no subscription.")
    refused = [entry for entry in entries if not _made(settings, page, entry, replace=replace)]
    if refused:
        raise SystemExit(1)


@subscriptions.command()
@click.argument("names", metavar="ID…", nargs=-1, required=True)
@data_option
@config_option
def remove(names: Sequence[str], data: Path | None, config: Path | None) -> None:
    """Remove subscriptions that were made here; what they were told stays in the history."""
    settings = settings_with(data=data, config=config)
    is_refused = False
    for name in names:
        try:
            change_api(settings, "DELETE", f"subscriptions/{quote(name)}")
            click.echo(f"{name} is removed.")
        except RefusedByProcessError as error:
            click.echo(str(error), err=True)
            is_refused = True
    if is_refused:
        raise SystemExit(1)


@subscriptions.command()
@click.argument("names", metavar="[ID…]", nargs=-1)
@data_option
@config_option
def export(names: Sequence[str], data: Path | None, config: Path | None) -> None:
    """Print subscriptions as YAML to paste into subscriptions.yml: those made here, or those named."""
    listed = read_api(settings_with(data=data, config=config), "subscriptions", {})["subscriptions"]
    known = {one["id"] for one in listed}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise click.ClickException(no_such("subscription", unknown[0], known))
    chosen = [one for one in listed if (one["id"] in names if names else one["origin"] == DATABASE)]
    click.echo(entries_yaml({"subscriptions": [_entry(one) for one in chosen]}), nl=False)


def _entries(page: Page) -> list[Node]:
    """Return the subscriptions of a file: those under its key, or all of it as one."""
    root = page.root
    if isinstance(root, yaml.Mapping) and "subscriptions" in root.keys:
        root = root.values["subscriptions"]
    if isinstance(root, yaml.Sequence):
        return root.items
    return [] if root is None else [root]


def _made(settings: Settings, page: Page, entry: Node, *, replace: bool) -> bool:
    """Return whether a subscription was made or changed; say so, or why not and where."""
    body = value_of(entry)
    name = str(body.get("id")) if isinstance(body, dict) else ""
    try:
        if replace and _is_there(settings, name):
            change_api(settings, "PUT", f"subscriptions/{quote(name)}", body)
            click.echo(f"{name} is changed.")
        else:
            change_api(settings, "POST", "subscriptions", body)
            click.echo(f"{name} is made.")
    except RefusedByProcessError as error:
        for line in _mistakes(error, page, entry):
            click.echo(line, err=True)
        return False
    return True


def _is_there(settings: Settings, name: str) -> bool:
    listed = read_api(settings, "subscriptions", {})["subscriptions"]
    return any(one["id"] == name for one in listed)


def _mistakes(error: RefusedByProcessError, page: Page, entry: Node) -> list[str]:
    """Return the mistakes, each with its place in the file."""
    if not error.errors:
        return [f"{page.file}:{entry.line}:{entry.column}: error: {error}"]
    lines = []
    for one in error.errors:
        place = node_at(entry, one["field"]) or entry
        lines.append(f"{page.file}:{place.line}:{place.column}: error: {one['message']}")
    return lines


def _entry(one: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in one.items() if key not in READ_ONLY_KEYS}


def _row(one: Mapping[str, Any]) -> list[str]:
    name = "" if one["name"] == one["id"] else one["name"]
    ways = ", ".join(send["to"] for send in one["send"]) or "nowhere"
    state = "replaced by a file's" if one["is_overridden"] else _lately(one)
    return [one["id"], name or "-", ways, one["origin"], state]


def _lately(one: Mapping[str, Any]) -> str:
    if one["last_alert_at"] is None:
        return "never told"
    count = one["alerts_in_30_days"]
    return f"{count} in 30 days, last {one['last_alert_at'][:16].replace('T', ' ')}"
