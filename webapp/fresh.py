"""The web process of a server without an App: its set-up, and for whoever comes for anything else, the way there."""

from __future__ import annotations

from http import HTTPStatus

from flask import Flask, Response, jsonify, redirect, request
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as BaseResponse

from tidegate import setup as known
from tidegate import setup_words
from tidegate.settings import Settings
from tidegate.store import Store
from webapp import refusal, setup
from webapp.bounds import bounded
from webapp.headers import guarded
from webapp.pages import shown
from webapp.problem import Problem
from webapp.session import Sessions


def create_fresh_app(settings: Settings, store: Store) -> Flask:
    """Answers 503 to webhooks, which GitHub lists as failed, so that they are asked for again later."""
    app = bounded(Flask(__name__))
    Sessions(app, settings.url, settings.secret_keys, store.sessions)
    app.extensions[setup.KEY] = setup.SetUp(settings, store)
    app.register_blueprint(setup.blueprint)
    shown.register(app)
    refusal.register(app)
    app.register_error_handler(NotFound, _elsewhere)
    app.context_processor(lambda: {"signed_in": lambda: None})
    app.add_url_rule("/healthz", view_func=lambda: jsonify(status="ok"))
    app.add_url_rule("/readyz", "readyz", lambda: _ready(store))
    app.after_request(guarded)
    return app


def _ready(store: Store) -> tuple[Response, HTTPStatus]:
    ready = store.ready()
    return jsonify(store="ok" if ready else "down"), HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE


def _elsewhere(_: NotFound) -> BaseResponse:
    if request.method == "GET" and refusal.reads_pages():
        return redirect(known.PAGE, HTTPStatus.SEE_OTHER)
    return refusal.refuse(Problem(HTTPStatus.SERVICE_UNAVAILABLE, setup_words.NOT_SET_UP, {"Retry-After": "60"}))
