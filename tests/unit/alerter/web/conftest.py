from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.support.web import World, a_browser, a_web, a_world


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """Give an empty world with a database of its own."""
    async with a_world(tmp_path) as world:
        yield world


@pytest.fixture
async def browser(world: World, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """Give a client of the page over that world, on loopback."""
    async with a_browser(a_web(world, tmp_path)) as browser:
        yield browser
