"""The Dockerfile of a plan holds whatever people's commands hold."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tidegate.plans.trees import lines, package, started
from tidegate.dockerfile import instructions
from tidegate.plans import Wishes, dockerfile, plan
from tidegate.plans.tree import Tree

NPM = {"package.json": package(), "package-lock.json": "{}"}


@pytest.mark.parametrize(
    ("command", "script"),
    [
        ("node s.js", "exec node s.js"),
        ("node s.js --name 'a; b'", "exec node s.js --name 'a; b'"),
        ("migrate && node s.js", "migrate && node s.js"),
        ("exec node s.js", "exec node s.js"),
        ("NAME=x node s.js", "NAME=x node s.js"),
        ("cd web; node s.js", "cd web; node s.js"),
        ("node s.js --port $PORT", "exec node s.js --port $PORT"),
        ("node $(cat main)", "node $(cat main)"),
    ],
)
def test_signals_reach_what_is_started_where_no_shell_is_needed(command: str, script: str) -> None:
    assert started(NPM, start=command) == script


@pytest.mark.parametrize(
    ("command", "line"),
    [
        ("npm ci && npm run build", "RUN npm ci && npm run build"),
        ("FOO='a b' make # all", "RUN FOO='a b' make # all"),
        ("one\ntwo", 'RUN ["/bin/sh", "-e", "-c", "one\\ntwo"]'),
        ("cat <<E", 'RUN ["/bin/sh", "-e", "-c", "cat <<E"]'),
        ("ends \\", 'RUN ["/bin/sh", "-e", "-c", "ends \\\\"]'),
        ("--mount=type=bind true", 'RUN ["/bin/sh", "-e", "-c", "--mount=type=bind true"]'),
        ('["a"]', 'RUN ["/bin/sh", "-e", "-c", "[\\"a\\"]"]'),
    ],
)
def test_a_command_stays_one_instruction(command: str, line: str) -> None:
    assert line in lines(NPM, build=command)


@given(st.text(min_size=1).filter(str.strip), st.text(min_size=1).filter(str.strip))
@settings(deadline=None)
def test_whatever_the_commands_hold_they_are_two_instructions(build: str, start: str) -> None:
    text = dockerfile(plan(Tree(frozenset(NPM), NPM), Wishes("node", build, start)))
    text.encode()
    names = [told.text.split(None, 1)[0] for told in instructions(text)]
    assert names == ["FROM", "WORKDIR", "COPY", "RUN", "ENV", "CMD"]
    shell, flag, script = json.loads(text.splitlines()[-1].removeprefix("CMD "))
    assert (shell, flag) == ("/bin/sh", "-c")
    assert script.removeprefix("exec ") == start.strip().removeprefix("exec ")


def test_what_a_file_says_of_itself_stays_in_a_comment() -> None:
    files = {**NPM, "package.json": package(engines={"node": ">=20\nRUN evil"})}
    assert not [line for line in lines(files) if "evil" in line]
