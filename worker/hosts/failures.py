"""Why a build failed: the user's instruction and its exit code, or the host's trouble, told from its last words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tidegate.dockerfile import error_location, step_line
from worker.hosts.connection import Connection
from worker.ports import BuildFailed, Refused, Unavailable

#: BuildKit says "exit code: 3"; the classic builder "returned a non-zero code: 3".
_EXIT_CODE = re.compile(r"(?:exit code|non-zero code): (\d+)")
#: The step that failed, as BuildKit's summary names it: ` > [2/3] RUN make:`
_FAILED_STEP = re.compile(r" > \[[^\]]+\] (.*):")
#: How the docker command ends when the engine isn't there, or goes away under a build (the third is 20.10's word).
_UNREACHABLE = (
    "cannot connect to the docker daemon",
    "error during connect",
    "server did not provide an image id",
    "rpc error: code = unavailable",
    "failed to solve: unavailable:",
    "connection reset by peer",
    "transport is closing",
)
#: What a step of the build itself has printed, with the seconds since it began.
_OUTPUT = re.compile(r"(?:#\d+ )?[\d.]+ .*")
_FULL = "no space left on device"
#: How many of the last raw lines a builder keeps to tell the reason from, and in how many of them it stands.
KEPT_LINES = 200
_LAST = 20


def buildkit_failure(connection: Connection, lines: Sequence[str], dockerfile: str) -> BuildFailed | Unavailable:
    """From the raw lines of the docker command, which says everything there and nothing else in its exit code."""
    said = [line for line in lines if line.strip()]
    last = said[-1] if said else "the docker command ended without a word"
    trouble = hosts_trouble(connection, said, last)
    if trouble is not None:
        return trouble
    step = next((found[1] for line in reversed(said) if (found := _FAILED_STEP.fullmatch(line))), None)
    return _failed(last, step, error_location(lines, dockerfile))


def classic_failure(
    connection: Connection, lines: Sequence[str], dockerfile: str, error: str, step: tuple[int, str] | None
) -> BuildFailed | Unavailable:
    """From the builder's `error` message and the `step` that it came to: its number (from 1) and its instruction."""
    trouble = hosts_trouble(connection, lines, error)
    if trouble is not None:
        return trouble
    if step is None:
        return _failed(error, None, error_location([*lines, error], dockerfile))
    number, instruction = step
    return _failed(error, instruction, step_line(dockerfile, number))


def of_engine(line: str) -> bool:
    """Whether the docker command says in it that its engine isn't there, and where that was: none of the build's log,
    which many may read."""
    return _OUTPUT.fullmatch(line) is None and _says_unreachable(line)


def hosts_trouble(connection: Connection, lines: Sequence[str], error: str) -> Unavailable | None:
    """What the builder's `error`, and the lines before it, say of its Docker host; None: nothing."""
    if any(_FULL in line.lower() for line in (*lines[-_LAST:], error)):
        return connection.full()
    if _says_unreachable(error):
        verdict = connection.verdict(error, None)
        assert not isinstance(verdict, Refused)
        return verdict
    return None


def _says_unreachable(line: str) -> bool:
    return any(sign in line.lower() for sign in _UNREACHABLE)


def _failed(error: str, step: str | None, line: int | None) -> BuildFailed:
    code = _EXIT_CODE.search(error)
    what = f"{step}: {error}" if step and not code else error
    if code is not None:
        what = f"`{step or 'the command'}` ended with exit code {code[1]}"
    return BuildFailed(what, line, None if code is None else int(code[1]))
