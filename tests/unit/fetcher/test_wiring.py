from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path

import pytest

from services.common.bus.memory import MemoryBus
from services.common.clock import SystemClock
from services.common.config.configuration import Configuration
from services.common.errors import ConfigurationError
from services.common.settings import Settings
from services.common.telemetry.health import Health
from services.common.watchlist import Watchlist
from services.fetcher.wiring import build, fetcher, open_store
from tests.support.builders import a_feed


async def test_a_fetcher_is_put_together_and_takes_another_configuration(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, allow_networks=(ip_network("127.0.0.0/8"),))
    clock = SystemClock()
    configuration = Configuration(watchlist=Watchlist.of(()), feeds=(a_feed(),))
    async with (
        open_store(settings) as store,
        fetcher(
            MemoryBus(clock),
            store=store,
            settings=settings,
            clock=clock,
            health=Health(clock),
            configuration=configuration,
            owner="one",
        ) as fetching,
    ):
        await fetching.use(replace(configuration, feeds=()))

        assert fetching.task.name == "poll"
    assert (tmp_path / "feeds.db").exists()


async def test_a_fetcher_of_its_own_needs_a_bus_that_others_share(tmp_path: Path) -> None:
    (tmp_path / "companies.yml").write_text("companies: []\n")

    with pytest.raises(ConfigurationError, match="KABAR_BUS"):
        async with build(Settings(config=tmp_path, data=tmp_path)):
            pass


async def test_a_data_directory_that_cannot_be_is_a_mistake_of_the_operator(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(ConfigurationError, match="data directory"):
        async with open_store(Settings(data=tmp_path / "file" / "data")):
            pass
