"""A private service: found by its name by what is beside it, and by nobody outside."""

from __future__ import annotations

import pytest

from tests.fakes.engine import FakeContainer
from tests.worker.house import DOCKERFILE, WEB, House, Killed
from tidegate.container import network_name
from tidegate.deployment import Status
from tidegate.repository import Repository
from worker.ports import Container, Unavailable

API = "  - name: api\n    type: private\n"
#: Listens where it should, and speaks no HTTP that a probe would like.
PRIVATE = "services:\n" + API
DOOMED = 'FROM scratch\nCMD ["/bin/sh", "-c", "echo no database; exit 3"]\n'
MUTE = 'FROM scratch\nCMD ["/bin/sh", "-c", "sleep 1000"]\n'


@pytest.fixture
def repository(house: House) -> Repository:
    house.prober.answer = lambda container, path: 503
    return house.repository()


def live(house: House, repository: Repository, file: str = PRIVATE) -> str:
    sha = house.push(repository, {"tidegate.yml": file})
    house.work()
    assert house.status(repository, sha, "api") is Status.LIVE
    return sha


def named(house: House, repository: Repository, environment: str = "production") -> list[FakeContainer]:
    """Whom the others reach as `api`."""
    return house.engine.found_by(network_name(repository.id, environment), "api")


def commits(house: House, repository: Repository, environment: str = "production") -> list[str]:
    return [each.spec.labels["tidegate.sha"] for each in named(house, repository, environment)]


def test_it_has_its_name_and_no_address(house: House, repository: Repository) -> None:
    sha = live(house, repository)
    assert commits(house, repository) == [sha]
    assert (house.router.table.hosts, house.router.table.backends) == ({}, {})
    assert "TIDEGATE_URL" not in named(house, repository)[0].spec.environment
    states = [each for made in house.github.deployments.values() for each in made.states]
    assert states[-1].state == "success"
    assert {each.environment_url for each in states} == {None}
    run = next(run for run in house.github.check_runs.values() if run.output.sha == sha)
    assert "Serves at" not in run.output.summary
    assert "port 3000 is open" in "\n".join(
        line.text for line in house.store.logs.read(house.row(repository, sha, "api").id)
    )


def test_its_name_goes_over_to_the_new_version_at_the_switch(house: House, repository: Repository) -> None:
    old = live(house, repository)
    new = live(house, repository)
    assert commits(house, repository) == [new]
    assert house.engine.owned({"tidegate.sha": old}), "the old one still has its overlap"
    house.watch(100)
    assert not house.engine.owned({"tidegate.sha": old})
    assert commits(house, repository) == [new]


@pytest.mark.parametrize(("dockerfile", "why"), [(DOOMED, "exited with code 3"), (MUTE, "port 3000")])
def test_a_broken_version_never_gets_the_name(house: House, repository: Repository, dockerfile: str, why: str) -> None:
    good = live(house, repository)
    bad = house.push(repository, {"Dockerfile": dockerfile})
    house.work()
    row = house.row(repository, bad, "api")
    assert (row.status, why in row.reason) == (Status.FAILED, True)
    assert commits(house, repository) == [good]
    assert house.status(repository, good, "api") is Status.LIVE


def test_a_version_that_cannot_be_named_gives_the_name_back(
    house: House, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = live(house, repository)

    def down(container: str, aliases: frozenset[str], address: str) -> None:
        raise Unavailable("Docker host local can't be reached")

    monkeypatch.setattr(house.engine, "alias", down)
    bad = house.push(repository, {"tidegate.yml": PRIVATE})
    house.work()
    assert house.status(repository, bad, "api") is Status.FAILED
    monkeypatch.undo()
    house.watch(20)
    assert commits(house, repository) == [good]


def test_names_are_given_by_one_worker_at_a_time(house: House, repository: Repository) -> None:
    good = live(house, repository)
    begun = house.clock.now()
    assert house.store.leases.take("names-local", "one that was killed", 30, begun)
    new = live(house, repository)
    assert (house.clock.now() - begun).total_seconds() >= 30
    assert commits(house, repository) == [new] != [good]


@pytest.mark.parametrize("names_before", [0, 1])
def test_a_worker_killed_while_the_name_goes_over_is_resumed(
    house: House, repository: Repository, names_before: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = live(house, repository)
    alias, left = house.engine.alias, iter(range(names_before))

    def killed(container: str, aliases: frozenset[str], address: str) -> Container | None:
        if next(left, None) is None:
            raise Killed
        return alias(container, aliases, address)

    monkeypatch.setattr(house.engine, "alias", killed)
    new = house.push(repository, {"tidegate.yml": PRIVATE})
    with pytest.raises(Killed):
        house.work()
    assert commits(house, repository), "the name leads to somebody all the time"
    monkeypatch.undo()
    house.restart_worker()
    house.watch(60)
    assert house.status(repository, new, "api") is Status.LIVE
    assert commits(house, repository) == [new] != [good]


def test_an_unhealthy_instance_is_not_found_until_it_is_well(house: House, repository: Repository) -> None:
    house.prober.answer = lambda container, path: 200
    sha = live(house, repository, PRIVATE + "    numInstances: 2\n    healthCheckPath: /well\n")
    house.prober.answer = lambda container, path: 503 if container.spec.name.endswith("i0") else 200
    house.tend(60)
    assert [each.spec.name[-2:] for each in named(house, repository)] == ["i1"]
    house.prober.answer = lambda container, path: 200
    house.tend(60)
    assert commits(house, repository) == [sha, sha]


def test_each_preview_has_one_of_its_own(house: House, repository: Repository) -> None:
    house.prober.answer = lambda container, path: 200
    both = WEB + API + "previews:\n  generation: automatic\n"
    sha = house.push(repository, {"tidegate.yml": both, "Dockerfile": DOCKERFILE})
    house.work()
    pull = house.open(repository)
    house.work()
    assert commits(house, repository) == [sha]
    assert commits(house, repository, f"pr-{pull.number}") == [pull.head_sha]
    assert not [host for host in house.router.table.hosts if host.startswith("api")]
    (comment,) = house.github.comments.values()
    (told,) = [line for line in comment.body.splitlines() if "`api`" in line]
    assert "apps.test" not in told


def test_a_web_service_that_becomes_private_serves_until_it_is(house: House, repository: Repository) -> None:
    house.prober.answer = lambda container, path: 200
    good = house.push(repository, {"tidegate.yml": "services:\n  - name: api\n"})
    house.work()
    house.push(repository, {"tidegate.yml": PRIVATE, "Dockerfile": DOOMED})
    house.work()
    assert house.serving("api") == good
    private = house.push(repository, {"tidegate.yml": PRIVATE, "Dockerfile": DOCKERFILE})
    house.work()
    assert house.serving("api") is None
    assert commits(house, repository) == [private]
