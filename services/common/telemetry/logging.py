"""Log lines: a constant name and fields; JSON for programs, columns for people, always on stderr.

Everywhere else:

    log = structlog.get_logger()
    log.info("story_classified", story_id=story.story_id, reports=2, seconds=0.004)
"""

from __future__ import annotations

import logging
import sys
from typing import TextIO

import structlog
from structlog.typing import Processor


def configure_logging(level: str, service: str) -> None:
    """Send every log line, also those of libraries, to stderr from `level` on.

    `level` is debug, info, warning or error. On a terminal the lines are coloured columns, elsewhere
    JSON objects with `at`, `level`, `event`, `service` and the line's own fields.
    """
    number = logging.getLevelNamesMapping()[level.upper()]
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        _Service(service),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    lines = _Stderr()
    lines.addFilter(_Seldom())
    lines.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_last_steps()],
            foreign_pre_chain=[*shared, structlog.stdlib.ExtraAdder()],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [lines]
    root.setLevel(number)
    for chatty in _CHATTY:
        logging.getLogger(chatty).setLevel(max(number, logging.WARNING))


_SELDOM_SECONDS = 30

_CHATTY = ("aiohttp", "asyncio", "faust", "httpx", "kafka", "mode", "uvicorn", "aiokafka")
"""Libraries whose info lines are about themselves."""


class _Seldom(logging.Filter):
    """Lets what the Kafka clients repeat through every half minute: an outage brings it by the second."""

    def __init__(self) -> None:
        super().__init__()
        self._shown_at: dict[tuple[str, str], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether to show it."""
        if not record.name.startswith(("kafka", "aiokafka")):
            return True
        kind = (record.name, str(record.msg))
        if record.created - self._shown_at.get(kind, 0) < _SELDOM_SECONDS:
            return False
        self._shown_at[kind] = record.created
        return True


class _Stderr(logging.StreamHandler[TextIO]):
    """Writes to what stderr is at the time, so that a replaced one is followed."""

    @property
    def stream(self) -> TextIO:
        return sys.stderr

    @stream.setter
    def stream(self, _: TextIO) -> None:
        """Keep to stderr."""


class _Service:
    """Adds the service's name to each line."""

    def __init__(self, service: str) -> None:
        self._service = service

    def __call__(
        self, _logger: object, _method: str, line: structlog.typing.EventDict
    ) -> structlog.typing.EventDict:
        line.setdefault("service", self._service)
        return line


def _last_steps() -> list[Processor]:
    if sys.stderr.isatty():
        return [
            _lines_below,
            structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
        ]
    return [
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ]


def _lines_below(
    _logger: object, _method: str, line: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Move a reason of several lines below its line, where a terminal shows it as it is."""
    if "\n" in str(line.get("reason", "")):
        line["stack"] = line.pop("reason")
    return line
