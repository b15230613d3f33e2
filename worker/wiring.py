"""The composition root: real parts, made once a process from its settings."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Collection
from functools import cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, cast
from uuid import uuid4

from redis import Redis

from tidegate.hosts import Host
from tidegate.settings import Settings
from tidegate.store import Store, open_store
from worker.bell import RedisBell
from worker.caller import HttpCaller
from worker.clock import SystemClock
from worker.datadir import DataDir
from worker.fleet import Fleet
from worker.gauges import RedisGauges
from worker.github.budget import WRITE_LIMITS
from worker.hosts import DockerEngine, Tunnel
from worker.logsink import StoredLog
from worker.outside import Outside
from worker.parts import Parts
from worker.ports import LogSink
from worker.post_office import PostOffice
from worker.prober import HttpProber
from worker.redisclient import quick
from worker.router.haproxy import HaproxyRouter
from worker.sharedbudget import SharedBudget
from worker.source import GitSource

if TYPE_CHECKING:
    from worker.github.app import GitHub

_settings: Settings | None = None


def configure(settings: Settings) -> None:
    """Called once by the entry point, before anything forks."""
    global _settings  # noqa: PLW0603 - RQ calls jobs by name, so what they work with must be found from the module
    _settings = settings


@cache
def _made(pid: int) -> Parts:
    """Per process: neither a database connection nor a socket may be shared over a fork."""
    assert _settings is not None, "configure() first"
    return make(_settings, f"{socket.gethostname()}-{pid}-{uuid4().hex[:6]}")


def parts() -> Parts:
    return _made(os.getpid())


def make(settings: Settings, owner: str) -> Parts:
    """Opens nothing that can fail: a part that is down is met when it is used."""
    store = open_store(settings.database_url, settings.secret_keys)
    clock = SystemClock()
    redis = quick(settings.redis_url)
    github = cast("GitHub", _Later(lambda: _github(settings, store, redis, clock)))
    data = DataDir(settings.data)
    return Parts(
        owner=owner,
        settings=settings,
        store=store,
        clock=clock,
        bell=RedisBell(redis),
        github=github,
        reports=github,
        # To take the method itself would make `github` now.
        source=GitSource(data.mirrors, lambda *of: github.clone_url(*of), data.scratch),  # noqa: PLW0108
        hosts=Fleet([_engine(host, data, settings) for host in settings.hosts]),
        prober=HttpProber(),
        caller=HttpCaller(),
        courier=PostOffice(Outside(settings.notify_networks, settings.hosts), settings.smtp),
        router=HaproxyRouter(Path(settings.router.directory), settings.router.bind, settings.router.tls),
        gauges=RedisGauges(redis),
        open_log=_log_opener(store, redis, clock, settings),
    )


def _engine(host: Host, data: DataDir, settings: Settings) -> DockerEngine:
    way = Tunnel(host.url, data.tunnels, key=host.key, known_hosts=host.known_hosts) if host.by_ssh else None
    # railpack speaks to a BuildKit of its own.
    tools = {"BUILDKIT_HOST": settings.buildkit} if settings.buildkit else {}
    return DockerEngine(
        host.name,
        host.url,
        data.scratch,
        address=host.address,
        certificates=host.certificates,
        tunnel=way,
        tool_settings=tools,
    )


class _Later:
    """Stands for what is made when something of it is first asked for."""

    def __init__(self, make: Callable[[], object]) -> None:
        self._made = cache(make)
        self._making = Lock()  # two threads that ask first must not make two

    def __getattr__(self, name: str) -> object:
        with self._making:
            made = self._made()
        return getattr(made, name)


def _github(settings: Settings, store: Store, redis: Redis, clock: SystemClock) -> GitHub:
    # Here, for memory: githubkit is 20 MB, and the watch never asks GitHub. The pool imports it before it forks.
    from worker.github.app import GitHub

    limits = WRITE_LIMITS if settings.github.rate_limits else ()
    return GitHub(settings.github, store.tokens, clock, SharedBudget(redis, clock, limits))


def _log_opener(
    store: Store, redis: Redis, clock: SystemClock, settings: Settings
) -> Callable[[str, Collection[str]], LogSink]:
    own = frozenset({settings.github.webhook_secret, settings.github.client_secret, *settings.secret_keys})

    def open_log(deployment_id: str, secrets: Collection[str]) -> LogSink:
        return StoredLog(store, redis, clock, deployment_id, own | set(secrets))

    return open_log
