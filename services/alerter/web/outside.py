"""Outside: what somebody sees who has no access, in the page's look."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from functools import cache

from markupsafe import Markup
from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from services.alerter.web.templating import Templates, read_assets


def outside_page(
    request: Headers,
    *,
    status: int,
    title: str,
    detail: str,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return a page that loads nothing, for a browser, or plain text for whoever asks for none.

    Styles and scripts stand behind the token too, so it has its styles in it. `detail` has commands in
    backticks.
    """
    shared = {**(headers or {}), "cache-control": "no-store", "x-content-type-options": "nosniff"}
    if "text/html" not in request.get("accept", ""):
        text = f"{title}\n\n{detail}\n"
        return PlainTextResponse(text, status_code=status, headers=shared)
    return HTMLResponse(
        _page(title, detail),
        status_code=status,
        headers={**shared, "content-security-policy": outside_policy()},
    )


def outside_policy() -> str:
    """Return the policy of a page with our style in it, which loads nothing and may have a form."""
    return (
        f"default-src 'none'; style-src '{_style_hash()}'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    )


def own_style() -> Markup:
    """Return the page's look, to stand in a page."""
    return Markup(_style())  # noqa: S704  a file of ours, with > in it


@cache
def _page(title: str, detail: str) -> str:
    return Templates().render("outside.html", style=own_style(), title=title, detail=detail)


def _style() -> str:
    return read_assets()["kabar.css"].content.decode()


@cache
def _style_hash() -> str:
    digest = hashlib.sha256(_style().encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"
