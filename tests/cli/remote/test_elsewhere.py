"""What was once for the workers' machine alone, typed by somebody with a token, as people read it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.cli.remote.laptop import Laptop
from tests.cli.remote.world import World, world
from tests.tidegate.store.given import NOON, a_deployment, a_lane, a_service
from tidegate.apitoken import Scope
from tidegate.deployment import Move, Status


@pytest.fixture
def here(laptop: Laptop, tmp_path: Path) -> Iterator[World]:
    with world(laptop, tmp_path) as made:
        yield made


def test_what_is_live_and_why_a_commit_is_not_and_what_was_printed(here: World) -> None:
    type_, live = here.laptop.type, here.sha[:7]
    code, out, _ = type_("status")
    repository, production, web = out.splitlines()
    assert (code, repository, production) == (0, "octo/web", "  production: healthy")
    assert web.startswith(f"    web: {live} since 2")
    bad = here.push({"Dockerfile": "FROM scratch\nRUN exit 7\n"})
    code, out, _ = type_(f"why {bad[:9]}")
    assert (code, out.startswith("web (production): Not live: build failed: ")) == (0, True), out
    assert type_(f"why {bad[:9]} --service web")[1] == out
    code, out, _ = type_("logs web --lines 1")
    assert (code, len(out.splitlines()), "exit code 7" in out) == (0, 1, True), out
    assert type_("why cafe") == (1, "", "Nothing was heard of it: give its whole SHA.\n")
    assert type_("logs web --environment pr-9")[2] == "web: it was never deployed to `pr-9`\n"


def test_a_service_is_scaled_stopped_and_removed(here: World) -> None:
    type_ = here.laptop.type
    assert type_("scale web 2")[1] == "web: scaled from 1 to 2 instances\n"
    assert type_("auto-deploy web off")[1].startswith("web: auto-deploy")
    assert type_("cancel web")[2] == "web: nothing is waiting or being deployed to `production`\n"
    assert type_("deploy web")[0] == 0
    code, out, _ = type_("cancel web")
    assert (code, out.startswith(f"web: {here.sha[:7]} is canceled (")) == (0, True), out
    assert type_("run web")[2] == "`web` is of type `web`, and only cron services have runs.\n"
    code, _, err = type_("remove web")
    assert (code, "To do so: tidegate remove web --confirm web" in err) == (1, True), err
    assert type_("remove web --confirm web")[1].startswith("web: The service was removed by")
    lines = type_("audit --lines 2")[1].splitlines()
    assert [line.split("  ")[2] for line in lines] == ["remove", "cancel"]


def test_who_is_told_is_changed(here: World) -> None:
    laptop = here.laptop
    made = laptop.json("notifications add octo/web slack https://hooks.example.com/hush")[1]["id"]
    assert laptop.type(f"notifications wants {made} failures")[1] == f"{made}: failures\n"
    assert laptop.type("notifications service web none")[1] == "web: none\n"
    out = laptop.type("notifications list octo/web")[1]
    assert out.splitlines() == [f"{made}: slack https://hooks.example.com/… (failures)", "of web: none"]
    assert laptop.type("notifications test ep_none")[0] == 1
    assert laptop.type(f"notifications remove {made}")[1] == f"{made}: removed\n"


class _Meanwhile(httpx.BaseTransport):
    """Before the first order arrives, something happens at the server."""

    def __init__(self, behind: httpx.BaseTransport, happens: Callable[[], object]) -> None:
        self._behind, self._happens = behind, [happens]

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.method == "POST" and self._happens:
            self._happens.pop()()
        return self._behind.handle_request(request)


def test_one_that_comes_live_meanwhile_keeps_those_behind_it_from_nothing(laptop: Laptop) -> None:
    store = laptop.web.store
    web = a_service(store)
    first = a_deployment(store, web, 1)
    lane = a_lane(store, first)
    behind = a_deployment(store, web, 2)

    def live() -> None:
        for status in (Status.DEPLOYING, Status.LIVE):
            store.deployments.move(first.id, Move(status, "it answers"), NOON, lane)

    laptop.sign_in()
    laptop.wire.server = _Meanwhile(laptop.wire.server, live)
    code, out, err = laptop.type("cancel web")
    assert (code, out) == (0, f"web: {behind.sha[:7]} is canceled ({behind.id})\n")
    assert err == f"{first.id}: It is too late to cancel: the deployment is live, or has ended.\n"
    last = a_deployment(store, web, 3)
    laptop.wire.server = _Meanwhile(laptop.wire.server, lambda: store.deployments.ask_cancel(last.id, "ada", NOON))
    assert laptop.type("cancel web")[::2] == (1, "It is too late to cancel: the deployment is live, or has ended.\n")


def test_an_address_of_a_repository_that_is_not_ones_own_is_none(laptop: Laptop) -> None:
    a_service(laptop.web.store)
    laptop.sign_in(Scope.READ)
    assert laptop.type("notifications list acme/shop")[0] == 1
    said = "ep_1: there is no such address; `tidegate notifications list` tells which there are\n"
    assert laptop.type("notifications remove ep_1") == (1, "", said)


def test_a_token_for_less_is_refused_and_what_takes_the_machine_says_what_is_missing(here: World) -> None:
    laptop = here.laptop
    laptop.sign_in(Scope.READ)
    assert laptop.type("status")[0] == 0
    assert laptop.type("hosts")[1] == "local  local  open  1 instance\n"
    code, _, err = laptop.type("scale web 2")
    assert (code, "was made for `read`" in err) == (1, True), err
    code, _, err = laptop.type("hosts drain local")
    assert (code, "it takes *admin* in each of them" in err) == (1, True), err
    code, _, err = laptop.type("tokens list")
    assert (code, "TIDEGATE_SECRET_KEY is missing" in err) == (2, True), err
