"""Orders by the API and the command: a commit, again, back; what may not be is said, and each is done once."""

from __future__ import annotations

import itertools
from dataclasses import replace
from http import HTTPStatus
from typing import Any

import pytest

from tests.worker.house import PREVIEWED, WEB, House
from tests.worker.test_configured import change
from tests.worker.test_hooked import PREBUILT
from tests.worker.test_references import environment
from tidegate.deployment import Status, Trigger
from tidegate.events import DeployAsked, FreezeAsked, Ordered
from tidegate.permission import OPERATOR, Action, Permission
from tidegate.repository import PRODUCTION, Repository
from tidegate.request import Answer
from worker.ports import Unavailable

_requests = itertools.count(1)


def begin(house: House, file: str = WEB) -> tuple[Repository, str]:
    repository = house.repository()
    house.github.permit(repository, "keeper", Permission.MAINTAIN)
    sha = house.push(repository, {"tidegate.yml": file})
    house.work()
    house.clock.advance(60)
    return repository, sha


def event_of(house: House, repository: Repository, action: Action, **more: Any) -> Ordered:
    service = house.store.services.by_name(repository.id, "web")
    assert service is not None
    plain = Ordered(f"o{next(_requests)}", repository.id, service.id, PRODUCTION, action, "mona")
    return replace(plain, **more)


def order(house: House, repository: Repository, action: Action, **more: Any) -> Answer:
    """Told twice, as a redelivery does."""
    event = event_of(house, repository, action, **more)
    house.tell(event)
    house.tell(event)
    answer = house.store.answers.get(event.request_id)
    assert answer is not None
    return answer


def why_off(house: House, repository: Repository) -> str | None:
    service = house.store.services.by_name(repository.id, "web")
    assert service is not None
    return service.auto_deploy_off


def test_the_latest_commit_is_deployed_and_auto_deploy_stays_on(house: House) -> None:
    repository, _ = begin(house)
    sha = house.commit(repository)
    for commit in (None, "main"):
        told = order(house, repository, Action.DEPLOY, commit=commit)
        assert (told.status, told.body["sha"]) == (HTTPStatus.CREATED, sha)
        house.work()
        row = house.row(repository, sha)
        assert (row.id, row.trigger, row.actor, row.status) == (
            told.body["deployment"],
            Trigger.MANUAL,
            "mona",
            Status.LIVE,
        )
    assert why_off(house, repository) is None


@pytest.mark.parametrize("length", [7, 40])
def test_a_specific_commit_turns_auto_deploy_off_and_says_how_it_comes_back(house: House, length: int) -> None:
    repository, first = begin(house)
    second = house.push(repository, {"tidegate.yml": WEB + "    healthCheckPath: /well\n"})
    house.work()
    told = order(house, repository, Action.DEPLOY, commit=first[:length])
    assert told.status == HTTPStatus.CREATED
    assert "`tidegate auto-deploy`, turns it on again" in str(told.body["detail"])
    house.work()
    row = house.row(repository, first)
    assert (house.serving(), row.branch, row.trigger) == (first, "main", Trigger.MANUAL)
    assert "healthCheckPath" not in (row.definition or {}) or (row.definition or {})["healthCheckPath"] != "/well"
    assert why_off(house, repository)
    third = house.push(repository)
    house.work()
    assert (house.serving(), house.status(repository, third)) == (first, Status.SKIPPED)
    assert second != third


@pytest.mark.parametrize(
    ("commit", "status", "said"),
    [
        ("nowhere", HTTPStatus.NOT_FOUND, "There is no branch, tag or commit `nowhere`."),
        ("0123abc", HTTPStatus.NOT_FOUND, "just one commit's SHA; give more of it"),
        ("broken", HTTPStatus.CONFLICT, "a mistake"),
        ("without", HTTPStatus.NOT_FOUND, "the deploy file has no service `web`"),
    ],
)
def test_what_is_not_to_be_had_is_said_and_changes_nothing(
    house: House, commit: str, status: HTTPStatus, said: str
) -> None:
    repository, sha = begin(house)
    house.github.push(repository, {"tidegate.yml": "services: none\n"}, branch="broken")
    house.github.push(repository, {"tidegate.yml": WEB.replace("web", "api", 1)}, branch="without")
    told = order(house, repository, Action.DEPLOY, commit=commit)
    assert (told.status, said in str(told.body["detail"])) == (status, True), told.body
    house.work()
    assert (house.serving(), why_off(house, repository)) == (sha, None)


