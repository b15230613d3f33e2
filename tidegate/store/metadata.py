"""What all tables belong to, and the kind of index that keeps the hot questions cheap.

Partial indexes are as small as the answers (what is pending, whose lease ran out, what is unreported), however many
finished rows there are. A query must repeat such an index's condition literally, since neither database can match a
bound parameter to it; so each condition has one name (IS_...), used by the index and its queries.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, ColumnElement, Index, MetaData, column, table
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import CreateIndex

metadata = MetaData()

#: The last of the migrations, which makes these tables.
REVISION = "0014"
#: Alembic's own table: what the database is at.
versions = table("alembic_version", column("version_num"))
_CONDITION = "condition"


def partial_index(name: str, *columns: Column[object], where: ColumnElement[bool], unique: bool = False) -> None:
    """An index of the rows that meet the condition."""
    Index(name, *columns, unique=unique, sqlite_where=where, info={_CONDITION: where})


@compiles(CreateIndex, "postgresql")
def _create(made: CreateIndex, compiler: Any, **options: Any) -> str:
    """With its condition, told only now: an index that is given a `postgresql_where` imports that whole dialect at
    once, 2 MB in each process, which without a PostgreSQL is never used."""
    if _CONDITION in made.element.info:  # a migration's own indexes tell theirs themselves
        made.element.dialect_options["postgresql"]["where"] = made.element.info[_CONDITION]
    text: str = compiler.visit_create_index(made, **options)
    return text
