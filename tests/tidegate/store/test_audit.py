"""The audit log is read page by page, of the repositories that one may."""

from __future__ import annotations

from dataclasses import replace

from tests.tidegate.store.given import NOON, after
from tidegate.audit import About, Asked, Sought, Via
from tidegate.store import Store

FIRST = Asked(NOON, "ada", Via.TOKEN, "deploy", "main", About(7, "web", "production", None), "ci (1)")


def test_page_by_page(store: Store) -> None:
    entries = [replace(FIRST, at=after(number), detail=str(number)) for number in range(5)]
    for entry in entries:
        store.audit.add(entry)
    first = store.audit.page([7], 3, None)
    second = store.audit.page([7], 3, first[-1][0])
    assert [entry for _, entry in first + second] == entries[::-1]


def test_of_some_repositories_or_of_all(store: Store) -> None:
    other = replace(FIRST, about=About(8), via=Via.COMMENT, token=None)
    of_none = replace(FIRST, about=About(), via=Via.COMMAND, action="make-token", token=None)
    for entry in (FIRST, other, of_none):
        store.audit.add(entry)

    def seen(repositories: list[int] | None) -> list[Asked]:
        return [entry for _, entry in store.audit.page(repositories, 9, None)]

    assert seen(None) == [of_none, other, FIRST]
    assert seen([7]) == [FIRST]
    assert seen([8, 7]) == [other, FIRST]
    assert seen([]) == []


def test_what_is_sought_part_by_part(store: Store) -> None:
    eves = [replace(FIRST, actor="Eve", action="freeze", detail=str(number)) for number in range(3)]
    for entry in (FIRST, eves[0], replace(FIRST, about=About(8), actor="Eve"), eves[1], FIRST, eves[2]):
        store.audit.add(entry)

    def found(sought: Sought, before: int | None = None) -> list[tuple[int, Asked]]:
        return store.audit.page([7], 2, before, sought)

    first = found(Sought("eve"))
    assert [entry for _, entry in first + found(Sought("eve"), first[-1][0])] == eves[::-1], "in whatever case"
    assert [entry for _, entry in found(Sought(None, "deploy"))] == [FIRST, FIRST]
    assert found(Sought("eve", "deploy")) == []
    assert found(Sought("ev_")) == [], "no pattern"
