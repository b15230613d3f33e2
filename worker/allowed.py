"""May this person do that? Asked of GitHub each time, never read from a payload; a refusal is on the timeline."""

from __future__ import annotations

from tidegate import permission, wording
from tidegate.audit import About, Asked, Via
from tidegate.permission import NEEDED, OPERATOR, Action
from tidegate.repository import Repository, TimelineEntry
from worker.parts import Parts


def check(parts: Parts, repository: Repository, actor: str, action: Action, environment: str | None = None) -> bool:
    """Raises Unavailable where GitHub can't be asked: then nothing is allowed yet, and it is asked again."""
    if actor == OPERATOR or permission.allowed(action, parts.github.permission(repository, actor)):
        return True
    parts.store.timeline.add(
        TimelineEntry(
            parts.clock.now(), "refused", refusal(actor, action), actor, repository.id, environment=environment
        )
    )
    return False


def record(parts: Parts, actor: str, via: Via, action: str, about: About, detail: str = "") -> None:
    """What somebody asked for at GitHub, and may, on the audit log; before it is done."""
    parts.store.audit.add(Asked(parts.clock.now(), actor, via, action, detail, about))


def refusal(actor: str, action: Action) -> str:
    return wording.not_permitted(actor, action, NEEDED[action].name.lower())
