"""Events → what is done about them. Webhooks and sweeps come through here alike, so a lost one needs no second path."""

from __future__ import annotations

from typing import assert_never

from tidegate.events import (
    BranchDeleted,
    BranchPushed,
    ChecksChanged,
    Commented,
    DeployAsked,
    DeploymentRequested,
    Event,
    FreezeAsked,
    HookCalled,
    InstallationChanged,
    InstallationGone,
    Ordered,
    PreviewApproved,
    PreviewAsked,
    PullRequestChanged,
    RepositoryGone,
    RepositorySeen,
    VariableChanged,
)
from worker import (
    asked,
    commands,
    configured,
    consider,
    foreign,
    freezing,
    gone,
    hooked,
    ordered,
    previewed,
    previews,
    push,
)
from worker.parts import Parts


def handle(parts: Parts, event: Event) -> None:  # noqa: C901 - one line an event
    """Does what the event asks for; doing it twice does it once. Raises Unavailable: try again later."""
    match event:
        case RepositorySeen():
            gone.seen(parts, event)
        case RepositoryGone():
            gone.taken(parts, event.repository_id, event.reason)
        case InstallationGone():
            gone.installation_taken(parts, event.installation_id, event.reason)
        case InstallationChanged():
            parts.bell.catch_up()
        case BranchDeleted():
            push.branch_deleted(parts, event)
        case BranchPushed():
            push.pushed(parts, event)
        case ChecksChanged():
            consider.heard(parts, event)
        case PullRequestChanged():
            previews.changed(parts, event)
        case PreviewApproved():
            previews.approved(parts, event)
        case Commented():
            commands.commented(parts, event)
        case DeployAsked():
            asked.answer(parts, event)
        case DeploymentRequested():
            foreign.requested(parts, event)
        case HookCalled():
            hooked.answer(parts, event)
        case FreezeAsked():
            freezing.answer(parts, event)
        case VariableChanged():
            configured.answer(parts, event)
        case PreviewAsked():
            previewed.answer(parts, event)
        case Ordered():
            ordered.answer(parts, event)
        case _:
            assert_never(event)
