"""How much any request may hold, whoever sends it."""

from __future__ import annotations

from flask import Flask
from werkzeug.routing import IntegerConverter

from webapp.parameters import MOST


class _Number(IntegerConverter):
    """In an address; longer ones, which no database takes, are of nothing."""

    regex = r"\d{1,18}"


def bounded(app: Flask) -> Flask:
    """The same, before it has routes."""
    app.config["MAX_CONTENT_LENGTH"] = MOST
    app.url_map.converters["int"] = _Number
    return app
