"""A variable that is changed goes live without a build, as a deployment of its own; and takes no commit's place."""

from __future__ import annotations

import itertools
from http import HTTPStatus
from typing import Any

import pytest

from tests.worker.house import DOCKERFILE, GATED, WEB, House
from tests.worker.test_references import FILE, environment
from tidegate.deployment import Deployment, Status, Trigger
from tidegate.events import BranchPushed, FreezeAsked, VariableChanged
from tidegate.permission import Permission
from tidegate.repository import PRODUCTION, Repository
from tidegate.request import Answer
from tidegate.store.variables import Kind

_requests = itertools.count(1)


def live(house: House, file: str = WEB) -> tuple[Repository, str]:
    repository = house.repository()
    house.github.permit(repository, "keeper", Permission.MAINTAIN)
    sha = house.push(repository, {"tidegate.yml": file, "Dockerfile": DOCKERFILE})
    house.work()
    return repository, sha


def change(
    house: House,
    repository: Repository,
    value: str | None,
    service: str = "web",
    actor: str = "keeper",
    kind: Kind = "secret",
) -> Answer:
    """As the API does: kept first, or removed (None), then told."""
    number = keep(house, repository, value, service, kind)
    request = f"r{next(_requests)}"
    told = VariableChanged(request, repository.id, number, PRODUCTION, ("TOKEN",), actor, removed=value is None)
    for _ in range(2):  # a redelivery
        house.tell(told)
    answer = house.store.answers.get(request)
    assert answer is not None
    return answer


def keep(house: House, repository: Repository, value: str | None, service: str = "web", kind: Kind = "secret") -> int:
    """The service's id."""
    found = house.store.services.by_name(repository.id, service)
    assert found is not None
    if value is None:
        house.store.variables.delete(found.id, PRODUCTION, "TOKEN")
    else:
        house.store.variables.set(found.id, PRODUCTION, "TOKEN", value, kind, house.clock.now())
    return found.id


def made(house: House, answer: Answer) -> list[Deployment]:
    assert answer.status == HTTPStatus.OK
    numbers = answer.body["deployments"]
    assert isinstance(numbers, list)
    found = [house.store.deployments.get(number) for number in numbers]
    return [each for each in found if each is not None]


def test_it_goes_live_with_the_same_image_and_is_told_on_github(house: House) -> None:
    repository, sha = live(house)
    before = house.row(repository, sha)
    (queued,) = made(house, change(house, repository, "new"))
    house.work()
    row = house.row(repository, sha)
    assert (row.id, row.trigger, row.status, row.actor) == (queued.id, Trigger.CONFIG, Status.LIVE, "keeper")
    assert (row.image, row.image_id) == (before.image, before.image_id)
    assert len(house.engine.orders) == 1, "nothing is built"
    assert environment(house, "web")["TOKEN"] == "new"
    assert "keeper changed `TOKEN`" in queued.reason
    state, old = house.store.reports.get(row.id), house.store.reports.get(before.id)
    assert state.github_deployment not in {None, old.github_deployment}
    assert state.check_run not in {None, old.check_run}


def test_a_rollback_brings_the_old_value_back(house: House) -> None:
    repository, sha = live(house)
    for value in ("old", "new"):
        change(house, repository, value)
        house.work()
    house.press(repository, house.row(repository, sha), Trigger.ROLLBACK)
    house.work()
    assert environment(house, "web")["TOKEN"] == "old"
    assert len(house.engine.orders) == 1


def test_several_that_are_changed_at_once_are_one_deployment(house: House) -> None:
    repository, _ = live(house)
    answers = [change(house, repository, value) for value in ("one", "two", "three")]
    (first, *others) = [made(house, answer)[0].id for answer in answers]
    assert set(others) == {first}
    house.work()
    assert environment(house, "web")["TOKEN"] == "three"


