"""Problems: the one shape in which the API says that something went wrong (RFC 9457)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from http import HTTPStatus

from fastapi.exceptions import RequestValidationError
from starlette.responses import Response


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldProblem:
    """What is wrong with one field of a body, such as `send[0].to`; empty for the whole."""

    field: str
    message: str


class ProblemResponse(Response):
    """`{"type", "title", "status", "detail"}` as application/problem+json.

    With `errors` it has these too: a list of `{"field", "message"}`. `type` is about:blank throughout: the status says what kind it is, title and detail what to do.
    """

    media_type = "application/problem+json"

    def __init__(
        self,
        *,
        status: int,
        title: str,
        detail: str,
        headers: Mapping[str, str] | None = None,
        errors: Sequence[FieldProblem] = (),
    ) -> None:
        body: dict[str, object] = {
            "type": "about:blank",
            "title": title,
            "status": status,
            "detail": detail,
        }
        if errors:
            body["errors"] = [asdict(error) for error in errors]
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
    return "; ".join(f"{_place(mistake['loc'])}: {mistake['msg']}" for mistake in error.errors())


def _place(steps: Sequence[object]) -> str:
    """Return where a mistake is; that a parameter stands in the query goes without saying."""
    told = steps[1:] if len(steps) > 1 and steps[0] in _PARTS else steps
    return ".".join(map(str, told))


_PARTS = frozenset({"query", "path", "body"})
