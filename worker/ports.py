"""What the use cases need of the outside world. Each contract is judged on the fake and on the real part alike.

Errors, for every port: `Unavailable` means "try again later, nothing is known to have happened" (the caller
reschedules); `Refused` means that trying again won't help, and carries a sentence for the user. Adapters never retry by
themselves and never let a library's own exception out. Unless said otherwise calls are idempotent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from tidegate.buildtool import ToolBuild
from tidegate.checkup.machine import HostFacts
from tidegate.container import ContainerSpec
from tidegate.facts import Changes, Check, Commit, PullRequest
from tidegate.gauge import Counters
from tidegate.permission import Permission
from tidegate.pulled import DigestImage
from tidegate.registry import Login
from tidegate.repository import Repository
from tidegate.retention import HeldImage
from tidegate.routing import RoutingTable


class Unavailable(Exception):
    """The other side is down, slow, or limits us. `retry_after` in seconds where it said so."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Away(Unavailable):
    """It can't be reached at all, or went away under the call: what was begun there may have ended with it."""


class Refused(Exception):
    """The other side understood and said no (gone, no permission, bad input). The message says what to do."""


class Canceled(Exception):
    """The caller's `stop` came true while the call ran; what it had begun was taken back."""


#: Asked often by long calls; true means: give up now, clean up, raise Canceled.
Stop = Callable[[], bool]
#: Takes one line of output, without its newline.
OnLine = Callable[[str], None]


class Clock(Protocol):
    def now(self) -> datetime:
        """Aware, UTC."""
        ...

    def sleep(self, seconds: float) -> None:
        """Only between two looks at a condition, never in place of one."""
        ...


class Bell(Protocol):
    """Rings for work that is already a row. Never raises: a ring that is lost is rung again by the sweep."""

    def drain(self) -> None:
        """Deliveries are waiting. Many rings before the drain starts are one."""
        ...

    def consider(self, repository_id: int, sha: str) -> None:
        """Waiting rows of this commit want a look."""
        ...

    def deploy(self, deployment_id: str) -> None:
        """A queued deployment may start, or an orphaned one wants resuming."""
        ...

    def build_ahead(self, deployment_id: str) -> None:
        """A waiting deployment's image may be built already."""
        ...

    def report(self) -> None:
        """Some deployment's reported version is behind its recorded one. Many rings are one."""
        ...

    def send(self) -> None:
        """People's addresses are to be told something. Many rings are one."""
        ...

    def catch_up(self) -> None:
        """GitHub is to be asked for what was missed. Many rings are one."""
        ...

    def clean(self) -> None:
        """What nothing needs any more is to be removed. Many rings are one."""
        ...

    def poll(self) -> None:
        """GitHub's list of deliveries is to be read, since none can be sent to us. Many rings are one."""
        ...

    def heard(self, job: str) -> None:
        """Told by a job that many rings are one of, before it looks for its work: a ring from now on is a new one."""
        ...


@dataclass(frozen=True)
class Sent:
    """A delivery in GitHub's list, whether it arrived or not. `guid` is the event's; each attempt has an `id`."""

    id: int
    guid: str
    event: str
    at: datetime


