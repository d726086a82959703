"""Dead letters over HTTP, for the control socket of a process; the command line asks here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from services.common.contracts.dead_letter import DeadLetter
from services.common.dead_letters import IncompleteLetterError, LetterBox, UnknownLetterError
from services.common.errors import BusUnavailableError

PATH = "/control/dead-letters"


def dead_letter_routes(box: LetterBox) -> list[Route]:
    """Return the routes under `/control/dead-letters`: list, one, replay, drop, resume.

    Failures are `{"detail": sentence}` with 404 (no such open letter), 409 (it cannot be replayed) or
    503 (the bus does not serve).
    """

    async def letters(_: Request) -> Response:
        return JSONResponse(letters_body(await box.open_letters()))

    async def letter(request: Request) -> Response:
        return JSONResponse(letter_body(await box.letter(request.path_params["id"])))

    async def replay(request: Request) -> Response:
        return JSONResponse(mark_body(await box.replay(request.path_params["id"])))

    async def drop(request: Request) -> Response:
        return JSONResponse(mark_body(await box.drop(request.path_params["id"])))

    async def resume(_: Request) -> Response:
        return JSONResponse({"closed": box.resume()})

    return [
        Route(PATH, _answering(letters), methods=["GET"]),
        Route(f"{PATH}/resume", _answering(resume), methods=["POST"]),
        Route(f"{PATH}/{{id}}", _answering(letter), methods=["GET"]),
        Route(f"{PATH}/{{id}}/replay", _answering(replay), methods=["POST"]),
        Route(f"{PATH}/{{id}}/drop", _answering(drop), methods=["POST"]),
    ]


def letters_body(letters: list[DeadLetter]) -> dict[str, Any]:
    """Return what the list shows: each letter without its record."""
    return {"dead_letters": [_head(letter) for letter in letters]}


def letter_body(letter: DeadLetter) -> dict[str, Any]:
    """Return everything about one letter; `record` is its text as far as it was kept."""
    return {
        **_head(letter),
        "traceback_hash": letter.traceback_hash,
        "key": letter.key,
        "body_bytes": letter.body_bytes,
        "is_complete": letter.is_complete,
        "record": letter.record.decode("utf-8", "replace"),
    }


def mark_body(marked: DeadLetter) -> dict[str, Any]:
    """Return what became of a letter."""
    return {"id": marked.id, "mark": marked.mark}


def _head(letter: DeadLetter) -> dict[str, Any]:
    return {
        "id": letter.id,
        "service": letter.service,
        "origin": {
            "topic": letter.origin.topic,
            "partition": letter.origin.partition,
            "offset": letter.origin.offset,
        },
        "error": letter.error,
        "at": letter.at.isoformat().replace("+00:00", "Z"),
    }


def _answering(
    endpoint: Callable[[Request], Awaitable[Response]],
) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except UnknownLetterError as error:
            return _refusal(404, error)
        except IncompleteLetterError as error:
            return _refusal(409, error)
        except BusUnavailableError as error:
            return _refusal(503, error)

    return answer


def _refusal(status: int, error: Exception) -> Response:
    return JSONResponse({"detail": str(error)}, status_code=status)
