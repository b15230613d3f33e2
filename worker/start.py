"""Starts the new instances beside the old ones, one at a time: each is well (it answers, or has stayed up) and takes
the place of an old one in the router before the next is started."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import partial

from tidegate import wording
from tidegate.container import instance_spec
from tidegate.deployment import Fault, Status, Step
from tidegate.health import Healthy, Look, StartFailed, Starting, judge_start, judge_stay
from tidegate.instance import Instance, InstanceState
from tidegate.routing import rolling_key
from worker.newcomers import Newcomers
from worker.ports import Container, Unavailable
from worker.run import Run, StepFailed
from worker.switch import current_table

#: A container is inspected this often, in seconds, while its port is silent: a crash must not wait for the timeout.
_INSPECT = 0.2
#: How long a failed instance's output is waited for, in seconds; one that ended closes it at once.
_LAST_WORDS = 2.0


def start(run: Run, variables: Mapping[str, str]) -> None:
    """All instances run and are well, and are recorded as healthy. Where several are to be replaced all but the last
    have traffic; that one's comes with the switch."""
    run.forward(Status.DEPLOYING, wording.STARTING)
    parts, deployment, definition = run.parts, run.deployment, run.definition
    repository = run.repository.full_name
    with run.step(Step.START):
        run.ensure_network()
        newcomers = Newcomers(run)
        for index in range(run.instances):
            if index > 0:
                _give_traffic(run, index - 1)
            spec = instance_spec(deployment, definition, repository, run.url, variables, index)
            container = run.patiently(partial(parts.engine.start, spec))
            with _followed(run, container):
                if definition.listens:
                    _await_healthy(run, index, container, spec.port, newcomers)
                else:
                    _await_steady(run, index, container, spec.port, newcomers)
        newcomers.look()


def _give_traffic(run: Run, index: int) -> None:
    """The router is brought to what the store says: what is healthy serves, at least under its version's name."""
    parts = run.parts
    run.patiently(lambda: parts.router.apply(lambda: current_table(parts)))
    if rolling_key(run.deployment.id) in current_table(parts).backends:
        run.say(Step.START, wording.instance_entered(index))


def _await_healthy(run: Run, index: int, container: Container, port: int, newcomers: Newcomers) -> None:
    """Probes from outside, quickly at first, until the instance answers, exits, or its time is over."""
    parts, path, timing = run.parts, run.definition.probed_path, run.parts.settings.timing
    began, seen, seen_at, tries = parts.clock.now(), container, 0.0, 0
    while True:
        run.check()
        newcomers.look_now_and_then()
        reading = parts.prober.probe(container.address or "", port, path, timing.probe)
        elapsed = (parts.clock.now() - began).total_seconds()
        late = elapsed >= timing.start
        if not reading.ok and (late or elapsed - seen_at >= _INSPECT):
            seen, seen_at = _inspect(run, container), elapsed
        look = Look(seen.running, seen.exit_code, seen.oom_killed, reading.ok, reading.detail, elapsed, tries)
        listening = parts.engine.listening_ports(container.id) if late else ()
        match judge_start(look, port=port, timeout=timing.start, listening=listening):
            case Healthy():
                break
            case StartFailed(reason):
                raise StepFailed(wording.instance_failed(index, run.instances, reason), Fault.USER)
            case Starting(delay):
                tries += 1
                parts.clock.sleep(delay)
    run.say(Step.START, wording.instance_healthy(index, elapsed, reading.detail))
    _record(run, index, container, port, began)
    newcomers.add(index, container.id, container.address or "")


def _await_steady(run: Run, index: int, container: Container, port: int, newcomers: Newcomers) -> None:
    """Nothing can be asked of it, so it has to stay up for its time."""
    clock, grace = run.parts.clock, run.parts.settings.timing.grace
    began = clock.now()
    while True:
        run.check()
        newcomers.look_now_and_then()
        elapsed = (clock.now() - began).total_seconds()
        seen = _inspect(run, container)
        look = Look(seen.running, seen.exit_code, seen.oom_killed, ok=False, detail="", elapsed=elapsed, tries=0)
        match judge_stay(look, grace=grace):
            case Healthy():
                break
            case StartFailed(reason):
                raise StepFailed(wording.instance_failed(index, run.instances, reason), Fault.USER)
            case Starting(delay):
                clock.sleep(delay)
    run.say(Step.START, wording.instance_stayed(index, grace))
    _record(run, index, container, port, began)
    newcomers.add(index, container.id, container.address or "")


def _record(run: Run, index: int, container: Container, port: int, began: datetime) -> None:
    parts = run.parts
    parts.store.instances.put(
        Instance(
            deployment_id=run.deployment.id,
            index=index,
            host=parts.engine.name,
            container_id=container.id,
            address=container.address or "",
            port=port,
            state=InstanceState.HEALTHY,
            started_at=began,
        )
    )


def _inspect(run: Run, container: Container) -> Container:
    seen = run.parts.engine.inspect(container.id)
    if seen is None:
        raise StepFailed(wording.INSTANCE_VANISHED, Fault.PLATFORM)
    return seen


@contextmanager
def _followed(run: Run, container: Container) -> Iterator[None]:
    """Copies the container's output to the deployment's log until the block ends."""
    ended = threading.Event()

    def follow() -> None:
        try:
            run.parts.engine.logs(container.id, lambda text: run.say(Step.START, text), ended.is_set)
        except Unavailable as trouble:
            run.say(Step.START, str(trouble))

    thread = threading.Thread(target=follow, name=f"logs-{container.name}", daemon=True)
    thread.start()
    try:
        yield
    except StepFailed:
        # A container that ended has said why in its last words, which may still be on their way.
        thread.join(_LAST_WORDS)
        raise
    finally:
        ended.set()
        thread.join()
