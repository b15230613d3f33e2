"""`tidegate deploys`: what is asked for by the API is carried out by a real worker, on fakes."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.remote.laptop import Laptop, Terminal
from tests.cli.remote.world import World, world
from tests.tidegate.store.given import a_service
from tidegate.apitoken import Scope
from webapp.parts import KEY


@pytest.fixture
def here(laptop: Laptop, tmp_path: Path) -> Iterator[World]:
    with world(laptop, tmp_path) as made:
        yield made


def test_a_commit_is_deployed_and_waited_for(here: World) -> None:
    laptop, second = here.laptop, here.push({"page": "second"})
    laptop.meanwhile = [here.workers.work]
    code, out, err = laptop.type(f"deploys create web --commit {here.sha[:9]} --clear-cache --wait")
    lines = out.splitlines()
    assert (code, err) == (0, "")
    assert "auto-deploy is off since the operator deployed" in lines[0]
    assert lines[1].startswith("http://tidegate.test/deployments/")
    assert lines[2].startswith("queued: ")
    assert {line.partition(":")[0] for line in lines[3:-1]} == {"fetch", "build", "start", "switch"}
    assert lines[-1] == f"web: {here.sha[:7]} is live"
    assert here.workers.serving() == here.sha != second


def test_what_was_live_comes_back_and_is_started_anew(here: World) -> None:
    laptop, first = here.laptop, here.sha
    second = here.push({"page": "second"})
    here.workers.work()
    assert here.workers.serving() == second
    laptop.meanwhile = [here.workers.work]
    code, out, err = laptop.type("deploys rollback web --wait")
    assert (code, err, here.workers.serving()) == (0, "", first)
    assert "auto-deploy is off" in out
    before = set(here.workers.engine.containers)
    laptop.meanwhile = [here.workers.work]
    assert laptop.type("deploys restart web --wait")[0] == 0
    assert here.workers.serving() == first
    assert set(here.workers.engine.containers) - before, "by new instances"
    latest = laptop.json("deploys list web --limit 1")[1]["deployments"][0]["id"]
    assert laptop.json(f"deploys redeploy web {latest} --clear-cache")[0] == 0
    code, _, err = laptop.type("deploys restart web --environment pr-9")
    assert (code, err != "") == (1, True)


def test_one_that_fails_says_why_and_fails_the_command(here: World) -> None:
    here.workers.push(here.repository, {"Dockerfile": "FROM scratch\nRUN exit 7"})
    here.laptop.meanwhile = [here.workers.work]
    code, out, err = here.laptop.type("deploys create web --wait")
    assert code == 1
    assert "build: failed" in out
    assert "failed:" in err
    assert "Its log: tidegate deploys logs " in err
    assert here.workers.serving() == here.sha


def test_one_that_is_canceled_fails_the_command_too(here: World) -> None:
    row = here.laptop.json("deploys create web")[1]["deployment"]
    here.laptop.meanwhile = [
        lambda: here.laptop.web.store.deployments.ask_cancel(row, "grace", here.workers.clock.now())
    ]
    code, out, err = here.laptop.type(f"deploys wait {row}")
    assert (code, "was canceled" in err) == (1, True), out + err


def test_a_connection_that_is_cut_deploys_once(here: World) -> None:
    before = here.deployments
    here.laptop.wire.cuts = ["", "after", "after", "before"]
    code, told = here.laptop.json("deploys create web")
    assert (code, here.deployments - before) == (0, 1)
    assert sum(each.startswith("POST") for each in here.laptop.wire.asked) == 4
    assert here.laptop.json(f"deploys show {told['deployment']}")[1]["sha"] == here.sha


def test_ctrl_c_leaves_it_running_and_says_how_to_go_on(here: World) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    here.laptop.meanwhile = [interrupt]
    code, _, err = here.laptop.type("deploys create web --wait")
    assert code == 130
    again = err.strip().rpartition("wait for it again: tidegate ")[2]
    assert again.startswith("deploys wait ")
    here.laptop.meanwhile = [here.workers.work]
    assert here.laptop.type(again)[0] == 0


def test_json_is_all_of_stdout(here: World) -> None:
    here.laptop.meanwhile = [here.workers.work]
    code, told = here.laptop.json("deploys create web --wait")
    assert (code, told["status"]) == (0, "live")
    assert {"build", "switch"} <= {each["step"] for each in told["steps"]}
    listed = here.laptop.json("deploys list web")[1]["deployments"]
    assert listed[0]["status"] == "live"
    made = listed[0]["created_at"][:19].replace("T", " ")
    assert f"{made} UTC" in here.laptop.type("deploys list web")[1]
    assert here.laptop.json("deploys list --limit 1")[1]["next"] == listed[0]["id"]
    code, out, _ = here.laptop.type(f"deploys show {told['id']}")
    assert (code, "instance 1 on " in out, "start: ok (" in out) == (0, True, True), out


def test_without_a_service_there_is_a_menu_on_a_terminal(here: World) -> None:
    code, out, err = here.laptop.type("deploys create", Terminal("7\n1\n"))
    assert (code, out.startswith("web: "), err.count("Which one?")) == (0, True, 2)
    assert "  1  octo/web/web" in err
    code, _, err = here.laptop.type("deploys create", Terminal("\n"))
    assert (code, "None was chosen" in err) == (2, True)


def test_without_a_service_and_a_terminal_it_is_refused_with_the_list(here: World) -> None:
    before = here.deployments
    code, out, err = here.laptop.type("deploys create", io.StringIO("1\n"))
    assert (code, out, err.splitlines()[1:], here.deployments) == (2, "", ["  octo/web/web"], before)


def test_it_is_canceled_while_it_waits_and_not_twice(here: World) -> None:
    made = here.laptop.json("deploys create web")[1]["deployment"]
    assert here.laptop.type(f"deploys cancel {made}")[1] == f"web: {here.sha[:7]} is canceled ({made})\n"
    code, _, err = here.laptop.type(f"deploys cancel {made}")
    assert (code, err.startswith("It is too late to cancel")) == (1, True)


REFUSED = [
    ("deploys create wbe", 1, "there is no service `wbe`; there is `octo/web/web`"),
    ("deploys create web --commit nowhere", 1, "There is no branch, tag or commit `nowhere`."),
    ("deploys create web --image nginx:1", 1, "image"),
    ("deploys list --limit 0", 2, "from 1 to 100"),
    ("deploys show d0", 1, "There is no such thing"),
    ("deploys wait ../services", 1, "not found"),
    ("deploys logs d0 -f", 1, "There is no such thing"),
    ("deploys logs d0 -f --json", 2, "say one of both"),
    ("deploys", 2, "required"),
]


def test_what_cannot_be_done_says_why(here: World) -> None:
    for line, code, said in REFUSED:
        ended, out, err = here.laptop.type(line)
        assert (ended, out, said in err) == (code, "", True), (line, err)


def test_a_token_for_less_is_refused(here: World) -> None:
    here.laptop.sign_in(Scope.READ)
    code, _, err = here.laptop.type("deploys create web")
    assert (code, "to deploy takes one for `deploy`" in err) == (1, True)


def test_where_no_worker_answers_there_is_nothing_to_wait_for(laptop: Laptop) -> None:
    a_service(laptop.web.store)
    laptop.sign_in()
    laptop.web.app.extensions[KEY].workers.patience = 0.0
    code, out, _ = laptop.type("deploys create web")
    assert (code, "It is still being looked at." in out) == (0, True)
    code, _, err = laptop.type("deploys create web --wait")
    assert (code, "No worker has answered yet" in err) == (1, True)
