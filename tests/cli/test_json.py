"""Every command has `--json`, and prints one document by it: at a server elsewhere as on the workers' machine."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cli.command import runnable
from cli.main import ENDLESS, main, parser
from tests.cli.remote.laptop import Laptop
from tests.cli.remote.world import world
from tests.cli.test_up import COMPLETE
from tests.webapp.beside import beside, working
from tests.webapp.house import build
from tests.worker.house import KEY, House
from tidegate.repository import Repository

DOCS = Path(__file__).parent.parent.parent / "docs" / "commands.md"
#: By each command, what follows it; {…} is of Known. In this order, since one leads to the next.
BY_THE_API = {
    "status": "web",
    "services": "web",
    "previews": "--all",
    "why": "{sha}",
    "deploys list": "web",
    "deploys show": "{deployment}",
    "deploys wait": "{deployment}",
    "deploys logs": "{deployment}",
    "logs": "web --lines 5",
    "env": "web set MODE=fast --plain",
    "variables": "web",
    "scale": "web 1",
    "freeze": "web --reason Fair",
    "unfreeze": "web",
    "auto-deploy": "web off",
    "deploys create": "web",
    "deploys cancel": "{coming}",
    "deploys redeploy": "web",
    "deploys restart": "web",
    "deploys rollback": "web {deployment}",
    "deploy": "web --clear-cache",
    "redeploy": "web",
    "restart": "web",
    "rollback": "web {deployment}",
    "cancel": "web",
    "run": "report",
    "notifications add": "octo/web webhook https://hooks.example.com/x",
    "notifications list": "octo/web",
    "notifications wants": "{endpoint} failures",
    "notifications test": "{endpoint}",
    "notifications log": "{endpoint}",
    "notifications rotate": "{endpoint}",
    "notifications enable": "{endpoint}",
    "notifications remove": "{endpoint}",
    "notifications service": "web none",
    "audit": "--lines 3",
    "names": "services environments deployments repositories",
    "hosts": "",
    "hosts cordon": "local",
    "hosts drain": "local",
    "hosts uncordon": "local",
    "remove": "web --confirm web",
}
ALONE = {
    "version": "",
    "completion": "bash",
    "schema": "",
    "propose": "{tree}",
    "plan": "{tree}",
    "import": "{tree}/railway.json",
    "validate": "{tree}/sub.yml",
}
AT_A_LAPTOP = {"login": "{url}", "logout": ""}
ON_THE_MACHINE = {
    "hosts guard": "",
    "registry add": "team --registry ghcr.io --username bot",
    "registry list": "",
    "registry remove": "team",
    "tokens create": "ci",
    "tokens list": "",
    "tokens revoke": "1",
    "setup": "--no-wait",
    "clean": "--dry-run",
    "rotate": "",
    "backup": "{tree}/copy.db",
    "sign-out": "ada",
}
#: What is carried out in another way there; all else is the same code.
HERE = ("status", "hosts")
#: By tests of their own: it looks at the whole machine.
BY_ITSELF = {"doctor"}
FILE = """\
services:
  - name: web
  - name: report
    type: cron
    schedule: "0 3 * * *"
