"""The manifests of deploy/kubernetes say what docker-compose.yml says, so that neither drifts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "deploy/kubernetes"
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
KUSTOMIZATION: dict[str, Any] = yaml.safe_load(
    (FOLDER / "kustomization.yaml").read_text(encoding="utf-8")
)
DOCUMENTS: list[dict[str, Any]] = [
    document
    for name in KUSTOMIZATION["resources"]
    for document in yaml.safe_load_all((FOLDER / name).read_text(encoding="utf-8"))
]
WORKLOADS = {
    document["metadata"]["name"]: document
    for document in DOCUMENTS
    if document["kind"] in {"Deployment", "StatefulSet", "Job"}
}
PODS = {name: workload["spec"]["template"]["spec"] for name, workload in WORKLOADS.items()}
CONTAINERS = {name: pod["containers"][0] for name, pod in PODS.items()}
SERVED = {
    name: service for name, service in COMPOSE["services"].items() if "profiles" not in service
}
OURS = sorted(name for name, service in SERVED.items() if "build" in service)
PROCESSES = sorted(set(OURS) - {"init"})


def substituted(text: str) -> str:
    """Return a value as Compose reads it where the operator set nothing."""
    while (plain := re.sub(r"\$\{\w+:-([^${}]*)\}", r"\1", text)) != text:
        text = plain
    return text


def set_in(container: dict[str, Any]) -> dict[str, str]:
    """Return the variables of a container, without those of secrets."""
    maps = {each["metadata"]["name"]: each for each in DOCUMENTS if each["kind"] == "ConfigMap"}
    found: dict[str, str] = {}
    for source in container.get("envFrom", ()):
        if "configMapRef" in source:
            found |= maps[source["configMapRef"]["name"]]["data"]
    return found | {each["name"]: each["value"] for each in container.get("env", ())}


def bytes_of(size: str) -> int:
    number, unit = re.fullmatch(r"(\d+)([a-zA-Z]+)", size).groups()  # type: ignore[union-attr]  # else it fails, as it should
    return int(number) * {"m": 1024**2, "Mi": 1024**2, "g": 1024**3, "Gi": 1024**3}[unit]


def seconds_of(duration: str) -> int:
    return int(duration.removesuffix("s"))


def mounts_of(name: str) -> dict[str, dict[str, Any]]:
    """Return what is mounted in a container by its path: the volume, or the template of its claim."""
    volumes = {each["name"]: each for each in PODS[name].get("volumes", ())}
    for claim in WORKLOADS[name]["spec"].get("volumeClaimTemplates", ()):
        volumes[claim["metadata"]["name"]] = claim
    return {
        mount["mountPath"]: {**volumes[mount["name"]], "readOnly": mount.get("readOnly", False)}
        for mount in CONTAINERS[name]["volumeMounts"]
    }


def test_every_file_of_the_folder_is_applied() -> None:
    files = {path.name for path in FOLDER.iterdir()} - {"kustomization.yaml"}

    assert set(KUSTOMIZATION["resources"]) == files


def test_every_service_of_the_stack_is_a_workload() -> None:
    assert set(WORKLOADS) == set(SERVED)


@pytest.mark.parametrize("name", sorted(SERVED))
def test_a_container_runs_the_same_command_of_the_same_image(name: str) -> None:
    service, container = SERVED[name], CONTAINERS[name]

    assert container["image"] == substituted(service["image"])
    words = container.get("command", []) + container.get("args", [])
    assert words == [substituted(word) for word in service.get("command", [])]


@pytest.mark.parametrize("name", sorted(SERVED))
def test_a_container_has_the_same_settings(name: str) -> None:
    environment = SERVED[name].get("environment", {})

    stated = set_in(CONTAINERS[name])

    wanted = {key: substituted(value) for key, value in environment.items()}
    assert {key: stated.get(key) for key in wanted} == wanted
    # One map for all: a process is told of settings that only the alerter reads.
    alerter = SERVED["alerter"]["environment"] if name in OURS else {}
    assert set(stated) <= {*wanted, *alerter}


@pytest.mark.parametrize("name", sorted(SERVED))
def test_a_container_has_the_same_limit(name: str) -> None:
    limit = CONTAINERS[name]["resources"]["limits"]["memory"]

    assert bytes_of(limit) == bytes_of(substituted(SERVED[name]["mem_limit"]))


@pytest.mark.parametrize("name", sorted(SERVED))
def test_a_pod_has_the_same_time_to_end(name: str) -> None:
    assert PODS[name]["terminationGracePeriodSeconds"] == seconds_of(
        SERVED[name]["stop_grace_period"]
    )


@pytest.mark.parametrize("name", sorted(SERVED))
def test_a_container_has_no_more_rights(name: str) -> None:
    service, pod, rights = SERVED[name], PODS[name], CONTAINERS[name]["securityContext"]

    assert pod["securityContext"]["runAsNonRoot"] is True
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert rights["allowPrivilegeEscalation"] is False
    assert rights["capabilities"] == {"drop": ["ALL"]}
    assert rights.get("readOnlyRootFilesystem", False) is service.get("read_only", False)
    assert pod.get("shareProcessNamespace", False) is service.get("init", False)


@pytest.mark.parametrize("name", OURS)
def test_a_process_of_ours_is_the_same_user(name: str) -> None:
    rights = PODS[name]["securityContext"]

    assert SERVED[name]["user"] == f"{rights['runAsUser']}:{rights['runAsGroup']}"
    assert rights["fsGroup"] == rights["runAsGroup"]


@pytest.mark.parametrize("name", sorted(SERVED))
def test_no_variable_comes_of_a_service_and_no_token_stands_where_secrets_do(name: str) -> None:
    """A service named kafka would be told as KAFKA_PORT, which Kafka's image takes for a setting."""
    assert PODS[name]["enableServiceLinks"] is False
    assert PODS[name]["automountServiceAccountToken"] is False


