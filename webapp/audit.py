"""The audit log as people read it, on the page and by the API: whose entries they may see, in one place."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from tidegate.audit import Asked, Sought
from tidegate.permission import Action
from tidegate.repository import Repository
from webapp.parts import parts
from webapp.viewer import Viewer


@dataclass(frozen=True)
class Part:
    """Of the log, the newest first. `names`: of the repositories by their ids, also of those that are no longer served;
    `more`: the number to go on from, if any."""

    entries: list[Asked]
    names: Mapping[int | None, str]
    more: int | None

    def name(self, entry: Asked) -> str | None:
        """Of the repository that it is about."""
        return self.names.get(entry.about.repository_id)


def part(viewer: Viewer, repository_id: int | None, sought: Sought, limit: int, before: int | None) -> Part:
    """Of one repository, or of all that they are an admin of; to the operator's token of everything. Raises Problem."""
    store = parts().store
    found = store.audit.page(_readable(viewer, repository_id), limit + 1, before, sought)
    shown = [entry for _, entry in found[:limit]]
    about = {each.about.repository_id for each in shown}
    known = store.repositories.some([each for each in about if each is not None])
    more = found[limit - 1][0] if len(found) > limit else None
    return Part(shown, {each.id: each.full_name for each in known}, more)


def repositories(viewer: Viewer) -> list[Repository]:
    """Whose entries they may see, by name."""
    store, readable = parts().store, viewer.audited()
    found = store.repositories.all() if readable is None else store.repositories.some(set(readable))
    return sorted(found, key=lambda each: each.full_name.lower())


def _readable(viewer: Viewer, repository_id: int | None) -> Collection[int] | None:
    """None: all, and what is about none. Raises Problem."""
    if repository_id is None:
        return viewer.audited()
    repository = viewer.repository(repository_id)
    viewer.demand(Action.AUDIT, repository)
    return [repository.id]