class GitHubReads(Protocol):
    """GitHub's truth about a repository. Refused: gone or no access. Unavailable: down, or limited (retry_after).

    `spare`: nobody waits for it, so it is refused (Unavailable) where little of the hour's budget is left.
    """

    def commit(self, repository: Repository, sha: str) -> Commit: ...

    def deploy_file(self, repository: Repository, sha: str) -> str | None:
        """Text of `tidegate.yml` at the root at `sha`; None where there is none."""
        ...

    def file(self, repository: Repository, sha: str, path: str) -> str | None:
        """Text of the file at `path` (no leading slash) at `sha`; None where there is none."""
        ...

    def paths(self, repository: Repository, sha: str) -> frozenset[str]:
        """Of all files at a commit; of a huge repository, those that GitHub lists at once."""
        ...

    def changes(self, repository: Repository, base: str, head: str) -> Changes:
        """One compare call. A base that is missing or a list that is cut raises nothing: `Changes.unknown` says so."""
        ...

    def checks(self, repository: Repository, sha: str) -> Sequence[Check]:
        """Check runs of the commit (filter=latest, all pages), ours included: the gate excludes them by app id."""
        ...

    def statuses(self, repository: Repository, sha: str) -> Sequence[Check]:
        """The newest commit status of each context, told as checks: `app_id` None, `name` the context."""
        ...

    def resolve(self, repository: Repository, ref: str) -> Commit | None:
        """The commit that a branch, a tag, or a full or short SHA names; None where it names none.

        Also one of a fork, which GitHub serves in the parent, too: `holds` tells."""
        ...

    def holds(self, repository: Repository, sha: str) -> bool:
        """Whether a branch or a tag of the repository itself leads to the commit; of very many only the tips count."""
        ...

    def pull(self, repository: Repository, number: int, *, spare: bool = False) -> PullRequest | None:
        """None where there is no such pull request."""
        ...

    def open_pulls(self, repository: Repository) -> Sequence[PullRequest]:
        """All of them; for the sweep, so it is always spare."""
        ...

    def permission(self, repository: Repository, login: str) -> Permission:
        """What that person, or bot, may do there now; NONE where GitHub knows no such collaborator."""
        ...

    def branch_head(self, repository: Repository, branch: str, *, spare: bool = False) -> Commit | None:
        """The commit at the tip; None where the branch is gone."""
        ...

    def subtree(self, repository: Repository, tree: str, path: str) -> str | None:
        """Id of the tree at `path` (no leading or trailing slash) below `tree`; None where there is none."""
        ...

    def repositories(self) -> Sequence[Repository]:
        """Every repository that we may serve, for the sweep, so it is always spare: archived ones, which nobody can
        report to, and those of suspended installations are left out."""
        ...

    def clone_url(self, repository: Repository, rejected: str | None = None) -> tuple[str, str]:
        """(https URL without credentials, short-lived token for contents:read, other than the `rejected` one)."""
        ...

    def missed_deliveries(self, since: datetime) -> Sequence[str]:
        """GUIDs of deliveries since then of which no attempt was answered 2xx; asks GitHub to send each once more."""
        ...

    def deliveries(self, since: datetime) -> Sequence[Sent]:
        """What GitHub sent, or tried to send, since then, oldest first, each GUID once. It keeps three days."""
        ...

    def payload(self, delivery: int) -> bytes:
        """The JSON of a delivery, by the id in GitHub's list."""
        ...


@dataclass(frozen=True)
class Annotation:
    """On lines of a file of the repository; `level` is notice, warning or failure."""

    path: str
    line: int
    message: str
    title: str
    level: str = "failure"


@dataclass(frozen=True)
class CheckOutput:
    """What the check run shall show. `status` queued, in_progress or completed; `conclusion` only when completed.
    `actions` are (label, description, identifier), shown by GitHub only once completed."""

    name: str
    sha: str
    status: str
    conclusion: str | None
    title: str
    summary: str
    text: str
    details_url: str
    annotations: tuple[Annotation, ...] = ()
    actions: tuple[tuple[str, str, str], ...] = ()
    started_at: datetime | None = None
    completed_at: datetime | None = None


@dataclass(frozen=True)
class DeploymentState:
    """What GitHub's deployment shall show: one of its states, ≤ 140 characters, and both links once they exist."""

    state: str
    description: str
    log_url: str
    environment_url: str | None


class GitHubReports(Protocol):
    """Writes to GitHub. A create takes a `marker` (our deployment id), kept by GitHub in external_id or payload, and
    `attempted`: True where an earlier try may have got through, which makes it look for the marker before creating.

    `spare`: nobody waits for it (a step in between), so it is refused (Unavailable, retry_after) first, while the last
    fifth of what may be written in a minute or an hour is kept for what people wait for.
    """

    def create_deployment(
        self,
        repository: Repository,
        sha: str,
        environment: str,
        marker: str,
        *,
        production: bool,
        attempted: bool,
        spare: bool = False,
    ) -> int:
        """Id of GitHub's deployment; always with auto_merge false and required_contexts []."""
        ...

    def deployment_state(
        self, repository: Repository, deployment: int, state: DeploymentState, *, spare: bool = False
    ) -> None: ...

    def write_check(
        self,
        repository: Repository,
        check_run: int | None,
        output: CheckOutput,
        marker: str,
        *,
        attempted: bool,
        spare: bool = False,
    ) -> int:
        """Creates the run, or updates `check_run`; returns its id. Annotations beyond 50 are appended by updates."""
        ...

    def write_comment(
        self,
        repository: Repository,
        number: int,
        comment: int | None,
        body: str,
        marker: str,
        *,
        attempted: bool,
        spare: bool = False,
    ) -> int:
        """Creates a comment on the pull request (`number`), or edits `comment`, or makes it anew where somebody has
        deleted it; returns its id. The marker is kept in the body, where readers don't see it."""
        ...

    def react(self, repository: Repository, comment: int, content: str) -> None:
        """Reacts to a comment: `content` is one of GitHub's ("+1", "-1", "eyes", "rocket", "confused" ...)."""
        ...

    def commit_status(
        self,
        repository: Repository,
        sha: str,
        context: str,
        state: str,
        description: str,
        target_url: str,
        *,
        spare: bool = False,
    ) -> None: ...


