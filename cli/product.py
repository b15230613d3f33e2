"""The product's processes on one machine: what `tidegate up`, the demo and the tests of the whole start alike."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from cli.part import Part
from cli.ready import answers, listens, listens_on
from tidegate.settings import Settings

#: As in the Procfile (a test compares them).
RELEASE = ("python", "-m", "worker", "release")
WEB = ("python", "-m", "gunicorn", "-c", "python:webapp.server", "webapp.wsgi:app")
WORKER = ("python", "-m", "worker", "pool")
WATCH = ("python", "-m", "worker", "watch")
#: Not there: under other process managers it is started, and stopped, apart from the rest.
ROUTER = ("python", "-m", "worker", "router")

#: A worker that is told to stop hands its deploy to its successor; web waits for requests in flight.
_GRACE = 15.0


def redis_socket(data: Path) -> Path:
    """Where the embedded Redis listens: a socket only its owner can open, since whoever rings can run jobs."""
    return data / "redis.sock"


def redis(data: Path) -> Part:
    """Keeps nothing on disk: losing all of Redis loses nothing. Live logs, which expire, give way where memory ends."""
    socket = redis_socket(data)
    options = {
        "--port": "0",
        "--unixsocket": str(socket),
        "--unixsocketperm": "700",
        "--save": "",
        "--appendonly": "no",
        "--dir": str(data),
        "--maxmemory": "128mb",
        "--maxmemory-policy": "volatile-ttl",
    }
    command = ("redis-server", *(word for option in options.items() for word in option))
    return Part("redis", command, {}, listens_on(socket))


def parts(settings: Settings, port: int, environment: Mapping[str, str]) -> list[Part]:
    """Router, migrations, web on `port`, worker, watch, in the order of their starting. `environment` is all that they
    get their settings from: the same mapping that `settings` was read from."""
    routed = int(settings.router.bind.rpartition(":")[2])
    return [
        Part("router", _python(ROUTER), environment, listens(routed)),
        Part("release", _python(RELEASE), environment, once=True, patience=120),
        Part("web", _python(WEB), {**environment, "PORT": str(port)}, answers(port, "/readyz"), grace=_GRACE),
        Part("worker", _python(WORKER), environment, grace=_GRACE),
        Part("watch", _python(WATCH), environment, grace=_GRACE),
    ]


def _python(command: tuple[str, ...]) -> tuple[str, ...]:
    """With this very interpreter, whatever `python` is on PATH."""
    return (sys.executable, *command[1:])
