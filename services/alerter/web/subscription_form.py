"""The form of a subscription: its fields as text, and the body that they make.

It shows the keys that most people need. What has more of them is shown and sent as YAML.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.alerter.subscription_book import RefusedSubscriptionError
from services.common.config.findings import Severity
from services.common.config.submitted import FieldFinding, value_of
from services.common.config.yaml import read_yaml

Sent = Mapping[str, Sequence[str]]
"""What a browser sends: texts by the name of their input."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionForm:
    """The inputs, as people fill them in. One time for all channels."""

    id: str = ""
    name: str = ""
    companies: str = ""
    types: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    countries: str = ""
    outlets: str = ""
    channels: tuple[str, ...] = ()
    digest_at: str = ""
    quiet_from: str = ""
    quiet_to: str = ""
    zone: str = ""
    yaml: str = ""

    @classmethod
    def of_sent(cls, sent: Sent) -> SubscriptionForm:
        """Return the form as it was filled in, to show it again."""
        texts = {name: _one(sent, name) for name in _TEXTS}
        lists = {name: tuple(sent.get(name, ())) for name in ("types", "stages", "channels")}
        return cls(**texts, **lists)  # type: ignore[arg-type]  # texts and lists by their names

    @classmethod
    def of_body(cls, body: Mapping[str, Any]) -> SubscriptionForm | None:
        """Return the form that makes `body`; None for one that has more than the form shows."""
        when, sends = body.get("when") or {}, body.get("send") or []
        if not _is_simple(body, when, sends):
            return None
        first: Mapping[str, Any] = sends[0] if sends else {}
        digest, quiet = first.get("digest") or {}, first.get("quiet") or {}
        return cls(
            id=_text(body.get("id")),
            name=_text(body.get("name")),
            companies=_joined(when.get("companies")),
            types=tuple(map(str, when.get("types") or ())),
            stages=tuple(map(str, when.get("stages") or ())),
            countries=_joined(when.get("countries")),
            outlets=_text(when.get("outlets")),
            channels=tuple(str(send["to"]) for send in sends),
            digest_at=_text(digest.get("at")),
            quiet_from=_text(quiet.get("from")),
            quiet_to=_text(quiet.get("to")),
            zone=_text(digest.get("zone") or quiet.get("zone")),
        )

    def body(self) -> dict[str, Any]:
        """Return the subscription that the inputs describe, to be read as any other."""
        when = {
            "companies": _split(self.companies),
            "types": list(self.types),
            "stages": list(self.stages),
            "countries": _split(self.countries),
            "outlets": self.outlets,
        }
        timing = {
            "digest": _given({"at": self.digest_at, "zone": self.zone}) if self.digest_at else None,
            "quiet": _given({"from": self.quiet_from, "to": self.quiet_to, "zone": self.zone})
            if self.quiet_from or self.quiet_to
            else None,
        }
        sends = [_given({"to": channel, **timing}) for channel in self.channels]
        return _given({"id": self.id, "name": self.name, "when": _given(when), "send": sends})


def body_of_yaml(text: str) -> object:
    """Return the subscription written in `text`, to be read as any other.

    Raises:
        RefusedSubscriptionError: it is no YAML as our files have it.
    """
    page = read_yaml(text.encode("utf-8", "replace"), file="")
    if page.findings:
        raise RefusedSubscriptionError(
            FieldFinding(f"line {found.line}", Severity.ERROR, found.message)
            for found in page.findings
        )
    body = value_of(page.root)
    if isinstance(body, dict) and isinstance(body.get("subscriptions"), list):
        body = next(iter(body["subscriptions"]), None)
    return body


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """What is wrong with an input. `label` is what people know it by: in YAML, the key."""

    input: str
    label: str
    message: str


def mistakes_of(findings: Iterable[FieldFinding], *, is_yaml: bool = False) -> list[Mistake]:
    """Return what is wrong by the input that it belongs to, each once; "" for none of them."""
    mistakes: dict[Mistake, None] = {}
    for found in findings:
        name = "" if is_yaml else _INPUTS.get(re.sub(r"\[\d+\]", "", found.field), "")
        label = LABELS.get(name, found.field)
        mistakes[Mistake(input=name, label=label, message=found.message)] = None
    return list(mistakes)


LABELS = {
    "id": "Id",
    "name": "Name",
    "companies": "Companies",
    "types": "Types",
    "stages": "Stages",
    "countries": "Countries",
    "outlets": "At least so many outlets",
    "channels": "Send to",
    "digest_at": "One digest a day at",
    "quiet_from": "Quiet from",
    "quiet_to": "Quiet to",
    "zone": "Time zone",
}
"""What people call the inputs."""


_TEXTS = (
    "id",
    "name",
    "companies",
    "countries",
    "outlets",
    "digest_at",
    "quiet_from",
    "quiet_to",
    "zone",
    "yaml",
)
_INPUTS = {
    "id": "id",
    "name": "name",
    "when.companies": "companies",
    "when.types": "types",
    "when.stages": "stages",
    "when.countries": "countries",
    "when.outlets": "outlets",
    "send": "channels",
    "send.to": "channels",
    "send.digest.at": "digest_at",
    "send.digest.zone": "zone",
    "send.quiet.from": "quiet_from",
    "send.quiet.to": "quiet_to",
    "send.quiet.zone": "zone",
}


def _is_simple(body: Mapping[str, Any], when: object, sends: object) -> bool:
    """Return whether `body` has nothing that the form would lose."""
    if not isinstance(when, Mapping) or not isinstance(sends, list):
        return False
    if not body.keys() <= {"id", "name", "when", "send"}:
        return False
    if not when.keys() <= {"companies", "types", "stages", "countries", "outlets"}:
        return False
    if not all(isinstance(send, Mapping) and "to" in send for send in sends):
        return False
    timings = [{key: held for key, held in send.items() if key != "to"} for send in sends]
    return all(_is_shown(timing) and timing == timings[0] for timing in timings)


def _is_shown(timing: Mapping[str, Any]) -> bool:
    digest, quiet = timing.get("digest") or {}, timing.get("quiet") or {}
    zones = {part["zone"] for part in (digest, quiet) if "zone" in part}
    return (
        timing.keys() <= {"digest", "quiet"}
        and digest.keys() <= {"at", "zone"}
        and quiet.keys() <= {"from", "to", "zone"}
        and len(zones) <= 1
    )


def _one(sent: Sent, name: str) -> str:
    return next(iter(sent.get(name, ())), "").strip()


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _joined(values: Iterable[object] | None) -> str:
    return ", ".join(map(str, values or ()))


def _split(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"[,;\n،、，]", text) if part.strip()]


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value not in ("", None, [], {})}
