"""Entry point of the web process: `gunicorn -c python:webapp.server webapp.wsgi:app`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from redis import Redis

from tidegate.settings import Settings, SettingsError
from tidegate.store import open_store
from webapp.app import create_app

try:
    settings = Settings.from_env(os.environ, lambda path: Path(path).read_text())
except SettingsError as error:
    # 4 is gunicorn's own "the app could not be loaded": its master then stops rather than starts again and again.
    print(error, file=sys.stderr)  # noqa: T201 - for whoever starts it
    sys.exit(4)

app = create_app(
    settings,
    open_store(settings.database_url, settings.secret_keys),
    Redis.from_url(settings.redis_url, socket_timeout=2, socket_connect_timeout=1),
)
