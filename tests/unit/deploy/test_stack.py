"""What the files of the stack say, without an engine: they must agree with the code."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.common.settings import Settings
from services.common.telemetry.metrics import REGISTRY

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
READ_BY_COMPOSE = set(re.findall(r"\$\{(KABAR_\w+)", TEXT))
OURS = [name for name, service in COMPOSE["services"].items() if "build" in service]
METRIC = re.compile(r"\bkabar_[a-z_]+")


def metrics_of_the_code() -> set[str]:
    names = {metric.name for metric in REGISTRY.collect()}
    endings = ("", "_total", "_bucket", "_count", "_sum")
    return {name + ending for name in names for ending in endings}


def queries() -> set[str]:
    """Return every expression that the alerts and the dashboard ask Prometheus."""
    rules = yaml.safe_load((ROOT / "deploy/prometheus/rules.yml").read_text(encoding="utf-8"))
    board = json.loads((ROOT / "deploy/grafana/dashboards/kabar.json").read_text(encoding="utf-8"))
    alerts = {rule["expr"] for group in rules["groups"] for rule in group["rules"]}
    return alerts | {target["expr"] for panel in board["panels"] for target in panel["targets"]}


def test_the_stack_has_the_three_services_after_a_first_step() -> None:
    services = COMPOSE["services"]

    for name in ("fetcher", "classifier", "alerter"):
        assert services[name]["command"] == ["kabar", "serve", name]
        assert services[name]["depends_on"]["init"] == {
            "condition": "service_completed_successfully"
        }
    assert services["init"]["restart"] == "no"


@pytest.mark.parametrize("name", OURS)
def test_every_process_of_ours_has_as_few_rights_as_it_needs(name: str) -> None:
    service = COMPOSE["services"][name]

    assert service["user"] == "10001:10001"
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["init"] is True
    assert service["stop_grace_period"] == "30s"
    assert "mem_limit" in service
    assert service["logging"]["options"]["max-size"] == "10m"


def test_nothing_is_published_beyond_this_machine() -> None:
    ports = [port for service in COMPOSE["services"].values() for port in service.get("ports", ())]

    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_the_configuration_is_mounted_as_a_directory_that_nobody_writes() -> None:
    for name in ("init", "fetcher", "classifier", "alerter"):
        assert "${KABAR_CONFIG_DIR:-./config}:/config:ro" in COMPOSE["services"][name]["volumes"]


def test_every_setting_that_the_stack_names_is_one() -> None:
    known = {f"KABAR_{name.upper()}" for name in Settings.__dataclass_fields__}
    named = {
        key
        for service in COMPOSE["services"].values()
        for key in service.get("environment", {})
        if key.startswith("KABAR_")
    }
    example = (ROOT / ".env.example").read_text(encoding="utf-8")

    assert named <= known
    assert set(re.findall(r"^#(KABAR_\w+)=", example, re.MULTILINE)) <= known | READ_BY_COMPOSE


def test_what_compose_reads_is_described_for_operators() -> None:
    handbook = (ROOT / "docs/operations.md").read_text(encoding="utf-8")

    assert [name for name in sorted(READ_BY_COMPOSE) if f"`{name}" not in handbook] == []


def test_what_an_operator_sets_reaches_every_process_that_reads_it() -> None:
    """Compose hands nothing on by itself: a setting that no service names would be without effect."""
    of_the_stack = {"CONFIG", "DATA", "BUS", "STORE", "HOST", "PORT"}
    of_the_operator = {name.upper() for name in Settings.__dataclass_fields__} - of_the_stack
    of_the_fetcher = {"ALLOW_NETWORKS", "CONTACT", "PROXY", "ALERT_HORIZON", "LOG"}

    def handed_on(service: str) -> set[str]:
        given = COMPOSE["services"][service]["environment"]
        return {
            name
            for name in of_the_operator
            if f"${{KABAR_{name}:-" in given.get(f"KABAR_{name}", "")
        }

    assert handed_on("alerter") == of_the_operator
    assert handed_on("fetcher") == of_the_fetcher


def test_alerts_dashboard_and_handbook_name_metrics_that_there_are() -> None:
    handbook = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    asked = {name for text in (*queries(), handbook) for name in METRIC.findall(text)}

    assert asked
    assert asked <= metrics_of_the_code()
