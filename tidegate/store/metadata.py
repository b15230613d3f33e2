"""What all tables belong to, and the kind of index that keeps the hot questions cheap.

Partial indexes are as small as the answers (what is pending, whose lease ran out, what is unreported), however many
finished rows there are. A query must repeat such an index's condition literally, since neither database can match a
bound parameter to it; so each condition has one name (IS_...), used by the index and its queries.
"""

from __future__ import annotations

from sqlalchemy import Column, ColumnElement, Index, MetaData, column, table

metadata = MetaData()

#: The last of the migrations, which makes these tables.
REVISION = "0014"
#: Alembic's own table: what the database is at.
versions = table("alembic_version", column("version_num"))


def partial_index(name: str, *columns: Column[object], where: ColumnElement[bool], unique: bool = False) -> None:
    """An index of the rows that meet the condition."""
    Index(name, *columns, unique=unique, sqlite_where=where, postgresql_where=where)
