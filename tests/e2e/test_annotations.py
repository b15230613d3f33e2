"""A failing build or pre-deploy command whose output names lines of the repository: GitHub shows them there."""

from __future__ import annotations

import json

import pytest

from cli import base_image
from tests.e2e.apps import Files, web
from tests.e2e.project import Project
from tests.e2e.waiting import wait_for

pytestmark = pytest.mark.e2e

#: A compiler for a base image that has none: it prints what stands in the file.
_CC = "RUN cat /app/said; exit 2"


def failing(said: list[str], sources: list[str]) -> Files:
    """Builds in /app, as most do, and fails on its fourth line."""
    lines = [f"FROM {base_image.NAME}", "WORKDIR /app", "COPY . .", _CC, ""]
    return {**web("x"), "Dockerfile": "\n".join(lines), "said": "\n".join([*said, ""]), **dict.fromkeys(sources, "x\n")}


def annotated(project: Project, sha: str) -> list[tuple[str, int, str, str]]:
    check = project.ended(sha, "failure")
    return [(each["path"], each["start_line"], each["title"], each["message"]) for each in project.annotations(check)]


def test_a_failing_build_is_annotated_where_its_compilers_say(project: Project) -> None:
    said = [
        "In file included from src/main.c:1:",
        "src/half.h:12:40: \x1b[01;31merror: \x1b[m'y' undeclared (first use in this function)",
        "src/main.c:3:1: warning: unused variable 'z' [-Wunused-variable]",
        "web/src/a.ts(3,5): error TS2322: Type 'string' is not assignable to type 'number'.",
        "Traceback (most recent call last):",
        '  File "/app/tool/gen.py", line 10, in <module>',
        '    json.loads("{")',
        '  File "/usr/lib/python3.11/json/decoder.py", line 353, in raw_decode',
        "json.decoder.JSONDecodeError: Expecting value",
        "/usr/include/stdio.h:1:2: error: not of this repository",
    ]
    sources = ["src/main.c", "src/half.h", "web/src/a.ts", "tool/gen.py", "tool/decoder.py"]
    sha = project.push(failing(said, sources))

    first, *others = annotated(project, sha)
    assert first == ("Dockerfile", 4, "The build failed here", "`RUN cat /app/said; exit 2` ended with exit code 2")
    assert others == [
        ("src/half.h", 12, "Error", "'y' undeclared (first use in this function)"),
        ("web/src/a.ts", 3, "TS2322", "Type 'string' is not assignable to type 'number'."),
        ("tool/gen.py", 10, "JSONDecodeError", "json.decoder.JSONDecodeError: Expecting value"),
    ]
    output = project.ended(sha, "failure")["output"]
    assert output["title"] == "Build failed: `RUN cat /app/said; exit 2` ended with exit code 2 (Dockerfile:4)"
    assert "`src/half.h:12`" in output["summary"]
    assert "failed: build failed" not in output["summary"]


def test_more_mistakes_than_github_takes_at_once_all_arrive(project: Project) -> None:
    said = [f"src/main.c:{line}:1: error: mistake {line}" for line in range(1, 121)]
    sha = project.push(failing(said, ["src/main.c"]))
    project.ended(sha, "failure")

    def all_there() -> bool:
        check = project.our_check(sha)
        return check is not None and check["output"]["annotations_count"] == 121

    wait_for(all_there, "the third request with annotations", 60, project.log)
    first = annotated(project, sha)[:100]
    assert [line for _, line, _, _ in first] == [4, *range(1, 100)]


def test_a_failing_pre_deploy_command_is_annotated_where_its_traceback_says(project: Project) -> None:
    said = ["Traceback (most recent call last):", '  File "/app/migrate.py", line 7, in <module>', "KeyError: 'users'"]
    command = "; ".join([*(f"echo {json.dumps(line)}" for line in said), "exit 1"])
    extra = f"    preDeployCommand: {json.dumps(command)}\n"
    sha = project.push({**web("x", extra=extra), "migrate.py": "x\n"})
    assert annotated(project, sha) == [("migrate.py", 7, "KeyError", "KeyError: 'users'")]
