from __future__ import annotations

import importlib
import socket
import sys
from pathlib import Path

import pytest

from services.common.errors import ConfigurationError
from services.common.settings import Settings
from services.common.wiring import process_name


def test_processes_of_one_host_have_names_of_their_own_which_a_restart_keeps() -> None:
    host = socket.gethostname()

    names = [process_name(Settings(port=port)) for port in (None, 8702, 8712, 8702)]

    assert names == [host, f"{host}-8702", f"{host}-8712", f"{host}-8702"]


@pytest.mark.parametrize("service", ["fetcher", "classifier", "alerter"])
@pytest.mark.parametrize(
    ("bus", "advice"),
    [("sqlite", "set KABAR_BUS"), ("kafka://127.0.0.1:9", r"pip install 'kabar\[kafka\]'")],
)
async def test_a_service_without_a_bus_or_its_client_says_what_to_do(
    service: str, bus: str, advice: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "companies.yml").write_text("companies: []\n", encoding="utf-8")
    for module in ("services.common.bus.kafka", "services.classifier.stream"):
        monkeypatch.delitem(sys.modules, module, raising=False)
    for client in ("kafka", "faust"):
        monkeypatch.setitem(sys.modules, client, None)
    build = importlib.import_module(f"services.{service}.wiring").build

    with pytest.raises(ConfigurationError, match=advice):
        async with build(Settings(config=tmp_path, data=tmp_path, bus=bus)):
            pass
