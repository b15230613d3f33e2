"""Services with `runtime: image`: nothing is built, no push deploys them, and what was fetched is kept by digest."""

from __future__ import annotations

from tests.fakes.engine import FakeImage
from tests.worker.house import House
from tidegate.deployment import Status, Trigger
from tidegate.events import HookCalled

NAMED = "registry.example.com/team/app"
FILE = f"services:\n  - name: web\n    type: web\n    runtime: image\n    image:\n      url: {NAMED}:1\n"
RUNS = "exec httpd -f -p $PORT"


def hook(house: House, repository_id: int, request: str, image_url: str | None = None) -> int:
    """The status that the caller of the deploy hook is given."""
    service = house.store.services.by_name(repository_id, "web")
    assert service is not None
    house.tell(HookCalled(request, repository_id, service.id, None, image_url, clear_cache=False))
    answer = house.store.answers.get(request)
    assert answer is not None
    return answer.status


def test_a_push_deploys_none_and_says_how_it_is_deployed(house: House) -> None:
    repository = house.repository()
    sha = house.push(repository, {"tidegate.yml": FILE})
    house.work()
    assert house.status(repository, sha) is Status.SKIPPED
    assert "by hand" in house.row(repository, sha).reason


def test_its_hook_fetches_it_and_a_rollback_runs_what_was_fetched_before(house: House) -> None:
    house.engine.registry = {
        f"{NAMED}:1": FakeImage("sha256:one", RUNS, {}),
        f"{NAMED}:2": FakeImage("sha256:two", RUNS, {}),
    }
    repository = house.repository()
    sha = house.push(repository, {"tidegate.yml": FILE})
    assert hook(house, repository.id, "r1") == 201
    house.work()
    first = house.row(repository, sha)
    assert (first.status, first.image_id) == (Status.LIVE, "sha256:one")
    assert house.engine.orders == [], "nothing is built"

    assert hook(house, repository.id, "r2", f"{NAMED}:2") == 201
    house.work()
    second = house.row(repository, sha)
    assert (second.status, second.image_id) == (Status.LIVE, "sha256:two")

    house.engine.images[f"{NAMED}:1"] = FakeImage("sha256:moved", RUNS, {})  # somebody moved the tag
    house.press(repository, second, Trigger.ROLLBACK)
    house.work()
    assert house.row(repository, sha).image_id == "sha256:one"


def test_another_image_than_the_services_own_is_refused(house: House) -> None:
    repository = house.repository()
    house.push(repository, {"tidegate.yml": FILE})
    assert hook(house, repository.id, "r1", "registry.example.com/somebody/else:1") == 400


def test_an_image_that_the_registry_does_not_have_fails_and_the_old_one_serves_on(house: House) -> None:
    house.engine.registry = {f"{NAMED}:1": FakeImage("sha256:one", RUNS, {})}
    repository = house.repository()
    sha = house.push(repository, {"tidegate.yml": FILE})
    hook(house, repository.id, "r1")
    house.work()
    hook(house, repository.id, "r2", f"{NAMED}:3")
    house.work()
    failed = house.row(repository, sha)
    assert failed.status is Status.FAILED
    assert f"{NAMED}:3" in failed.reason
    assert house.serving() == sha
