"""What people remove by hand: a service leaves as old versions do and its history stays; and what is out of that."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

import pytest

from tests.worker.house import DOCKERFILE, PREVIEWED, WEB, House, Killed
from tests.worker.test_configured import change
from tests.worker.test_ordered import order
from tidegate.container import network_name
from tidegate.deployment import Status, Trigger
from tidegate.permission import Action, Permission
from tidegate.repository import PRODUCTION, Repository, Service
from worker import gone

TWO = WEB + "  - name: api\n    type: web\n"


def begin(house: House, file: str = TWO) -> tuple[Repository, str]:
    repository = house.repository()
    house.github.permit(repository, "keeper", Permission.MAINTAIN)
    sha = house.push(repository, {"tidegate.yml": file, "Dockerfile": DOCKERFILE})
    house.work()
    house.clock.advance(60)
    return repository, sha


def service_of(house: House, repository: Repository, name: str = "web") -> Service:
    found = house.store.services.by_name(repository.id, name)
    assert found is not None
    return found


def remove(house: House, repository: Repository) -> str:
    told = order(house, repository, Action.REMOVE, actor="octo")
    assert told.status == HTTPStatus.OK, told.body
    return str(told.body["detail"])


def instances(house: House, service: str = "web") -> list[str]:
    labels = [each.spec.labels for each in house.engine.containers.values()]
    return [each["tidegate.service"] for each in labels if each["tidegate.service"] == service]


class TestAService:
    def test_leaves_the_router_at_once_and_finishes_what_it_answers(self, house: House) -> None:
        repository, sha = begin(house)
        change(house, repository, "hush")
        house.work()
        house.watch(70, every=5)
        live = house.row(repository, sha)
        (container,) = [
            each for each in house.engine.containers.values() if each.spec.labels["tidegate.service"] == "web"
        ]
        detail = remove(house, repository)
        assert detail.startswith("The service was removed by octo; its instances finish what they are answering")
        assert (house.serving(), house.serving("api")) == (None, sha)
        house.watch(50, every=5)
        assert (instances(house), container.signals) == (["web"], []), "the overlap"
        house.watch(60, every=5)
        assert instances(house) == []
        assert container.signals == ["SIGTERM"]
        service = service_of(house, repository)
        assert house.store.environments.get(service.id, PRODUCTION) is None
        assert house.store.variables.of(service.id, PRODUCTION) == {}
        assert house.store.snapshots.of(live.id) is None
        (state,) = {each.states[-1].state for each in house.github.deployments.values() if each.marker == live.id}
        assert state == "inactive"
        assert (house.row(repository, sha).status, house.serving("api")) == (Status.REMOVED, sha)
        assert "service-removed" in house.timeline(repository)
        house.clock.advance(3700)
        house.clean()
        assert (live.image in house.engine.images, len(house.engine.images)) == (False, 1), "the other service's stays"
        assert network_name(repository.id, PRODUCTION) in house.engine.networks

    def test_takes_its_previews_and_what_waits_with_it_and_the_last_one_its_images_and_network(
        self, house: House
    ) -> None:
        repository, sha = begin(house, PREVIEWED)
        house.open(repository)
        house.work()
        waiting = house.push(repository)
        remove(house, repository)
        house.watch(120, every=10)
        house.clock.advance(3700)
        house.clean()
        assert house.status(repository, waiting) is Status.CANCELED
        assert (instances(house), dict(house.engine.images), list(house.engine.networks)) == ([], {}, [])
        assert house.store.environments.of_repository(repository.id) == []
        assert house.status(repository, sha) is Status.REMOVED
        told = order(house, repository, Action.REMOVE, actor="octo")
        assert (told.status, told.body["detail"]) == (409, "There is nothing of it left to remove.")

    def test_comes_back_with_a_push_while_the_deploy_file_has_it_and_with_a_deploy_by_hand(self, house: House) -> None:
        repository, _ = begin(house, WEB + "    buildFilter:\n      paths: [Dockerfile]\n")
        assert "the next push brings it back" in remove(house, repository)
        house.watch(120, every=10)
        second = house.push(repository, {"elsewhere": "none of its files has changed"})
        house.work()
        assert house.serving() == second
        remove(house, repository)
        third = house.commit(repository)
        assert order(house, repository, Action.DEPLOY).status == HTTPStatus.CREATED
        house.work()
        house.watch(120, every=10)
        assert (house.serving(), instances(house)) == (third, ["web"])

    @pytest.mark.parametrize("action", [Action.RESTART, Action.REDEPLOY, Action.ROLLBACK])
    def test_is_not_brought_back_by_what_repeats_something(self, house: House, action: Action) -> None:
        repository, sha = begin(house)
        old = house.row(repository, sha)
        remove(house, repository)
        assert order(house, repository, action).status == HTTPStatus.CONFLICT
        house.watch(120, every=10)
        for trigger in (Trigger.REDEPLOY, Trigger.RESTART):
            house.press(repository, old, trigger)
        house.work()
        assert (house.serving(), instances(house)) == (None, [])
        assert house.timeline(repository).count("redeploy-refused") >= 1

    def test_takes_an_admin(self, house: House) -> None:
        repository, sha = begin(house)
        assert order(house, repository, Action.REMOVE, actor="keeper").status == HTTPStatus.FORBIDDEN
        assert house.serving() == sha

    @pytest.mark.parametrize("point", ["stop", "router", "finish"])
    def test_though_the_worker_was_killed_at_any_point(
        self, house: House, monkeypatch: pytest.MonkeyPatch, point: str
    ) -> None:
        repository, sha = begin(house)
        places = {
            "stop": (house.store.retirements, "add"),
            "router": (house.router, "apply"),
            "finish": (house.store.dismissals, "finish"),
        }
        with monkeypatch.context() as patched:
            patched.setattr(*places[point], killed)
            with pytest.raises(Killed):
                remove_and_watch(house, repository)
        house.restart_worker()
        house.watch(120, every=10)
        assert (house.serving(), instances(house), house.serving("api")) == (None, [], sha)
        assert house.store.environments.get(service_of(house, repository).id, PRODUCTION) is None

    def test_though_the_host_is_down_for_a_while(self, house: House) -> None:
        repository, _ = begin(house)
        remove(house, repository)
        house.engine.trouble = "the host is away"
        house.watch(120, every=10)
        assert house.store.environments.get(service_of(house, repository).id, PRODUCTION) is not None
        house.engine.trouble = None
        house.watch(60, every=10)
        assert instances(house) == []
        assert house.store.environments.get(service_of(house, repository).id, PRODUCTION) is None

    def test_is_not_started_by_the_look_at_what_is_back(self, house: House) -> None:
        repository, _ = begin(house)
        remove(house, repository)
        gone.returned(house.parts, repository)
        house.watch(120, every=10)
        assert instances(house) == []


class TestOutOfTheDeployFile:
    def test_it_goes_on_running_and_that_is_said_once(self, house: House) -> None:
        repository, sha = begin(house)
        without = house.push(repository, {"tidegate.yml": TWO.replace("api", "other")})
        house.work()
        house.push(repository)
        house.work()
        assert house.serving("api") == sha
        assert service_of(house, repository, "api").unlisted == without
        told = [each for each in house.store.timeline.of_repository(repository.id, 50) if each.kind == "unlisted"]
        assert [(each.service, each.sha) for each in told] == [("api", without)]
        assert "goes on running until the service is removed by hand" in told[0].text
        house.push(repository, {"tidegate.yml": TWO})
        house.work()
        assert service_of(house, repository, "api").unlisted is None

    def test_another_branch_or_a_broken_file_says_nothing_of_it(self, house: House) -> None:
        repository, _ = begin(house, TWO + "    branch: release\n")
        house.push(repository, {"tidegate.yml": WEB})
        house.push(repository, {"tidegate.yml": "services: none\n"})
        house.work()
        found = house.store.services.by_name(repository.id, "api")
        assert found is None or found.unlisted is None

    def test_removed_it_stays_away(self, house: House) -> None:
        repository, _ = begin(house)
        house.push(repository, {"tidegate.yml": TWO.replace("web\n    type", "main\n    type", 1)})
        house.work()
        assert "brings it back" not in remove(house, repository)
        house.watch(120, every=10)
        house.push(repository)
        house.work()
        assert instances(house) == []


class TestADeployment:
    def test_goes_out_of_the_history_and_its_row_says_so(self, house: House) -> None:
        repository, first = begin(house, WEB)
        house.push(repository)
        house.work()
        house.watch(120, every=10)
        old = house.row(repository, first)
        assert old.image in house.engine.images
        told = order(house, repository, Action.REMOVE, deployment=old.id, actor="octo")
        said = "removed from the history by octo, with its image and its log"
        assert (told.status, told.body["detail"]) == (HTTPStatus.OK, f"{said.capitalize()}.")
        house.clock.advance(3700)
        house.work()
        row = house.row(repository, first)
        assert (row.status, row.discarded, row.image) == (Status.REMOVED, said, None)
        assert old.image not in house.engine.images
        assert list(house.store.logs.read(old.id)) == []
        assert house.store.snapshots.of(old.id) is None
        assert house.timeline(repository).count("deployment-removed") == 1
        assert order(house, repository, Action.ROLLBACK, deployment=old.id).status == HTTPStatus.CONFLICT
        assert order(house, repository, Action.ROLLBACK).status == HTTPStatus.CONFLICT, "none is left"
        house.press(repository, row, Trigger.RESTART)
        house.work()
        assert house.serving() != first

    def test_its_image_stays_where_another_has_it(self, house: House) -> None:
        repository, sha = begin(house, WEB)
        old = house.row(repository, sha)
        order(house, repository, Action.RESTART)
        house.work()
        house.watch(120, every=10)
        assert order(house, repository, Action.REMOVE, deployment=old.id, actor="octo").status == HTTPStatus.OK
        house.clock.advance(3700)
        house.work()
        assert old.image in house.engine.images

    @pytest.mark.parametrize("which", ["live", "draining", "queued"])
    def test_that_has_not_ended_stays(self, house: House, which: str) -> None:
        repository, first = begin(house, WEB)
        second = house.push(repository)
        if which == "draining":
            house.work()
        sha = second if which == "queued" else first
        row = house.row(repository, sha)
        told = order(house, repository, Action.REMOVE, deployment=row.id, actor="octo")
        assert (told.status, "has not ended" in str(told.body["detail"])) == (HTTPStatus.CONFLICT, True)
        assert house.row(repository, sha) == row


def remove_and_watch(house: House, repository: Repository) -> None:
    remove(house, repository)
    house.watch(120, every=10)


def killed(*_: object, **__: object) -> Callable[[], None]:
    raise Killed
