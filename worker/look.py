"""What GitHub and the store say about a commit that a branch or a pull request points at, read once for all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property

from tidegate.deployment import Deployment, Fault, Finding, Status, Trigger
from tidegate.facts import Changes, Commit
from tidegate.freeze import Freeze
from tidegate.repository import Repository, Service
from tidegate.routing import Route
from tidegate.store import NewDeployment
from worker.deployfile import DeployFile
from worker.held import awaited
from worker.parts import Parts

#: A worker that was killed while it decided keeps others from it for this long, in seconds; a decision takes far less.
_DECIDING = 15.0


@dataclass
class Look:
    """At `commit`, for `environment`. `before` is what the branch or the pull request pointed at, where that is known.

    `needs_approval`: the commit is a stranger's, and nothing of it is built before somebody has approved it. `asked`: a
    person asked for it just now, so that no skip phrase stops it; `force`: nor does a freeze.
    """

    parts: Parts
    repository: Repository
    environment: str
    commit: Commit
    file: DeployFile
    branch: str
    trigger: Trigger
    actor: str
    before: str | None = None
    needs_approval: bool = False
    asked: bool = False
    force: bool = False
    _compared: dict[str, Changes] = field(default_factory=dict)
    #: What may still go live here without a further push: pending, active, or behind a gate that may open again.
    coming: list[Deployment] = field(init=False)

    def __post_init__(self) -> None:
        """Before anybody reads what is live: what comes live between the two is in both, and never in neither."""
        deployments = self.parts.store.deployments
        closed = deployments.closed_gates(repository_id=self.repository.id)
        self.coming = [
            *deployments.pending_or_active(self.repository.id, self.environment),
            *(row for row in closed if row.environment == self.environment),
        ]

    @property
    def sha(self) -> str:
        return self.commit.sha

    def changes_since(self, base: str) -> Changes:
        """One compare per base, however many services ask."""
        if base not in self._compared:
            self._compared[base] = self.parts.github.changes(self.repository, base, self.sha)
        return self._compared[base]

    @cached_property
    def routes(self) -> list[Route]:
        return self.parts.store.environments.routes()

    @cached_property
    def freezes(self) -> list[Freeze]:
        return self.parts.store.freezes.of_repository(self.repository.id)

    def row(
        self,
        service: Service,
        definition: dict[str, object],
        status: Status,
        reason: str,
        fault: Fault | None = None,
        findings: tuple[Finding, ...] = (),
    ) -> NewDeployment:
        gated = status is Status.WAITING and not self.needs_approval
        return NewDeployment(
            repository_id=self.repository.id,
            service_id=service.id,
            service=service.name,
            environment=self.environment,
            sha=self.sha,
            branch=self.branch,
            message=self.commit.message,
            author=self.commit.author,
            trigger=self.trigger,
            actor=self.actor,
            status=status,
            reason=reason,
            fault=fault,
            findings=findings,
            tree=self.commit.tree,
            definition=definition,
            look_at=self.parts.clock.now() if gated else None,
            needs_approval=self.needs_approval and status is Status.WAITING,
        )


@contextmanager
def alone(parts: Parts, repository: Repository) -> Iterator[None]:
    """A webhook and the sweep may tell of one change at the same moment; only one of them may find it undecided. Raises
    Unavailable where another stays at it: told again later, it will have been decided.

    GitHub is to be asked within: of two who had asked before, the one whose answer is older might act last."""
    with awaited(parts, f"push:{repository.id}", _DECIDING, f"another worker is looking at {repository.full_name}"):
        yield
