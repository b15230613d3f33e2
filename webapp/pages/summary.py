"""A deployment in short, its status, steps and links: the part of its page that is shown anew while it goes on."""

from __future__ import annotations

from datetime import UTC, datetime

from tidegate import preview
from tidegate.deployment import ACTIVE, PENDING, RUNNING, Deployment, Status
from tidegate.hostname import deployment_host
from tidegate.repository import Repository
from webapp.pages.shown import took
from webapp.pages.steps import bars
from webapp.parts import Parts


def summary(made: Parts, deployment: Deployment, repository: Repository, *, may_cancel: bool) -> dict[str, object]:
    """What _summary.html takes. Whoever may cancel may approve: both take the same permission."""
    now = datetime.now(UTC)
    settings = made.settings
    on_github = f"{settings.github.web_url}/{repository.full_name}"
    return {
        "deployment": deployment,
        "repository": repository,
        "bars": bars(made.store.phases.of(deployment.id), now),
        "timeline": made.store.timeline.of_deployment(deployment.id),
        "took": took(deployment, now),
        "repository_url": on_github,
        "commit_url": f"{on_github}/commit/{deployment.sha}",
        "pull": preview.number_of(deployment.environment),
        "live_url": _url(made, deployment),
        "may_approve": may_cancel,
        "may_cancel": may_cancel and deployment.status in PENDING | ACTIVE,
    }


def _url(made: Parts, deployment: Deployment) -> str | None:
    """Where it serves: under the service's name while that is its, under its own until the last instance is gone."""
    url = made.settings.public_url(deployment.service, deployment.environment, deployment.definition)
    if url is None or deployment.status not in RUNNING:
        return None
    if deployment.status is Status.DRAINING:
        return made.settings.service_url(deployment_host(deployment.service, deployment.sha, made.settings.domain))
    return url