def test_who_has_it_by_a_reference_is_deployed_as_well(house: House) -> None:
    repository, _ = live(house, FILE)
    rows = made(house, change(house, repository, "new", "api"))
    assert {row.service for row in rows} == {"web", "api"}
    house.work()
    assert environment(house, "web")["API_TOKEN"] == environment(house, "api")["TOKEN"] == "new"
    assert [row.service for row in made(house, change(house, repository, "own"))] == ["web"]


def test_of_what_is_not_live_it_waits_for_the_next_deployment(house: House) -> None:
    repository = house.repository()
    house.github.permit(repository, "keeper", Permission.MAINTAIN)
    sha = house.push(repository, {"tidegate.yml": GATED})
    answer = change(house, repository, "new")
    assert answer.body["deployments"] == []
    house.conclude(repository, sha)
    house.watch(30)
    assert house.serving() == sha
    assert environment(house, "web")["TOKEN"] == "new"


def test_it_takes_no_place_of_a_commit_that_waits_for_its_checks(house: House) -> None:
    repository = house.repository()
    house.github.permit(repository, "keeper", Permission.MAINTAIN)
    first = house.push(repository, {"tidegate.yml": GATED})
    house.conclude(repository, first)
    house.watch(30)
    second = house.push(repository)
    (config,) = made(house, change(house, repository, "new"))
    assert (config.sha, house.status(repository, second)) == (first, Status.WAITING)
    house.work()
    assert environment(house, "web")["TOKEN"] == "new"
    house.conclude(repository, second)
    house.watch(30)
    assert house.serving() == second
    assert environment(house, "web")["TOKEN"] == "new"


def test_a_gate_that_closed_before_it_may_still_open(house: House) -> None:
    repository = house.repository()
    house.github.permit(repository, "keeper", Permission.MAINTAIN)
    first = house.push(repository, {"tidegate.yml": GATED})
    house.conclude(repository, first)
    house.watch(30)
    second = house.push(repository)
    house.conclude(repository, second, "failure")
    house.watch(30)
    assert house.status(repository, second) is Status.SKIPPED
    change(house, repository, "new")
    house.work()
    house.conclude(repository, second)
    house.watch(30)
    assert house.serving() == second
    assert environment(house, "web")["TOKEN"] == "new"


