"""The stand-in as a server: one process, many threads, since its state is in memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]  # gunicorn has no types

from standin import api, control, smart_http
from standin.pages import BLUEPRINTS as PAGES
from standin.rest import PREFIX
from standin.world import World

LARGEST = 512 << 20  # bytes, of a push


def create_app(world: World) -> Flask:
    app = Flask("standin", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST
    app.url_map.strict_slashes = False
    app.extensions["standin"] = world
    for blueprint in control.BLUEPRINTS:
        app.register_blueprint(blueprint)
    for blueprint in api.BLUEPRINTS:
        app.register_blueprint(blueprint, url_prefix=PREFIX)
    app.register_blueprint(smart_http.routes)
    for blueprint in PAGES:
        app.register_blueprint(blueprint)
    return app


class Server(BaseApplication):  # type: ignore[misc]  # its base is untyped, see above
    """gunicorn, told in code; `load` runs in the worker, where the courier's threads may start."""

    def __init__(self, address: str, load: Callable[[], Flask], threads: int) -> None:
        self._load = load
        self._options: dict[str, Any] = {
            "bind": address,
            "workers": 1,
            "worker_class": "gthread",
            "threads": threads,
            "keepalive": 75,
            "timeout": 0,
            "graceful_timeout": 1,
            "loglevel": "warning",
            "control_socket_disable": True,
        }
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Flask:
        return self._load()
