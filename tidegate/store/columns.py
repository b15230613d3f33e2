"""Column types that mean the same on SQLite and on PostgreSQL, so that no query needs to know where it runs."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Enum, Integer, String, Text
from sqlalchemy.types import TypeDecorator

from tidegate.deployment import Finding


class Moment(TypeDecorator[datetime]):
    """An aware datetime, UTC on both sides. SQLite keeps text without a zone, which sorts as time does."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without a zone: {value!r}")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


def word(kind: type[StrEnum]) -> Enum:
    """One of the enumeration's values, as text: a new value needs no migration."""
    return Enum(kind, native_enum=False, create_constraint=False, length=32, values_callable=list)


class Prose(TypeDecorator[str]):
    """Text that came from outside. What no database takes (NUL, halves of surrogate pairs) is replaced: a strange
    byte in a build's output must not keep its deployment from being recorded as failed."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, _: Dialect) -> str | None:
        return value if value is None else value.replace("\x00", "�").encode("utf-8", "replace").decode()


class Findings(TypeDecorator[tuple[Finding, ...]]):
    """Lines of a repository's files with what is wrong there, as a list of mappings."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: tuple[Finding, ...] | None, _: Dialect) -> list[dict[str, object]] | None:
        return None if value is None else [vars(found) for found in value]

    def process_result_value(self, value: list[dict[str, Any]] | None, _: Dialect) -> tuple[Finding, ...]:
        return tuple(Finding(**found) for found in value or ())


#: Numbers rows in the order of their creation. SQLite counts up by itself for "INTEGER PRIMARY KEY" only.
Number = BigInteger().with_variant(Integer(), "sqlite")
#: A JSON-able mapping; None is SQL's NULL. Not JSONB, which refuses some of what JSON can say, and isn't looked into.
Json = JSON(none_as_null=True)
#: A short word that we chose ourselves.
Word = String(32)
