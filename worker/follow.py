"""Copies what live instances print to their deployment's log while they run; the rollout has copied their start."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from tidegate.deployment import Deployment
from tidegate.instance import Instance
from worker.parts import Parts
from worker.ports import LogSink, Unavailable
from worker.variables import started_with

#: The name of the part of the log that comes from a live service.
RUNTIME = "run"
#: Seconds until a host that could not be reached is tried again.
_PAUSE = 5.0

log = structlog.get_logger(__name__)


#: A container's id, and when its process was started last.
_Life = tuple[str, datetime | None]


class _Thread(threading.Thread):
    def __init__(self, deployment: str, work: Callable[[], None]) -> None:
        super().__init__(name=f"follow-{deployment}", daemon=True, target=work)
        self.deployment = deployment


@dataclass
class Followers:
    """One thread per instance that runs. A new leader goes on from when the last line was kept."""

    parts: Parts
    _stopped: threading.Event = field(default_factory=threading.Event)
    #: By container and process; one that ended keeps its entry, so that it is not followed again.
    _threads: dict[_Life, _Thread] = field(default_factory=dict)
    _sinks: dict[str, LogSink] = field(default_factory=dict)

    def sync(self) -> None:
        """Follows whom nobody follows yet; forgets those that are gone."""
        tended = [each.instance for each in self.parts.store.instances.tended()]
        for instance in tended:
            # One that scaling has added has a container once it was started.
            if instance.address and _life(instance) not in self._threads:
                row = self.parts.store.deployments.get(instance.deployment_id)
                if row is not None:
                    self._follow(row, instance)
        # A container that is told to stop has last words.
        for life in self._threads.keys() - {_life(instance) for instance in tended}:
            if not self._threads[life].is_alive():
                del self._threads[life]
        for deployment in self._sinks.keys() - {thread.deployment for thread in self._threads.values()}:
            self._sinks.pop(deployment).close()

    def stop(self) -> None:
        self._stopped.set()
        for thread in self._threads.values():
            thread.join(timeout=2)
        for sink in self._sinks.values():
            sink.close()

    def _follow(self, row: Deployment, instance: Instance) -> None:
        if row.id not in self._sinks:
            self._sinks[row.id] = self.parts.open_log(row.id, started_with(self.parts, row).secrets)
        sink, container, since = self._sinks[row.id], instance.container_id, self._since(row)
        thread = _Thread(row.id, lambda: self._copy(sink, instance.host, container, since))
        self._threads[_life(instance)] = thread
        thread.start()

    def _since(self, row: Deployment) -> datetime | None:
        last = self.parts.store.logs.tail(row.id, 1)
        return max(last[-1].at, row.live_at) if last and row.live_at else row.live_at

    def _copy(self, sink: LogSink, host: str, container: str, since: datetime | None) -> None:
        while not self._stopped.is_set():
            try:
                engine = self.parts.hosts.of(host)
                engine.logs(container, lambda text: sink.line(RUNTIME, text), self._stopped.is_set, since)
            except Unavailable as trouble:
                log.warning("a service's output can't be followed now", container=container[:12], trouble=str(trouble))
                since = self.parts.clock.now()
                self._stopped.wait(_PAUSE)
            else:
                return


def _life(instance: Instance) -> _Life:
    return instance.container_id, instance.started_at
