"""The port `Router`, judged on the fake and on a real HAProxy alike."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest

from tests.fakes.router import FakeRouter
from tests.worker.router.origins import Origins, origins
from tests.worker.router.proxy import Proxy
from tidegate.routing import Backend, RoutingTable
from worker.ports import Router, Unavailable


class Stage(Protocol):
    """A router, and a visitor of it."""

    @property
    def router(self) -> Router: ...
    def backend(self, deployment: str) -> Backend:
        """A deployment with one instance that runs."""
        ...

    def answer(self, host: str) -> str:
        """Who answers: a deployment's id, or a status that the router answers itself with."""
        ...

    def go_down(self) -> None: ...
    def come_back(self) -> None: ...


class FakeStage:
    def __init__(self) -> None:
        self.router = FakeRouter()

    def backend(self, deployment: str) -> Backend:
        return Backend(deployment, (("127.0.0.1", 3000),))

    def answer(self, host: str) -> str:
        return self.router.answer(host)

    def go_down(self) -> None:
        self.router.down = True

    def come_back(self) -> None:
        self.router.come_back()


class RealStage:
    def __init__(self, proxy: Proxy, servers: Origins) -> None:
        self._proxy = proxy
        self._servers = servers
        self.router = proxy.router

    def backend(self, deployment: str) -> Backend:
        return Backend(deployment, (self._servers.start(deployment),))

    def answer(self, host: str) -> str:
        status, body = self._proxy.get(host)
        return body if status == 200 else str(status)

    def go_down(self) -> None:
        self._proxy.stop()

    def come_back(self) -> None:
        self._proxy.start()


@pytest.fixture(params=["fake", "haproxy"])
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stage]:
    if request.param == "fake":
        yield FakeStage()
        return
    proxy = Proxy(tmp_path)
    proxy.start()
    with origins() as servers:
        yield RealStage(proxy, servers)
    proxy.stop()


def table(hosts: dict[str, str | None], *backends: Backend) -> RoutingTable:
    return RoutingTable(hosts, {backend.deployment_id: backend for backend in backends})


def apply(stage: Stage, wanted: RoutingTable) -> None:
    stage.router.apply(lambda: wanted)


def test_a_new_router_knows_no_host_name(stage: Stage) -> None:
    assert stage.answer("shop.test") == "404"


def test_host_names_lead_to_their_deployments(stage: Stage) -> None:
    one, two = stage.backend("one"), stage.backend("two")
    apply(stage, table({"shop.test": "one", "shop-abc1234.test": "one", "blog.test": "two"}, one, two))
    assert [stage.answer(host) for host in ("shop.test", "shop-abc1234.test", "blog.test")] == ["one", "one", "two"]


def test_applying_the_same_table_again_changes_nothing(stage: Stage) -> None:
    wanted = table({"shop.test": "one"}, stage.backend("one"))
    apply(stage, wanted)
    apply(stage, wanted)
    assert stage.answer("shop.test") == "one"


def test_a_host_name_moves_and_the_old_deployment_keeps_its_own(stage: Stage) -> None:
    old, new = stage.backend("old"), stage.backend("new")
    apply(stage, table({"shop.test": "old", "shop-old.test": "old"}, old))
    apply(stage, table({"shop.test": "new", "shop-old.test": "old"}, old, new))
    assert (stage.answer("shop.test"), stage.answer("shop-old.test")) == ("new", "old")


def test_what_left_the_table_is_unknown(stage: Stage) -> None:
    one = stage.backend("one")
    apply(stage, table({"shop.test": "one", "shop-one.test": "one"}, one))
    apply(stage, table({"shop.test": "one"}, one))
    assert (stage.answer("shop.test"), stage.answer("shop-one.test")) == ("one", "404")


def test_a_known_host_name_without_a_deployment_is_not_unknown(stage: Stage) -> None:
    apply(stage, table({"shop.test": None}))
    assert stage.answer("shop.test") == "503"


def test_a_deployment_without_an_instance_answers_again_once_it_has_one(stage: Stage) -> None:
    one = stage.backend("one")
    apply(stage, table({"shop.test": "one"}, one))
    apply(stage, table({"shop.test": "one"}, Backend("one", ())))
    assert stage.answer("shop.test") == "503"
    apply(stage, table({"shop.test": "one"}, one))
    assert stage.answer("shop.test") == "one"


def test_a_name_that_cannot_be_a_route_holds_up_nobody_else(stage: Stage) -> None:
    hosts: dict[str, str | None] = {"shop.test": "one", "evil.test slot_1; shutdown\n": "one", "": "one"}
    apply(stage, table(hosts, stage.backend("one"), Backend("two; x", (("127.0.0.1\n", 80),))))
    assert stage.answer("shop.test") == "one"
    assert stage.answer("evil.test") == "404"


def test_a_router_that_is_down_says_so_and_comes_back_with_the_table(stage: Stage) -> None:
    apply(stage, table({"shop.test": None}))
    stage.go_down()
    wanted = table({"shop.test": "one"}, stage.backend("one"))
    with pytest.raises(Unavailable):
        apply(stage, wanted)
    stage.come_back()
    assert stage.answer("shop.test") == "one"
