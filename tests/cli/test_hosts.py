"""`tidegate hosts`: what each host takes, and how it is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli.hosts import line
from cli.main import main
from tests.cli.test_up import COMPLETE
from tests.tidegate.store.given import NOON
from tidegate.gauge import HostSeen
from tidegate.guard import PORTS, closed_ports, script
from tidegate.hosts import Host
from tidegate.permission import OPERATOR
from tidegate.placement import Admission
from tidegate.store import open_store
from tidegate.store.hosts import Closed
from webapp.api.hosts import described
from webapp.hosts import Known


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = open_store(f"sqlite:///{tmp_path}/tidegate.db", [COMPLETE["TIDEGATE_SECRET_KEY"]])
    store.migrate()
    store.close()
    listed = f"here unix://{tmp_path}/nobody.sock eu, there unix://{tmp_path}/nobody.sock us"
    for name, value in {**COMPLETE, "TIDEGATE_DATA": str(tmp_path), "TIDEGATE_HOSTS": listed}.items():
        monkeypatch.setenv(name, value)


def test_one_that_is_drained_is_told_as_such_until_it_is_open_again(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["hosts", "drain", "there"]) == 0
    assert "then leaves" in capsys.readouterr().out
    assert main(["hosts"]) == 0
    here, there = capsys.readouterr().out.splitlines()
    assert here.startswith("here  eu  open  0 instances  can't be reached: ")
    assert there.startswith("there  us  drained  0 instances")
    assert main(["hosts", "uncordon", "there"]) == 0
    capsys.readouterr()
    main(["hosts"])
    assert "there  us  open" in capsys.readouterr().out


def test_one_that_is_not_there_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["hosts", "cordon", "mars"]) == 1
    assert capsys.readouterr().err == "There is no such Docker host; TIDEGATE_HOSTS has here, there.\n"


def test_one_that_is_alone_is_asked_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TIDEGATE_HOSTS", f"here unix://{tmp_path}/nobody.sock eu")
    assert main(["hosts", "cordon", "here"]) == 0
    capsys.readouterr()
    assert main(["hosts", "--json"]) == 0
    (told,) = json.loads(capsys.readouterr().out)["hosts"]
    assert (told["answers"], told["admitted_by"], told["trouble"] is None) == (False, OPERATOR, False)
    assert told["admitted_at"] <= told["seen_at"]


def test_lines_say_what_they_need_to() -> None:
    cordoned = Closed("b", Admission.CORDONED, "grace", NOON)
    found = [
        Known(Host("a", "unix:///a", "eu"), None, 1, HostSeen(NOON)),
        Known(Host("b", "unix:///b", "us"), cordoned, 2, HostSeen(NOON, "no route")),
        Known(Host("c", "unix:///c", "us"), None, 0, None),
    ]
    assert [line(described(each)) for each in found] == [
        "a  eu  open  1 instance  answers",
        "b  us  cordoned  2 instances  can't be reached: no route",
        "c  us  open  0 instances",
    ]


def test_those_elsewhere_are_said_not_to_be_guarded_from_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["hosts"]) == 0
    assert "guard" not in capsys.readouterr().out
    monkeypatch.setenv("TIDEGATE_HOSTS", f"here unix:///nobody, far ssh://127.0.0.1:1 us key={tmp_path}/none")
    monkeypatch.setenv("TIDEGATE_GUARD", "on")
    assert main(["hosts"]) == 0
    assert "On far nothing is put in place from here" in capsys.readouterr().out
    assert main(["hosts", "guard"]) == 0
    printed = capsys.readouterr().out
    assert printed == script(closed_ports(PORTS, COMPLETE.get("REDIS_URL", "redis://127.0.0.1:6379")))
