"""Problems: the one shape in which the API says that something went wrong (RFC 9457)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus

from fastapi.exceptions import RequestValidationError
from starlette.responses import Response


class ProblemResponse(Response):
    """`{"type", "title", "status", "detail"}` as application/problem+json.

    `type` is about:blank throughout: the status says what kind it is, title and detail what to do.
    """

    media_type = "application/problem+json"

    def __init__(
        self, *, status: int, title: str, detail: str, headers: Mapping[str, str] | None = None
    ) -> None:
        body = {"type": "about:blank", "title": title, "status": status, "detail": detail}
        super().__init__(
            json.dumps(body, ensure_ascii=False).encode("utf-8", "replace"),
            status_code=status,
            headers=dict(headers or {}),
        )


def problem_of_status(
    status: int, detail: str, *, headers: Mapping[str, str] | None = None
) -> ProblemResponse:
    """Return the problem of an HTTP status, titled by its usual phrase."""
    title = HTTPStatus(status).phrase
    return ProblemResponse(status=status, title=title, detail=detail, headers=headers)


def mistakes_of(error: RequestValidationError) -> str:
    """Return every mistake of a request that does not fit, with its place."""
    return "; ".join(
        f"{'.'.join(str(step) for step in mistake['loc'])}: {mistake['msg']}"
        for mistake in error.errors()
    )
