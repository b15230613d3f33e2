"""Who may do what: a person's permission in a repository, as GitHub says it is now, against what each action needs."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum, StrEnum

#: Who has the workers' own keys, by the `tidegate` command: needs no permission and has no name. No login has a space.
OPERATOR = "the operator"


class Permission(IntEnum):
    """In one repository, as GitHub's roles; each includes those before it.

    https://docs.github.com/organizations/managing-user-access-to-your-organizations-repositories/managing-repository-roles/repository-roles-for-an-organization
    """

    NONE = 0
    READ = 1
    TRIAGE = 2
    WRITE = 3
    MAINTAIN = 4
    ADMIN = 5


class Action(StrEnum):
    """What people ask for, by whatever way: a button, a comment, the API, the pages."""

    SEE = "see"
    DEPLOY = "deploy"
    REDEPLOY = "redeploy"
    RESTART = "restart"
    ROLLBACK = "rollback"
    SCALE = "scale"
    RUN = "run"
    CANCEL = "cancel"
    PREVIEW = "preview"
    APPROVE = "approve"
    AUTO_DEPLOY = "auto-deploy"
    FREEZE = "freeze"
    HOOK = "hook"
    VARIABLES = "variables"
    NOTIFICATIONS = "notifications"
    REMOVE = "remove"
    AUDIT = "audit"
    FORCE = "force"


NEEDED: dict[Action, Permission] = {
    Action.SEE: Permission.READ,
    Action.DEPLOY: Permission.WRITE,
    Action.REDEPLOY: Permission.WRITE,
    Action.RESTART: Permission.WRITE,
    Action.ROLLBACK: Permission.WRITE,
    Action.SCALE: Permission.WRITE,
    Action.RUN: Permission.WRITE,
    Action.CANCEL: Permission.WRITE,
    Action.PREVIEW: Permission.WRITE,
    Action.APPROVE: Permission.WRITE,
    Action.AUTO_DEPLOY: Permission.MAINTAIN,
    Action.FREEZE: Permission.MAINTAIN,
    Action.HOOK: Permission.MAINTAIN,
    Action.VARIABLES: Permission.MAINTAIN,
    Action.NOTIFICATIONS: Permission.MAINTAIN,
    # A service, or a deployment out of the history: neither comes back by itself.
    Action.REMOVE: Permission.ADMIN,
    Action.AUDIT: Permission.ADMIN,
    # Past a freeze.
    Action.FORCE: Permission.ADMIN,
}


def allowed(action: Action, permission: Permission) -> bool:
    return permission >= NEEDED[action]


def everywhere(held: Iterable[Permission]) -> bool:
    """Whether who has these, one for each repository that is served here, may do what concerns all of them at once."""
    each = list(held)
    return bool(each) and min(each) is Permission.ADMIN
