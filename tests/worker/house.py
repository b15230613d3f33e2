"""The worker with every part faked but the store, which is a real SQLite file: stories run in milliseconds."""

from __future__ import annotations

import base64
import itertools
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.fakes.bell import FakeBell
from tests.fakes.caller import FakeCaller
from tests.fakes.clock import FakeClock
from tests.fakes.courier import FakeCourier
from tests.fakes.engine import FakeEngine
from tests.fakes.gauges import FakeGauges
from tests.fakes.github import APP, FakeGitHub
from tests.fakes.log import FakeLog
from tests.fakes.prober import FakeProber
from tests.fakes.pulls import FakeComment
from tests.fakes.router import FakeRouter
from tests.fakes.source import FakeSource
from tests.migrated import put_migrated
from tidegate.container import network_name
from tidegate.deployment import Deployment, Status, Trigger
from tidegate.events import (
    BranchPushed,
    ChecksChanged,
    Commented,
    DeployAsked,
    Event,
    PreviewApproved,
    PullRequestChanged,
    RepositorySeen,
)
from tidegate.facts import PullRequest
from tidegate.permission import Permission
from tidegate.preview import Preview, environment_of
from tidegate.repository import PRODUCTION, Repository
from tidegate.retention import Item
from tidegate.settings import Settings
from tidegate.store import Store, open_store
from worker import build_ahead, clean, consider, drain, intake, messenger, poll, reporter, retire, rollout, sweep
from worker.fleet import Fleet
from worker.parts import Parts
from worker.ports import Unavailable
from worker.runs import Runs
from worker.tend import Tending

DOMAIN = "apps.test"
WEB = "services:\n  - name: web\n    type: web\n"
#: Each pull request has a preview.
PREVIEWED = WEB + "previews:\n  generation: automatic\n"
GATED = WEB + "    autoDeployTrigger: checksPass\n"
SERVES = 'CMD ["/bin/sh", "-c", "exec httpd -f -p $PORT"]\n'
DOCKERFILE = f"FROM scratch\nCOPY . /\n{SERVES}"

#: A deployed server sweeps each minute; stories don't wait as long.
_SWEEP_SECONDS = 5

KEY = base64.b64encode(b"k" * 32).decode()
_ENVIRONMENT = {
    "TIDEGATE_URL": "https://deploy.test",
    "TIDEGATE_DOMAIN": DOMAIN,
    "TIDEGATE_SECRET_KEY": KEY,
    "TIDEGATE_GUARD": "off",
    "GITHUB_APP_ID": str(APP),
    "GITHUB_PRIVATE_KEY": "-----BEGIN PRIVATE KEY-----\nnot used by a fake\n-----END PRIVATE KEY-----",
    "GITHUB_WEBHOOK_SECRET": "hush",
    "GITHUB_CLIENT_ID": "client",
    "GITHUB_CLIENT_SECRET": "hush too",
}


class Killed(BaseException):
    """A worker's kill -9, as far as a test in one process can have it: nothing of ours catches it."""


