"""Copies what runs of cron services print to their deployments' logs, each under its own name, to its last word."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from tidegate.container import run_name
from tidegate.cronrun import CronRun, log_name
from tidegate.deployment import Deployment
from worker.parts import Parts
from worker.ports import LogSink, Unavailable
from worker.variables import started_with

#: How long the last words of a run that is over are waited for, in seconds: its container goes then.
_LAST_WORDS = 10.0

log = structlog.get_logger(__name__)


class _Follower(threading.Thread):
    """Until the container has ended, or `stopped`. `lost_at`: since then the host can't be asked."""

    def __init__(self, parts: Parts, run: CronRun, container: str, sink: LogSink, since: datetime | None) -> None:
        super().__init__(name=f"follow-run-{run.id}", daemon=True)
        self.sink = sink
        self.stopped = threading.Event()
        self.lost_at: datetime | None = None
        self._parts, self._host, self._container, self._since = parts, run.host or "", container, since
        self._name = log_name(run.id)

    def run(self) -> None:
        def take(text: str) -> None:
            self.sink.line(self._name, text)

        try:
            self._parts.hosts.of(self._host).logs(self._container, take, self.stopped.is_set, self._since)
        except Unavailable as trouble:
            log.warning("a run's output can't be followed now", container=self._container, trouble=str(trouble))
            self.lost_at = self._parts.clock.now()


@dataclass
class RunLogs:
    """One thread a run. A new leader goes on from when the last line was kept."""

    parts: Parts
    _followers: dict[int, _Follower] = field(default_factory=dict)

    def follow(self, run: CronRun, row: Deployment) -> None:
        """Where nobody does yet, or its follower has lost it."""
        known = self._followers.get(run.id)
        if known is None:
            sink = self.parts.open_log(row.id, started_with(self.parts, row).secrets)
            self._begin(run, row, sink, self._kept(run, row))
        elif known.lost_at is not None:
            self._begin(run, row, known.sink, known.lost_at)

    def finish(self, run_id: int) -> None:
        """Its container has ended: its last line is kept."""
        follower = self._followers.pop(run_id, None)
        if follower is not None:
            follower.join(_LAST_WORDS)
            follower.stopped.set()
            follower.sink.close()

    def stop(self) -> None:
        """Somebody else may follow from now on."""
        for follower in self._followers.values():
            follower.stopped.set()
        for run_id in list(self._followers):
            self.finish(run_id)

    def _begin(self, run: CronRun, row: Deployment, sink: LogSink, since: datetime | None) -> None:
        follower = self._followers[run.id] = _Follower(self.parts, run, run_name(row, run.id), sink, since)
        follower.start()

    def _kept(self, run: CronRun, row: Deployment) -> datetime | None:
        """When its last line was kept; None: it has none. One run at a time writes to its deployment's log."""
        last = self.parts.store.logs.tail(row.id, 1)
        return last[-1].at if last and last[-1].step == log_name(run.id) else None
