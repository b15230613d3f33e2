"""Events → what is done about them. Webhooks and sweeps come through here alike, so a lost one needs no second path."""

from __future__ import annotations

from typing import assert_never

from tidegate.events import (
    BranchDeleted,
    BranchPushed,
    ChecksChanged,
    DeployAsked,
    Event,
    InstallationGone,
    RepositoryGone,
    RepositorySeen,
)
from worker import asked, consider, push
from worker.parts import Parts


def handle(parts: Parts, event: Event) -> None:
    """Does what the event asks for; doing it twice does it once. Raises Unavailable: try again later."""
    now = parts.clock.now()
    match event:
        case RepositorySeen():
            parts.store.repositories.see(event, now)
        case RepositoryGone():
            parts.store.repositories.gone(event.repository_id, event.reason, now)
        case InstallationGone():
            parts.store.repositories.installation_gone(event.installation_id, event.reason, now)
        case BranchDeleted():
            push.branch_deleted(parts, event)
        case BranchPushed():
            push.pushed(parts, event)
        case ChecksChanged():
            consider.heard(parts, event)
        case DeployAsked():
            asked.answer(parts, event)
        case _:
            assert_never(event)
