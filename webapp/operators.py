"""The API for the operator's command, in its own process on the workers' machine: it works while no web process does.

Who can make this has the workers' keys, and may do anything: GitHub isn't asked, no token is told, and the audit log
has it as the command's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from redis import Redis

from tidegate.repository import Delivery
from tidegate.settings import Settings
from tidegate.store import Store
from webapp.app import API, create_inner
from webapp.asker import OPERATORS
from webapp.parts import KEY

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

Door = Callable[["WSGIEnvironment", "StartResponse"], Iterable[bytes]]


@contextmanager
def operators(settings: Settings, store: Store) -> Iterator[Door]:
    """What is asked of a worker is only kept: the watcher rings for it within a second."""

    def keep(delivery: Delivery) -> None:
        store.deliveries.put([delivery])

    redis = Redis.from_url(settings.redis_url, socket_timeout=2, socket_connect_timeout=1)
    app = create_inner(settings, store, redis, API, keep)

    def door(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return app({**environ, OPERATORS: True}, start_response)

    try:
        yield door
    finally:
        app.extensions[KEY].people.close()
