"""Private registries: asked with the credential that the deploy file names, which is sent nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fakes.engine import FakeImage
from tests.worker.house import PREVIEWED, WEB, House
from tests.worker.test_prebuilt import RUNS, hook
from tidegate.deployment import Status
from tidegate.preview import environment_of
from tidegate.registry import Login
from tidegate.repository import Repository

REGISTRY, PASSWORD = "registry.example.com", "open-sesame-open"
IMAGE = f"{REGISTRY}/team/app:1"
NAMED = "{fromRegistryCreds: {name: team}}"
FETCHED = f"services:\n  - name: web\n    runtime: image\n    image:\n      creds: {NAMED}\n      url: "
BUILT = f"{WEB}    registryCredential: {NAMED}\n"
DOCKERFILE = f'FROM {REGISTRY}/team/base\nCMD ["/bin/sh", "-c", "exec httpd -f -p $PORT"]\n'


@pytest.fixture
def repository(house: House) -> Repository:
    """Its registry lets nobody in but `puller`."""
    house.engine.locked[REGISTRY] = "puller", PASSWORD
    house.engine.registry[IMAGE] = FakeImage("sha256:one", RUNS, {})
    return house.repository()


def know(house: House, password: str = PASSWORD) -> None:
    house.store.registry_credentials.put(Login("team", REGISTRY, "puller", password), house.clock.now())


def fetch(house: House, repository: Repository, image: str = IMAGE) -> str:
    """The image's deploy, to its end; the commit."""
    sha = house.push(repository, {"tidegate.yml": f"{FETCHED}{image}\n"})
    assert hook(house, repository.id, sha) == 201
    house.work()
    return sha


def build(house: House, repository: Repository) -> str:
    sha = house.push(repository, {"tidegate.yml": BUILT, "Dockerfile": DOCKERFILE})
    house.work()
    return sha


def log(house: House, deployment: str) -> str:
    return "\n".join(line.text for line in house.store.logs.tail(deployment, 1000))


def test_an_image_is_fetched_with_it(house: House, repository: Repository) -> None:
    know(house)
    sha = fetch(house, repository)
    assert house.status(repository, sha) is Status.LIVE


def test_each_host_fetches_it_with_it(tmp_path: Path) -> None:
    house = House(tmp_path, TIDEGATE_HOSTS="here unix:///here, there unix:///there")
    here, there = house.engines.values()
    here.registry = there.registry = {IMAGE: FakeImage(f"sha256:{'1' * 64}", RUNS, {})}
    here.locked[REGISTRY] = there.locked[REGISTRY] = "puller", PASSWORD
    know(house)
    repository = house.repository()
    sha = house.push(repository, {"tidegate.yml": f"{FETCHED}{IMAGE}\n    numInstances: 2\n"})
    assert hook(house, repository.id, sha) == 201
    house.work()
    assert house.status(repository, sha) is Status.LIVE, house.row(repository, sha).reason
    assert [len(engine.containers) for engine in (here, there)] == [1, 1]

    there.images.clear()
    there.restarts()
    house.tend(60)
    assert [each.running for each in there.containers.values()] == [True]
    assert there.images, "what is started again elsewhere than in a deploy is fetched with it, too"


def test_a_build_has_its_base_with_it(house: House, repository: Repository) -> None:
    know(house)
    sha = build(house, repository)
    assert house.status(repository, sha) is Status.LIVE


def test_a_log_that_is_told_the_password_does_not_show_it(house: House, repository: Repository) -> None:
    know(house)
    sha = house.push(
        repository, {"tidegate.yml": BUILT, "Dockerfile": DOCKERFILE + f"RUN echo the password is {PASSWORD}\n"}
    )
    house.work()
    told = log(house, house.row(repository, sha).id)
    assert "the password is" in told
    assert PASSWORD not in told


def test_a_wrong_one_is_told_by_its_name_and_changed_on_the_server(house: House, repository: Repository) -> None:
    know(house, password="quite-another-one")
    sha = build(house, repository)
    failed = house.row(repository, sha)
    assert failed.status is Status.FAILED
    assert f"the registry {REGISTRY} does not accept the credential `team`" in failed.reason
    know(house)
    sha = build(house, repository)
    assert house.status(repository, sha) is Status.LIVE


def test_one_that_nobody_has_set_fails_the_deploy_and_says_what_to_do(house: House, repository: Repository) -> None:
    for sha in (fetch(house, repository), build(house, repository)):
        failed = house.row(repository, sha)
        assert failed.status is Status.FAILED
        assert "there is no registry credential `team`" in failed.reason
        assert "tidegate registry add" in failed.reason


def test_it_is_sent_to_no_registry_but_its_own(house: House, repository: Repository) -> None:
    """A deploy file may name any image; that must not make us hand the password to whoever runs its registry."""
    know(house)
    house.engine.registry["evil.example.com/app:1"] = FakeImage("sha256:evil", RUNS, {})
    sha = fetch(house, repository, "evil.example.com/app:1")
    failed = house.row(repository, sha)
    assert failed.status is Status.FAILED
    assert "nothing is sent with it to evil.example.com" in failed.reason
    assert "evil.example.com/app:1" not in house.engine.images


def test_a_build_ahead_has_it_too(house: House, repository: Repository) -> None:
    know(house)
    gated = f"{BUILT}    autoDeployTrigger: checksPass\n"
    sha = house.commit(repository, {"tidegate.yml": gated, "Dockerfile": DOCKERFILE})
    house.conclude(repository, sha, None)
    house.tell(house.pushed(repository, sha))
    house.work()
    assert house.status(repository, sha) is Status.WAITING
    assert [order.login and order.login.name for order in house.engine.orders] == ["team"]


def test_a_forks_preview_is_not_given_it(house: House, repository: Repository) -> None:
    know(house)
    house.push(repository, {"tidegate.yml": PREVIEWED})
    house.work()
    file = f"{BUILT}previews:\n  generation: automatic\n"
    pull = house.open(repository, {"tidegate.yml": file}, author="stranger", fork_of="stranger")
    house.work()
    place = environment_of(pull.number)
    house.approve(repository, house.row(repository, pull.head_sha, environment=place))
    house.work()
    failed = house.row(repository, pull.head_sha, environment=place)
    assert failed.status is Status.FAILED
    assert "not given to the preview of a fork" in failed.reason
