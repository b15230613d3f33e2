"""A repository that the App was given, and the services and environments that its deploy file makes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tidegate.scaling import Scaling

PRODUCTION = "production"
#: Path of the deploy file in a repository. Here, so that whoever only names it needs no parser of it.
DEPLOY_FILE = "tidegate.yml"


@dataclass(frozen=True)
class Repository:
    """`id` is GitHub's own number, which survives renames and transfers. `gone` says why it is served no more."""

    id: int
    installation_id: int
    owner: str
    name: str
    default_branch: str
    private: bool
    gone: str | None = None

    @property
    def full_name(self) -> str:
        return f"{self.owner}/{self.name}"


@dataclass(frozen=True)
class Service:
    """A service by name, as the deploy file on its linked branch last described it."""

    id: int
    repository_id: int
    name: str
    #: The last valid definition (blueprint.Service.dump()).
    definition: dict[str, object]
    #: Why automatic deploys are off (branch deleted, a person's wish), else None.
    auto_deploy_off: str | None = None
    #: The commit whose deploy file was the first without it: what runs goes on until it is removed by hand.
    unlisted: str | None = None


@dataclass(frozen=True)
class Environment:
    """One place where a service runs. `routed` is the deployment that the router should send traffic to: the router's
    whole table is derived from it. `live_sha` is the commit last deployed here, the base of build filters."""

    id: int
    service_id: int
    name: str
    routed: str | None = None
    live_sha: str | None = None
    #: The newest commit up to which nothing that concerns the service has changed since `live_sha`.
    unchanged_at: str | None = None
    #: What was routed when everything of the repository was stopped, until it is started again.
    stopped: str | None = None
    #: How many instances somebody has asked for.
    scaling: Scaling | None = None
    #: Why it is being removed by hand; whatever is deployed here takes that back.
    removed: str | None = None
    #: Then its disks go, too.
    disks_go: bool = False


@dataclass(frozen=True)
class Delivery:
    """A webhook as it came. `body` is the raw bytes whose signature was verified."""

    guid: str
    event: str
    body: bytes
    received_at: datetime
    attempts: int = 0


@dataclass(frozen=True)
class TimelineEntry:
    """One decision or happening, in the words that a user reads."""

    at: datetime
    kind: str
    text: str
    actor: str
    repository_id: int
    service: str | None = None
    environment: str | None = None
    deployment_id: str | None = None
    sha: str | None = None