"""


def test_each_command_has_it_and_stands_in_a_story() -> None:
    found = dict(runnable(parser()))
    without = {words for words, each in found.items() if "--json" not in each.format_help()}
    assert without == ENDLESS
    assert {*BY_THE_API, *ALONE, *AT_A_LAPTOP, *ON_THE_MACHINE, *BY_ITSELF} == found.keys() - ENDLESS


def test_the_documents_tell_what_each_prints_that_the_api_has_no_words_for() -> None:
    table = DOCS.read_text().split("| Command | Document |\n")[1].split("\n\n")[0]
    told = set()
    for cell in (line.split("|")[1] for line in table.splitlines()[1:]):
        names = re.findall(r"`([^`]+)`", cell)
        told |= {*names, *(f"{names[0].split()[0]} {each}" for each in names)}
    assert told >= {*ALONE, *AT_A_LAPTOP, *ON_THE_MACHINE, *BY_ITSELF}


def test_one_that_prints_as_it_comes_is_refused_with_it(capsys: pytest.CaptureFixture[str]) -> None:
    for words in ENDLESS:
        with pytest.raises(SystemExit) as ended:
            main([words, "--json"])
        assert ended.value.code == 2
    assert capsys.readouterr().out == ""


class Story:
    """Somebody types; `known` is what the next lines may name."""

    def __init__(
        self, house: House, repository: Repository, sha: str, tree: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.known = {"sha": sha, "deployment": house.row(repository, sha).id, "tree": str(tree)}
        house.push(repository, {"tidegate.yml": FILE})
        house.work()
        house.push(repository, {"tidegate.yml": FILE})
        house.work()
        self._capsys = capsys

    def documents(self, lines: dict[str, str], stdin: Callable[[], None]) -> Iterator[tuple[str, dict[str, Any]]]:
        """What each prints, which is one document and nothing else."""
        for words, more in lines.items():
            stdin()
            code = main([*words.split(), *more.format_map(self.known).split(), "--json"])
            told = self._capsys.readouterr()
            assert code == 0, (words, told.err)
            document = json.loads(told.out)
            self._learn(words, document)
            yield words, document

    def _learn(self, words: str, document: dict[str, Any]) -> None:
        if words == "deploys create":
            self.known["coming"] = document["deployment"]
        if words == "notifications add":
            self.known["endpoint"] = document["id"]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Somebody's clone."""
    made = tmp_path / "tree"
    made.mkdir()
    (made / "go.mod").write_text("module shop\n")
    (made / "main.go").write_text("")
    (made / "railway.json").write_text('{"build": {"builder": "DOCKERFILE"}}')
    (made / "sub.yml").write_text("services:\n  - name: web\n")
    return made


def test_what_each_prints_is_one_document(
    tmp_path: Path, tree: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same wherever it is asked."""

    def piped() -> None:
        monkeypatch.setattr("sys.stdin", io.StringIO("secret\n"))

    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "here").mkdir()
    elsewhere = dict(_elsewhere(tmp_path / "elsewhere", tree, monkeypatch, capsys, piped))
    monkeypatch.undo()
    here = dict(_here(tmp_path / "here", tree, monkeypatch, capsys, piped))
    assert elsewhere.keys() | here.keys() == {*BY_THE_API, *ALONE, *AT_A_LAPTOP, *ON_THE_MACHINE}
    assert all(elsewhere[words].keys() == here[words].keys() for words in HERE)
    assert all(_parts(elsewhere[words]) == _parts(here[words]) for words in HERE)


def _parts(document: dict[str, Any]) -> dict[str, set[str]]:
    """What the elements of its lists are made of."""
    listed = {name: told for name, told in document.items() if isinstance(told, list)}
    return {name: {key for each in told for key in each} for name, told in listed.items()}


def _elsewhere(
    directory: Path,
    tree: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    piped: Callable[[], None],
) -> Iterator[tuple[str, dict[str, Any]]]:
    web = build(directory)
    laptop = Laptop(web, directory / "config", monkeypatch, capsys)
    with world(laptop, directory) as made:
        story = Story(made.workers, made.repository, made.sha, tree, capsys)
        yield from story.documents({**BY_THE_API, **ALONE}, piped)
        story.known["url"] = web.url
        token = laptop.token()
        yield from story.documents(AT_A_LAPTOP, lambda: monkeypatch.setattr("sys.stdin", io.StringIO(f"{token}\n")))
    web.close()


def _here(
    directory: Path,
    tree: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    piped: Callable[[], None],
) -> Iterator[tuple[str, dict[str, Any]]]:
    place = {"TIDEGATE_HOSTS": f"local unix://{directory}/no.sock", "TIDEGATE_DATA": str(directory)}
    with beside(directory) as house:
        repository = house.repository()
        sha = house.push(repository)
        house.work()
        for name, value in {**COMPLETE, "TIDEGATE_SECRET_KEY": KEY, **place}.items():
            monkeypatch.setenv(name, value)
        story = Story(house, repository, sha, tree, capsys)
        with working(house):
            yield from story.documents({**{each: BY_THE_API[each] for each in HERE}, **ON_THE_MACHINE}, piped)