class Source(Protocol):
    """Git. Keeps a bare mirror per repository; the token is never on disk, in an argument list or in a log."""

    def export(self, repository: Repository, sha: str, into: Path, timeout: float, stop: Stop) -> None:
        """Writes the tree at exactly `sha`, submodules included, into the empty directory `into`.

        Refused where the commit or the repository can't be had; Unavailable on network trouble; Canceled by `stop`.
        """
        ...


@dataclass(frozen=True)
class BuildOrder:
    """Build `context` (a directory) with `dockerfile` (a path relative to it, or absolute) and tag it `image`."""

    context: Path
    dockerfile: Path
    image: str
    labels: Mapping[str, str]
    arguments: Mapping[str, str] = field(default_factory=dict)
    no_cache: bool = False
    #: By their ids, for the `RUN --mount=type=secret` that name them: in no layer and in no argument list.
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    #: For a private registry that it takes its bases from.
    login: Login | None = None
    #: Builds in place of the Dockerfile, which there need not be; it takes neither secrets nor a login.
    tool: ToolBuild | None = None


class BuildFailed(Exception):
    """The user's build failed. `line` is the Dockerfile's line (from 1), where known; `exit_code` of the RUN."""

    def __init__(self, message: str, line: int | None = None, exit_code: int | None = None) -> None:
        super().__init__(message)
        self.line = line
        self.exit_code = exit_code


@dataclass(frozen=True)
class Container:
    """A container as the engine sees it now. `address` is None while it has no network. `aliases`: names by which
    other containers of its network find it while it runs, beside its own. `port`: where its own is published, at
    `address`; None where it is reached at its own."""

    id: str
    name: str
    labels: Mapping[str, str]
    running: bool
    address: str | None
    exit_code: int | None
    oom_killed: bool
    aliases: frozenset[str] = frozenset()
    port: int | None = None


