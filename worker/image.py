"""From a commit to its image, named by what goes into it: the same tree is never built twice."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

from tidegate import wording
from tidegate.deployment import Deployment, Fault, Finding, Status, Step, Trigger
from tidegate.registry import Login
from tidegate.snapshot import Snapshot
from worker import build_order, mistakes
from worker.carry import carry, holder
from worker.datadir import DataDir
from worker.image_lease import ImageLease
from worker.login import login_for
from worker.parts import Parts
from worker.place import builder
from worker.ports import BuildFailed, Refused, Stop, Unavailable
from worker.pulling import pull
from worker.recipe import Recipe, may_have_arguments, recipe
from worker.room import make_room
from worker.run import Run, StepFailed


def obtain(run: Run, variables: Snapshot) -> None:
    """Leaves the deployment with its image's reference and content id: kept, found, or built now."""
    deployment = run.deployment
    if deployment.image and deployment.image_id and not _is_stale(run, variables):
        _keep(run, deployment.image, deployment.image_id)
        return
    login = _login(run)
    if run.definition.prebuilt is not None:
        _pull(run, run.definition.prebuilt, login)
        return
    wanted = _recipe(run, variables)
    image = wanted.image
    # Until it is noted that this deployment needs the image, the lease keeps it from being cleaned up.
    with _lease(run, image) as lease:
        image_id = run.patiently(lambda: _found(run.parts, image))
        if image_id is None:
            image_id = _fetch_and_build(run, wanted, variables, login, lease.keep(run.heart.stop))
        else:
            run.skip(Step.BUILD, wording.BUILT_AHEAD if lease.waited else wording.image_reused(image))
        run.parts.store.deployments.set_build(run.lane, wanted.key, image, image_id)
    run.deployment = run.parts.store.deployments.get(deployment.id) or deployment


def carry_out(run: Run) -> None:
    """Each host that an instance is to run on has the image."""
    if len(run.parts.hosts) == 1:
        return
    for engine in run.hosts:
        say = partial(run.say, Step.START)
        run.patiently(partial(carry, run.parts, run.deployment, engine, say, run.heart.stop))


def root_for(parts: Parts, deployment: Deployment) -> Path:
    """The deployment's own place for its tree: the same for whoever resumes it, so nothing is left behind."""
    return DataDir(parts.settings.data).trees / deployment.id


@contextmanager
def emptied(place: Path) -> Iterator[Path]:
    """An empty directory in `place`, with room beside it for what isn't of the tree; all gone afterwards. What a killed
    worker left there is removed first."""
    shutil.rmtree(place, ignore_errors=True)
    root = place / "tree"
    root.mkdir(parents=True)
    try:
        yield root
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _is_stale(run: Run, variables: Snapshot) -> bool:
    """Of a changed configuration: whether what was changed goes into the image. Nothing else that runs again is built
    again."""
    deployment, definition = run.deployment, run.definition
    if deployment.trigger is not Trigger.CONFIG or not may_have_arguments(definition, variables):
        return False
    key = _recipe(run, variables).key
    return (deployment.build_key or "").partition("-")[0] != key  # what was built without the cache has a longer one


def _recipe(run: Run, variables: Snapshot) -> Recipe:
    try:
        return run.patiently(lambda: recipe(run.parts, run.repository, run.deployment, run.definition, variables))
    except Refused as no:
        raise StepFailed(wording.step_failed(Step.BUILD, str(no)), Fault.USER) from no


def _keep(run: Run, image: str, image_id: str) -> None:
    """A rollback or a restart runs exactly the image that ran before."""
    found = run.patiently(lambda: holder(run.parts, image))
    if found is None or found[1] != image_id:
        raise StepFailed(wording.image_gone(image), Fault.USER)
    run.skip(Step.BUILD, wording.IMAGE_KEPT)


def _pull(run: Run, wanted: str, login: Login | None) -> None:
    """Nothing to build. What its name stands for now is kept by digest, so that a rollback runs exactly this."""
    parts = run.parts
    run.forward(Status.BUILDING, wording.pulling(wanted))
    with run.step(Step.BUILD):
        say = partial(run.say, Step.BUILD)
        say(wording.pulling(wanted))
        engine = run.patiently(lambda: builder(parts))
        make_room(parts, engine)
        fetch = partial(pull, parts, engine, wanted, say, run.heart.stop, login)
        image, image_id = run.despite_cuts(Step.BUILD, (engine,), lambda: run.patiently(fetch))
    parts.store.deployments.set_build(run.lane, None, image, image_id)
    run.deployment = parts.store.deployments.get(run.deployment.id) or run.deployment


def _found(parts: Parts, image: str) -> str | None:
    """Its content id, where a host has it. A host that is down and may have it keeps no other from building it anew."""
    try:
        found = holder(parts, image)
    except Unavailable:
        builder(parts)
        return None
    return found[1] if found else None


@contextmanager
def _lease(run: Run, image: str) -> Iterator[ImageLease]:
    """Waited for where a build ahead of the same tree is under way."""
    waited = False
    while True:
        with ImageLease(run.parts, image, f"{run.parts.owner}-{run.deployment.id}") as lease:
            lease.waited = waited
            if lease.mine:
                yield lease
                return
        waited = True
        run.check()
        run.parts.clock.sleep(0.02)


def _fetch_and_build(run: Run, recipe: Recipe, variables: Snapshot, login: Login | None, stop: Stop) -> str:
    parts, deployment, timing = run.parts, run.deployment, run.parts.settings.timing
    with ExitStack() as cleaning:
        with run.step(Step.FETCH):
            engine = run.patiently(lambda: builder(parts))
            make_room(parts, engine)
            root = cleaning.enter_context(emptied(root_for(parts, deployment)))
            run.say(Step.FETCH, wording.fetching(run.repository.full_name, deployment.sha))
            run.patiently(lambda: parts.source.export(run.repository, deployment.sha, root, timing.fetch, stop))
        run.forward(Status.BUILDING, wording.BUILDING)
        with run.step(Step.BUILD):
            say = partial(run.say, Step.BUILD)
            wanted = build_order.order(root, run.repository, deployment, run.definition, recipe, variables, login, say)
            try:
                build = partial(engine.build, wanted, say, timing.build, stop)
                return run.despite_cuts(Step.BUILD, (engine,), build)
            except BuildFailed as failure:
                raise _explained(run, failure, root, wanted.dockerfile) from failure


def _login(run: Run) -> Login | None:
    """Its password is known to the log before that has a line."""
    try:
        login = login_for(run.parts, run.deployment, run.definition)
    except Refused as no:
        raise StepFailed(wording.step_failed(Step.BUILD, str(no)), Fault.USER) from no
    if login is not None:
        run.secrets = {*run.secrets, login.password}
    return login


def _explained(run: Run, failure: BuildFailed, root: Path, dockerfile: Path) -> StepFailed:
    """With the Dockerfile's line first, where it is the repository's own, then those lines of the exported tree that
    the build's output names."""
    path, line = run.definition.dockerfile(), failure.line
    ours = not dockerfile.is_relative_to(root)
    here = () if line is None or ours else (Finding(path, line, wording.BUILD_FAILED_HERE, str(failure)),)
    reason = wording.build_failed(str(failure), failure.exit_code, here[0] if here else None)
    return StepFailed(reason, Fault.USER, (*here, *mistakes.printed(run, Step.BUILD, root)))
