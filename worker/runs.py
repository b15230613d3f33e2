"""Runs of cron services: started when they are due, one at a time, and tended until they are over.

The store says which; what the host tells is only ever compared with it, so that whoever leads next goes on from there.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import structlog

from tidegate import cronrun
from tidegate.blueprint import Service as Definition
from tidegate.container import RUN_LABEL, RUN_ROLE, network_labels, run_name, run_spec
from tidegate.cronrun import OPEN, CronRun, Over, RunState, Sight, Tell, TooLong
from tidegate.deployment import Deployment
from tidegate.store import CannotOpen, StoreDown
from worker.carry import bring
from worker.due import Due
from worker.parts import Parts
from worker.place import another
from worker.ports import Container, Engine, Refused, Unavailable
from worker.runlogs import RunLogs
from worker.variables import started_with

log = structlog.get_logger(__name__)


@dataclass
class Runs:
    """One thread turns it, of the process that leads."""

    parts: Parts
    _due: Due = field(init=False)
    _logs: RunLogs = field(init=False)

    def __post_init__(self) -> None:
        self._due = Due(self.parts)
        self._logs = RunLogs(self.parts)

    def turn(self) -> None:
        """One that can't be helped now keeps no other from it."""
        self._due.look()
        for run in self.parts.store.cron_runs.open():
            try:
                self._tend(run)
            except StoreDown:
                raise
            except Unavailable as trouble:
                log.warning("a run waits for its host", run=run.id, trouble=str(trouble))
            except Exception:
                log.exception("a run can't be tended", run=run.id)

    def stop(self) -> None:
        self._logs.stop()

    def _tend(self, run: CronRun) -> None:
        if run.host is not None and run.host not in self.parts.hosts:
            # Should it come back, what is left there is removed as of a run that is over.
            self._end(run, Over(RunState.FAILED, cronrun.host_gone(run.host)))
            return
        match run.state:
            case RunState.WAITING:
                self._claim(run)
            case RunState.STARTING:
                self._start(run)
            case _:
                self._look(run)

    def _claim(self, run: CronRun) -> None:
        """Of what is live now. While a switch goes on nothing may be: it waits for the next turn."""
        live = self.parts.store.deployments.live(run.service_id, run.environment)
        if live is None:
            return
        definition = Definition.load(live.definition or {})
        if definition.stays:
            self._end(run, Over(RunState.CANCELED, cronrun.NO_LONGER_CRON))
            return
        placed = another(self.parts, live, definition)
        if placed.host is None:
            raise Unavailable(placed.reason)
        claimed = self.parts.store.cron_runs.claim(run.id, live.id, placed.host)
        if claimed is not None:
            self._start(claimed)

    def _start(self, run: CronRun) -> None:
        """A container that was started already, by somebody who was killed before saying so, is not started again."""
        row, engine = self._row(run), self._engine(run)
        found = engine.inspect(run_name(row, run.id))
        if not _has_begun(found):
            if run.ends_as is not None:
                self._end(run, Over(run.ends_as, run.reason))
                return
            try:
                self._create(run, row, engine)
            except (Refused, CannotOpen) as refusal:
                self._end(run, Over(RunState.FAILED, f"it could not be started: {refusal}"))
                return
        self.parts.store.cron_runs.began(run.id, self.parts.clock.now())
        self._logs.follow(run, row)

    def _create(self, run: CronRun, row: Deployment, engine: Engine) -> None:
        repository = self.parts.store.repositories.get(row.repository_id)
        assert repository is not None
        definition, variables = Definition.load(row.definition or {}), started_with(self.parts, row)
        spec = run_spec(row, definition, repository.full_name, variables.values, run.id)
        spec = replace(spec, runtime=self.parts.settings.runtime(row.environment))
        engine.ensure_network(spec.network, network_labels(repository.full_name, row.environment))
        bring(self.parts, row, engine)
        engine.start(spec)

    def _look(self, run: CronRun) -> None:
        row, store, engine = self._row(run), self.parts.store.cron_runs, self._engine(run)
        name, now = run_name(row, run.id), self.parts.clock.now()
        found = engine.inspect(name)
        self._logs.follow(run, row)
        grace = Definition.load(row.definition or {}).max_shutdown_delay_seconds
        match cronrun.judge(run, _sight(found), self.parts.settings.timing.run, grace, now):
            case Over() as over:
                self._logs.finish(run.id)
                self._end(run, over)
                engine.remove(name)
            case TooLong(reason):
                store.too_long(run.id, reason)
            case Tell.TERM:
                engine.stop(name, Tell.TERM)
                store.termed(run.id, now)
            case Tell.KILL:
                engine.stop(name, Tell.KILL)

    def _end(self, run: CronRun, over: Over) -> None:
        self.parts.store.cron_runs.end(run.id, over, self.parts.clock.now())

    def _row(self, run: CronRun) -> Deployment:
        row = self.parts.store.deployments.get(run.deployment_id or "")
        assert row is not None
        return row

    def _engine(self, run: CronRun) -> Engine:
        """Where it runs. Raises Unavailable where that is no host of ours any more."""
        return self.parts.hosts.of(run.host or "")


def leftovers(parts: Parts) -> None:
    """Removes containers of runs that are over. Those of unknown runs are somebody else's."""
    parts.hosts.each(lambda engine: _remove_leftovers(parts, engine))


def _remove_leftovers(parts: Parts, engine: Engine) -> None:
    for container in engine.owned({"tidegate.role": RUN_ROLE}):
        number = container.labels.get(RUN_LABEL, "")
        run = parts.store.cron_runs.get(int(number)) if number.isdecimal() else None
        mine = run is not None and run.deployment_id == container.labels.get("tidegate.deployment")
        if mine and run is not None and run.state not in OPEN:
            engine.remove(container.id)


def _has_begun(found: Container | None) -> bool:
    """One that was only created has no exit code."""
    return found is not None and (found.running or found.exit_code is not None)


def _sight(found: Container | None) -> Sight:
    if found is None:
        return Sight(exists=False, running=False)
    return Sight(exists=True, running=found.running, exit_code=found.exit_code, oom_killed=found.oom_killed)
