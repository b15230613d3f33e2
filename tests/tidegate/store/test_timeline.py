"""One story a repository, a service, a deployment; the newest first."""

from __future__ import annotations

from tests.tidegate.store.given import NOON, REPOSITORY, a_deployment, a_service, after
from tidegate.repository import PRODUCTION, TimelineEntry
from tidegate.store import Store


def entry(text: str, service: str | None = None) -> TimelineEntry:
    return TimelineEntry(after(1), "note", text, "ada", REPOSITORY.repository_id, service)


def test_entries_are_told_where_they_belong(store: Store) -> None:
    store.repositories.see(REPOSITORY, NOON)
    first, second, third = entry("of the repository"), entry("of web", "web"), entry("of api", "api")
    for each in (first, second, third):
        store.timeline.add(each)
    assert store.timeline.of_repository(REPOSITORY.repository_id, 10) == [third, second, first]
    assert store.timeline.of_repository(REPOSITORY.repository_id, 1) == [third]
    assert store.timeline.of_service(REPOSITORY.repository_id, "web", 10) == [second]
    assert store.timeline.of_repository(1, 10) == []


def test_an_entry_is_kept_whole(store: Store) -> None:
    made = a_deployment(store, a_service(store))
    whole = TimelineEntry(after(1), "k", "t", "ada", REPOSITORY.repository_id, "web", PRODUCTION, made.id, made.sha)
    store.timeline.add(whole)
    assert store.timeline.of_deployment(made.id)[0] == whole


def test_a_page_has_what_concerns_a_service_in_its_environment(store: Store) -> None:
    store.repositories.see(REPOSITORY, NOON)
    rid = REPOSITORY.repository_id
    told = [
        TimelineEntry(after(1), "freeze-on", "of all", "ada", rid),
        TimelineEntry(after(2), "scaled", "of web", "ada", rid, "web", PRODUCTION),
        TimelineEntry(after(3), "scaled", "of its preview", "ada", rid, "web", "pr-7"),
        TimelineEntry(after(4), "scaled", "of api", "ada", rid, "api", PRODUCTION),
        TimelineEntry(after(5), "deploy-hook", "everywhere", "ada", rid, "web"),
        TimelineEntry(after(6), "preview-removed", "its preview went", "ada", rid, None, "pr-7"),
    ]
    for each in told:
        store.timeline.add(each)

    def page(limit: int, before: int | None = None, *kinds: str, of: str = PRODUCTION) -> tuple[list[str], int | None]:
        entries, more = store.timeline.page(rid, "web", of, limit, before, kinds)
        return [each.text for each in entries], more

    assert page(10) == (["its preview went", "everywhere", "of web", "of all"], None)
    assert page(10, of="pr-7") == (["its preview went", "everywhere", "of its preview", "of all"], None)
    assert page(10, of="pr-8") == (["everywhere", "of all"], None)
    assert page(10, None, "scaled", "freeze-on") == (["of web", "of all"], None)
    first, more = page(2)
    assert first == ["its preview went", "everywhere"]
    assert page(2, more) == (["of web", "of all"], None)
