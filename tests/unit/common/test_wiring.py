from __future__ import annotations

import socket

from services.common.settings import Settings
from services.common.wiring import process_name


def test_processes_of_one_host_have_names_of_their_own_which_a_restart_keeps() -> None:
    host = socket.gethostname()

    names = [process_name(Settings(port=port)) for port in (None, 8702, 8712, 8702)]

    assert names == [host, f"{host}-8702", f"{host}-8712", f"{host}-8702"]
