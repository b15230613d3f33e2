"""Copies what live instances print to their deployment's log while they run; the rollout has copied their start."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from tidegate.deployment import Deployment, Status
from tidegate.instance import InstanceState
from worker.parts import Parts
from worker.ports import LogSink, Unavailable
from worker.variables import environment_of

#: The name of the part of the log that comes from a live service.
RUNTIME = "run"

log = structlog.get_logger(__name__)


@dataclass
class Followers:
    """One thread per instance that runs. A new leader goes on from when the last line was kept."""

    parts: Parts
    _stopped: threading.Event = field(default_factory=threading.Event)
    _threads: dict[str, threading.Thread] = field(default_factory=dict)
    _logs: dict[str, LogSink] = field(default_factory=dict)

    def sync(self) -> None:
        """Follows whom nobody follows yet; forgets those that ended."""
        self._threads = {container: thread for container, thread in self._threads.items() if thread.is_alive()}
        followed: set[str] = set()
        for row in self.parts.store.deployments.all_running():
            followed.add(row.id)
            for instance in self.parts.store.instances.of(row.id):
                if instance.container_id not in self._threads and instance.state is InstanceState.HEALTHY:
                    self._follow(row, instance.container_id)
        for gone in self._logs.keys() - followed:
            self._logs.pop(gone).close()

    def stop(self) -> None:
        self._stopped.set()
        for thread in self._threads.values():
            thread.join(timeout=2)
        for sink in self._logs.values():
            sink.close()

    def _follow(self, row: Deployment, container: str) -> None:
        if row.status is not Status.LIVE and row.id not in self._logs:
            return
        if row.id not in self._logs:
            self._logs[row.id] = self.parts.open_log(row.id, environment_of(self.parts, row).secrets)
        since = self._since(row)
        thread = threading.Thread(
            target=self._copy, args=(self._logs[row.id], container, since), name=f"follow-{container[:12]}", daemon=True
        )
        self._threads[container] = thread
        thread.start()

    def _since(self, row: Deployment) -> datetime | None:
        last = self.parts.store.logs.tail(row.id, 1)
        return max(last[-1].at, row.live_at) if last and row.live_at else row.live_at

    def _copy(self, sink: LogSink, container: str, since: datetime | None) -> None:
        try:
            self.parts.engine.logs(container, lambda text: sink.line(RUNTIME, text), self._stopped.is_set, since)
        except Unavailable as trouble:
            log.warning("a service's output can't be followed now", container=container[:12], trouble=str(trouble))
