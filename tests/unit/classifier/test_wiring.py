from __future__ import annotations

from pathlib import Path

import pytest

from services.classifier.wiring import build
from services.common.errors import ConfigurationError
from services.common.settings import Settings


async def test_a_process_of_its_own_needs_a_bus_that_others_share(tmp_path: Path) -> None:
    (tmp_path / "companies.yml").write_text("companies: []\n", encoding="utf-8")

    with pytest.raises(ConfigurationError):
        async with build(Settings(config=tmp_path, bus="sqlite")):
            pass
