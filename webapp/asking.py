"""What people ask for on the pages and by the API, and whether they may: in one place for both."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http import HTTPStatus

from flask import request

from tidegate.audit import About
from tidegate.cronrun import CronRun
from tidegate.permission import Action
from tidegate.repository import PRODUCTION, Repository, Service, TimelineEntry
from tidegate.store import auto_deploy
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
    deployment, repository = viewer.deployment(deployment_id)
    viewer.demand(Action.CANCEL, repository)
    about = About(repository.id, deployment.service, deployment.environment, deployment_id)
    with recorded(viewer, Action.CANCEL, about):
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
    told = _RENEWED if old else _MADE
    with recorded(viewer, Action.HOOK, About(repository.id, service.name), told):
        store.hooks.put(service_id, key, login, now)
        store.timeline.add(TimelineEntry(now, "deploy-hook", told, login, repository.id, service.name))
    return _address(key)


def scale_to(viewer: Viewer, service_id: int, environment: str, count: int) -> str:
    """What comes of it, as a clause. Raises Problem: it isn't theirs to do, or there is no such environment."""
    from_our_pages()
    service, repository = viewer.service(service_id)
    viewer.demand(Action.SCALE, repository)
    with recorded(viewer, Action.SCALE, About(repository.id, service.name, environment), f"to {count}"):
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
    with recorded(viewer, Action.RUN, About(repository.id, service.name, environment)):
        try:
            return ask_run(parts().store, service, environment, viewer.login, datetime.now(UTC))
        except NothingToRun as no:
            raise Problem(HTTPStatus.CONFLICT, str(no)) from no


def turn_auto_deploy(viewer: Viewer, service_id: int, *, on: bool) -> str:
    """What stands now, as a clause. Raises Problem: it isn't theirs to do."""
    from_our_pages()
    service, repository = viewer.service(service_id)
    viewer.demand(Action.AUTO_DEPLOY, repository)
    about = About(repository.id, service.name, PRODUCTION)
    with recorded(viewer, Action.AUTO_DEPLOY, about, "on" if on else "off"):
        return auto_deploy.turn(parts().store, service, viewer.login, datetime.now(UTC), on=on)


def end_sessions(viewer: Viewer) -> int:
    """Of who signed in, in every browser; how many. Raises Problem where a token asks."""
    person, made = viewer.person(), parts()
    with recorded(viewer, "sign-out-everywhere", About()):
        ended = made.store.sessions.end_all(person.id)
    made.sessions.leave()
    return ended


@contextmanager
def recorded(viewer: Viewer, action: str, about: About, detail: str = "") -> Iterator[None]:
    """What is done meanwhile is kept together with the audit log's entry, or neither is."""
    store = parts().store
    with store.together():
        store.audit.add(viewer.asks(action, about, detail))
        yield


def _address(key: str) -> str:
    return f"{parts().settings.url}/hooks/deploy/{key}"
