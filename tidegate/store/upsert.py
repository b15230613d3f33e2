"""INSERT … ON CONFLICT, made once and executed often.

SQLAlchemy keeps what it has compiled, but not where there is an ON CONFLICT, and to compile one costs more than to
execute it. So each is compiled when the store is opened: text with typed parameters, named as the columns are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, ColumnElement, Table, TextClause, bindparam, text
from sqlalchemy.dialects import registry, sqlite
from sqlalchemy.engine.interfaces import BindTyping
from sqlalchemy.sql.base import ReadOnlyColumnCollection
from sqlalchemy.sql.selectable import TextualSelect

from tidegate.store.database import Database

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql

#: The values that were to be inserted, by column.
Excluded = ReadOnlyColumnCollection[str, ColumnElement[Any]]


def upsert(
    database: Database,
    table: Table,
    given: Sequence[str] | None = None,
    *,
    key: Sequence[str],
    changes: Callable[[Excluded], Mapping[str, Any]] | None = None,
    where: Callable[[Excluded], ColumnElement[bool]] | None = None,
) -> TextClause:
    """Inserts the `given` columns (None: all); where a row with the same `key` exists, changes it instead.

    It is changed to what was given, or as `changes` says; if `where` says so, or always.
    """
    insert = _insert(database, table)
    set_ = changes(insert.excluded) if changes else _all_but(key, insert.excluded, given or table.c.keys())
    condition = where(insert.excluded) if where else None
    return _prepared(insert.on_conflict_do_update(index_elements=key, set_=set_, where=condition), given)


def upsert_returning(
    database: Database, table: Table, given: Sequence[str], returning: Sequence[Column[Any]], *, key: Sequence[str]
) -> TextualSelect:
    """As upsert(), and gives the row."""
    insert = _insert(database, table)
    set_ = _all_but(key, insert.excluded, given)
    statement = insert.on_conflict_do_update(index_elements=key, set_=set_)
    return _prepared(statement, given, returning).columns(*returning)


def insert_new(database: Database, table: Table, given: Sequence[str] | None = None) -> TextClause:
    """Inserts the `given` columns (None: all), unless the row exists."""
    return _prepared(_insert(database, table).on_conflict_do_nothing(), given)


def _insert(database: Database, table: Table) -> postgresql.Insert | sqlite.Insert:
    if database.is_sqlite:
        return sqlite.insert(table)
    # Here, for memory: 2 MB in each process, which without a PostgreSQL is never used.
    from sqlalchemy.dialects import postgresql

    return postgresql.insert(table)


def _all_but(key: Sequence[str], excluded: Excluded, given: Sequence[str]) -> dict[str, ColumnElement[Any]]:
    return {name: excluded[name] for name in given if name not in key}


def _prepared(
    statement: postgresql.Insert | sqlite.Insert, given: Sequence[str] | None, returning: Sequence[Column[Any]] = ()
) -> TextClause:
    dialect = registry.load(statement.stringify_dialect)(paramstyle="named")
    # Executing the text adds the casts, which its parser would stumble on.
    dialect.bind_typing = BindTyping.NONE
    compiled = (statement.returning(*returning) if returning else statement).compile(
        dialect=dialect, column_keys=None if given is None else list(given)
    )
    parameters = (bindparam(name, type_=each.type) for each, name in compiled.bind_names.items())
    return text(compiled.string).bindparams(*parameters)
