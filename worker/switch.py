"""Sends all traffic to the new instances: first the store says so, then the router is made to equal it."""

from __future__ import annotations

from functools import partial

from tidegate import wording
from tidegate.deployment import Move, Status, Step
from tidegate.routing import RoutingTable, routing_table
from worker import names, progress
from worker.parts import Parts
from worker.ports import Unavailable
from worker.run import Run


def switch(run: Run) -> None:
    """The deployment is live. Where the router can't be reached the store's word is taken back, and the step fails."""
    parts = run.parts
    with run.step(Step.SWITCH):
        previous = parts.store.environments.route(run.lane, parts.clock.now())
        try:
            for engine in run.hosts:
                run.patiently(partial(names.give, parts, engine.name))
            run.patiently(lambda: parts.router.apply(lambda: current_table(parts)))
            for engine in run.hosts:
                run.patiently(partial(names.align, parts, engine.name))
        except Unavailable:
            parts.store.environments.unroute(run.lane, previous)
            raise
    run.close()  # from here on the watcher writes to the log, and continues its numbers
    progress.move(parts, run.deployment.id, Move(Status.LIVE, wording.LIVE), run.lane)


def take_back(run: Run) -> None:
    """Where the deployment was routed and then didn't come live, what was routed before is so again. Raises
    LaneLost."""
    environments = run.parts.store.environments
    place = environments.get(run.lane.service_id, run.lane.environment)
    if place is not None and place.routed == run.deployment.id:
        environments.unroute(run.lane, environments.route(run.lane, run.parts.clock.now()))


def current_table(parts: Parts) -> RoutingTable:
    """The whole truth for the router, derived from the store now."""
    return routing_table(parts.store.environments.routes(), parts.settings.domain)
