"""What happened, told by webhooks and sweeps. Frozen, tiny, never trusted as truth: each says "look at this again"."""

from __future__ import annotations

from dataclasses import dataclass

from tidegate.deployment import Trigger
from tidegate.permission import Action


@dataclass(frozen=True)
class BranchPushed:
    """A branch moved to `after`. `before` is None for a new branch. Repository ids are GitHub's."""

    repository_id: int
    branch: str
    before: str | None
    after: str
    forced: bool
    actor: str


@dataclass(frozen=True)
class BranchDeleted:
    repository_id: int
    branch: str
    actor: str


@dataclass(frozen=True)
class ChecksChanged:
    """A check run, suite or status of this commit changed somehow. `concluded`: one that counts has come to its end, so
    that a gate may open or close; anything else only matters to a gate that is closed. `status`: it was a commit
    status, which matters to services that count those."""

    repository_id: int
    sha: str
    concluded: bool
    status: bool = False


@dataclass(frozen=True)
class DeployAsked:
    """Somebody asked for a deploy: a button or GitHub's Re-run. `check_run_id` names the run it was asked on;
    None means every service of that commit (a suite's Re-run)."""

    repository_id: int
    sha: str
    trigger: Trigger
    actor: str
    check_run_id: int | None = None


@dataclass(frozen=True)
class RepositorySeen:
    """The repository's name, owner or default branch, as of now; on any event that carries them."""

    repository_id: int
    installation_id: int
    owner: str
    name: str
    default_branch: str
    private: bool


@dataclass(frozen=True)
class RepositoryGone:
    """Deleted, or taken out of the installation. Nothing of it is deployed any more; nothing is forgotten."""

    repository_id: int
    reason: str


@dataclass(frozen=True)
class InstallationGone:
    """Uninstalled or suspended: every repository of it is gone, for `reason`."""

    installation_id: int
    reason: str


@dataclass(frozen=True)
class InstallationChanged:
    """Installed, unsuspended, or given more repositories: GitHub is to be asked which there are now."""

    installation_id: int


@dataclass(frozen=True)
class PullRequestChanged:
    """A pull request was opened, pushed to, labelled, retitled, closed, whatever it was: look at it again."""

    repository_id: int
    number: int
    actor: str


@dataclass(frozen=True)
class Commented:
    """A comment on a pull request that holds at least one command (command.py reads `body`)."""

    repository_id: int
    number: int
    comment_id: int
    body: str
    author: str


@dataclass(frozen=True)
class PreviewApproved:
    """Somebody pressed Approve on a check run of a fork's preview; whether they may is asked of GitHub."""

    repository_id: int
    sha: str
    check_run_id: int
    actor: str


@dataclass(frozen=True)
class DeploymentRequested:
    """Somebody else (Actions, another tool, a script) made a deployment at GitHub; `environment` in GitHub's words."""

    repository_id: int
    github_deployment: int
    sha: str
    ref: str
    environment: str
    creator: str


@dataclass(frozen=True)
class HookCalled:
    """A service's deploy hook was called. `request_id` is where the answer is waited for. `ref`: a branch, tag or SHA,
    full or short; None is the linked branch's latest commit."""

    request_id: str
    repository_id: int
    service_id: int
    ref: str | None
    image_url: str | None
    clear_cache: bool


@dataclass(frozen=True)
class FreezeAsked:
    """Freeze or (`reason` None) unfreeze: all of a repository, or one service, or one environment, or both."""

    request_id: str
    repository_id: int
    service: str | None
    environment: str | None
    reason: str | None
    actor: str


@dataclass(frozen=True)
class VariableChanged:
    """Variables of a service were set, or `removed`, which the store has already; what is live is to have them so."""

    request_id: str
    repository_id: int
    service_id: int
    environment: str
    names: tuple[str, ...]
    actor: str
    removed: bool = False


@dataclass(frozen=True)
class PreviewAsked:
    """Somebody wants pull request `number` to have a preview whatever its deploy file says, or (not `wanted`) to lose
    it, and waits for the answer. `force`: past a freeze."""

    request_id: str
    repository_id: int
    number: int
    wanted: bool
    actor: str
    force: bool = False


@dataclass(frozen=True)
class Ordered:
    """Somebody asked for something of one service, by the API or the command, and waits for the answer. `commit`: a
    branch, a tag, or a SHA; None is the linked branch's latest. `deployment`: that one is meant; None is what is live,
    or for a rollback what was live before it. `disks`: a service that is removed loses them, too."""

    request_id: str
    repository_id: int
    service_id: int
    environment: str
    action: Action
    actor: str
    commit: str | None = None
    deployment: str | None = None
    clear_cache: bool = False
    force: bool = False
    disks: bool = False
    #: As a deploy hook's.
    image_url: str | None = None


Event = (
    BranchPushed
    | BranchDeleted
    | ChecksChanged
    | DeployAsked
    | RepositorySeen
    | RepositoryGone
    | InstallationGone
    | InstallationChanged
    | PullRequestChanged
    | Commented
    | PreviewApproved
    | DeploymentRequested
    | HookCalled
    | FreezeAsked
    | VariableChanged
    | PreviewAsked
    | Ordered
)