def test_a_fork_s_commit_is_not_deployed_though_github_serves_it(house: House) -> None:
    repository, sha = begin(house)
    stranger = house.open(repository, fork_of="stranger").head_sha
    told = order(house, repository, Action.DEPLOY, commit=stranger)
    assert told.status == HTTPStatus.NOT_FOUND
    assert "it is a fork's commit" in str(told.body["detail"])
    house.work()
    assert (house.serving(), why_off(house, repository)) == (sha, None)


def test_a_redeploy_and_a_restart_are_of_what_is_live(house: House) -> None:
    repository, sha = begin(house)
    for action, trigger in [(Action.REDEPLOY, Trigger.REDEPLOY), (Action.RESTART, Trigger.RESTART)]:
        assert order(house, repository, action).status == HTTPStatus.CREATED
        house.work()
        row = house.row(repository, sha)
        assert (row.trigger, row.status) == (trigger, Status.LIVE)
    assert len(house.engine.orders) == 1


def test_a_restart_is_of_all_instances_with_the_commit_and_variables_of_what_runs(house: House) -> None:
    repository, sha = begin(house, WEB + "    numInstances: 3\n    envVars:\n      - key: TOKEN\n        sync: false\n")
    old = set(house.engine.containers)
    service = house.store.services.by_name(repository.id, "web")
    assert service is not None
    house.store.variables.set(service.id, PRODUCTION, "TOKEN", "newer", "secret", house.clock.now())
    order(house, repository, Action.RESTART)
    house.work()
    house.watch(120, every=10)
    assert house.serving() == sha
    there = house.engine.containers
    assert (len(there), old & set(there)) == (3, set())
    assert {each.spec.environment.get("TOKEN") for each in there.values()} == {None}


def test_a_rollback_goes_to_any_that_was_live(house: House) -> None:
    repository, first = begin(house)
    oldest = house.row(repository, first)
    later = []
    for _ in range(2):
        later.append(house.push(repository))
        house.work()
    built = len(house.engine.orders)
    told = order(house, repository, Action.ROLLBACK, deployment=oldest.id)
    assert (told.status, told.body["sha"]) == (HTTPStatus.CREATED, first)
    assert "auto-deploy is off since mona rolled back" in str(told.body["detail"])
    house.work()
    assert house.serving() == first
    row = house.row(repository, first)
    assert (row.image, row.image_id, len(house.engine.orders)) == (oldest.image, oldest.image_id, built)
    told = order(house, repository, Action.ROLLBACK)
    assert told.body["sha"] == later[-1], "what was live before"


def test_what_was_never_live_or_is_live_is_rolled_back_to_by_nobody(house: House) -> None:
    repository, sha = begin(house)
    bad = house.push(repository, {"Dockerfile": "FROM scratch\nRUN exit 7\n"})
    house.work()
    rows = {"never": house.row(repository, bad).id, "live": house.row(repository, sha).id, "none": "d-unknown"}
    answers = {name: order(house, repository, Action.ROLLBACK, deployment=row) for name, row in rows.items()}
    assert {name: each.status for name, each in answers.items()} == {"never": 409, "live": 409, "none": 404}
    assert order(house, repository, Action.ROLLBACK).status == HTTPStatus.CONFLICT, "nothing was live before"
    assert why_off(house, repository) is None


def test_of_what_is_not_live_nothing_is_restarted(house: House) -> None:
    repository = house.repository()
    house.push(repository, {"Dockerfile": "FROM scratch\nRUN exit 7\n"})
    house.work()
    told = order(house, repository, Action.RESTART)
    assert (told.status, told.body["detail"]) == (HTTPStatus.CONFLICT, "Nothing of it is live there.")


