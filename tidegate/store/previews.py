"""Previews of pull requests: what each is about, and the one comment that tells of it.

Two write a row, so each leaves the other's columns alone: who looks at the pull request saves all but the comment's;
who writes the comment notes these alone.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, case, literal_column, not_, or_, select, tuple_, update

from tidegate.preview import Preview, number_of
from tidegate.repository import PRODUCTION
from tidegate.store.asked_tables import IS_COMMENT_DUE, IS_PRESENT, previews
from tidegate.store.database import Database
from tidegate.store.tables import environments, services
from tidegate.store.upsert import Excluded, upsert

_KEY = ("repository_id", "number")
#: Changed by save(); not the key, and not what touch() and commented() keep.
_LOOKED_AT = (
    *("head_sha", "head_branch", "fork", "open", "pushed_at", "absent"),
    *("asked_by", "removed_sha", "approved_sha", "approved_by"),
)


class Previews:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._save = upsert(database, previews, key=_KEY, changes=_saved)

    def get(self, repository_id: int, number: int) -> Preview | None:
        found = self._select(*_of(repository_id, number))
        return found[0] if found else None

    def save(self, preview: Preview) -> None:
        """Makes the row, or replaces all but what is known of its comment. `comment_due` is raised, never lowered."""
        with self._database.write() as connection:
            connection.execute(self._save, vars(preview))

    def of_repository(self, repository_id: int) -> list[Preview]:
        """By number."""
        return self._select(previews.c.repository_id == repository_id)

    def present(self) -> list[Preview]:
        """Of all repositories, those that exist or are being made."""
        return self._select(IS_PRESENT)

    def present_of(self, repositories: Collection[int]) -> list[Preview]:
        """Of these repositories (by id), those that exist or are being made."""
        return self._select(IS_PRESENT, previews.c.repository_id.in_(sorted(repositories)))

    def unclean(self) -> list[Preview]:
        """Of all repositories, absent ones of which an environment is left: the removal was cut short, or waits."""
        left = (
            select(services.c.repository_id, environments.c.name)
            .join_from(environments, services)
            .where(environments.c.name != PRODUCTION)
            .distinct()
        )
        with self._database.read() as connection:
            places = sorted((row.repository_id, number_of(row.name)) for row in connection.execute(left))
        return self._select(tuple_(previews.c.repository_id, previews.c.number).in_(places), not_(IS_PRESENT))

    def comments_due(self) -> list[Preview]:
        """Of all repositories, those whose comment may show less than is recorded."""
        return self._select(IS_COMMENT_DUE)

    def touch(self, repository_id: int, number: int) -> None:
        """Something that the comment shows has changed. Fine where there is no such preview."""
        touched = {"comment_due": True, "touched": previews.c.touched + 1}
        with self._database.write() as connection:
            connection.execute(update(previews).where(*_of(repository_id, number)).values(**touched))

    def commented(
        self,
        repository_id: int,
        number: int,
        comment: int | None,
        shown: str,
        *,
        attempted: bool,
        due: bool,
        touched: int,
    ) -> None:
        """What became of the comment: its id and fingerprint, whether one was sent, and whether it is still `due`.

        `touched` as in the record that the comment was made from: what was touched since then stays due.
        """
        still_due = due or case((previews.c.touched == touched, False), else_=previews.c.comment_due)
        noted = {
            "comment": comment,
            "comment_shown": shown,
            "comment_attempted": attempted,
            "comment_due": still_due,
        }
        with self._database.write() as connection:
            connection.execute(update(previews).where(*_of(repository_id, number)).values(**noted))

    def _select(self, *conditions: ColumnElement[bool]) -> list[Preview]:
        ordered = select(previews).where(*conditions).order_by(previews.c.repository_id, previews.c.number)
        with self._database.read() as connection:
            return [Preview(**row) for row in connection.execute(ordered).mappings()]


def _of(repository_id: int, number: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return previews.c.repository_id == repository_id, previews.c.number == number


def _saved(new: Excluded) -> dict[str, ColumnElement[Any]]:
    """A save that asks for the comment is a touch as well."""
    changes: dict[str, ColumnElement[Any]] = {name: new[name] for name in _LOOKED_AT}
    changes["comment_due"] = or_(previews.c.comment_due, new.comment_due)
    changes["touched"] = previews.c.touched + case((new.comment_due, literal_column("1")), else_=literal_column("0"))
    return changes
