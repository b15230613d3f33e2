"""Builds a waiting deployment's image while its checks run: an open gate leaves only start, verify and switch."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import structlog

from tidegate import wording
from tidegate.blueprint import Service as Definition
from tidegate.deployment import ACTIVE, Status, Step
from tidegate.leftovers import AHEAD
from tidegate.store import CannotOpen
from worker import build_order, image
from worker.carry import holder
from worker.image_lease import ImageLease
from worker.login import login_for
from worker.parts import Parts
from worker.place import builder
from worker.ports import Away, BuildFailed, BuildOrder, Canceled, Engine, OnLine, Refused, Stop, Unavailable
from worker.recipe import recipe
from worker.room import make_room
from worker.run import CUTS, PAUSE
from worker.variables import todays

_log = structlog.get_logger(__name__)
_WANTED = ACTIVE | {Status.WAITING, Status.QUEUED}


def build_ahead(parts: Parts, deployment_id: str) -> None:
    """Into the cache, under its build key; nothing of it runs. Given up once the gate has closed.

    Trouble is only logged: the rollout builds for itself, and fails with its reason if it comes to that.
    """
    deployment = parts.store.deployments.get(deployment_id)
    repository = parts.store.repositories.get(deployment.repository_id) if deployment else None
    if deployment is None or repository is None or deployment.status is not Status.WAITING:
        return
    definition = Definition.load(deployment.definition or {})
    if definition.prebuilt is not None:
        return

    def unwanted() -> bool:
        row = parts.store.deployments.get(deployment_id)
        return row is None or row.status not in _WANTED

    try:
        login, variables = login_for(parts, deployment, definition), todays(parts, deployment)
    except (Refused, CannotOpen):
        return  # the rollout tells it
    log = parts.open_log(deployment_id, {*variables.secrets, *([login.password] if login else ())})
    try:
        wanted = recipe(parts, repository, deployment, definition, variables)
        with ImageLease(parts, wanted.image, f"{parts.owner}-{deployment_id}-ahead") as lease:
            if not lease.mine or holder(parts, wanted.image) is not None:
                return
            log.line(Step.BUILD, wording.BUILDING_AHEAD)
            engine = builder(parts)
            make_room(parts, engine)
            stop = lease.keep(unwanted)
            with image.emptied(image.root_for(parts, deployment).with_name(f"{deployment_id}{AHEAD}")) as root:
                parts.source.export(repository, deployment.sha, root, parts.settings.timing.fetch, stop)
                say = partial(log.line, Step.BUILD)
                order = build_order.order(root, repository, deployment, definition, wanted, variables, login, say)
                with _timed(parts, deployment_id):
                    _build(parts, engine, order, say, stop)
    except (BuildFailed, Unavailable, Refused, Canceled, TimeoutError, OSError) as trouble:
        log.line(Step.BUILD, wording.build_ahead_ended(str(trouble)))
    finally:
        log.close()


@contextmanager
def _timed(parts: Parts, deployment_id: str) -> Iterator[None]:
    """It takes the service's minutes as any build does, also where it ends in vain."""
    began, outcome = parts.clock.now(), "failed"
    try:
        yield
        outcome = "ok"
    except Canceled:
        outcome = "canceled"
        raise
    finally:
        parts.store.phases.note(deployment_id, Step.AHEAD, began, outcome, parts.clock.now())


def _build(parts: Parts, engine: Engine, order: BuildOrder, say: OnLine, stop: Stop) -> None:
    """As a rollout does it: where the host went away under the build, it begins again once it is back."""
    for _ in range(CUTS):
        try:
            engine.build(order, say, parts.settings.timing.build, stop)
            return
        except Away as trouble:
            _log.warning("a host went away under a build ahead", host=engine.name, trouble=trouble.detail)
            say(wording.cut(str(trouble)))
            _wait_for(parts, engine, stop)
    engine.build(order, say, parts.settings.timing.build, stop)


def _wait_for(parts: Parts, engine: Engine, stop: Stop) -> None:
    """Asks until it answers; `stop`, too, which keeps the image's lease. Raises Unavailable where it stays away."""
    until = parts.clock.now().timestamp() + parts.settings.timing.patience
    while True:
        try:
            engine.inspect("nobody")
            return
        except Unavailable:
            if parts.clock.now().timestamp() + PAUSE > until:
                raise
        if stop():
            raise Canceled("stopped on request")
        parts.clock.sleep(PAUSE)
