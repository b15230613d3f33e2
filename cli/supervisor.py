"""Keeps parts running: started in order, each once the one before is ready; restarted when dead; stopped in reverse."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cli.child import Child
from cli.part import Part

#: Seconds before a dead part is started again: doubled with every death, forgotten after a minute of life.
FIRST_PAUSE, LONGEST_PAUSE, LONG_ENOUGH = 0.5, 30.0, 60.0
_TICK = 0.1

Say = Callable[[str], None]


class NotStartedError(Exception):
    """A part did not get ready; the message carries the end of its log."""


@dataclass
class _Seat:
    """A part's place: who sits there now, and when the next may."""

    child: Child
    pause: float = FIRST_PAUSE
    restart_at: float | None = None


class Supervisor:
    """`environment` is what every part gets besides its own. All children are started by the thread that calls `run`,
    which must live as long as they shall."""

    def __init__(self, parts: Sequence[Part], logs: Path, environment: Mapping[str, str], say: Say) -> None:
        self._parts = parts
        self._logs = logs
        self._environment = dict(environment)
        self._say = say
        self._seats: dict[str, _Seat] = {}
        self._stopping = threading.Event()
        self._settled = threading.Event()
        self._trouble: NotStartedError | None = None

    def run(self) -> None:
        """Until `stop` is called. Raises NotStartedError; no child is left in any case."""
        try:
            self._logs.mkdir(parents=True, exist_ok=True)
            for part in self._parts:
                self._start(part)
            self._settled.set()
            while not self._stopping.wait(_TICK):
                self._look()
        except NotStartedError as trouble:
            self._trouble = trouble
            raise
        finally:
            self._settled.set()
            self._stop_all()

    def stop(self) -> None:
        """From any thread or signal handler; `run` then ends."""
        self._stopping.set()

    def wait_started(self) -> None:
        """From another thread, until every part is ready; raises what kept one from it."""
        self._settled.wait()
        if self._trouble is not None:
            raise NotStartedError(str(self._trouble))

    def pid(self, name: str) -> int:
        """The process that sits there now; KeyError for a name that isn't a part's or that hasn't started."""
        return self._seats[name].child.pid

    def pids(self) -> dict[str, int]:
        return {name: seat.child.pid for name, seat in self._seats.items()}

    def _start(self, part: Part) -> None:
        if self._stopping.is_set():
            return
        child = Child(part, self._logs, self._environment)
        if part.once:
            self._finish(child)
            return
        self._seats[part.name] = _Seat(child)
        self._await(child)
        self._say(f"{part.name} is up (pid {child.pid}, log {child.log})")

    def _finish(self, child: Child) -> None:
        deadline = time.monotonic() + child.part.patience
        while child.exit_code() is None and time.monotonic() < deadline and not self._stopping.is_set():
            time.sleep(_TICK)
        code = child.exit_code()
        child.end(0)
        if code != 0 and not self._stopping.is_set():
            raise NotStartedError(
                self._complaint(child, "did not end in time" if code is None else f"ended with {code}")
            )

    def _await(self, child: Child) -> None:
        deadline = time.monotonic() + child.part.patience
        while not child.part.ready() and not self._stopping.is_set():
            if child.exit_code() is not None:
                raise NotStartedError(self._complaint(child, f"ended with {child.exit_code()}"))
            if time.monotonic() > deadline:
                raise NotStartedError(self._complaint(child, f"was not ready after {child.part.patience:g} s"))
            time.sleep(_TICK)

    def _look(self) -> None:
        now = time.monotonic()
        for name, seat in self._seats.items():
            code = seat.child.exit_code()
            if code is None:
                continue
            if seat.restart_at is None:
                seat.child.end(0)
                if now - seat.child.started > LONG_ENOUGH:
                    seat.pause = FIRST_PAUSE
                seat.restart_at = now + seat.pause
                self._say(self._complaint(seat.child, f"ended with {code}; starting it again in {seat.pause:g} s"))
            elif now >= seat.restart_at:
                seat.child = Child(seat.child.part, self._logs, self._environment)
                seat.pause, seat.restart_at = min(seat.pause * 2, LONGEST_PAUSE), None
                self._say(f"{name} is started again (pid {seat.child.pid})")

    def _stop_all(self) -> None:
        for seat in reversed(self._seats.values()):
            seat.child.ask_to_stop()
            seat.child.end(seat.child.part.grace)

    @staticmethod
    def _complaint(child: Child, what: str) -> str:
        return "\n    ".join((f"{child.part.name} {what} (log {child.log})", *child.last_words()))


@contextmanager
def supervised(supervisor: Supervisor) -> Iterator[Supervisor]:
    """Runs it beside the caller, from when every part is ready (NotStartedError otherwise) to the end of the block."""
    thread = threading.Thread(target=_quietly, args=(supervisor,), name="supervisor")
    thread.start()
    try:
        supervisor.wait_started()
        yield supervisor
    finally:
        supervisor.stop()
        thread.join()


def _quietly(supervisor: Supervisor) -> None:
    try:
        supervisor.run()
    except NotStartedError:
        return  # told by wait_started, to whoever waits
