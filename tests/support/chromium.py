"""A real browser on the page, and everything that it asked for or complained about."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, Page, async_playwright

from services.alerter.web.app import Web
from services.common.lifecycle import listen, serve
from services.common.stop import Stop

PATH = shutil.which("chromium") or shutil.which("chromium-browser")

needs_chromium = pytest.mark.skipif(PATH is None, reason="needs Chromium: apt-get install chromium")

_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass
class Tab:
    """An open page: `hosts` it asked, `complaints` of its console, and the address of kabar."""

    page: Page
    base: str
    hosts: set[str] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)

    async def open(self, path: str) -> None:
        """Go to a path of kabar; return when it is loaded."""
        await self.page.goto(self.base + path, wait_until="load")


@asynccontextmanager
async def served(web: Web) -> AsyncIterator[str]:
    """Serve `web` on a free port of loopback, its stream running; give its address."""
    stop, bound = Stop(), listen("127.0.0.1", 0)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(web.live.run(stop))
        tasks.create_task(serve(web.app, on=bound, stop=stop))
        try:
            yield f"http://127.0.0.1:{bound.getsockname()[1]}"
        finally:
            stop.ask()


@asynccontextmanager
async def a_browser_window() -> AsyncIterator[Browser]:
    """Give a running Chromium without a window; starting one takes longer than most tests."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=Path(str(PATH)), args=_FLAGS)
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def a_tab(browser: Browser, base: str, **settings: Any) -> AsyncIterator[Tab]:
    """Give a fresh tab without a past; `settings` are those of a browser context."""
    context = await browser.new_context(**{"viewport": {"width": 1100, "height": 900}, **settings})
    try:
        tab = Tab(await context.new_page(), base)
        tab.page.on("request", lambda asked: tab.hosts.add(urlsplit(asked.url).netloc))
        tab.page.on("pageerror", lambda error: tab.complaints.append(str(error)))
        tab.page.on(
            "console",
            lambda said: (
                tab.complaints.append(said.text) if said.type in {"error", "warning"} else None
            ),
        )
        yield tab
    finally:
        await context.close()
