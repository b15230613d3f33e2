"""The commands of the person at the workers' machine, typed, and carried out by a real worker beside them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.main import main
from cli.remote import patience
from tests.cli.test_up import COMPLETE
from tests.webapp.beside import beside, on_time, working
from tests.worker.house import House
from tests.worker.test_references import environment
from tidegate.audit import Via
from tidegate.deployment import Deployment, Status, Trigger
from tidegate.disk import volume_name
from tidegate.permission import OPERATOR
from tidegate.repository import PRODUCTION


class Desk:
    """Somebody types; `web` of octo/web is live at `sha`."""

    def __init__(self, house: House, capsys: pytest.CaptureFixture[str]) -> None:
        self.house, self._capsys = house, capsys
        self.repository = house.repository()
        self.sha = house.push(self.repository)
        house.work()

    def type(self, line: str) -> tuple[int, str, str]:
        """The exit code, what was printed, and what was told to stderr."""
        with working(self.house):
            code = main(line.split())
        told = self._capsys.readouterr()
        self.house.work()
        return code, told.out, told.err

    def row(self, sha: str = "") -> Deployment:
        return self.house.row(self.repository, sha or self.sha)


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with beside(tmp_path) as house:
        told = {**COMPLETE, "TIDEGATE_DATA": str(tmp_path), "TIDEGATE_SECRET_KEY": house.settings.secret_keys[0]}
        for name, value in told.items():
            monkeypatch.setenv(name, value)
        yield Desk(house, capsys)


def test_a_commit_is_deployed_by_hand_and_auto_deploy_comes_back(desk: Desk) -> None:
    second = desk.house.push(desk.repository)
    desk.house.work()
    code, told, _ = desk.type(f"deploy web --commit {desk.sha[:8]}")
    assert (code, desk.house.serving()) == (0, desk.sha)
    assert "auto-deploy is off since the operator deployed" in told
    assert f"/deployments/{desk.row().id}" in told
    assert (desk.row().trigger, desk.row().actor) == (Trigger.MANUAL, OPERATOR)
    assert desk.type("auto-deploy web on")[1] == "web: auto-deploy was turned on by the operator\n"
    assert desk.type("deploy octo/web/web")[0] == 0
    assert desk.house.serving() == second


def test_again_and_back(desk: Desk) -> None:
    second = desk.house.push(desk.repository)
    desk.house.work()
    first = desk.row().id
    for line, trigger in [("restart web", Trigger.RESTART), ("redeploy web", Trigger.REDEPLOY)]:
        assert desk.type(line)[0] == 0
        assert (desk.row(second).trigger, desk.row(second).status) == (trigger, Status.LIVE)
    assert desk.type(f"rollback web {first}")[0] == 0
    assert (desk.house.serving(), desk.row().trigger) == (desk.sha, Trigger.ROLLBACK)


def test_what_waits_is_canceled(desk: Desk) -> None:
    second = desk.house.push(desk.repository)
    code, told, _ = desk.type("cancel web")
    assert (code, told) == (0, f"web: {second[:7]} is canceled ({desk.row(second).id})\n")
    assert (desk.row(second).status, desk.house.serving()) == (Status.CANCELED, desk.sha)
    assert desk.type("cancel web")[2] == "web: nothing is waiting or being deployed to `production`\n"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("deploy wbe", "there is no service `wbe`; there is `octo/web/web`"),
        ("deploy web --commit nowhere", "There is no branch, tag or commit `nowhere`."),
        ("rollback web", "There is nothing to roll back to now"),
        ("restart web --environment pr-9", "Nothing of it is live there."),
        ("logs web --environment pr-9", "web: it was never deployed to `pr-9`"),
        ("variables web set PORT=1", "`PORT` is set from the service's `port`."),
        ("variables web unset TOKEN", "web: it isn't set: TOKEN"),
        ("variables web --environment pr-9", "web has no environment `pr-9`."),
    ],
)
def test_what_cannot_be_done_is_said(desk: Desk, line: str, said: str) -> None:
    code, _, told = desk.type(line)
    assert (code, said in told) == (1, True), told
    assert desk.house.serving() == desk.sha


def test_status_tells_each_environment_and_its_services(desk: Desk) -> None:
    file = "services:\n  - name: web\n  - name: api\n    dockerfilePath: none\n"
    desk.house.push(desk.repository, {"tidegate.yml": file})
    desk.house.work()
    code, told, _ = desk.type("status web")
    repository, production, api, web = told.splitlines()
    assert (code, repository, production) == (0, "octo/web", "  production: healthy")
    assert api == "    api: nothing is live"
    assert web.startswith("    web: ")
    assert web.endswith(" UTC, healthy")


def test_logs_are_those_of_what_was_deployed_last(desk: Desk) -> None:
    bad = desk.house.push(desk.repository, {"Dockerfile": "FROM scratch\nRUN exit 7\n"})
    desk.house.work()
    code, told, _ = desk.type("logs web --lines 1")
    assert desk.row(bad).status is Status.FAILED
    assert (code, len(told.splitlines())) == (0, 1)
    assert desk.row(bad).reason in told


def test_a_service_is_removed_by_who_says_its_name_and_a_deployment_once_it_has_ended(desk: Desk) -> None:
    code, _, told = desk.type("remove web")
    assert (code, "To do so: tidegate remove web --confirm web" in told) == (1, True)
    assert "disk" not in told
    first = desk.row().id
    code, _, told = desk.type(f"remove web {first}")
    assert (code, told.startswith("That deployment has not ended")) == (1, True)
    code, told, _ = desk.type("remove web --confirm web")
    assert (code, told.startswith("web: The service was removed by the operator")) == (0, True)
    assert desk.house.serving() is None
    on_time(desk.house)
    desk.house.watch(120, every=10)
    assert desk.type("status")[1].splitlines()[-1] == "octo/web", "no environment is left"
    assert desk.type(f"remove web {first}")[1] == (
        "web: Removed from the history by the operator, with its image and its log.\n"
    )


def test_what_becomes_of_a_disk_is_said_before_and_after(desk: Desk) -> None:
    text = "services:\n  - name: web\n    disk: {name: data, mountPath: /data}\n"
    desk.house.push(desk.repository, {"tidegate.yml": text})
    desk.house.work()
    on_time(desk.house)
    desk.house.watch(60, every=10)
    volume = volume_name(desk.repository.id, PRODUCTION, "web", "data")
    assert "Its disk `data` (at /data) stays, unless you add --disks." in desk.type("remove web")[2]
    told = desk.type("remove web --disks")[2]
    assert "Its disk `data` (at /data) would go, with all that is on it." in told
    assert "tidegate remove web --confirm web --disks" in told
    assert f"its disks stay (`{volume}` on local)" in desk.type("remove web --confirm web")[1]
    assert (
        f"its disks go then, with all that is on them: `{volume}`" in desk.type("remove web --confirm web --disks")[1]
    )
    on_time(desk.house)
    desk.house.watch(120, every=10)
    assert desk.house.engine.volumes == {}


def test_status_says_what_is_out_of_the_deploy_file(desk: Desk) -> None:
    desk.house.push(desk.repository, {"tidegate.yml": "services:\n  - name: other\n"})
    desk.house.work()
    assert "web: " + desk.sha[:7] in desk.type("status web")[1]
    assert "the deploy file doesn't have it any more" in desk.type("status web")[1]


def test_variables_are_set_at_once_listed_and_removed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("hush\n-----END-----\n"))
    assert desk.type("variables web set TOKEN")[0] == 0
    assert environment(desk.house, "web")["TOKEN"] == "hush\n-----END-----"
    code, told, _ = desk.type("variables web set MODE=fast COLOUR=a=b --plain")
    assert (code, told.startswith("web: MODE, COLOUR set; it is deployed with the new value")) == (0, True)
    rows = desk.house.store.deployments.of_commit(desk.repository.id, desk.sha)
    assert [row.trigger for row in rows].count(Trigger.CONFIG) == 2, "both in one"
    assert desk.type("variables web")[1] == "COLOUR=a=b\nMODE=fast\nTOKEN (secret)\n"
    assert desk.type("variables web unset TOKEN COLOUR")[0] == 0
    assert environment(desk.house, "web").keys() & {"TOKEN", "COLOUR", "MODE"} == {"MODE"}


def test_several_values_come_a_line_each(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("one\ntwo\n"))
    assert desk.type("variables web set A B")[0] == 0
    assert {name: environment(desk.house, "web")[name] for name in "AB"} == {"A": "one", "B": "two"}
    monkeypatch.setattr("sys.stdin", io.StringIO("one\n"))
    code, _, told = desk.type("variables web set C D")
    assert (code, told) == (1, "there is no value for D on stdin\n")
    assert "C" not in environment(desk.house, "web"), "nothing is set by halves"


def test_a_variable_without_a_name_is_the_commands_own_mistake(desk: Desk) -> None:
    assert desk.type("variables web set") == (2, "", "Say which: tidegate variables web set NAME\n")


def test_what_asks_a_server_elsewhere_asks_the_store_here(desk: Desk) -> None:
    """Without a token, a sign-in or a web process."""
    first = desk.row().id
    assert desk.type("services")[1].split()[:2] == ["octo/web/web", "web"]
    assert desk.type(f"deploys wait {first}")[1].splitlines()[-1] == f"web: {desk.sha[:7]} is live"
    bad = desk.house.push(desk.repository, {"Dockerfile": "FROM scratch\nRUN exit 7\n"})
    desk.house.work()
    printed = [desk.type(f"deploys logs {desk.row(bad).id} {more}")[:2] for more in ("", "-f")]
    assert printed[0] == printed[1]
    assert (printed[0][0], desk.row(bad).reason in printed[0][1]) == (0, True)
    assert desk.type("freeze web --reason Fair")[0] == 0
    (entry,) = [entry for _, entry in desk.house.store.audit.page(None, 9, None)]
    assert (entry.actor, entry.via, entry.token, entry.action) == (OPERATOR, Via.COMMAND, None, "freeze")


def test_a_token_that_is_told_says_that_a_server_is_asked(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDEGATE_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("TIDEGATE_TOKEN", "tg_none")
    monkeypatch.setattr(patience, "pause", lambda seconds: None)
    code, _, told = desk.type("status")
    assert (code, "http://127.0.0.1:1 can't be reached" in told) == (3, True), told
