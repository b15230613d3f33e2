"""From a queued row to a live deployment, step by step; the story of a deploy on one screen.

Every step is idempotent and leaves its result, so whoever takes over from a killed worker runs the same story again.
"""

from __future__ import annotations

import structlog

from tidegate import overlap, wording
from tidegate.deployment import Fault, Lane, LaneLost, Move, Status, Step
from worker import configured, image, lane, make_way, progress, retire
from worker.parts import Parts
from worker.place import place
from worker.ports import Canceled
from worker.pre_deploy import pre_deploy
from worker.purge import purge
from worker.run import Postponed, Run, StepFailed
from worker.start import start
from worker.switch import switch, take_back
from worker.variables import settled

log = structlog.get_logger(__name__)


def deploy(parts: Parts, deployment_id: str) -> None:
    """Takes the lane if it is free and it is this deployment's turn, and rolls it out; else does nothing."""
    if configured.rebased(parts, deployment_id) or _made_good(parts, deployment_id):
        return
    won = parts.store.deployments.claim(deployment_id, parts.owner, parts.settings.timing.lease, parts.clock.now())
    if won is None:
        return
    rollout(parts, won)
    lane.arrange(parts, won.service_id, won.environment)
    purge(parts, won)


def _made_good(parts: Parts, deployment_id: str) -> bool:
    """Whether a restart, whose turn it is, ends here since what came live meanwhile is as good."""
    row = parts.store.deployments.get(deployment_id)
    live = parts.store.deployments.live(row.service_id, row.environment) if row else None
    if row is None or live is None or not overlap.made_good(row, live):
        return False
    progress.move_if_legal(parts, row.id, Move(Status.SUPERSEDED, wording.superseded_by(live.sha)))
    lane.arrange(parts, row.service_id, row.environment)
    return True


def rollout(parts: Parts, won: Lane) -> None:
    """Runs the lane's deployment to its end: live, failed or canceled. The previous one serves until the switch."""
    deployment = parts.store.deployments.get(won.deployment_id)
    repository = parts.store.repositories.get(deployment.repository_id) if deployment else None
    assert deployment is not None
    assert repository is not None
    run = Run(parts, won, deployment, repository)
    try:
        with run.heart:
            run.check()
            variables = settled(run)
            image.obtain(run, variables)
            with run.ahead_of(Step.START):
                place(run)
                image.carry_out(run)
            pre_deploy(run, variables.values)
            start(run, variables.values)
            switch(run)
        retire.replaced(parts, won.service_id, won.environment)
    except StepFailed as failure:
        _end(run, Move(Status.FAILED, failure.reason, fault=failure.fault, findings=failure.findings))
    except Canceled:
        _end(run, lane.cancellation(parts, deployment, run.heart.canceled_by or lane.OURSELVES))
    except Postponed as later:
        _postpone(run, later)
    except LaneLost:
        log.warning("another worker has taken over", deployment_id=won.deployment_id)
    except Exception as error:
        log.exception("a rollout broke", deployment_id=won.deployment_id)
        _end(run, Move(Status.FAILED, wording.broke(str(error)), fault=Fault.PLATFORM))
    finally:
        run.close()


def _postpone(run: Run, later: Postponed) -> None:
    """The lease runs until then, or until it is canceled; the sweep finds the row like any orphan, and another worker
    goes on with it."""
    run.log.line(wording.END, wording.postponed(str(later), later.seconds))
    try:
        run.parts.store.deployments.put_off(run.lane, later.seconds, run.parts.clock.now())
    except LaneLost:
        log.warning("another worker has taken over", deployment_id=run.deployment.id)


def _end(run: Run, move: Move) -> None:
    """No route leads to it any more, and no container stays but those that still answer what came by one. Only then it
    has ended."""
    try:
        take_back(run)
        retire.discard(run.parts, run.deployment.id)
        run.log.line(wording.END, move.reason)
        run.close()
        progress.move(run.parts, run.deployment.id, move, run.lane)
        retire.leave(run.parts, run.deployment.id)
        make_way.bring_back(run.parts)
    except LaneLost:
        log.warning("another worker has taken over", deployment_id=run.deployment.id)
