"""What people ask for, and whether they may."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus

from flask import request

from webapp.parts import parts
from webapp.problem import Problem
from webapp.viewer import Viewer


def ask_cancel(viewer: Viewer, deployment_id: str) -> None:
    """Raises Problem: it isn't theirs, or is too late."""
    if not parts().sessions.is_own(request):
        raise Problem(HTTPStatus.FORBIDDEN, f"This was asked for from another site. Do it at {parts().settings.url}.")
    _, repository = viewer.deployment(deployment_id)
    if not viewer.may_change(repository):
        raise Problem(
            HTTPStatus.FORBIDDEN, f"To cancel, you need write permission in {repository.full_name} on GitHub."
        )
    if not parts().store.deployments.ask_cancel(deployment_id, viewer.person.login, datetime.now(UTC)):
        raise Problem(HTTPStatus.CONFLICT, "It is too late to cancel: the deployment is live, or has ended.")