@pytest.mark.parametrize("name", PROCESSES)
def test_health_is_asked_where_the_process_answers_and_as_often(name: str) -> None:
    container, check = CONTAINERS[name], SERVED[name]["healthcheck"]
    [port] = container["ports"]

    assert str(port["containerPort"]) == SERVED[name]["environment"]["KABAR_PORT"]
    for probe, path in (("startup", "/livez"), ("liveness", "/livez"), ("readiness", "/readyz")):
        asked = container[f"{probe}Probe"]
        assert asked["httpGet"] == {"path": path, "port": port["name"]}
        assert asked["periodSeconds"] == seconds_of(check["interval"])
        assert asked["timeoutSeconds"] == seconds_of(check["timeout"])
    assert container["livenessProbe"]["failureThreshold"] == check["retries"]
    startup = container["startupProbe"]
    assert startup["periodSeconds"] * startup["failureThreshold"] == seconds_of(
        check["start_period"]
    )


@pytest.mark.parametrize("name", OURS)
def test_a_process_of_ours_finds_the_same_directories(name: str) -> None:
    service = SERVED[name]
    bound = {each.split(":")[-2 if each.endswith(":ro") else -1] for each in service["volumes"]}
    passing = {each.split(":")[0] for each in service["tmpfs"]}

    mounts = mounts_of(name)

    assert set(mounts) == bound | passing
    assert mounts["/config"]["configMap"]["name"] == "kabar-config"
    assert mounts["/config"]["readOnly"]
    assert {path for path in mounts if "emptyDir" in mounts[path]} == passing
    if "/run/secrets" in mounts:
        assert mounts["/run/secrets"]["secret"]["optional"]
        assert mounts["/run/secrets"]["readOnly"]


def test_what_must_be_kept_stands_on_a_claim() -> None:
    kept = {
        (name, path)
        for name in SERVED
        for path, mount in mounts_of(name).items()
        if "accessModes" in mount.get("spec", {})
    }
    in_volumes = {
        (name, each.split(":")[1])
        for name, service in SERVED.items()
        for each in service["volumes"]
        if each.split(":")[0] in COMPOSE["volumes"]
    }

    assert kept == in_volumes
    assert ("alerter", "/data") in kept


def test_secrets_reach_those_that_have_them_in_the_stack() -> None:
    def reads_secrets(container: dict[str, Any]) -> bool:
        return any("secretRef" in source for source in container.get("envFrom", ()))

    having = {name for name, container in CONTAINERS.items() if reads_secrets(container)}

    assert having == {name for name, service in SERVED.items() if "env_file" in service}


def addresses() -> Iterator[tuple[str, int]]:
    for document in DOCUMENTS:
        if document["kind"] == "Service":
            for port in document["spec"]["ports"]:
                yield document["metadata"]["name"], port["port"]


def test_every_service_leads_to_a_port_of_its_pods() -> None:
    for name, port in addresses():
        assert port in [each["containerPort"] for each in CONTAINERS[name]["ports"]]
        labels = WORKLOADS[name]["spec"]["template"]["metadata"]["labels"]
        assert labels == WORKLOADS[name]["spec"]["selector"]["matchLabels"]
    assert {("kafka", 9092), ("redis", 6379), ("alerter", 8700)} <= set(addresses())


def test_the_handbook_names_what_the_manifests_need_and_do_not_bring() -> None:
    page = (ROOT / "docs/operations.md").read_text(encoding="utf-8")

    for name in ("kabar-config", "kabar-secrets", "kabar-environment"):
        assert name in page


def test_redis_says_that_it_is_full_before_its_container_is_killed() -> None:
    redis = SERVED["redis"]
    command = [substituted(word) for word in redis["command"]]
    most = command[command.index("--maxmemory") + 1]

    assert 1.5 * bytes_of(most.removesuffix("b")) < bytes_of(substituted(redis["mem_limit"]))
