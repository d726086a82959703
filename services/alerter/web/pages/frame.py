"""Frame: what every page has round it, and the answer that a rendered page becomes."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse

from services.alerter.web.sources import Sources
from services.alerter.web.templating import Templates


class Frame:
    """Renders pages with the banner, the navigation and the foot that all of them share."""

    def __init__(self, sources: Sources, templates: Templates) -> None:
        self._sources = sources
        self._templates = templates

    async def page(
        self, request: Request, template: str, *, status: int = 200, **values: Any
    ) -> HTMLResponse:
        """Return the page that `template` and `values` make, rendered in a thread."""
        shared = {
            "here": request.url.path,
            "refused": [str(finding) for finding in self._sources.errors],
            "configuration_hash": self._sources.configuration().hash,
        }
        html = await asyncio.to_thread(self._templates.render, template, **shared, **values)
        return HTMLResponse(html, status_code=status, headers={"cache-control": "no-store"})


def older_path(request: Request) -> str:
    """Return the address of this page up to where the cursor of the next one goes."""
    others = request.url.remove_query_params("cursor")
    return f"{others.path}?{others.query}&" if others.query else f"{others.path}?"


def cursor_of(request: Request) -> int | None:
    """Return the cursor of the address; None for the first page, also where it is none of ours."""
    text = request.query_params.get("cursor", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else None


def wish_of(request: Request, name: str) -> str | None:
    """Return what the address wants of `name`; None where it is absent or empty."""
    return request.query_params.get(name, "").strip() or None