def test_one_behind_a_running_deploy_is_of_that_commit(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    repository, _ = live(house)
    second = house.push(repository, {"page": "two"})
    real, answers = house.engine.start, list[Answer]()

    def meanwhile(spec: object) -> object:
        if not answers:
            answers.append(change(house, repository, "new"))
        return real(spec)  # type: ignore[arg-type]  # as it was given

    monkeypatch.setattr(house.engine, "start", meanwhile)
    house.work()
    (config,) = made(house, answers[0])
    assert (config.sha, config.status) == (second, Status.LIVE)
    assert environment(house, "web")["TOKEN"] == "new"
    assert len(house.engine.orders) == 2


def test_one_behind_a_deploy_that_fails_is_of_what_is_live(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    repository, first = live(house)
    second = house.push(repository, {"Dockerfile": "FROM scratch\nRUN exit 7\n"})
    real, answers = house.engine.build, list[Answer]()

    def meanwhile(*arguments: Any) -> str:
        if not answers:
            answers.append(change(house, repository, "new"))
        return real(*arguments)

    monkeypatch.setattr(house.engine, "build", meanwhile)
    house.work()
    (config,) = made(house, answers[0])
    assert (config.sha, config.status) == (second, Status.SUPERSEDED)
    assert len(house.engine.orders) == 2, "what failed isn't built again"
    row = house.row(repository, first)
    assert (row.trigger, row.status, house.serving()) == (Trigger.CONFIG, Status.LIVE, first)
    assert environment(house, "web")["TOKEN"] == "new"


def test_a_freeze_holds_it_and_says_so(house: House) -> None:
    repository, sha = live(house)
    house.tell(FreezeAsked("freeze", repository.id, None, None, "release", "keeper"))
    answer = change(house, repository, "new")
    assert "frozen by keeper" in str(answer.body["detail"])
    house.work()
    assert house.row(repository, sha).status is Status.SKIPPED
    assert "TOKEN" not in environment(house, "web")


def test_it_takes_the_permission_of_a_maintainer(house: House) -> None:
    repository, _ = live(house)
    assert change(house, repository, "new", actor="mona").status == HTTPStatus.FORBIDDEN
    house.work()
    assert len(house.engine.containers) == 1


def test_a_push_told_after_it_is_deployed_with_it(house: House) -> None:
    repository, _ = live(house)
    (config,) = made(house, change(house, repository, "new"))
    sha = house.commit(repository)
    house.tell(BranchPushed(repository.id, "main", None, sha, forced=False, actor="octo"))
    house.work()
    found = house.store.deployments.get(config.id)
    assert found is not None
    assert (found.status, house.serving()) == (Status.SUPERSEDED, sha)
    assert environment(house, "web")["TOKEN"] == "new"


def said(house: House, answer: Answer) -> tuple[int, str]:
    """How many deployments it makes, which then run."""
    rows = made(house, answer)
    house.work()
    return len(rows), str(answer.body["detail"])


NEW = (1, "it is deployed with the new value, from the same image")
HAS = (0, "it has that value already, so nothing is deployed")


def test_the_value_that_it_has_is_not_deployed_again(house: House) -> None:
    repository, sha = live(house)
    assert said(house, change(house, repository, "blue", kind="plain")) == NEW
    serving = house.row(repository, sha).id
    assert said(house, change(house, repository, "blue", kind="plain")) == HAS
    assert house.row(repository, sha).id == serving
    assert said(house, change(house, repository, "blue", kind="secret")) == NEW, "logs hide it from then on"
    assert said(house, change(house, repository, "blue", kind="secret")) == HAS
    assert said(house, change(house, repository, "red", kind="secret")) == NEW


def test_what_is_removed_is_said_to_be(house: House) -> None:
    repository, _ = live(house)
    change(house, repository, "blue")
    house.work()
    gone = (1, "it is deployed without that value, from the same image")
    assert said(house, change(house, repository, None)) == gone
    assert "TOKEN" not in environment(house, "web")
    assert said(house, change(house, repository, None)) == (
        0,
        "nothing of it runs with that value, so nothing is deployed",
    )


def test_a_value_that_was_kept_and_never_came_live_is_deployed_when_it_is_set_again(house: House) -> None:
    """Whoever set it first was killed before it was told; a freeze held it; its deployment failed; what is live is from
    before it."""
    repository, sha = live(house)
    keep(house, repository, "killed")
    assert said(house, change(house, repository, "killed")) == NEW
    house.tell(FreezeAsked("freeze", repository.id, None, None, "release", "keeper"))
    change(house, repository, "frozen")
    house.work()
    house.tell(FreezeAsked("thaw", repository.id, None, None, None, "keeper"))
    assert said(house, change(house, repository, "frozen")) == NEW
    house.engine.refusal = "no"
    assert said(house, change(house, repository, "failed")) == NEW
    assert house.status(repository, sha) is Status.FAILED
    house.engine.refusal = None
    assert said(house, change(house, repository, "failed")) == NEW
    assert environment(house, "web")["TOKEN"] == "failed"
    house.press(repository, house.row(repository, sha), Trigger.ROLLBACK)
    house.work()
    assert environment(house, "web")["TOKEN"] == "frozen"
    assert said(house, change(house, repository, "failed")) == NEW


def test_who_has_it_by_a_reference_runs_with_it_already_too(house: House) -> None:
    repository, _ = live(house, FILE)
    assert said(house, change(house, repository, "new", "api"))[0] == 2
    assert said(house, change(house, repository, "new", "api")) == HAS
    assert said(house, change(house, repository, "other", "api"))[0] == 2


def test_of_what_is_not_live_a_removal_is_said_to_be_one(house: House) -> None:
    repository = house.repository()
    house.github.permit(repository, "keeper", Permission.MAINTAIN)
    house.push(repository, {"tidegate.yml": GATED})
    assert "deployed next is without that value" in said(house, change(house, repository, None))[1]
