"""What people ask for on the pages and by the API, and whether they may: in one place for both."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from http import HTTPStatus

from flask import request

from tidegate.cronrun import CronRun
from tidegate.permission import Action
from tidegate.repository import Repository, Service, TimelineEntry
from tidegate.store.manual_run import NothingToRun, ask_run
from tidegate.store.scale import Unscalable, scale
from webapp.parts import parts
from webapp.problem import Problem
from webapp.viewer import Viewer

#: On the timeline.
_MADE = "the deploy hook was made"
_RENEWED = "the deploy hook has a new address; the old one is refused"


def from_our_pages() -> None:
    """To be asked before anything is changed. Raises Problem where a browser says that another site asks for it.

    A browser sends a cookie by itself, but never a token, which counts where both come.
    """
    if "Authorization" in request.headers:
        return
    if not parts().sessions.is_own(request):
        raise Problem(HTTPStatus.FORBIDDEN, f"This was asked for from another site. Do it at {parts().settings.url}.")


def ask_cancel(viewer: Viewer, deployment_id: str) -> None:
    """Raises Problem: it isn't theirs, or is too late."""
    from_our_pages()
    _, repository = viewer.deployment(deployment_id)
    viewer.demand(Action.CANCEL, repository)
    if not parts().store.deployments.ask_cancel(deployment_id, viewer.login, datetime.now(UTC)):
        raise Problem(HTTPStatus.CONFLICT, "It is too late to cancel: the deployment is live, or has ended.")


def hook_url(viewer: Viewer, service_id: int) -> tuple[Service, Repository, str | None]:
    """The address of a service's deploy hook, None where it has none. Raises Problem: it isn't theirs to know."""
    service, repository = viewer.service(service_id)
    viewer.demand(Action.HOOK, repository)
    key = parts().store.hooks.key(service_id)
    return service, repository, _address(key) if key else None


def renew_hook(viewer: Viewer, service_id: int) -> str:
    """A new address for the service's deploy hook, its only one from now on. Raises Problem: it isn't theirs to do."""
    from_our_pages()
    service, repository, old = hook_url(viewer, service_id)
    store, login, now = parts().store, viewer.login, datetime.now(UTC)
    key = f"{service_id}-{secrets.token_urlsafe(32)}"
    store.hooks.put(service_id, key, login, now)
    told = _RENEWED if old else _MADE
    store.timeline.add(TimelineEntry(now, "deploy-hook", told, login, repository.id, service.name))
    return _address(key)


def scale_to(viewer: Viewer, service_id: int, environment: str, count: int) -> str:
    """What comes of it, as a clause. Raises Problem: it isn't theirs to do, or there is no such environment."""
    from_our_pages()
    service, repository = viewer.service(service_id)
    viewer.demand(Action.SCALE, repository)
    try:
        told = scale(parts().store, service, environment, count, viewer.login, datetime.now(UTC))
    except Unscalable as no:
        raise Problem(HTTPStatus.CONFLICT, str(no)) from no
    if told is None:
        raise Problem(HTTPStatus.NOT_FOUND, f"{service.name} was never deployed to `{environment}`.")
    return told


def run_now(viewer: Viewer, service_id: int, environment: str) -> CronRun:
    """One run of a cron service, as soon as an active one has ended, which it takes the place of. Raises Problem."""
    from_our_pages()
    service, repository = viewer.service(service_id)
    viewer.demand(Action.RUN, repository)
    try:
        return ask_run(parts().store, service, environment, viewer.login, datetime.now(UTC))
    except NothingToRun as no:
        raise Problem(HTTPStatus.CONFLICT, str(no)) from no


def _address(key: str) -> str:
    return f"{parts().settings.url}/hooks/deploy/{key}"
