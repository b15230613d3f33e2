"""All job workers of one machine: forked from one parent, so that what they have in common is in memory once.

Each kind of work has workers of its own, so that a two-hour build never keeps a webhook waiting.
"""

from __future__ import annotations

import ctypes
import gc
import os
import signal
import sys
import time
from collections.abc import Callable
from types import FrameType

import structlog
from redis import Redis
from rq import SimpleWorker
from rq.worker import BaseWorker

from tidegate.settings import Settings
from worker.bell import BUILDS, DEPLOYS, EVENTS, UPKEEP

#: A worker that dies at once is started again after this many seconds.
_PAUSE = 1.0
_PR_SET_PDEATHSIG = 1

log = structlog.get_logger(__name__)


def crew(deploy_workers: int) -> list[tuple[str, ...]]:
    """The queues that each worker listens to, in order. Only all deploy workers but the first build ahead as well, so
    that one is always free for a deploy that people wait for."""
    deployers = [(DEPLOYS,), *[(DEPLOYS, BUILDS)] * (deploy_workers - 1)]
    if deploy_workers == 1:
        deployers = [(DEPLOYS, BUILDS)]
    return [(EVENTS,), (UPKEEP,), *deployers]


class Pool:
    """Keeps a process per crew member running until SIGTERM; then lets each finish its job."""

    def __init__(self, settings: Settings, work: Callable[[tuple[str, ...]], None]) -> None:
        self._work = work
        self._crew = crew(settings.deploy_workers)
        self._running: dict[int, tuple[tuple[str, ...], float]] = {}
        self._stopping = False

    def run(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        gc.freeze()  # the collector would touch, and so copy, what the children share with us
        for queues in self._crew:
            self._start(queues)
        while self._running:
            try:
                pid, status = os.wait()
            except InterruptedError:
                continue
            queues, since = self._running.pop(pid)
            if not self._stopping:
                log.warning("a worker ended and is started again", queues=queues, status=status)
                time.sleep(max(0.0, _PAUSE - (time.monotonic() - since)))
                self._start(queues)

    def _start(self, queues: tuple[str, ...]) -> None:
        parent = os.getpid()
        pid = os.fork()
        if pid:
            self._running[pid] = (queues, time.monotonic())
            return
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        _die_with(parent)
        try:
            self._work(queues)
        finally:
            sys.stdout.flush()
            os._exit(0)

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True
        for pid in self._running:
            os.kill(pid, signal.SIGTERM)


def _die_with(parent: int) -> None:
    """The kernel kills us when our parent dies, even by kill -9: a new pool must not find the old one's
    workers beside its own (prctl(2))."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def work(settings: Settings, queues: tuple[str, ...]) -> None:
    """One worker, in this process: it keeps its connections, and a job that dies takes only this process with it."""
    redis = Redis.from_url(settings.redis_url, socket_connect_timeout=2)
    worker: BaseWorker = SimpleWorker(list(queues), connection=redis)
    worker.work(logging_level="WARNING")
