"""Brings what GitHub shows to what is recorded. A failed report never fails a deploy: it is tried again until it holds.

Each deployment is reported as it is now, whatever happened since the last report, so many moves cost one set of writes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from tidegate import blueprint, preview, surfaces, wording
from tidegate.deployment import ACTIVE, PENDING, Deployment, Status
from tidegate.repository import PRODUCTION, Repository
from tidegate.store import ReportState
from worker.fingerprint import fingerprint
from worker.follow import RUNTIME
from worker.held import held
from worker.parts import Parts
from worker.ports import Annotation, CheckOutput, DeploymentState, Refused, Unavailable
from worker.talk import talk

_BATCH = 50
#: Seconds that a status in progress lasts before it is shown: a quick deploy costs one report, not five.
_LASTING = timedelta(seconds=1)
#: Between two reports of what a deployment waits for: checks come by the dozen.
_WAITING = timedelta(seconds=10)
#: First wait after trouble, in seconds; doubled each time up to the last.
_BACKOFF, _LONGEST = 5.0, 600.0
#: Longest wait, in seconds, of a report that nobody waits for: its row may move on to one that people do wait for.
_SPARE_WAIT = 10.0
#: What passes, or tells that nothing happens: left out first where little of GitHub's budget is left.
_SPARE = ACTIVE | PENDING | {Status.SKIPPED, Status.SUPERSEDED, Status.REMOVED}
_TAIL = 60
#: A crash that is over within this is told on the timeline only.
_BRIEF = timedelta(seconds=3)

log = structlog.get_logger(__name__)


def report(parts: Parts) -> None:
    """One pass over what is not shown yet. One reporter at a time, since two would create things twice."""
    with held(parts, "reporter") as mine:
        if mine:
            for row in parts.store.deployments.unreported(_BATCH, parts.clock.now()):
                _report(parts, row)
            talk(parts)


def _report(parts: Parts, row: Deployment) -> None:
    state = parts.store.reports.get(row.id)
    now = parts.clock.now()
    if _too_early(row, state, now):
        return
    repository = parts.store.repositories.get(row.repository_id)
    if repository is None or repository.gone:
        return  # it is told once the repository is back
    shown = _Surfaces(parts, repository, row, state)
    try:
        shown.show()
    except Unavailable as trouble:
        failures = shown.state.failures + 1
        wait = trouble.retry_after or min(_LONGEST, _BACKOFF * 2 ** (failures - 1))
        if shown.spare:  # what comes next may be what people wait for, and must not wait as long
            wait = min(wait, _SPARE_WAIT)
        log.info("a report waits", deployment_id=row.id, trouble=str(trouble), seconds=wait)
        parts.store.reports.save(replace(shown.state, failures=failures, not_before=now + timedelta(seconds=wait)))
        return
    except Refused as refusal:
        log.warning("GitHub refused a report", deployment_id=row.id, reason=str(refusal))
    parts.store.reports.save(replace(shown.state, failures=0, not_before=None, last_at=now))
    number = preview.number_of(row.environment)
    if number is not None:
        parts.store.previews.touch(row.repository_id, number)
    parts.store.deployments.reported(row.id, row.version)


def _too_early(row: Deployment, state: ReportState, now: datetime) -> bool:
    """GitHub allows 80 writes a minute and 500 an hour, so what passes by itself in a moment is not written."""
    if row.status in ACTIVE or row.status is Status.QUEUED:
        return row.moved_at is not None and now - row.moved_at < _LASTING
    if row.status is Status.CRASHED:
        return row.moved_at is not None and now - row.moved_at < _BRIEF
    return row.status is Status.WAITING and state.last_at is not None and now - state.last_at < _WAITING


@dataclass
class _Surfaces:
    """The three places where GitHub shows a deployment. `state` remembers what each shows, so that nothing is written
    twice, and is saved before each create, so that a create that got through unheard is found again."""

    parts: Parts
    repository: Repository
    row: Deployment
    state: ReportState

    @property
    def spare(self) -> bool:
        return self.row.status in _SPARE and not self.row.needs_approval

    def show(self) -> None:
        self._deployment()
        self._check()
        self._status()

    @property
    def _log_url(self) -> str:
        return f"{self.parts.settings.url}/deployments/{self.row.id}"

    @property
    def _url(self) -> str | None:
        """Where it serves: nowhere before it was live, nor where it isn't reached from outside."""
        if not self.row.live_at:
            return None
        return self.parts.settings.public_url(self.row.service, self.row.environment, self.row.definition)

    def _deployment(self) -> None:
        told = surfaces.deployment_state(self.row)
        if told is None or self.row.service == blueprint.FILE_NAME:
            return
        if self.row.status is Status.DRAINING:
            return  # it goes on showing the success that it was
        word, description = told
        if self.state.github_deployment is None:
            if word == "inactive":
                return  # it never had one: none is made to say that it is gone
            self._create_deployment()
        shown = DeploymentState(word, description, self._log_url, self._url)
        mark = fingerprint(shown)
        if mark != self.state.shown_deployment:
            assert self.state.github_deployment is not None
            self.parts.reports.deployment_state(self.repository, self.state.github_deployment, shown, spare=self.spare)
            self._save(replace(self.state, shown_deployment=mark))

    def _create_deployment(self) -> None:
        attempted = self.state.deployment_attempted
        self._save(replace(self.state, deployment_attempted=True))
        made = self.parts.reports.create_deployment(
            self.repository,
            self.row.sha,
            wording.environment_name(self.row.service, self.row.environment),
            marker=self.row.id,
            production=self.row.environment == PRODUCTION,
            attempted=attempted,
            spare=self.spare,
        )
        self._save(replace(self.state, github_deployment=made))

    def _check(self) -> None:
        view = surfaces.check(
            surfaces.as_it_came_live(self.row),
            self.parts.store.phases.of(self.row.id),
            # What a service prints later is for those who may read its log, not for all who see the repository.
            [line.text for line in self.parts.store.logs.tail(self.row.id, _TAIL, but=RUNTIME)],
            self._log_url,
            self._url,
        )
        if view is None:
            return
        output = CheckOutput(
            name=wording.check_name(self.row.service, self.row.environment),
            sha=self.row.sha,
            status=view.status,
            conclusion=view.conclusion,
            title=view.title,
            summary=view.summary,
            text=view.text,
            details_url=self._log_url,
            annotations=tuple(
                Annotation(found.path, found.line, found.message, found.title) for found in self.row.findings
            ),
            actions=view.actions,
            started_at=self.row.started_at or self.row.created_at,
            completed_at=_completed(self.row) if view.conclusion else None,
        )
        mark = fingerprint(output)
        if mark == self.state.shown_check:
            return
        attempted = self.state.check_attempted
        if self.state.check_run is None:
            self._save(replace(self.state, check_attempted=True))
        made = self.parts.reports.write_check(
            self.repository, self.state.check_run, output, marker=self.row.id, attempted=attempted, spare=self.spare
        )
        self._save(replace(self.state, check_run=made, shown_check=mark))

    def _status(self) -> None:
        told = surfaces.commit_status(surfaces.as_it_came_live(self.row))
        mark = fingerprint(told)
        if told is None or mark == self.state.shown_status:
            return
        word, description = told
        context = wording.check_name(self.row.service, self.row.environment)
        self.parts.reports.commit_status(
            self.repository, self.row.sha, context, word, description, self._log_url, spare=self.spare
        )
        self._save(replace(self.state, shown_status=mark))

    def _save(self, state: ReportState) -> None:
        self.state = state
        self.parts.store.reports.save(state)


def _completed(row: Deployment) -> datetime | None:
    return row.live_at or row.ended_at or row.created_at
