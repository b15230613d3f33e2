"""The web process, put together: the receiver in front, and behind it Flask with a blueprint per noun."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from secrets import token_hex
from types import ModuleType
from typing import TYPE_CHECKING

from flask import Flask, request
from redis import Redis

from tidegate import logline
from tidegate.repository import Delivery
from tidegate.settings import Settings
from tidegate.store import Store, StoreDown
from webapp import deploy_hook, probes, refusal, webhooks
from webapp.api import audit as api_audit
from webapp.api import branch as api_branch
from webapp.api import commits as api_commits
from webapp.api import deployments as api_deployments
from webapp.api import diff as api_diff
from webapp.api import environments as api_environments
from webapp.api import events as api_events
from webapp.api import freezes as api_freezes
from webapp.api import hook as api_hook
from webapp.api import hosts as api_hosts
from webapp.api import instances as api_instances
from webapp.api import logstream as api_logstream
from webapp.api import lookup as api_lookup
from webapp.api import notifications as api_notifications
from webapp.api import openapi as api_openapi
from webapp.api import orders as api_orders
from webapp.api import previews as api_previews
from webapp.api import runs as api_runs
from webapp.api import tokens as api_tokens
from webapp.api import usage as api_usage
from webapp.api import variables as api_variables
from webapp.asapp import AsApp
from webapp.bounds import bounded
from webapp.doorbell import Doorbell
from webapp.gauges import Gauges
from webapp.headers import guarded
from webapp.inbox import Inbox
from webapp.limit import Limit
from webapp.metrics import Metrics
from webapp.pages import (
    audit,
    commits,
    deployments,
    events,
    frame,
    hosts,
    installing,
    live,
    login,
    notifications,
    orders,
    overview,
    previews,
    runs,
    services,
    shown,
    tokens,
    usage,
    variables,
    why,
)
from webapp.pages import settings as service_settings
from webapp.parts import KEY, Parts
from webapp.people import People
from webapp.places import Places
from webapp.rights import Person, Rights, TokenRights
from webapp.session import Sessions
from webapp.workers import Workers

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_PAGES = (
    probes,
    login,
    frame,
    overview,
    deployments,
    installing,
    live,
    services,
    commits,
    orders,
    events,
    variables,
    service_settings,
    runs,
    previews,
    why,
    hosts,
    usage,
    tokens,
    audit,
    notifications,
)
#: Also what the operator's command asks (operators.py).
API = (
    api_deployments,
    api_branch,
    api_commits,
    api_hook,
    api_instances,
    api_orders,
    api_runs,
    api_environments,
    api_freezes,
    api_usage,
    api_variables,
    api_tokens,
    api_audit,
    api_diff,
    api_events,
    api_hosts,
    api_logstream,
    api_lookup,
    api_previews,
    api_openapi,
    api_notifications,
    deploy_hook,
)


def create_app(settings: Settings, store: Store, redis: Redis) -> Flask:
    """Opens nothing: with the store or Redis down it starts, and says so at /readyz. `redis` needs short timeouts."""
    inbox = Inbox(store.deliveries.put, Doorbell(redis).ring)
    app = create_inner(settings, store, redis, (*_PAGES, *API), inbox.put)
    receiver = webhooks.Webhooks(settings.github.webhook_secret, inbox.put, app.extensions[KEY].metrics.webhook)
    app.wsgi_app = _in_front(_numbered(receiver), app.wsgi_app)  # type: ignore[method-assign,assignment]  # Flask's documented way
    return app


def create_inner(
    settings: Settings, store: Store, redis: Redis, nouns: Collection[ModuleType], put: Callable[[Delivery], None]
) -> Flask:
    """All but the receiver, which takes an App's secret. `nouns` are served; `put` keeps what is asked of workers."""
    app = bounded(Flask(__name__))
    metrics = Metrics(Gauges(store, redis), settings.metrics_directory)
    people = People(settings.github.api_url)
    sessions = Sessions(app, settings.url, settings.secret_keys, store.sessions)
    places = Places()
    workers = Workers(put, store.answers.get, lambda: places.stopping())  # noqa: PLW0108 - server.py sets it later
    calls = Limit(redis, "hook", deploy_hook.CALLS, deploy_hook.SECONDS)
    token_rights = TokenRights(AsApp(people, settings.github, store.tokens), store.api_tokens)
    app.extensions[KEY] = Parts(
        settings, store, redis, metrics, places, people, Rights(people), token_rights, sessions, workers, calls
    )
    for noun in nouns:
        app.register_blueprint(noun.blueprint)
    shown.register(app)
    frame.register(app)
    refusal.register(app)
    app.context_processor(lambda: {"signed_in": lambda: _signed_in(sessions)})
    app.before_request(_named)
    app.after_request(guarded)
    app.wsgi_app = _numbered(app.wsgi_app)  # type: ignore[method-assign,assignment]  # Flask's documented way
    return app


def _in_front(receiver: WSGIApplication, behind: WSGIApplication) -> WSGIApplication:
    def route(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        chosen = receiver if environ["PATH_INFO"] == webhooks.PATH else behind
        return chosen(environ, start_response)

    return route


def _numbered(behind: WSGIApplication) -> WSGIApplication:
    """Lines of the log tell which request they belong to; what is bound while it is answered ends with it."""

    def numbered(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        with logline.bound(request=token_hex(6)):
            return behind(environ, start_response)

    return numbered


def _signed_in(sessions: Sessions) -> Person | None:
    """For the head of a page, which also tells that the store is down."""
    try:
        return sessions.person()
    except StoreDown:
        return None


def _named() -> None:
    """Lines of the log belong to the deployment that the request is about."""
    if request.view_args and "deployment_id" in request.view_args:
        logline.bind(deployment_id=request.view_args["deployment_id"])
