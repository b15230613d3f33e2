"""`tidegate services`, `previews`, `env`, `freeze`: seen and changed by the API, with a real worker on fakes."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.remote.laptop import Laptop
from tests.cli.remote.world import World, world
from tests.worker.house import PREVIEWED
from tests.worker.test_references import environment


@pytest.fixture
def here(laptop: Laptop, tmp_path: Path) -> Iterator[World]:
    with world(laptop, tmp_path) as made:
        yield made


def test_services_are_listed_and_one_is_shown_with_its_freeze(here: World) -> None:
    laptop, sha = here.laptop, here.sha[:7]
    code, out, _ = laptop.type("services")
    assert (code, out.split()[:5]) == (0, ["octo/web/web", "web", "live", "at", sha])
    assert laptop.json("services")[1]["services"][0]["name"] == "web"
    assert laptop.type("freeze web --environment production --reason Fair")[0] == 0
    held = here.push({"page": "new"})
    code, out, _ = laptop.type("services octo/web/web")
    assert (code, f"production: {sha} live" in out, "Fair" in out) == (0, True, True), out
    assert "instance 1 on " in out
    told = laptop.json("services web")[1]
    assert [each["reason"] for each in told["freezes"]] == ["Fair"]
    assert here.workers.serving() == here.sha != held
    assert laptop.type("unfreeze web --environment production")[0] == 0
    assert laptop.json("freeze octo/web --reason Winter")[0] == 0
    assert [each["service"] for each in laptop.json("services web")[1]["freezes"]] == [None]
    assert laptop.json("unfreeze octo/web")[0] == 0
    assert laptop.json("services web")[1]["freezes"] == []


WITHOUT_IT = "it is deployed without that value, from the same image\n"
AS_IT_IS = "it has that value already, so nothing is deployed\n"


def test_variables_are_set_from_a_pipe_listed_and_removed(here: World) -> None:
    laptop = here.laptop
    assert laptop.type("env web") == (0, "There are none.\n", "")
    code, out, err = laptop.type("env web set KEY", io.StringIO("s3cret\nof two lines\n"))
    assert (code, out.startswith("web: KEY set; ")) == (0, True), err
    assert "s3cret" not in out
    here.workers.work()
    assert environment(here.workers, "web")["KEY"] == "s3cret\nof two lines"
    changed = laptop.json("env web set MODE=fast COLOUR=blue --plain")[1]["changed"]
    assert [each["name"] for each in changed] == ["MODE", "COLOUR"]
    assert changed[0]["deployments"] == changed[1]["deployments"], "both in one"
    here.workers.work()
    code, out, _ = laptop.type("env web")
    assert (code, sorted(out.splitlines())) == (0, ["COLOUR=blue", "KEY (secret)", "MODE=fast"])
    before = here.deployments
    assert laptop.type("env web unset KEY MODE")[:2] == (0, "web: KEY, MODE removed; " + WITHOUT_IT)
    assert here.deployments == before + 1
    here.workers.work()
    assert laptop.type("env web set COLOUR=blue --plain")[:2] == (0, "web: COLOUR set; " + AS_IT_IS)
    assert here.deployments == before + 1
    assert [each["name"] for each in laptop.json("env web list")[1]["variables"]] == ["COLOUR"]


REFUSED = [
    ("env web set", 2, "Say which: tidegate env web set NAME"),
    ("env web list KEY", 2, "takes no names"),
    ("env web set KEY", 1, "there is no value for KEY on stdin"),
    ("env web set KEY=x 1KEY=x", 1, "1KEY"),
    ("env web unset NONE", 1, "it isn't set: NONE"),
    ("env web --environment pr-9", 1, "no environment `pr-9`"),
    ("freeze web", 2, "--reason"),
    ("freeze octo/none --reason Fair", 1, "octo/none: not among the repositories there: octo/web"),
    ("previews octo/none", 1, "not among"),
    ("previews octo/none make 1", 1, "not among"),
    ("previews octo/web make", 2, "Say which pull request: tidegate previews octo/web make NUMBER"),
    ("previews octo/web list 1", 2, "takes no number"),
    ("previews octo/web make 9", 1, "There is no open pull request #9."),
    ("previews octo/web remove 9", 1, "This pull request has no preview."),
    ("services none", 1, "there is no service `none`"),
]


def test_what_cannot_be_done_says_why(here: World) -> None:
    for line, code, said in REFUSED:
        ended, out, err = here.laptop.type(line)
        assert (ended, out, said in err) == (code, "", True), (line, err)
    assert here.laptop.json("env web")[1]["variables"] == [], "nothing is set by halves"


def test_previews_are_told_with_their_services(here: World) -> None:
    assert here.laptop.type("previews") == (0, "There are none.\n", "")
    here.push({"tidegate.yml": PREVIEWED})
    request = here.workers.open(here.repository)
    here.workers.work()
    (told,) = here.laptop.json("previews octo/web")[1]["previews"]
    assert (told["repository"], told["number"]) == ("octo/web", request.number)
    code, out, _ = here.laptop.type("previews")
    assert (code, out.split()[:5]) == (0, ["octo/web", f"pr-{request.number}", told["head_sha"][:7], "web", "live"])


def test_a_preview_is_removed_and_made_again_past_a_freeze(here: World) -> None:
    """Both are fine where it is so already."""
    laptop, workers = here.laptop, here.workers
    here.push({"tidegate.yml": PREVIEWED})
    head = workers.open(here.repository).head_sha
    workers.work()
    code, out, _ = laptop.type("previews octo/web remove 1")
    assert (code, out.startswith("octo/web #1: Removed by the operator")) == (0, True), out
    assert "It is not there" in laptop.json("previews octo/web remove 1")[1]["detail"]
    assert laptop.json("previews octo/web")[1]["previews"] == []
    assert laptop.type("freeze octo/web --reason Fair")[0] == 0
    assert laptop.json("previews octo/web make 1 --force")[0] == 0
    workers.work()
    assert workers.serving("web-pr-1") == head


def test_names_for_a_shell_come_as_one_types_them_and_nothing_is_waited_for(here: World) -> None:
    laptop = here.laptop
    here.push({"tidegate.yml": PREVIEWED})
    here.workers.open(here.repository)
    here.workers.work()
    assert laptop.type("names services repositories")[:2] == (0, "web\nocto/web\n")
    assert set(laptop.type("names environments")[1].split()) == {"production", "pr-1"}
    assert here.workers.row(here.repository, here.sha).id in laptop.json("names deployments")[1]["names"]
    other = here.workers.repository("octo/shop")
    here.workers.push(other)
    here.workers.work()
    assert laptop.type("names services")[1].split() == ["octo/shop/web", "octo/web/web"]
    laptop.wire.asked.clear()
    laptop.wire.cuts = ["before"]
    code, out, err = laptop.type("names services")
    assert (code, out, "can't be reached" in err) == (3, "", True)
    assert len(laptop.wire.asked) == 1, "it isn't asked again"
