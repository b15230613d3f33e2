"""All job workers of one machine: few processes, forked from one parent, so that what they share is in memory once.

Each kind of work has workers of its own, so that a two-hour build never keeps a webhook waiting.
"""

from __future__ import annotations

import ctypes
import gc
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType

import structlog

from tidegate import arenas
from tidegate.settings import Settings
from worker.bell import BUILDS, DEPLOYS, EVENTS, NEWS, UPKEEP
from worker.hand import Hand

#: A process that dies at once is started again after this many seconds.
_PAUSE = 1.0
_PR_SET_PDEATHSIG = 1

log = structlog.get_logger(__name__)

#: The queues of one worker, in order; the workers that share a process.
Queues = tuple[str, ...]
Process = tuple[Queues, ...]


def crew(deploy_workers: int) -> tuple[Process, Process]:
    """One process for what is quick, one for rollouts. All deploy workers but the first build ahead as well: one
    is always free for a deploy that people wait for."""
    quick = (EVENTS,), (UPKEEP,), (NEWS,)
    if deploy_workers == 1:
        return quick, ((DEPLOYS, BUILDS),)
    return quick, ((DEPLOYS,), *[(DEPLOYS, BUILDS)] * (deploy_workers - 1))


class Pool:
    """Keeps the crew's processes running until SIGTERM; then lets each finish its jobs."""

    def __init__(self, settings: Settings, work: Callable[[Process], None]) -> None:
        self._work = work
        self._crew = crew(settings.deploy_workers)
        self._running: dict[int, tuple[Process, float]] = {}
        self._stopping = False

    def run(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        gc.collect()
        arenas.give_back()
        gc.freeze()  # the collector would touch, and so copy, what the children share with us
        for process in self._crew:
            self._start(process)
        while self._running:
            try:
                pid, status = os.wait()
            except InterruptedError:
                continue
            process, since = self._running.pop(pid)
            if not self._stopping:
                log.warning("workers ended and are started again", queues=process, status=status)
                time.sleep(max(0.0, _PAUSE - (time.monotonic() - since)))
                self._start(process)

    def _start(self, process: Process) -> None:
        parent = os.getpid()
        pid = os.fork()
        if pid:
            self._running[pid] = (process, time.monotonic())
            return
        _die_with(parent)
        try:
            self._work(process)
        finally:
            sys.stdout.flush()
            os._exit(0)

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True
        for pid in self._running:
            os.kill(pid, signal.SIGTERM)


def work(settings: Settings, process: Process) -> None:
    """The workers of one process, until SIGTERM. A process that dies takes their jobs with it; their leases run out,
    and others take them up."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    hands = [Hand(settings.redis_url, queues) for queues in process]
    stop.wait()
    for hand in hands:
        hand.let_go()
    while any(hand.busy for hand in hands):
        time.sleep(0.1)


def _die_with(parent: int) -> None:
    """The kernel kills us when our parent dies, even by kill -9: a new pool must not find the old one's
    workers beside its own (prctl(2))."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
