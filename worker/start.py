"""Starts the new instances beside the old ones, one at a time: each is well (it answers, or has stayed up) and takes
the place of an old one in the router before the next is started."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from tidegate import wording
from tidegate.container import ContainerSpec, instance_spec
from tidegate.deployment import Fault, Status, Step
from tidegate.health import Healthy, Look, StartFailed, Starting, judge_start, judge_stay
from tidegate.instance import Instance, InstanceState
from tidegate.logline import carried
from tidegate.routing import rolling_key
from worker import make_way
from worker.newcomers import Newcomer, Newcomers
from worker.ports import Away, Container, Engine, Unavailable
from worker.run import Run, StepFailed
from worker.switch import current_table
from worker.unready import Unready

#: A container is inspected this often, in seconds, while its port is silent: a crash must not wait for the timeout.
_INSPECT = 0.2
#: How long a failed instance's output is waited for, in seconds; one that ended closes it at once.
_LAST_WORDS = 2.0


def start(run: Run, variables: Mapping[str, str]) -> None:
    """All instances run and are well, and are recorded as healthy. Where several are to be replaced all but the last
    have traffic; that one's comes with the switch. A cron service has none: its next run is the first of this image."""
    old = make_way.before(run)
    usual = wording.STARTING_AFTER_STOP if old else wording.STARTING
    run.forward(Status.DEPLOYING, usual)
    if not run.definition.stays:
        run.skip(Step.START, wording.STARTED_BY_ITS_SCHEDULE)
        return
    clock = run.parts.clock
    with run.step(Step.START):
        for engine in run.hosts:
            run.ensure_network(engine)
        began = clock.now()
        make_way.make_way(run, old)
        unready = Unready(run, usual)
        run.despite_cuts(Step.START, run.hosts, partial(_start_all, run, variables, unready))
        if old:
            run.remark = wording.out_of_service((clock.now() - began).total_seconds())
            run.say(Step.START, run.remark)


def _start_all(run: Run, variables: Mapping[str, str], unready: Unready) -> None:
    """Those that run already are only looked at. Raises Away where a host was, and some may have ended with it."""
    deployment, definition = run.deployment, run.definition
    repository = run.repository.full_name
    newcomers = Newcomers(run)
    for index in range(len(run.placed)):
        if index > 0:
            _give_traffic(run, index - 1)
        spec = instance_spec(deployment, definition, repository, run.url, variables, index)
        new = _start(run, index, replace(spec, runtime=run.runtime))
        with _followed(run, new):
            if definition.listens:
                _await_healthy(run, new, newcomers, unready)
            else:
                _await_steady(run, new, newcomers)
    newcomers.look()


def _give_traffic(run: Run, index: int) -> None:
    """The router is brought to what the store says: what is healthy serves, at least under its version's name."""
    parts = run.parts
    run.patiently(lambda: parts.router.apply(lambda: current_table(parts)))
    if rolling_key(run.deployment.id) in current_table(parts).backends:
        run.say(Step.START, wording.instance_entered(index))


@dataclass(frozen=True)
class _New:
    """An instance that was started; `address` and `port` are where it is reached."""

    index: int
    engine: Engine
    container: Container
    address: str
    port: int
    began: datetime

    @property
    def instance(self) -> Newcomer:
        return Newcomer(self.index, self.engine, self.container.id, self.address, self.port)


def _start(run: Run, index: int, spec: ContainerSpec) -> _New:
    engine = run.placed[index]
    container = run.patiently(partial(engine.start, spec), but=Away)
    port = container.port or spec.port
    return _New(index, engine, container, container.address or "", port, run.parts.clock.now())


def _await_healthy(run: Run, new: _New, newcomers: Newcomers, unready: Unready) -> None:
    """Probes from outside, quickly at first, until the instance answers, exits, or its time is over."""
    parts, path, timing = run.parts, run.definition.probed_path, run.parts.settings.timing
    seen, seen_at, tries = new.container, 0.0, 0
    while True:
        run.check()
        newcomers.look_now_and_then()
        reading = parts.prober.probe(new.address, new.port, path, timing.probe, run.heart.stop)
        elapsed = (parts.clock.now() - new.began).total_seconds()
        late = elapsed >= timing.start
        if not reading.ok and (late or elapsed - seen_at >= _INSPECT):
            seen, seen_at = _inspect(new), elapsed
        look = Look(seen.running, seen.exit_code, seen.oom_killed, reading.ok, reading.detail, elapsed, tries)
        listening = new.engine.listening_ports(new.container.id) if late else ()
        match judge_start(look, port=run.definition.port, timeout=timing.start, listening=listening):
            case Healthy():
                break
            case StartFailed(reason):
                raise StepFailed(wording.instance_failed(new.index, run.instances, reason), Fault.USER)
            case Starting(delay):
                tries += 1
                unready.tell(new.index, reading.detail, elapsed)
                run.pause(delay)
    run.say(Step.START, wording.instance_healthy(new.index, elapsed, reading.detail))
    _record(run, new)
    unready.over()
    newcomers.add(new.instance)


def _await_steady(run: Run, new: _New, newcomers: Newcomers) -> None:
    """Nothing can be asked of it, so it has to stay up for its time."""
    clock, grace = run.parts.clock, run.parts.settings.timing.grace
    while True:
        run.check()
        newcomers.look_now_and_then()
        elapsed = (clock.now() - new.began).total_seconds()
        seen = _inspect(new)
        look = Look(seen.running, seen.exit_code, seen.oom_killed, ok=False, detail="", elapsed=elapsed, tries=0)
        match judge_stay(look, grace=grace):
            case Healthy():
                break
            case StartFailed(reason):
                raise StepFailed(wording.instance_failed(new.index, run.instances, reason), Fault.USER)
            case Starting(delay):
                run.pause(delay)
    run.say(Step.START, wording.instance_stayed(new.index, grace))
    _record(run, new)
    newcomers.add(new.instance)


def _record(run: Run, new: _New) -> None:
    run.parts.store.instances.put(
        Instance(
            deployment_id=run.deployment.id,
            index=new.index,
            host=new.engine.name,
            container_id=new.container.id,
            address=new.address,
            port=new.port,
            state=InstanceState.HEALTHY,
            started_at=new.began,
        )
    )


def _inspect(new: _New) -> Container:
    seen = new.engine.inspect(new.container.id)
    if seen is None:
        raise StepFailed(wording.INSTANCE_VANISHED, Fault.PLATFORM)
    return seen


@contextmanager
def _followed(run: Run, new: _New) -> Iterator[None]:
    """Copies the container's output to the deployment's log until the block ends."""
    ended = threading.Event()

    def follow() -> None:
        try:
            new.engine.logs(new.container.id, lambda text: run.say(Step.START, text), ended.is_set)
        except Unavailable as trouble:
            run.say(Step.START, str(trouble))

    thread = threading.Thread(target=carried(follow), name=f"logs-{new.container.name}", daemon=True)
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
