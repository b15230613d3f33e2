"""The guard before a build: makes room where there is too little of it, and says so where that doesn't help."""

from __future__ import annotations

import structlog

from tidegate import wording
from tidegate.room import judge_room
from tidegate.verdict import Verdict
from worker.clean import clean
from worker.datadir import DataDir
from worker.parts import Parts
from worker.ports import Engine, Unavailable

log = structlog.get_logger(__name__)


def make_room(parts: Parts, engine: Engine) -> None:
    """Returns where a build on that host has room, perhaps after a clean-up. Raises Unavailable where it has not."""
    verdict = _look(parts, engine)
    if verdict.go:
        return
    log.warning("cleaning up before a build", reason=verdict.reason)
    clean(parts, parts.settings.retention.urgent())
    verdict = _look(parts, engine)
    if not verdict.go:
        raise Unavailable(wording.no_room(verdict.reason))


def _look(parts: Parts, engine: Engine) -> Verdict:
    free = {
        "this machine's disk (TIDEGATE_DATA)": DataDir(parts.settings.data).free(),
        f"the disk of Docker host {engine.name}": _free_space(engine),
    }
    return judge_room(free, parts.settings.least_free)


def _free_space(engine: Engine) -> int | None:
    """An engine that is down is the build's own trouble, and is told there."""
    try:
        return engine.free_space()
    except Unavailable:
        return None
