"""What a story begins with: a repository, a service, deployments that came this or that far."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from tidegate.deployment import Deployment, Lane, Move, Status, Trigger
from tidegate.events import RepositorySeen
from tidegate.repository import PRODUCTION, Service
from tidegate.store import NewDeployment, Store

KEYS = ("the first key, which encrypts",)
NOON = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
TTL = 30.0
REPOSITORY = RepositorySeen(
    repository_id=700_000_000_007, installation_id=8, owner="acme", name="shop", default_branch="main", private=True
)


def after(seconds: float) -> datetime:
    """`seconds` after noon."""
    return NOON + timedelta(seconds=seconds)


def sha(number: int) -> str:
    return f"{number:040x}"


def a_service(store: Store, name: str = "web") -> Service:
    """Of acme/shop, with its production environment."""
    store.repositories.see(REPOSITORY, NOON)
    service = store.services.ensure(REPOSITORY.repository_id, name, {"name": name})
    store.environments.ensure(service.id, PRODUCTION)
    return service


def new(service: Service, number: int = 1, status: Status = Status.QUEUED) -> NewDeployment:
    return NewDeployment(
        repository_id=service.repository_id,
        service_id=service.id,
        service=service.name,
        environment=PRODUCTION,
        sha=sha(number),
        branch="main",
        message=f"Change {number}\n\nWith a body, in ünïcödé.",
        author="ada",
        trigger=Trigger.PUSH,
        actor="ada",
        status=status,
        reason=f"reason {number}",
    )


def a_deployment(store: Store, service: Service, number: int = 1, status: Status = Status.QUEUED) -> Deployment:
    """Commit `number`, in the lane of production, brought to `status` on a way that leads there."""
    begin = status if status in {Status.WAITING, Status.SKIPPED, Status.SUPERSEDED} else Status.QUEUED
    made = store.deployments.create(new(service, number, begin), NOON)
    if status is begin:
        return made
    lane: Lane | None = a_lane(store, made)
    for step in _WAYS[status]:
        made = store.deployments.move(made.id, Move(step, f"to {step}"), NOON, lane)
        lane = lane if step is Status.DEPLOYING else None
    return store.deployments.get(made.id) or made


_TO_LIVE = (Status.DEPLOYING, Status.LIVE)
_WAYS = {
    Status.INITIALIZING: (),
    Status.BUILDING: (Status.BUILDING,),
    Status.DEPLOYING: (Status.DEPLOYING,),
    Status.LIVE: _TO_LIVE,
    Status.CRASHED: (*_TO_LIVE, Status.CRASHED),
    Status.DRAINING: (*_TO_LIVE, Status.DRAINING),
    Status.REMOVED: (*_TO_LIVE, Status.REMOVED),
    Status.FAILED: (Status.FAILED,),
    Status.CANCELED: (Status.CANCELED,),
}


def a_lane(store: Store, deployment: Deployment, owner: str = "worker", at: datetime = NOON) -> Lane:
    """The lane of a deployment that can be started or taken over."""
    lane = store.deployments.claim(deployment.id, owner, TTL, at)
    assert lane is not None, f"{deployment.id} can't be claimed"
    return lane


def with_image(new_deployment: NewDeployment, image: str) -> NewDeployment:
    return replace(new_deployment, image=image, image_id=f"sha256:{image}")
