"""One running process: its log file, its end, and the promise that it doesn't outlive us."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path

from cli.part import Part

#: The kernel sends SIGTERM to a child whose parent died, however it died (prctl(2), PR_SET_PDEATHSIG). Through setpriv,
#: since code between fork and exec is unsafe in a process that has threads. It counts the death of the thread that
#: started the child: whoever starts one must stay.
_DIES_WITH_US = ("setpriv", "--pdeathsig", "TERM", "--")


class Child:
    """A part's process; output goes to `<logs>/<name>.log`, appended. In a session of its own, so that Ctrl-C reaches
    only the runner, which stops its children in order."""

    def __init__(self, part: Part, logs: Path, environment: dict[str, str]) -> None:
        self.part = part
        self.log = logs / f"{part.name}.log"
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                (*_DIES_WITH_US, *part.command),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**environment, **part.environment},
                start_new_session=True,
            )
        self.pid = self._process.pid
        self.started = time.monotonic()

    def exit_code(self) -> int | None:
        """None while it runs; negative: the signal that killed it."""
        return self._process.poll()

    def ask_to_stop(self) -> None:
        if self.exit_code() is None:
            self._process.terminate()

    def end(self, grace: float) -> None:
        """Waits for it `grace` seconds, then kills it; either way nothing that it started is left."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(grace)
        for pid in session(self.pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.wait()

    def last_words(self, lines: int = 5) -> list[str]:
        """The end of its log."""
        with self.log.open("rb") as log:
            log.seek(max(0, self.log.stat().st_size - 8192))
            return log.read().decode(errors="replace").splitlines()[-lines:]


def session(leader: int) -> list[int]:
    """Processes in the session that `leader` began: its descendants, whatever process groups they made."""
    members = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # ended meanwhile
            continue
        state, session = fields[0], int(fields[3])  # proc(5): fields 3 and 6
        if session == leader and state != "Z":
            members.append(int(stat.parent.name))
    return members
