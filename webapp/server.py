"""gunicorn's settings, read by it as `-c python:webapp.server`. The port is `PORT`, as gunicorn has it by itself.

One process by default: SQLite has one writer, so group commit works best where all deliveries meet (inbox.py); what it
has counted is all that was counted; and memory is what the product is small in. Threads are for what waits: commits,
and watchers of logs.
"""

from __future__ import annotations

import gc
import os
from typing import Protocol

from tidegate import arenas
from tidegate.logline import Lines
from webapp.places import PLACES

arenas.few()  # here, in the master, as what it forks has it from it

worker_class = "gthread"
workers = 1
#: Every watcher of a live log holds one; the rest serve webhooks and pages.
threads = PLACES + 16
#: Longer than the pause between two deliveries of a burst. GitHub gives up on an answer after 10 s.
keepalive = 20
graceful_timeout = 10
#: Nothing of ours uses it, and several servers of one user would share its path.
control_socket_disable = True
#: gunicorn's own lines look like ours.
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"lines": {"()": Lines, "as_json": os.environ.get("TIDEGATE_LOG_FORMAT", "").strip() == "json"}},
    "handlers": {"lines": {"class": "logging.StreamHandler", "formatter": "lines"}},
    "root": {"level": "WARNING", "handlers": ["lines"]},
    "loggers": {
        name: {"level": "INFO", "handlers": ["lines"], "propagate": False, "qualname": name}
        for name in ("gunicorn.error", "gunicorn.access")
    },
}


class Worker(Protocol):
    """What we use of gunicorn's."""

    alive: bool
    wsgi: object


class Ended(Protocol):
    """The same, seen from gunicorn's master."""

    pid: int


def pre_fork(_server: object, _worker: Worker) -> None:
    """What the master has is shared with what it forks for as long as neither writes to it, as the collector would."""
    arenas.give_back()
    gc.freeze()


def post_worker_init(worker: Worker) -> None:
    """A stopping server must not wait minutes for those who watch a log; nor a page for the collector to look through
    all that is there for good."""
    from webapp.front import Front
    from webapp.parts import KEY

    arenas.give_back()
    gc.freeze()
    if isinstance(worker.wsgi, Front):
        worker.wsgi.stopping = lambda: not worker.alive
    extensions = getattr(worker.wsgi, "extensions", {})
    if KEY in extensions:
        extensions[KEY].places.stopping = lambda: not worker.alive


def child_exit(_server: object, worker: Ended) -> None:
    """What a process that is gone was in the middle of is no longer counted."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        from prometheus_client.multiprocess import mark_process_dead

        mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]  # the library has no type there
