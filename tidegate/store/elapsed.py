"""How long something took, reckoned by the database: of thousands, two moments each cost more than the question."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Float
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction


class elapsed(GenericFunction[float]):  # noqa: N801 - functions of SQL are written so
    """Seconds from one moment to another, on SQLite to the millisecond; NULL where either is."""

    type = Float()
    inherit_cache = True

    def __init__(self, begin: ColumnElement[datetime], end: ColumnElement[datetime | None]) -> None:
        super().__init__(begin, end)


@compiles(elapsed, "sqlite")
def _by_days(of: elapsed, compiler: SQLCompiler, **options: Any) -> str:
    """https://www.sqlite.org/lang_datefunc.html"""
    begin, end = (compiler.process(each, **options) for each in of.clauses)
    return f"round((julianday({end}) - julianday({begin})) * 86400.0, 3)"


@compiles(elapsed, "postgresql")
def _by_epoch(of: elapsed, compiler: SQLCompiler, **options: Any) -> str:
    begin, end = (compiler.process(each, **options) for each in of.clauses)
    return f"CAST(EXTRACT(epoch FROM {end} - {begin}) AS float)"
