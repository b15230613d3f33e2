"""A fresh server's door: the set-up until there is an App, then the product, without a restart."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from flask import Flask

from tidegate.settings import SettingsError
from tidegate.store import StoreDown
from webapp.parts import KEY

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

log = logging.getLogger(__name__)


class Front:
    """The WSGI callable. `look` makes the product once there is an App, which any process may have recorded, and gives
    None before; it may raise StoreDown and SettingsError. `stopping`: the server's end, as in Places."""

    def __init__(self, fresh: Flask, look: Callable[[], Flask | None]) -> None:
        self.stopping: Callable[[], bool] = lambda: False
        self._fresh = fresh
        self._look = look
        self._product: Flask | None = None
        self._looking = threading.Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        # That the process answers is told without the store, which may be what is slow.
        look = self._product is None and environ["PATH_INFO"] != "/healthz"
        return ((self._made() if look else self._product) or self._fresh)(environ, start_response)

    def _made(self) -> Flask | None:
        with self._looking:
            if self._product is None:
                try:
                    self._product = self._look()
                except (StoreDown, SettingsError) as trouble:
                    log.warning("whether there is a GitHub App isn't known: %s", trouble)
                    return None
                if self._product is not None:
                    self._product.extensions[KEY].places.stopping = self.stopping
            return self._product
