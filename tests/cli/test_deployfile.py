"""The commands about a deploy file: no server, no settings."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from cli.main import main
from tidegate.blueprint import json_schema, parse
from worker import deployfile

DOCS = Path(__file__).parent.parent.parent / "docs"


def test_the_schema_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema"]) == 0
    assert json.loads(capsys.readouterr().out) == json_schema()


def test_the_reference_in_the_documents_is_what_would_be_made(capsys: pytest.CaptureFixture[str]) -> None:
    """Else: tidegate schema --markdown > docs/deploy-file.md."""
    assert main(["schema", "--markdown"]) == 0
    assert capsys.readouterr().out == (DOCS / "deploy-file.md").read_text()


BROKEN = "services:\n  - name: web\n    prot: 80\n    type: wob\n"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    return tmp_path


def test_a_deploy_file_that_is_fine(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "tidegate.yml").write_text("services:\n  - name: web\n")
    assert main(["validate"]) == 0
    assert main(["validate", str(here)]) == 0
    assert "tidegate.yml: fine (web)\n" in capsys.readouterr().out


def test_every_mistake_is_told_where_it_is(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In the words that a check run has."""
    (here / "tidegate.yml").write_text(BROKEN)
    assert main(["validate"]) == 1
    told = capsys.readouterr()
    findings = deployfile.read(BROKEN).findings
    assert [line.partition(" ")[2] for line in told.out.splitlines()] == [each.message for each in findings]
    assert told.out.startswith("tidegate.yml:3:5: There is no field `prot` here. Did you mean `port`?\n")
    assert told.err == "`tidegate.yml` has 2 mistakes\n"


def test_json_has_all_of_it(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "a.yml").write_text(BROKEN)
    (here / "b.yml").write_text("services: [{name: b}]")
    assert main(["validate", "a.yml", "b.yml", "--json"]) == 1
    told = capsys.readouterr()
    assert told.err == "`a.yml` has 2 mistakes\n"
    broken, fine = json.loads(told.out)["files"]
    assert (broken["valid"], broken["file"], len(broken["problems"])) == (False, "a.yml", 2)
    assert broken["problems"][0] == {
        "line": 3,
        "column": 5,
        "path": "services[0].prot",
        "message": "There is no field `prot` here.",
        "hint": "Did you mean `port`?",
    }
    assert fine == {"file": "b.yml", "valid": True, "services": ["b"], "problems": []}


def test_in_a_workflow_mistakes_are_annotations(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(here))
    (here / "a,b").mkdir()
    (here / "a,b" / "tidegate.yml").write_text('services:\n  - name: "100%: no"\n')
    assert main(["validate", "a,b/tidegate.yml"]) == 1
    assert capsys.readouterr().out.splitlines()[1] == (
        "::error file=a%2Cb/tidegate.yml,line=2,col=11,title=services[0].name::`100%25: no` can't be a service's name: "
        "it becomes part of a host name. Use lower-case letters, digits and inner hyphens: `100-no`."
    )


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_file_that_can_not_be_read_is_no_mistake_in_it(
    here: Path, capsys: pytest.CaptureFixture[str], content: bytes | None
) -> None:
    if content is not None:
        (here / "tidegate.yml").write_bytes(content)
    assert main(["validate"]) == 2
    assert capsys.readouterr().err.startswith("tidegate.yml: ")


RENDER = "services:\n  - name: shop\n    type: web\n    plan: free\n"


def test_an_import_is_printed_with_notes_beside_it(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "render.yaml").write_text(RENDER)
    assert main(["import", "render.yaml"]) == 0
    told = capsys.readouterr()
    assert parse(told.out).services[0].name == "shop"
    assert told.err.startswith("render.yaml:4: `plan` has no meaning on your own machines.")


def test_an_import_is_written_and_passes_validation(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "railway.json").write_text('{"deploy": {"healthcheckPath": "/up"}}')
    assert main(["import", "railway.json", "--output", "tidegate.yml", "--name", "shop"]) == 0
    assert main(["validate"]) == 0
    assert "fine (shop)" in capsys.readouterr().out
    assert main(["import", "railway.json", "--output", "tidegate.yml"]) == 2
    assert "there already" in capsys.readouterr().err
    assert main(["import", "railway.json", "--output", "nowhere/x.yml"]) == 2
    assert capsys.readouterr().err.endswith("nowhere/x.yml: No such file or directory\n")


def test_the_service_is_named_by_its_directory(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "My Shop_2").mkdir()
    (here / "My Shop_2/railway.toml").write_text('[deploy]\nhealthcheckPath = "/up"\n')
    assert main(["import", "My Shop_2/railway.toml"]) == 0
    assert parse(capsys.readouterr().out).services[0].name == "my-shop-2"


@pytest.mark.parametrize(
    ("file", "text", "code"),
    [
        ("render.yaml", None, 2),
        ("render.yaml", "services: [", 2),
        ("fly.toml.txt", "", 2),
        ("render.yaml", "databases: [{name: d}]", 1),
    ],
)
def test_an_import_of_nothing(here: Path, capsys: pytest.CaptureFixture[str], file: str, text: str, code: int) -> None:
    if text is not None:
        (here / file).write_text(text)
    assert main(["import", file]) == code
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith(file)


def test_a_proposal_for_a_directory_is_valid(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "shop").mkdir()
    (here / "shop/Dockerfile").write_text("FROM scratch\nEXPOSE 8080\n")
    assert main(["propose", "shop"]) == 0
    text = capsys.readouterr().out
    assert parse(text).services[0].port == 8080
    (here / "shop/tidegate.yml").write_text(text)
    assert main(["validate", "shop"]) == 0
    assert main(["propose", "shop"]) == 2
    assert "there already" in capsys.readouterr().err


def test_where_nothing_can_be_built_it_says_so(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["propose"]) == 1
    assert "add a `Dockerfile`" in capsys.readouterr().err
    assert main(["propose", "gone"]) == 2


@pytest.mark.parametrize("remote", ["git@github.example:o/shop.git", "https://u:p@github.example/o/shop"])
def test_the_page_to_open_is_told_by_the_clone(here: Path, capsys: pytest.CaptureFixture[str], remote: str) -> None:
    assert main(["propose", "--url"]) == 2
    for words in (["init", "-q", "-b", "trunk"], ["remote", "add", "origin", remote]):
        subprocess.run(["git", *words], cwd=here, check=True)
    (here / "Dockerfile").write_text("FROM scratch\n")
    capsys.readouterr()
    assert main(["propose", "--url"]) == 0
    start = "https://github.example/o/shop/new/trunk?filename=tidegate.yml&value="
    assert capsys.readouterr().out.startswith(start)
