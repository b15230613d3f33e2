"""Commands that we run and that never outlive us: not our giving up, and not our own kill -9."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cache


@contextmanager
def running(
    command: Sequence[str], environment: Mapping[str, str], stderr: int = subprocess.PIPE
) -> Iterator[subprocess.Popen[bytes]]:
    """The command with nothing but this environment, its output in pipes. In a process group of its own, since commands
    have children too; the group is killed where the block is left by an exception."""
    process = subprocess.Popen(
        [*tether(), *command],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=stderr,
        start_new_session=True,
    )
    with process:
        try:
            yield process
        except BaseException:
            kill(process)
            raise


def end(process: subprocess.Popen[bytes], grace: float) -> None:
    """Asks the group to end, and kills it after `grace` seconds."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(grace)
    kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


@cache
def tether() -> tuple[str, ...]:
    """Put before a command, makes the kernel kill it when we die, however we die. From util-linux, where it is."""
    setpriv = shutil.which("setpriv")
    return () if setpriv is None else (setpriv, "--pdeathsig", "KILL", "--")
