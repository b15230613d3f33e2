"""What the stand-in remembers: plain records, changed only while the world's lock is held."""

from __future__ import annotations

import threading
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from standin.clock import stamp

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

    from standin.git import Git

Json = dict[str, Any]
LEVELS = ("none", "read", "triage", "write", "maintain", "admin")


@dataclass
class User:
    id: int
    login: str
    kind: str = "User"
    name: str | None = None
    email: str | None = None
    created_at: str = field(default_factory=stamp)


@dataclass
class App:
    id: int
    slug: str
    name: str
    owner: User
    bot: User
    client_id: str
    client_secret: str
    public_key: RSAPublicKey
    permissions: dict[str, str]
    events: list[str]
    webhook_url: str = ""
    webhook_secret: str = ""
    external_url: str = "http://localhost"
    setup_url: str = ""
    callback_urls: list[str] = field(default_factory=list)
    description: str = ""
    private_key: str = ""
    created_at: str = field(default_factory=stamp)


@dataclass
class Installation:
    id: int
    app: App
    account: User
    selection: str  # "all" or "selected"
    repository_ids: set[int]
    permissions: dict[str, str]
    events: list[str]
    created_at: str = field(default_factory=stamp)
    suspended_at: str | None = None

    def covers(self, repo: Repo) -> bool:
        if repo.owner.id != self.account.id:
            return False
        return self.selection == "all" or repo.id in self.repository_ids


@dataclass
class Token:
    """One credential. `repository_ids` None means all that its installation covers; `expires` is in epoch seconds."""

    value: str
    kind: str  # "installation", "personal" or "user-to-server"
    user: User
    installation: Installation | None = None
    app: App | None = None
    repository_ids: set[int] | None = None
    permissions: dict[str, str] = field(default_factory=dict)
    expires: float | None = None


@dataclass
class Suite:
    id: int
    app: App
    sha: str
    branch: str | None
    before: str | None
    after: str | None
    status: str = "queued"
    conclusion: str | None = None
    created_at: str = field(default_factory=stamp)
    updated_at: str = field(default_factory=stamp)


@dataclass
class Run:
    id: int
    suite: Suite
    name: str
    status: str = "queued"
    conclusion: str | None = None
    external_id: str = ""
    details_url: str | None = None
    started_at: str | None = None
    completed_at: str | None = None
    title: str | None = None
    summary: str | None = None
    text: str | None = None
    annotations: list[Json] = field(default_factory=list)
    actions: list[Json] = field(default_factory=list)

    @property
    def app(self) -> App:
        return self.suite.app


@dataclass
class Status:
    id: int
    sha: str
    state: str
    context: str
    description: str | None
    target_url: str | None
    creator: User
    created_at: str = field(default_factory=stamp)


@dataclass
class DeploymentStatus:
    id: int
    state: str
    description: str
    environment: str
    environment_url: str
    log_url: str
    creator: User
    app: App | None
    created_at: str = field(default_factory=stamp)


@dataclass
class Deployment:
    id: int
    sha: str
    ref: str
    task: str
    payload: Json | str
    environment: str
    description: str | None
    creator: User
    app: App | None
    transient: bool
    production: bool
    statuses: list[DeploymentStatus] = field(default_factory=list)
    created_at: str = field(default_factory=stamp)
    updated_at: str = field(default_factory=stamp)

    @property
    def state(self) -> str:
        return self.statuses[-1].state if self.statuses else "pending"


@dataclass
class Label:
    id: int
    name: str
    color: str = "ededed"
    description: str = ""


@dataclass
class Reaction:
    id: int
    user: User
    content: str
    created_at: str = field(default_factory=stamp)


@dataclass
class Comment:
    id: int
    number: int
    user: User
    body: str
    app: App | None
    reactions: list[Reaction] = field(default_factory=list)
    created_at: str = field(default_factory=stamp)
    updated_at: str = field(default_factory=stamp)


@dataclass
class Pull:
    id: int
    number: int
    title: str
    body: str | None
    user: User
    head_repo: Repo
    head_ref: str
    head_sha: str
    base_ref: str
    base_sha: str
    draft: bool = False
    state: str = "open"
    labels: list[Label] = field(default_factory=list)
    merged_at: str | None = None
    merged_by: User | None = None
    merge_sha: str | None = None
    closed_at: str | None = None
    created_at: str = field(default_factory=stamp)
    updated_at: str = field(default_factory=stamp)


@dataclass
class CiSettings:
    """How the repository's CI behaves: `mode` "off", "manual", "success", "failure" or "command"."""

    mode: str = "off"
    names: list[str] = field(default_factory=lambda: ["test"])
    command: list[str] = field(default_factory=lambda: ["sh", "test.sh"])
    delay: float = 0.0


@dataclass
class Repo:
    id: int
    owner: User
    name: str
    git: Git
    private: bool = False
    fork_of: Repo | None = None
    default_branch: str = "main"
    description: str | None = None
    archived: bool = False
    created_at: str = field(default_factory=stamp)
    updated_at: str = field(default_factory=stamp)
    pushed_at: str = field(default_factory=stamp)
    collaborators: dict[str, str] = field(default_factory=dict)  # login -> level
    labels: dict[str, Label] = field(default_factory=dict)
    suites: dict[int, Suite] = field(default_factory=dict)
    runs: dict[int, Run] = field(default_factory=dict)
    runs_by_sha: dict[str, list[Run]] = field(default_factory=lambda: defaultdict(list))
    statuses: dict[str, list[Status]] = field(default_factory=lambda: defaultdict(list))
    deployments: dict[int, Deployment] = field(default_factory=dict)
    pulls: dict[int, Pull] = field(default_factory=dict)
    comments: dict[int, Comment] = field(default_factory=dict)
    ci: CiSettings = field(default_factory=CiSettings)
    numbers: int = 0
    pushing: threading.Lock = field(default_factory=threading.Lock)

    @property
    def full_name(self) -> str:
        return f"{self.owner.login}/{self.name}"

    def level_of(self, user: User | None) -> str:
        """The permission a person has here, one of LEVELS."""
        if user is not None and user.id == self.owner.id:
            return "admin"
        granted = self.collaborators.get(user.login.lower(), "none") if user else "none"
        return "read" if granted == "none" and not self.private else granted
