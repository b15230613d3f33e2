"""A service that is built by a tool that others keep: one that is installed, or a clear word."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import build_tool
from tests.worker.house import House
from tidegate.buildtool import BuildTool
from tidegate.deployment import Deployment, Fault, Status, Trigger
from tidegate.repository import PRODUCTION, Repository
from worker import tool
from worker.ports import Refused

FILE = (
    "services:\n  - name: web\n    builder: railpack\n    envVars:\n"
    "      - {key: RAILPACK_PACKAGES, value: jq}\n      - {key: TOKEN, sync: false}\n"
)
FILES: dict[str, str | None] = {
    "tidegate.yml": FILE,
    "Procfile": "web: exec httpd -f -p $PORT\n",
    "Dockerfile": None,
}
SECRET = "hunter2-hunter2"


def deploy(house: House, files: dict[str, str | None] | None = None) -> tuple[Repository, Deployment]:
    repository = house.repository()
    sha = house.push(repository, FILES if files is None else files)
    house.work()
    return repository, house.row(repository, sha)


def log(house: House, row: Deployment) -> str:
    return "\n".join(line.text for line in house.store.logs.read(row.id))


def test_goes_live_and_its_log_says_which_tool_built_it(house: House, programs: Path) -> None:
    build_tool.install(programs, "railpack")
    _, row = deploy(house)
    assert row.status is Status.LIVE
    assert "built by railpack, railpack 1.2.3" in log(house, row)
    (order,) = house.engine.orders
    assert (order.image, order.labels["tidegate.sha"]) == (row.image, row.sha)


def test_where_it_is_not_installed_the_deploy_says_how_it_is_and_what_to_do_without(
    house: House, programs: Path
) -> None:
    assert list(programs.iterdir()) == []
    _, row = deploy(house)
    assert (row.status, row.fault) == (Status.FAILED, Fault.USER)
    assert "needs the program `railpack`" in row.reason
    assert "https://railpack.com/installation" in row.reason
    assert "or remove `builder`" in row.reason
    assert house.engine.orders == []


def test_one_that_is_broken_is_told(house: House, programs: Path) -> None:
    program = build_tool.install(programs, "railpack")
    program.write_text("#!/bin/sh\necho no such library >&2\nexit 127\n")
    _, row = deploy(house)
    assert row.status is Status.FAILED
    assert "`railpack --version` fails" in row.reason
    assert "no such library" in row.reason


def test_the_same_tree_is_built_once_by_each_version(house: House, programs: Path) -> None:
    build_tool.install(programs, "railpack")
    repository, row = deploy(house)
    house.press(repository, row, Trigger.REDEPLOY)
    house.work()
    assert len(house.engine.orders) == 1
    build_tool.install(programs, "railpack", "1.3.0")
    house.press(repository, house.row(repository, row.sha), Trigger.REDEPLOY)
    house.work()
    assert len({order.image for order in house.engine.orders}) == 2


def test_it_is_told_the_plain_variables_and_no_secret(house: House, programs: Path) -> None:
    build_tool.install(programs, "railpack")
    repository, _ = deploy(house)
    service = house.store.services.by_name(repository.id, "web")
    assert service is not None
    house.store.variables.set(service.id, PRODUCTION, "TOKEN", SECRET, "secret", house.clock.now())
    sha = house.push(repository, {"more": "1"})
    house.work()
    assert house.status(repository, sha) is Status.LIVE
    assert [dict(order.arguments) for order in house.engine.orders] == [{"RAILPACK_PACKAGES": "jq"}] * 2
    assert [dict(order.secrets) for order in house.engine.orders] == [{}, {}]


def test_a_directory_that_is_not_there_is_told(house: House, programs: Path) -> None:
    build_tool.install(programs, "railpack")
    _, row = deploy(house, {**FILES, "tidegate.yml": FILE + "    rootDir: gone\n"})
    assert row.status is Status.FAILED
    assert "no directory `gone`" in row.reason


def test_a_link_out_of_the_tree_is_refused(tmp_path: Path) -> None:
    """Tools follow links, on the worker's machine."""
    tree = tmp_path / "tree"
    (tree / "deep").mkdir(parents=True)
    (tree / "a").write_text("")
    (tree / "deep" / "inside").symlink_to("../a")
    tool.check_links(tree)
    (tree / "deep" / "out").symlink_to("../../elsewhere")
    with pytest.raises(Refused, match="`deep/out` is a link that leads out"):
        tool.check_links(tree)


@pytest.mark.parametrize("path", ["mise.toml", ".config/mise/config.toml", "web/.tool-versions", ".mise.local.toml"])
def test_what_railpack_would_run_on_the_worker_s_machine_is_refused(tmp_path: Path, path: str) -> None:
    tool.check_commands(BuildTool.RAILPACK, tmp_path)
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / path).write_text("")
    tool.check_commands(BuildTool.NIXPACKS, tmp_path)
    with pytest.raises(Refused, match="where it may run commands"):
        tool.check_commands(BuildTool.RAILPACK, tmp_path)
