"""Sets up the workers' logs: structlog, written as tidegate/logline.py has a line."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

import structlog

from tidegate import logline


def configure(*, as_json: bool) -> None:
    """Once in a process, by its entry point."""
    logline.configure(as_json=as_json)
    route()


def route() -> None:
    """Has structlog write by Python's own logging, whatever that is set up to."""
    structlog.configure(processors=[_to_logging], logger_factory=structlog.stdlib.LoggerFactory())


def _to_logging(
    _logger: object, _method: str, told: MutableMapping[str, Any]
) -> tuple[tuple[object, ...], dict[str, object]]:
    """What logging's own method is called with. The fields go under one name: logging refuses some of its own."""
    event, trouble = told.pop("event"), told.pop("exc_info", None)
    return (event,), {"exc_info": trouble, "extra": logline.fields(**told)}