def test_a_restart_takes_no_changed_value_s_place(house: House) -> None:
    repository, _ = begin(house)
    change(house, repository, "new")
    order(house, repository, Action.RESTART)
    house.work()
    assert environment(house, "web")["TOKEN"] == "new"


def test_a_restart_behind_a_deploy_does_not_bring_the_old_commit_back(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository, first = begin(house)
    second = house.push(repository)
    real, answers = house.engine.start, list[Answer]()

    def meanwhile(spec: object) -> object:
        if not answers:
            house.clock.advance(1)
            answers.append(order(house, repository, Action.RESTART))
            house.clock.advance(1)
        return real(spec)  # type: ignore[arg-type]  # as it was given

    monkeypatch.setattr(house.engine, "start", meanwhile)
    house.work()
    assert answers[0].body["sha"] == first
    assert house.serving() == second
    assert house.status(repository, first) is Status.SUPERSEDED


def test_the_one_on_the_workers_machine_needs_no_permission(house: House) -> None:
    repository, _ = begin(house)
    assert order(house, repository, Action.RESTART, actor="nobody").status == HTTPStatus.FORBIDDEN
    assert order(house, repository, Action.RESTART, actor=OPERATOR).status == HTTPStatus.CREATED
    house.tell(DeployAsked(repository.id, "0" * 40, Trigger.RESTART, OPERATOR, None))


def test_a_freeze_holds_it_and_an_admin_forces_it(house: House) -> None:
    repository, first = begin(house)
    house.tell(FreezeAsked("freeze", repository.id, None, None, "release", "keeper"))
    sha = house.commit(repository)
    told = order(house, repository, Action.DEPLOY, commit=sha)
    assert (told.status, "rozen by keeper" in str(told.body["detail"])) == (HTTPStatus.CONFLICT, True)
    assert (house.serving(), why_off(house, repository)) == (first, None)
    assert order(house, repository, Action.DEPLOY, force=True).status == HTTPStatus.FORBIDDEN
    assert order(house, repository, Action.DEPLOY, force=True, actor="octo").status == HTTPStatus.CREATED


def test_of_what_was_taken_from_us_nothing_is_done(house: House) -> None:
    repository, _ = begin(house)
    house.store.repositories.gone(repository.id, "the repository was deleted", house.clock.now())
    told = order(house, repository, Action.RESTART)
    assert (told.status, told.body["detail"]) == (409, "Nothing of octo/web is deployed: the repository was deleted.")


def test_a_preview_follows_its_pull_request_and_is_restarted(house: House) -> None:
    repository, _ = begin(house, PREVIEWED)
    pull = house.open(repository)
    house.work()
    there = {"environment": f"pr-{pull.number}"}
    assert order(house, repository, Action.DEPLOY, **there).status == HTTPStatus.CONFLICT
    told = order(house, repository, Action.RESTART, **there)
    assert (told.status, told.body["sha"]) == (HTTPStatus.CREATED, pull.head_sha)


def test_is_answered_once_github_can_be_asked_again(house: House) -> None:
    repository, _ = begin(house)
    event = event_of(house, repository, Action.DEPLOY)
    house.github.down(times=1)
    with pytest.raises(Unavailable):
        house.tell(event)
    assert house.store.answers.get(event.request_id) is None
    house.tell(event)
    answer = house.store.answers.get(event.request_id)
    assert answer is not None
    assert answer.status == HTTPStatus.CREATED


def test_an_image_may_be_named_as_by_a_deploy_hook(house: House) -> None:
    repository, _ = begin(house, PREBUILT)
    made = order(house, repository, Action.DEPLOY, image_url="ghcr.io/team/app:2.0")
    assert made.status == HTTPStatus.CREATED, made.body
    row = house.store.deployments.get(str(made.body["deployment"]))
    assert row is not None
    assert row.definition is not None
    assert row.definition["image"] == {"url": "ghcr.io/team/app:2.0", "creds": None}
    other = order(house, repository, Action.DEPLOY, image_url="ghcr.io/eve/app:2.0")
    assert (other.status, "its tag or digest only" in str(other.body["detail"])) == (HTTPStatus.BAD_REQUEST, True)
