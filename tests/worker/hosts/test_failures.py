"""Whose fault a failed build is, and where: told from what each builder says."""

from __future__ import annotations

import pytest

from worker.hosts.connection import Connection
from worker.hosts.failures import buildkit_failure, classic_failure, of_engine
from worker.ports import BuildFailed, Unavailable

HOST = Connection("local", "unix:///var/run/docker.sock")
DOCKERFILE = "# why\nFROM busybox\nRUN make \\\n  all\nCOPY gone /\n"


@pytest.mark.parametrize(
    ("said", "message", "line", "exit_code"),
    [
        (
            ["------", " > [2/3] RUN make   all:", "#5 0.1 no rule", "------", "executor failed: exit code: 2", ""],
            "`RUN make   all` ended with exit code 2",
            3,
            2,
        ),
        (
            ["Dockerfile:5", "------", 'ERROR: failed to solve: "/gone" not found'],
            'ERROR: failed to solve: "/gone" not found',
            5,
            None,
        ),
        (
            ["------", " > [3/3] COPY gone /:", "------", 'failed to compute cache key: "/gone" not found'],
            'COPY gone /: failed to compute cache key: "/gone" not found',
            5,
            None,
        ),
        (["failed to solve: pull access denied"], "failed to solve: pull access denied", None, None),
        ([], "the docker command ended without a word", None, None),
    ],
)
def test_what_buildkit_says(said: list[str], message: str, line: int | None, exit_code: int | None) -> None:
    failure = buildkit_failure(HOST, said, DOCKERFILE)
    assert isinstance(failure, BuildFailed)
    assert (str(failure), failure.line, failure.exit_code) == (message, line, exit_code)


@pytest.mark.parametrize(
    ("error", "step", "message", "line", "exit_code"),
    [
        (
            "The command '/bin/sh -c make   all' returned a non-zero code: 2",
            (2, "RUN make   all"),
            "`RUN make   all` ended with exit code 2",
            3,
            2,
        ),
        (
            "COPY failed: file not found",
            (3, "COPY gone /"),
            "COPY gone /: COPY failed: file not found",
            5,
            None,
        ),
        (
            "dockerfile parse error line 2: unknown instruction: FORM",
            None,
            "dockerfile parse error line 2: unknown instruction: FORM",
            2,
            None,
        ),
    ],
)
def test_what_the_classic_builder_says(
    error: str, step: tuple[int, str] | None, message: str, line: int | None, exit_code: int | None
) -> None:
    failure = classic_failure(HOST, [], DOCKERFILE, error, step)
    assert isinstance(failure, BuildFailed)
    assert (str(failure), failure.line, failure.exit_code) == (message, line, exit_code)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (["failed to copy: write /var/lib/docker/x: no space left on device"], "out of disk space"),
        (["#5 1.2 tar: write error: No space left on device", "exit code: 1"], "out of disk space"),
        (["Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?"], "can't be reached"),
        (["error during connect: Post http://x/build: EOF"], "can't be reached"),
        (["cannot write /x because server did not provide an image ID"], "can't be reached"),
        (["ERROR: failed to receive status: rpc error: code = Unavailable desc = EOF"], "can't be reached"),
    ],
)
def test_the_hosts_trouble_is_not_the_users_fault(said: list[str], sentence: str) -> None:
    for failure in (buildkit_failure(HOST, said, DOCKERFILE), classic_failure(HOST, said, DOCKERFILE, said[-1], None)):
        assert isinstance(failure, Unavailable)
        assert sentence in str(failure)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('ERROR: error during connect: Post "https://10.20.30.40:2376/session": EOF', True),
        ("Cannot connect to the Docker daemon at tcp://10.20.30.40:2376. Is the docker daemon running?", True),
        ("#7 ERROR: rpc error: code = Unavailable desc = read tcp 10.0.0.1:5->10.20.30.40:2376: EOF", True),
        ("#7 1.204 curl: (56) Recv failure: Connection reset by peer", False),
        ("1.204 curl: (56) Recv failure: Connection reset by peer", False),
        ("ERROR: failed to solve: exit code: 2", False),
    ],
)
def test_what_the_docker_command_says_of_its_engine_is_none_of_the_builds_log(line: str, said: bool) -> None:
    assert of_engine(line) is said