class Engine(Protocol):
    """One Docker Engine. Touches nothing that doesn't carry our labels. Unavailable: unreachable or out of space
    (with a message that says which); Refused: the engine rejected the description."""

    name: str

    def image_id(self, image: str) -> str | None:
        """Content id of a local image by reference; None where it isn't there."""
        ...

    def build(self, order: BuildOrder, on_line: OnLine, timeout: float, stop: Stop) -> str:
        """Builds and returns the image's content id. BuildFailed, or Canceled (nothing is left running); Refused where
        the registry doesn't accept the order's login."""
        ...

    def pull(
        self, image: str, on_line: OnLine, timeout: float, stop: Stop, login: Login | None = None
    ) -> tuple[str, str]:
        """Fetches what the name stands for now; (its name by digest, its content id). Refused where the registry has no
        such image or doesn't let us; Unavailable where it can't be reached; TimeoutError; Canceled. `login` is of the
        image's registry."""
        ...

    def save(self, image: str) -> Iterator[bytes]:
        """The image with its name and all of its layers, as another engine's `load` takes it. Refused where it is gone;
        Unavailable, also in the middle."""
        ...

    def load(self, saved: Iterator[bytes], timeout: float, stop: Stop) -> None:
        """Takes what `save` gives, by the same name. TimeoutError; Canceled; whatever `saved` raises."""
        ...

    def send(self, image: str, name: str, timeout: float, stop: Stop, login: Login | None = None) -> str:
        """Sends an image that it has to a registry, as `name` (with a tag); its name by digest there. Refused where it
        is gone, or the registry doesn't let us; Unavailable; TimeoutError; Canceled."""
        ...

    def receive(self, image: str, sent: str, timeout: float, stop: Stop, login: Login | None = None) -> None:
        """Fetches what `send` has given, and knows it as `image` alone. Raises as `pull` does."""
        ...

    def remove_image(self, image: str) -> None:
        """By reference; fine where it is gone, or where a container still needs it, or where it isn't ours."""
        ...

    def digest_images(self) -> Sequence[DigestImage]:
        """All that it has by digest, ours and others'."""
        ...

    def remove_pulled(self, image: str) -> None:
        """By digest, though it has no label of ours: for what we have fetched. Fine where it is gone, or where a
        container still needs it; not touched where it has a tag."""
        ...

    def held_images(self) -> Sequence[HeldImage]:
        """Those with our labels, once for each name that they have; none without a name."""
        ...

    def ensure_network(self, name: str, labels: Mapping[str, str]) -> None: ...

    def held_networks(self) -> Sequence[str]:
        """Names of those with our labels."""
        ...

    def remove_network(self, name: str) -> None:
        """Fine where it is gone. Unavailable while a container is still attached. Not touched where it isn't ours."""
        ...

    def held_volumes(self) -> Sequence[str]:
        """Names of the disks with our labels. They are made by `start`, and stay until they are removed."""
        ...

    def volume_sizes(self) -> Mapping[str, int]:
        """Bytes on each disk with our labels, by name, where the engine tells. Takes as long as there are files."""
        ...

    def written(self) -> Mapping[str, int]:
        """Bytes that each running instance of ours has written, its disk left out, by the container's id. Takes as long
        as there are files."""
        ...

    def counters(self) -> Mapping[str, Counters]:
        """What each running instance of ours uses, by the container's id. One that ends meanwhile is left out."""
        ...

    def remove_volume(self, name: str) -> None:
        """With all that is on it. Fine where it is gone. Unavailable while a container, running or not, has it. Not
        touched where it isn't ours."""
        ...

    def start(self, spec: ContainerSpec) -> Container:
        """Finds by name or creates, then starts; a second call returns the running one. Not restarted by Docker."""
        ...

    def run(self, spec: ContainerSpec, on_line: OnLine, timeout: float, stop: Stop) -> int:
        """Runs to the end in a fresh container (an old one of that name is removed first), removes it, and returns the
        exit code. TimeoutError past `timeout`."""
        ...

    def inspect(self, container: str) -> Container | None:
        """By id or name; None where it is gone."""
        ...

    def alias(self, container: str, aliases: frozenset[str], address: str) -> Container | None:
        """Makes it be found by these aliases and no others; one that runs keeps `address`, which is its own, and its
        connections, for which the network is away for some tenths of a second. A second call after one that was cut
        short brings it back to its network. None where it is gone."""
        ...

    def owned(self, labels: Mapping[str, str]) -> Sequence[Container]:
        """All containers, running or not, that carry all these labels."""
        ...

    def stop(self, container: str, signal: str) -> None:
        """Sends the signal; fine where it is gone or not running."""
        ...

    def remove(self, container: str) -> None:
        """Kills and removes, with its anonymous volumes; fine where it is gone."""
        ...

    def logs(self, container: str, on_line: OnLine, stop: Stop, since: datetime | None = None) -> None:
        """Follows stdout and stderr from the start, or from `since`, until the container ends or `stop`."""
        ...

    def build_cache(self) -> int | None:
        """Bytes of what builds have left to be quicker next time, ours and others', which can't be told apart; None
        where the engine doesn't tell."""
        ...

    def prune_build_cache(self, keep: int) -> int:
        """Removes what was used longest ago until `keep` bytes are left, but nothing that a build is using; bytes."""
        ...

    def free_space(self) -> int | None:
        """Bytes that are free on the disk that it keeps images on; None where that can't be seen from here."""
        ...

    def about(self) -> HostFacts: ...

    def events(self, on_container: Callable[[str], None], stop: Stop, timeout: float) -> None:
        """Calls with the id of each container of ours whose process starts or ends, or that is removed, from now on.
        Canceled; TimeoutError past `timeout`, since a dead link is silent; Unavailable where the engine hangs up."""
        ...

    def listening_ports(self, container: str) -> Sequence[int]:
        """TCP ports that its processes listen on, where that can be seen; else empty."""
        ...


@dataclass(frozen=True)
class Reading:
    """One probe: `ok` for 2xx and 3xx, or for an open port; `detail` says what was seen ("503 Service Unavailable")."""

    ok: bool
    detail: str


class Prober(Protocol):
    def probe(self, address: str, port: int, path: str | None, timeout: float, stop: Stop = ...) -> Reading:
        """One GET, or without a path one connection; never raises. An answer is not waited for once `stop` is
        true, which it never is by default."""
        ...


class Caller(Protocol):
    def post(self, url: str, body: Mapping[str, str], timeout: float) -> Reading:
        """`body` as JSON; never raises. The detail doesn't hold the address, which may have a secret in it."""
        ...


class Router(Protocol):
    """The reverse proxy. Its configuration is derived from the store; applying the same table twice changes nothing."""

    def apply(self, table: Callable[[], RoutingTable]) -> None:
        """Makes the proxy equal to the table, with no request lost: new servers in, host names moved, then old out.

        `table` is read once this call holds the router's lock, so the last to enter applies the newest truth. Written
        to the proxy's files too, so that a restarted proxy comes back with it. Unavailable where the proxy is down
        (its files are written all the same).
        """
        ...


class LogSink(Protocol):
    """Takes a deployment's output line by line; masks secrets; keeps it live (Redis) and for good (the store)."""

    def line(self, step: str, text: str) -> None: ...

    def tail(self, step: str) -> Sequence[str]:
        """What the step has printed through this sink so far, masked: the last few thousand lines, long ones cut."""
        ...

    def close(self) -> None: ...
