"""Brings a deployment's image to a host that it was not built on, once: what is there is found by its content."""

from __future__ import annotations

import structlog

from tidegate import wording
from tidegate.blueprint import Service as Definition
from tidegate.buildplan import is_built
from tidegate.deployment import Deployment
from worker.carrier import by_registry
from worker.login import login_for
from worker.parts import Parts
from worker.ports import Engine, OnLine, Refused, Stop, Unavailable
from worker.pulling import pull
from worker.room import make_room

log = structlog.get_logger(__name__)


def holder(parts: Parts, image: str, but: Engine | None = None) -> tuple[Engine, str] | None:
    """A host that has the image, other than `but`, and its content id. None: no host has it. Raises Unavailable where
    none of those that answer has it, and one doesn't answer."""
    trouble: Unavailable | None = None
    for engine in (each for each in parts.hosts if each is not but):
        try:
            found = engine.image_id(image)
        except Unavailable as met:
            trouble = met
        else:
            if found is not None:
                return engine, found
    if trouble is not None:
        raise trouble
    return None


def carry(parts: Parts, row: Deployment, target: Engine, on_line: OnLine, stop: Stop) -> None:
    """The host has the deployment's image afterwards. One that was pulled is pulled there, too, by its digest and with
    the same credential; one that was built comes from a host that has it, by the registry where one is set, else
    copied. Raises Refused where no host has it any more, or that credential is of no use; Unavailable; TimeoutError;
    Canceled; CannotOpen."""
    assert row.image is not None
    if target.image_id(row.image) == row.image_id:
        return
    make_room(parts, target)
    if not is_built(row.image):
        on_line(wording.pulling(row.image))
        login = login_for(parts, row, Definition.load(row.definition or {}))
        pull(parts, target, row.image, on_line, stop, login)
        return
    found = holder(parts, row.image, but=target)
    if found is None:
        raise Refused(wording.image_gone(row.image))
    source, content = found
    if by_registry(parts, row.image, content, source, target, on_line, stop):
        return
    on_line(wording.carrying(row.image, source.name, target.name))
    target.load(source.save(row.image), parts.settings.timing.build, stop)


def bring(parts: Parts, row: Deployment, target: Engine) -> None:
    """The same outside of a deploy: with one host alone there is nothing to carry; the way is logged, and a time limit
    is as good as Unavailable."""
    if len(parts.hosts) == 1:
        return

    def say(line: str) -> None:
        log.info("carrying an image", deployment_id=row.id, line=line)

    try:
        carry(parts, row, target, say, lambda: False)
    except TimeoutError as trouble:
        raise Unavailable(str(trouble)) from trouble
