"""The pre-deploy command: once, in a container of the new image, apart from the service; its changes are dropped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from tidegate import wording
from tidegate.container import pre_deploy_spec
from tidegate.deployment import Fault, Finding, Status, Step
from worker import mistakes
from worker.image import emptied, root_for
from worker.ports import Canceled, Refused, Unavailable
from worker.run import Run, StepFailed


def pre_deploy(run: Run, variables: Mapping[str, str]) -> None:
    """Does nothing where no command is set. A command that fails fails the deploy, before anything new has started."""
    if run.definition.pre_deploy_command is None:
        return
    run.forward(Status.PRE_DEPLOY, wording.PRE_DEPLOY)
    parts, deployment = run.parts, run.deployment
    spec = pre_deploy_spec(deployment, run.definition, run.repository.full_name, run.url, variables)
    spec = replace(spec, runtime=run.runtime)
    with run.step(Step.PRE_DEPLOY):
        engine = run.placed[0]
        run.ensure_network(engine)
        say = partial(run.say, Step.PRE_DEPLOY)
        command = partial(engine.run, spec, say, parts.settings.timing.pre_deploy, run.heart.stop)
        code = run.despite_cuts(Step.PRE_DEPLOY, (engine,), command)
        if code != 0:
            reason = wording.pre_deploy_failed(run.definition.pre_deploy_command, code)
            raise StepFailed(reason, Fault.USER, _findings(run))


def _findings(run: Run) -> tuple[Finding, ...]:
    """The tree that the image was built from is gone by now; without it the failure is told all the same."""
    parts = run.parts
    try:
        with emptied(root_for(parts, run.deployment)) as root:
            parts.source.export(run.repository, run.deployment.sha, root, parts.settings.timing.fetch, run.heart.stop)
            return mistakes.printed(run, Step.PRE_DEPLOY, root)
    except (Refused, Unavailable, Canceled, TimeoutError, OSError):
        return ()
