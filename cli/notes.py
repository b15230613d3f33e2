"""What the workers' code logs while a command carries it out: for people, beside what the command gives on stdout."""

from __future__ import annotations

import sys

import structlog


def to_stderr() -> None:
    """Unless somebody has said already where it goes."""
    if not structlog.is_configured():
        structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
