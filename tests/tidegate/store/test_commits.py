"""Commits by the beginning of their SHA, and what the store knows of one."""

from __future__ import annotations

from dataclasses import replace

from tests.tidegate.store.given import NOON, REPOSITORY, a_deployment, a_service, new, sha
from tidegate.deployment import Status
from tidegate.freeze import Freeze
from tidegate.repository import DEPLOY_FILE
from tidegate.store import Store
from tidegate.store.commit_facts import facts


def test_a_commit_is_found_by_its_beginning(store: Store) -> None:
    web = a_service(store)
    for number in (0xAB1 << 148, 0xAB2 << 148, 0xF << 156):
        a_deployment(store, web, number)
    first, second, last = (sha(each << 148) for each in (0xAB1, 0xAB2, 0xF00))
    assert store.commits.beginning("ab1") == [(REPOSITORY.repository_id, first)]
    assert {each for _, each in store.commits.beginning("ab")} == {first, second}
    assert store.commits.beginning("f") == [(REPOSITORY.repository_id, last)]
    assert store.commits.beginning("ac") == []


def test_the_facts_of_a_commit(store: Store) -> None:
    web, api = a_service(store), a_service(store, "api")
    live = a_deployment(store, web, 1, Status.LIVE)
    mine = a_deployment(store, web, 2, Status.SKIPPED)
    preview = store.deployments.create(replace(new(web, 2), environment="pr-7"), NOON)
    store.freezes.put(Freeze(REPOSITORY.repository_id, "web", None, "why", "grace", NOON))
    repository = store.repositories.get(REPOSITORY.repository_id)
    assert repository is not None
    of_api, of_web, in_preview = facts(store, repository, sha(2))
    assert (of_api.service, of_api.row, of_api.live, of_api.freeze) == (api, None, None, None)
    assert [each.id for each in of_api.others] == [mine.id]
    assert (of_web.row, of_web.live and of_web.live.id, of_web.linked) == (mine, live.id, "main")
    assert of_web.freeze is not None
    assert (in_preview.environment, in_preview.row) == ("pr-7", preview)
    assert [each.service for each in facts(store, repository, sha(2), "api")] == [api]


def test_without_any_service_the_deploy_file_stands_for_all(store: Store) -> None:
    file = a_service(store, DEPLOY_FILE)
    row = a_deployment(store, file, 1, Status.SKIPPED)
    repository = store.repositories.get(REPOSITORY.repository_id)
    assert repository is not None
    (found,) = facts(store, repository, sha(1))
    assert found.row == row
    assert facts(store, repository, sha(1), "web") == []
