"""Variables at build time: plain ones for ARGs that a Dockerfile declares, secret ones only where it mounts them."""

from __future__ import annotations

import pytest

from tests.worker.house import DOCKERFILE, WEB, House
from tidegate.deployment import Deployment, Status, Trigger
from tidegate.events import VariableChanged
from tidegate.permission import Permission
from tidegate.preview import environment_of
from tidegate.repository import PRODUCTION, Repository

FILE = (
    f"{WEB}    envVars:\n"
    "      - {key: COLOR, value: blue, previewValue: grey}\n"
    "      - {key: SIZE, value: '7'}\n"
    "      - {key: TOKEN, sync: false}\n"
    "previews:\n  generation: automatic\n"
)
DECLARES = DOCKERFILE.replace("COPY", "ARG COLOR\nARG TOKEN=none OTHER\nCOPY", 1)
SECRET = "hunter2-hunter2"


def keep(house: House, repository: Repository, name: str, value: str, kind: str) -> None:
    service = house.store.services.by_name(repository.id, "web")
    assert service is not None
    assert kind in {"plain", "secret"}
    house.store.variables.set(service.id, PRODUCTION, name, value, kind, house.clock.now())  # type: ignore[arg-type]  # one of both


def change(house: House, repository: Repository, name: str, value: str, kind: str) -> None:
    """As the API does, to the end of what follows."""
    keep(house, repository, name, value, kind)
    service = house.store.services.by_name(repository.id, "web")
    assert service is not None
    house.tell(VariableChanged(f"{name} {value}", repository.id, service.id, PRODUCTION, (name,), "keeper"))
    house.work()


def deployed(house: House, repository: Repository, dockerfile: str) -> str:
    sha = house.push(repository, {"tidegate.yml": FILE, "Dockerfile": dockerfile})
    house.work()
    assert house.status(repository, sha) is Status.LIVE
    return sha


def log(house: House, row: Deployment) -> str:
    return "\n".join(line.text for line in house.store.logs.read(row.id))


@pytest.fixture
def repository(house: House) -> Repository:
    """TOKEN is set, and is secret."""
    made = house.repository()
    house.github.permit(made, "keeper", Permission.MAINTAIN)
    deployed(house, made, DOCKERFILE)
    keep(house, made, "TOKEN", SECRET, "secret")
    return made


def test_only_what_is_declared_and_plain_is_an_argument(house: House, repository: Repository) -> None:
    deployed(house, repository, DECLARES)
    assert [dict(order.arguments) for order in house.engine.orders] == [{}, {"COLOR": "blue"}]


def test_a_secret_that_is_declared_is_told_how_to_be_had(house: House, repository: Repository) -> None:
    sha = deployed(house, repository, DECLARES)
    told = log(house, house.row(repository, sha))
    assert "TOKEN is secret, so it is no build argument" in told
    assert "--mount=type=secret,id=TOKEN" in told


def test_a_secret_is_there_where_it_is_mounted_and_in_no_log(house: House, repository: Repository) -> None:
    mounts = DOCKERFILE + f"RUN --mount=type=secret,id=TOKEN,required=true echo {SECRET}\n"
    sha = deployed(house, repository, mounts)
    assert [dict(order.secrets) for order in house.engine.orders] == [{}, {"TOKEN": SECRET}]
    assert SECRET not in repr(house.engine.orders)
    assert "echo ••••••" in log(house, house.row(repository, sha))
    assert SECRET not in log(house, house.row(repository, sha))


def test_another_value_is_another_image(house: House, repository: Repository) -> None:
    sha = deployed(house, repository, DECLARES)
    first = house.row(repository, sha)
    house.press(repository, first, Trigger.REDEPLOY)
    house.work()
    assert house.row(repository, sha).image == first.image
    assert len(house.engine.orders) == 2, "the same argument: nothing is built"
    change(house, repository, "COLOR", "red", "plain")
    row = house.row(repository, sha)
    assert (row.trigger, row.status) == (Trigger.CONFIG, Status.LIVE)
    assert row.image != first.image
    assert dict(house.engine.orders[-1].arguments) == {"COLOR": "red"}


@pytest.mark.parametrize(("name", "kind"), [("SIZE", "plain"), ("TOKEN", "secret"), ("OTHER", "secret")])
def test_a_change_of_what_is_no_argument_builds_nothing(
    house: House, repository: Repository, name: str, kind: str
) -> None:
    sha = deployed(house, repository, DECLARES)
    first = house.row(repository, sha)
    change(house, repository, name, "changed", kind)
    row = house.row(repository, sha)
    assert (row.trigger, row.status, row.image) == (Trigger.CONFIG, Status.LIVE, first.image)
    assert len(house.engine.orders) == 2


def test_a_rollback_runs_what_was_built_then(house: House, repository: Repository) -> None:
    sha = deployed(house, repository, DECLARES)
    first = house.row(repository, sha)
    change(house, repository, "COLOR", "red", "plain")
    house.press(repository, house.row(repository, sha), Trigger.ROLLBACK)
    house.work()
    row = house.row(repository, sha)
    assert (row.trigger, row.status, row.image) == (Trigger.ROLLBACK, Status.LIVE, first.image)


def test_what_is_built_ahead_is_what_is_deployed(house: House, repository: Repository) -> None:
    gated = FILE.replace("type: web\n", "type: web\n    autoDeployTrigger: checksPass\n")
    sha = house.commit(repository, {"tidegate.yml": gated, "Dockerfile": DECLARES})
    house.conclude(repository, sha, None)
    house.tell(house.pushed(repository, sha))
    house.work()
    assert dict(house.engine.orders[-1].arguments) == {"COLOR": "blue"}
    house.conclude(repository, sha)
    house.watch(10)
    assert house.status(repository, sha) is Status.LIVE
    assert len(house.engine.orders) == 2


def test_a_preview_is_built_with_its_own(house: House, repository: Repository) -> None:
    deployed(house, repository, DECLARES)
    pull = house.open(repository)
    house.work()
    row = house.row(repository, pull.head_sha, environment=environment_of(pull.number))
    assert row.status is Status.LIVE
    assert dict(house.engine.orders[-1].arguments) == {"COLOR": "grey"}
