"""Entry point of the web process: `gunicorn -c python:webapp.server webapp.wsgi:app`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask
from redis import Redis

from tidegate import logline, setup, setup_words
from tidegate.settings import Settings, SettingsError
from tidegate.store import StoreDown, open_store
from tidegate.store.start import settings_at_start, with_kept_app
from webapp.app import create_app

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


def _settings() -> Settings:
    """Without the App where it is in a store that can't be reached: the front looks again."""

    def read(path: str) -> str:
        return Path(path).read_text()

    try:
        return settings_at_start(os.environ, read)
    except StoreDown:
        return Settings.from_env(os.environ, read, app=False)


def _app(settings: Settings) -> WSGIApplication:
    logline.configure(as_json=settings.json_logs)
    store = open_store(settings.database_url, settings.secret_keys)
    redis = Redis.from_url(settings.redis_url, socket_timeout=2, socket_connect_timeout=1)
    if settings.github.has_app:
        return create_app(settings, store, redis)
    from webapp.fresh import create_fresh_app
    from webapp.front import Front

    def look() -> Flask | None:
        known = with_kept_app(settings, store)
        return create_app(known, store, redis) if known.github.has_app else None

    print(setup_words.set_up_at(setup.link(settings)), file=sys.stderr)  # noqa: T201 - for whoever starts it
    return Front(create_fresh_app(settings, store), look)


try:
    app = _app(_settings())
except SettingsError as error:
    # 4 is gunicorn's own "the app could not be loaded": its master then stops rather than starts again and again.
    print(error, file=sys.stderr)  # noqa: T201 - for whoever starts it
    sys.exit(4)