class House:
    def __init__(self, place: Path, store: Store | None = None, /, **settings: str) -> None:
        """`store`: that of its settings' DATABASE_URL, where that is open already."""
        self.settings = Settings.from_env({**_ENVIRONMENT, "TIDEGATE_DATA": str(place), **settings}, _no_file)
        self.clock = FakeClock()
        self.bell = FakeBell()
        self.github = FakeGitHub()
        self.engines = {
            host.name: FakeEngine(host.name, self.clock.now, f"10.0.{number}")
            for number, host in enumerate(self.settings.hosts)
        }
        self.engine = next(iter(self.engines.values()))
        self.source = FakeSource(self.github.files)
        self.prober = FakeProber(*self.engines.values())
        self.caller = FakeCaller()
        self.courier = FakeCourier()
        self.router = FakeRouter()
        self.gauges = FakeGauges()
        if store is None:
            put_migrated(Path(self.settings.data) / "tidegate.db")
        self.store = store or open_store(self.settings.database_url, self.settings.secret_keys)
        self._owners = itertools.count(1)
        self._begun: set[int] = set()
        self._caught_up = self.clock.now()
        self.parts = self._new_worker()
        self.tendings = [Tending(self.parts, name) for name in self.engines]
        self.runs = Runs(self.parts)

    def _new_worker(self) -> Parts:
        return Parts(
            owner=f"worker-{next(self._owners)}",
            settings=self.settings,
            store=self.store,
            clock=self.clock,
            bell=self.bell,
            github=self.github,
            reports=self.github,
            source=self.source,
            hosts=Fleet(list(self.engines.values())),
            prober=self.prober,
            caller=self.caller,
            courier=self.courier,
            router=self.router,
            gauges=self.gauges,
            open_log=lambda deployment_id, secrets: FakeLog(self.store, self.clock, deployment_id, secrets),
        )

    def restart_worker(self) -> None:
        """Another process, which owns nothing of what the one before had."""
        self.parts = self._new_worker()

    @property
    def tending(self) -> Tending:
        """Of the first host."""
        return self.tendings[0]

    # What people and GitHub do

    def repository(self, full_name: str = "octo/web") -> Repository:
        made = self.github.add_repository(full_name)
        self.github.permit(made, "mona", Permission.WRITE)
        self.tell(
            RepositorySeen(made.id, made.installation_id, made.owner, made.name, made.default_branch, made.private)
        )
        return made

    def push(
        self, repository: Repository, files: Mapping[str, str | None] | None = None, message: str = "Change"
    ) -> str:
        """A commit that is pushed and told; its first has a Dockerfile and a service `web`, unless `files` say else."""
        sha = self.commit(repository, files, message)
        self.tell(self.pushed(repository, sha))
        return sha

    def commit(
        self, repository: Repository, files: Mapping[str, str | None] | None = None, message: str = "Change"
    ) -> str:
        first = {} if repository.id in self._begun else {"Dockerfile": DOCKERFILE, "tidegate.yml": WEB}
        self._begun.add(repository.id)
        stamp = {"stamp": f"{self.clock.now()} {len(self.github.calls)}"}
        return self.github.push(repository, {**first, **stamp, **(files or {})}, message)

    def pushed(self, repository: Repository, sha: str) -> BranchPushed:
        return BranchPushed(repository.id, "main", None, sha, forced=False, actor="octo")

    def conclude(
        self, repository: Repository, sha: str, conclusion: str | None = "success", name: str = "test"
    ) -> None:
        self.github.check(repository, sha, conclusion, name, at=self.clock.now())
        self.tell(ChecksChanged(repository.id, sha, concluded=conclusion is not None))

    def open(self, repository: Repository, files: Mapping[str, str | None] | None = None, **how: Any) -> PullRequest:
        """A pull request with one commit, as FakeGitHub.open_pull has it, that is told."""
        pull = self.github.open_pull(repository, files or {"page": "new"}, **how)
        self.changed(repository, pull.number)
        return pull

    def push_to(
        self, repository: Repository, number: int, files: Mapping[str, str | None] | None = None, message: str = "More"
    ) -> str:
        """One more commit on the pull request that is told; its SHA."""
        stamp = {"stamp": f"{self.clock.now()} {len(self.github.calls)}"}
        sha = self.github.push_pull(repository, number, files or stamp, message)
        self.changed(repository, number)
        return sha

    def changed(self, repository: Repository, number: int, actor: str = "octo") -> None:
        """Whatever it was: the pull request's event comes."""
        self.tell(PullRequestChanged(repository.id, number, actor))

    def say(self, repository: Repository, number: int, body: str, author: str = "mona") -> FakeComment:
        """A comment on the pull request, told."""
        made = self.github.comment(repository, number, body, author)
        self.tell(Commented(repository.id, number, made, body, author))
        return self.github.comments[made]

    def approve(self, repository: Repository, row: Deployment, actor: str = "mona") -> None:
        """The button on its check run is pressed."""
        self.tell(PreviewApproved(repository.id, row.sha, self.check_run(row), actor))

    def press(self, repository: Repository, row: Deployment, trigger: Trigger) -> None:
        self.tell(DeployAsked(repository.id, row.sha, trigger, "mona", self.check_run(row)))

    def check_run(self, row: Deployment) -> int:
        run = self.store.reports.get(row.id).check_run
        assert run is not None, "it was not reported"
        return run

    def tell(self, event: Event) -> None:
        intake.handle(self.parts, event)

    # What the workers do

    def work(self) -> None:
        """Answers all rings, with all that they ring for."""
        self.bell.answer(
            {
                "drain": lambda: drain.drain(self.parts),
                "consider": self._consider,
                "deploy": lambda deployment: rollout.deploy(self.parts, deployment),
                "build_ahead": lambda deployment: build_ahead.build_ahead(self.parts, deployment),
                "report": lambda: reporter.report(self.parts),
                "send": lambda: messenger.send(self.parts),
                "catch_up": lambda: sweep.catch_up(self.parts),
                "poll": lambda: poll.poll(self.parts),
                "clean": self.clean,
            }
        )

    def clean(self) -> list[Item]:
        return clean.clean(self.parts, self.settings.retention)

    def _consider(self, repository: int, sha: str) -> None:
        with suppress(Unavailable):  # as worker.jobs has it: the row is due again later
            consider.consider(self.parts, repository, sha)

    def tend(self, seconds: float = 0.0) -> None:
        """What is live is looked at, and time passes so; GitHub is told of it."""
        until = self.clock.now() + timedelta(seconds=seconds)
        while True:
            for tending in self.tendings:
                tending.turn()
            self.work()
            if self.clock.now() >= until:
                return
            pulses = [pulse for tending in self.tendings for pulse in tending._pulses.values()]
            due = min((each.next_at for each in pulses), default=until)
            self.clock.advance(max(0.05, (min(due, until) - self.clock.now()).total_seconds()))

    def restart_watch(self) -> None:
        """Another watcher leads, which has seen nothing yet."""
        self.tendings = [Tending(self.parts, name) for name in self.engines]
        self.runs.stop()
        self.runs = Runs(self.parts)

    def watch(self, seconds: int, every: int = 1) -> None:
        """Time passes and the watcher ticks through it, `every` so many seconds; now and then, and last, it sweeps."""
        for left in reversed(range(len(range(0, seconds, every)))):
            self.clock.advance(every)
            if (self.clock.now() - self._caught_up).total_seconds() >= self.settings.timing.catch_up:
                self._caught_up = self.clock.now()
                self.bell.catch_up()
            sweep.tick(self.parts)
            retire.carry_out(self.parts)
            if left % max(1, _SWEEP_SECONDS // every) == 0:
                sweep.sweep(self.parts)
            self.runs.turn()
            self.work()

    # What can be seen

    def row(self, repository: Repository, sha: str, service: str = "web", environment: str = PRODUCTION) -> Deployment:
        """The newest deployment of the commit."""
        found = self.store.services.by_name(repository.id, service)
        assert found is not None, f"no service {service}"
        row = self.store.deployments.newest(found.id, environment, sha)
        assert row is not None, f"no deployment of {sha[:7]}"
        return row

    def status(self, repository: Repository, sha: str, service: str = "web", environment: str = PRODUCTION) -> Status:
        return self.row(repository, sha, service, environment).status

    def preview(self, repository: Repository, number: int) -> Preview:
        found = self.store.previews.get(repository.id, number)
        assert found is not None, f"#{number} was never looked at"
        return found

    def left_of(self, repository: Repository, number: int) -> list[str]:
        """All that is still there of a pull request's preview; its images can't be told from production's."""
        name = environment_of(number)
        places = self.store.environments.of_repository(repository.id, name)
        containers = [each.spec for each in self.engine.containers.values() if each.spec.network.endswith(f"-{name}")]
        return [
            *(f"container {each.name}" for each in containers),
            *(f"network {each}" for each in self.engine.networks if each == network_name(repository.id, name)),
            *(f"host {each}" for each in self.router.table.hosts if f"-{name}." in each),
            *(f"environment of service {each.service_id}" for each in places),
            *(
                f"variable {each}"
                for service in self.store.services.of_repository(repository.id)
                for each in self.store.variables.of(service.id, name)
            ),
            *(
                f"snapshot of {row.id}"
                for row in self.store.deployments.of_environment(repository.id, name, limit=1000)
                if self.store.snapshots.of(row.id) is not None
            ),
            *(f"deployment {each.id}" for each in self.store.deployments.pending_or_active(repository.id, name)),
        ]

    def timeline(self, repository: Repository) -> list[str]:
        """Kinds of what was told of the repository, oldest first."""
        return [each.kind for each in reversed(self.store.timeline.of_repository(repository.id, 500))]

    def serving(self, service: str = "web") -> str | None:
        """The commit that the router sends the service's default name to."""
        answer = self.router.answer(f"{service}.{DOMAIN}")
        row = self.store.deployments.get(answer)
        return row.sha if row else None


def _no_file(path: str) -> str:
    raise FileNotFoundError(path)
