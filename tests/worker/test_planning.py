"""A service without a Dockerfile: built by the one that its tree amounts to, which its log shows."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.worker.house import DOCKERFILE, House, Killed
from tidegate.deployment import Deployment, Fault, Status, Trigger
from tidegate.plans import LONGEST_TEXT, Wishes
from tidegate.repository import Repository
from worker import planning
from worker.ports import BuildOrder, Refused

#: A Node service, as far as the fake engine's shell knows one.
SERVES = "    buildCommand: echo installing\n    startCommand: httpd -f -p $PORT\n"
PACKAGE = json.dumps({"name": "shop", "engines": {"node": "22"}})


def file(extra: str = SERVES, root: str = "") -> str:
    place = f"    rootDir: {root}\n" if root else ""
    return f"services:\n  - name: web\n    type: web\n{place}{extra}"


def shop(extra: str = SERVES) -> dict[str, str | None]:
    return {"tidegate.yml": file(extra), "package.json": PACKAGE, "Dockerfile": None}


def log(house: House, row: Deployment) -> list[str]:
    return [line.text for line in house.store.logs.read(row.id)]


def left(house: House) -> list[Path]:
    trees = Path(house.settings.data) / "trees"
    return list(trees.iterdir()) if trees.exists() else []


@pytest.fixture
def live(house: House) -> tuple[House, Repository, str]:
    repository = house.repository()
    sha = house.push(repository, shop())
    house.work()
    assert house.serving() == sha
    return house, repository, sha


def test_goes_live_and_its_log_shows_the_dockerfile(live: tuple[House, Repository, str]) -> None:
    house, repository, sha = live
    told = log(house, house.row(repository, sha))
    begin = next(at for at, line in enumerate(told) if "the tree is Node" in line)
    assert "# Node 22: `engines.node` in `package.json` (22)" in told[begin:]
    assert [line for line in told[begin:] if line.startswith(("FROM", "COPY", "RUN", "CMD"))] == [
        "FROM node:22",
        "COPY . .",
        "RUN echo installing",
        'CMD ["/bin/sh", "-c", "exec httpd -f -p $PORT"]',
    ]
    assert "installing" in told
    assert left(house) == []


def test_nothing_of_the_plan_gets_into_the_tree(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[set[str]] = []
    build = house.engine.build

    def watching(order: BuildOrder, *rest: object) -> str:
        seen.append({path.name for path in order.context.rglob("*")})
        return build(order, *rest)  # type: ignore[arg-type]  # as it was given

    monkeypatch.setattr(house.engine, "build", watching)
    repository = house.repository()
    house.push(repository, shop())
    house.work()
    assert seen == [{"package.json", "tidegate.yml", "stamp"}]


def test_the_same_tree_and_plan_are_built_once(house: House) -> None:
    repository = house.repository()
    files = {"tidegate.yml": file(root="app"), "app/package.json": PACKAGE, "Dockerfile": None}
    first = house.push(repository, files)
    house.work()
    house.press(repository, house.row(repository, first), Trigger.REDEPLOY)
    house.work()
    assert len(house.engine.orders) == 1, "a redeploy finds it"

    other = house.push(repository, {"tidegate.yml": file(SERVES.replace("echo installing", "echo anew"), root="app")})
    house.work()
    assert house.serving() == other
    assert len(house.engine.orders) == 2, "another command makes another image of the same tree"

    house.push(repository, {"tidegate.yml": file(root="app")})
    house.work()
    assert len(house.engine.orders) == 2, "the first image is still there"


def test_a_dockerfile_that_is_there_is_used(house: House) -> None:
    repository = house.repository()
    sha = house.push(repository, {"tidegate.yml": file(""), "package.json": PACKAGE, "Dockerfile": DOCKERFILE})
    house.work()
    assert house.serving() == sha
    assert not [line for line in log(house, house.row(repository, sha)) if "the tree is" in line]


def test_the_language_is_named_where_a_dockerfile_is_for_something_else(house: House) -> None:
    repository = house.repository()
    sha = house.push(repository, {**shop("    runtime: node\n" + SERVES), "Dockerfile": "FROM scratch\nRUN exit 9\n"})
    house.work()
    assert house.serving() == sha


REFUSED: list[tuple[dict[str, str | None], str]] = [
    ({"package.json": None, "README.md": ""}, "nothing here tells how to build it: add a `Dockerfile`"),
    ({"tidegate.yml": file(""), "package.json": "{}"}, "add a script `start`"),
    ({"package.json": "{oops"}, "`package.json` is not JSON"),
    ({"tidegate.yml": file("    runtime: python\n")}, "set `startCommand`"),
    ({"Dockerfile": DOCKERFILE}, "there is a `Dockerfile`, which `buildCommand` and `startCommand` have no part in"),
    ({"tidegate.yml": file(root="gone")}, "no directory `gone`"),
    ({"tidegate.yml": file("    dockerfilePath: Dockerfile.prod\n")}, "no `Dockerfile.prod`"),
]


@pytest.mark.parametrize(("files", "words"), REFUSED)
def test_what_cannot_be_told_fails_with_what_to_add_and_the_old_one_serves(
    live: tuple[House, Repository, str], files: dict[str, str | None], words: str
) -> None:
    house, repository, good = live
    sha = house.push(repository, files)
    house.work()
    row = house.row(repository, sha)
    assert (row.status, row.fault) == (Status.FAILED, Fault.USER)
    assert words in row.reason
    assert house.serving() == good
    assert left(house) == []


def test_a_build_that_fails_is_not_annotated_in_a_file_that_nobody_has(live: tuple[House, Repository, str]) -> None:
    house, repository, _ = live
    command = "echo src/a.c:3:5: error: no; exit 7"
    sha = house.push(repository, {"src/a.c": "", **shop(f"    buildCommand: '{command}'\n    startCommand: x\n")})
    house.work()
    row = house.row(repository, sha)
    assert (row.status, row.fault) == (Status.FAILED, Fault.USER)
    assert "exit code 7" in row.reason
    assert [(found.path, found.line) for found in row.findings] == [("src/a.c", 3)]


def test_is_built_ahead_while_its_checks_run(house: House) -> None:
    repository = house.repository()
    sha = house.push(repository, shop("    autoDeployTrigger: checksPass\n" + SERVES))
    house.work()
    assert house.status(repository, sha) is Status.WAITING
    assert len(house.engine.orders) == 1
    assert any("the tree is Node" in line for line in log(house, house.row(repository, sha)))
    house.conclude(repository, sha)
    house.watch(10)
    assert house.serving() == sha
    assert len(house.engine.orders) == 1
    assert left(house) == []


def test_is_built_by_another_worker_where_one_is_killed(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    build = house.engine.build
    killed: list[Path] = []

    def once(order: BuildOrder, *rest: object) -> str:
        if not killed:
            killed.append(order.dockerfile)
            raise Killed
        return build(order, *rest)  # type: ignore[arg-type]  # as it was given

    monkeypatch.setattr(house.engine, "build", once)
    repository = house.repository()
    sha = house.push(repository, shop())
    with pytest.raises(Killed):
        house.work()
    house.restart_worker()
    house.watch(90, every=5)
    assert house.serving() == sha
    assert left(house) == []


# What is read of a tree


def test_files_that_say_something_are_read_and_no_others(tmp_path: Path) -> None:
    (tmp_path / "web" / "deep" / "a" / "b").mkdir(parents=True)
    (tmp_path / "node_modules" / "x").mkdir(parents=True)
    for path in (
        "go.mod",
        "web/app.py",
        "web/deep/app.py",
        "web/deep/a/b/far.go",
        "node_modules/x/package.json",
        "big",
    ):
        (tmp_path / path).write_text(path)
    (tmp_path / "package.json").write_bytes(b"\xff" + b" " * 2 * LONGEST_TEXT)
    read = planning.read(tmp_path)
    assert read.paths == {"go.mod", "web/app.py", "web/deep/app.py", "big", "package.json"}
    assert read.texts.keys() == {"go.mod", "web/app.py", "package.json"}
    assert len(read.text("package.json")) == LONGEST_TEXT


def test_links_and_strange_things_are_seen_and_not_followed(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    (tmp_path / "secret").write_text("web: cat /etc/passwd\n")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "main.py").write_text("")
    (tree / "Procfile").symlink_to(tmp_path / "secret")
    (tree / "package.json").symlink_to("package.json")
    (tree / "app").symlink_to(tmp_path / "outside")
    os.mkfifo(tree / "Gemfile")
    Path(os.fsdecode(bytes(tree) + b"/\xff\nmain.go")).write_text("")
    read = planning.read(tree)
    assert read.paths == {"Procfile", "package.json", "app", "Gemfile"}
    assert read.texts == {}
    with pytest.raises(Refused, match="startCommand"):
        planning.write(tree, Wishes("ruby"), tmp_path / "Dockerfile", print)
