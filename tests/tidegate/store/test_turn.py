"""Writers take turns, and none of them can keep the others from writing."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from tests.waiting import wait_until
from tidegate.store.turn import Turn

#: Seconds in which a turn that is free would long have been taken.
_LONG = 60.0


def _hold(file: Path, told: Connection) -> None:
    with Turn(file):
        told.send("mine")
        told.recv()


@contextmanager
def elsewhere(file: Path) -> Iterator[tuple[int, Connection]]:
    """A process whose turn it is, until it is told anything."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_hold, args=(file, theirs))
    process.start()
    try:
        assert ours.recv() == "mine"
        assert process.pid is not None
        yield process.pid, ours
    finally:
        process.kill()
        process.join()


def taken(file: Path) -> bool:
    """Whether one who doesn't want to wait would have to."""
    turn = Turn(file, patience=0)
    with turn:
        return turn._held is None


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "tidegate.db-turn"


def test_another_process_is_waited_for(file: Path) -> None:
    with elsewhere(file) as (_, process):
        got, waiter = threading.Event(), Turn(file, _LONG)

        def wait() -> None:
            with waiter:
                got.set()

        thread = threading.Thread(target=wait)
        thread.start()
        assert taken(file)
        assert not got.is_set()
        process.send("let go")
        thread.join(_LONG)
        assert got.is_set()


def test_a_killed_process_holds_nothing_up(file: Path) -> None:
    with elsewhere(file) as (pid, _):
        assert taken(file)
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: not taken(file))


def test_a_process_that_hangs_is_left_to_sqlite(file: Path) -> None:
    with elsewhere(file) as (pid, _):
        os.kill(pid, signal.SIGSTOP)
        with Turn(file, patience=0.01), Turn(file, patience=0.01):
            assert taken(file)


def test_threads_of_one_process_take_turns_too(file: Path) -> None:
    turn, inside, most = Turn(file, _LONG), [0], [0]

    def work() -> None:
        for _ in range(50):
            with turn:
                inside[0] += 1
                most[0] = max(most[0], inside[0])
                inside[0] -= 1

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(_LONG)
    assert most == [1]


def test_where_no_file_can_be_made_nobody_waits(tmp_path: Path) -> None:
    with Turn(tmp_path / "missing" / "turn"):
        pass


def test_a_fork_in_between_shares_no_turn(file: Path) -> None:
    turn = Turn(file)
    with turn:
        pass
    child = os.fork()
    if not child:
        with turn:
            os._exit(0 if taken(file) else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert not taken(file)
