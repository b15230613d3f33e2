"""The composition root: real parts, made once a process from its settings."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Collection
from functools import cache
from pathlib import Path
from uuid import uuid4

from redis import Redis

from tidegate.settings import Settings
from tidegate.store import Store, open_store
from worker.bell import RedisBell
from worker.clock import SystemClock
from worker.github.app import GitHub
from worker.hosts import DockerEngine
from worker.logsink import StoredLog
from worker.parts import Parts
from worker.ports import LogSink
from worker.prober import HttpProber
from worker.router.haproxy import HaproxyRouter
from worker.source import GitSource

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
    redis = Redis.from_url(settings.redis_url, socket_timeout=30, socket_connect_timeout=2)
    github = GitHub(settings.github, store.tokens, clock)
    host = settings.hosts[0]
    return Parts(
        owner=owner,
        settings=settings,
        store=store,
        clock=clock,
        bell=RedisBell(redis),
        github=github,
        reports=github,
        source=GitSource(Path(settings.data) / "mirrors", github.clone_url),
        engine=DockerEngine(host.name, host.url),
        prober=HttpProber(),
        router=HaproxyRouter(Path(settings.router.directory), settings.router.bind),
        open_log=_log_opener(store, redis, clock, settings),
    )


def _log_opener(
    store: Store, redis: Redis, clock: SystemClock, settings: Settings
) -> Callable[[str, Collection[str]], LogSink]:
    own = frozenset({settings.github.webhook_secret, settings.github.client_secret, *settings.secret_keys})

    def open_log(deployment_id: str, secrets: Collection[str]) -> LogSink:
        return StoredLog(store, redis, clock, deployment_id, own | set(secrets))

    return open_log
