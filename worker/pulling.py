"""Fetches a prebuilt image to a Docker host, and notes that it was us, where it wasn't there before."""

from __future__ import annotations

from tidegate.registry import Login
from worker.image_lease import ImageLease
from worker.parts import Parts
from worker.ports import Engine, OnLine, Stop


def pull(
    parts: Parts, engine: Engine, image: str, on_line: OnLine, stop: Stop, login: Login | None = None
) -> tuple[str, str]:
    """As Engine.pull, within the time of a build. A worker that is killed in between leaves it as if it were somebody
    else's, and so it stays."""
    timeout = parts.settings.timing.build
    before = {each.name for each in engine.digest_images()}
    found = engine.pull(image, on_line, timeout, stop, login)
    name, _ = found
    while not _noted(parts, engine, name, new=name not in before):
        parts.clock.sleep(0.02)
    if engine.image_id(name) is None:  # a clean-up came in between; from now on none does
        parts.store.pulled_images.add(engine.name, name, parts.clock.now())
        return engine.pull(image, on_line, timeout, stop, login)
    return found


def _noted(parts: Parts, engine: Engine, name: str, *, new: bool) -> bool:
    """Whether it is ours, and since now. False: somebody is cleaning it up."""
    with ImageLease(parts, name, f"{parts.owner}-pull") as lease:
        if lease.mine and (new or name in parts.store.pulled_images.of(engine.name)):
            parts.store.pulled_images.add(engine.name, name, parts.clock.now())
        return lease.mine
