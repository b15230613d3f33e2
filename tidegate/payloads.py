"""Deliveries → events: GitHub's webhook payloads, and what our own web process hands on. Only the fields used are read;
an odd shape yields nothing, never an error.

Shapes: https://docs.github.com/en/webhooks/webhook-events-and-payloads
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tidegate import request, whereabouts
from tidegate.command import has_command
from tidegate.deployment import Trigger
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
    Ordered,
    PreviewApproved,
    PreviewAsked,
    PullRequestChanged,
    VariableChanged,
)
from tidegate.fields import Payload, actor_of, inner, number_of, repository_of, sha_of, text_of
from tidegate.gate import OWN_PREFIX
from tidegate.permission import Action

_BRANCH = "refs/heads/"
#: Identifiers of the buttons on a check run (surfaces.ACTIONS) → what they ask for.
_BUTTONS = {"redeploy": Trigger.REDEPLOY, "rollback": Trigger.ROLLBACK, "restart": Trigger.RESTART}
_APPROVE = "approve"
#: What may change whether a pull request has a preview, or of which commit; not, for one, that somebody was assigned.
_LOOKED_AT = frozenset(
    {
        "opened",
        "reopened",
        "closed",
        "synchronize",
        "edited",
        "labeled",
        "unlabeled",
        "converted_to_draft",
        "ready_for_review",
    }
)


def parse(event: str, payload: Payload, own_app_id: int) -> list[Event]:
    """What a delivery of `event` (the header X-GitHub-Event, or a name of request.py) says.

    RepositorySeen comes first where it can be told; of an archived repository nothing is told but that it is gone. Our
    own checks, statuses, comments and deployments come back as events: those are dropped, unless somebody asks for
    something through them.
    """
    read = _READERS.get(event)
    if read is None:
        return []
    events = read(payload, own_app_id)
    if events is None:
        return []
    archived = whereabouts.archived(payload, events)
    if archived:
        return archived
    seen = whereabouts.seen(payload)
    return [seen, *events] if seen else events


def _push(payload: Payload, _: int) -> list[Event] | None:
    repository, ref, after = repository_of(payload), text_of(payload, "ref"), sha_of(payload, "after")
    if repository is None or ref is None or not ref.startswith(_BRANCH) or after is None:
        return []
    branch, actor = ref.removeprefix(_BRANCH), actor_of(payload)
    if payload.get("deleted") is True or _is_zero(after):
        return [BranchDeleted(repository, branch, actor)]
    before = sha_of(payload, "before")
    known = None if before is None or _is_zero(before) else before
    return [BranchPushed(repository, branch, known, after, payload.get("forced") is True, actor)]


def _delete(payload: Payload, _: int) -> list[Event] | None:
    """The push that deletes a branch says the same; either may be lost."""
    repository, branch = repository_of(payload), text_of(payload, "ref")
    if repository is None or not branch or payload.get("ref_type") != "branch":
        return []
    return [BranchDeleted(repository, branch, actor_of(payload))]


def _check_run(payload: Payload, own_app_id: int) -> list[Event] | None:
    run = inner(payload, "check_run")
    repository, sha, number = repository_of(payload), sha_of(run, "head_sha"), number_of(run, "id")
    if repository is None or sha is None:
        return []
    if number_of(inner(run, "app"), "id") != own_app_id:
        return [ChecksChanged(repository, sha, payload.get("action") == "completed")]
    if number is None:
        return None
    if payload.get("action") == "rerequested":
        return [DeployAsked(repository, sha, Trigger.RERUN, actor_of(payload), number)]
    pressed = _pressed(payload)
    if pressed == _APPROVE:
        return [PreviewApproved(repository, sha, number, actor_of(payload))]
    return [DeployAsked(repository, sha, _BUTTONS[pressed], actor_of(payload), number)] if pressed in _BUTTONS else None


def _pressed(payload: Payload) -> str:
    """The identifier of a button; "" where none was pressed."""
    if payload.get("action") != "requested_action":
        return ""
    return text_of(inner(payload, "requested_action"), "identifier") or ""


def _check_suite(payload: Payload, own_app_id: int) -> list[Event] | None:
    suite = inner(payload, "check_suite")
    repository, sha = repository_of(payload), sha_of(suite, "head_sha")
    if repository is None or sha is None:
        return []
    if number_of(inner(suite, "app"), "id") != own_app_id:
        return [ChecksChanged(repository, sha, payload.get("action") == "completed")]
    if payload.get("action") != "rerequested":
        return None
    return [DeployAsked(repository, sha, Trigger.RERUN, actor_of(payload))]


def _status(payload: Payload, _: int) -> list[Event] | None:
    repository, sha = repository_of(payload), sha_of(payload, "sha")
    if repository is None or sha is None:
        return []
    # Contexts are case-insensitive at GitHub.
    ours = (text_of(payload, "context") or "").lower().startswith(OWN_PREFIX)
    concluded = text_of(payload, "state") not in {None, "pending"}
    return None if ours else [ChecksChanged(repository, sha, concluded, status=True)]


def _pull_request(payload: Payload, _: int) -> list[Event] | None:
    repository, number = repository_of(payload), number_of(inner(payload, "pull_request"), "number")
    if repository is None or number is None or text_of(payload, "action") not in _LOOKED_AT:
        return []
    return [PullRequestChanged(repository, number, actor_of(payload))]


def _issue_comment(payload: Payload, own_app_id: int) -> list[Event] | None:
    issue, comment = inner(payload, "issue"), inner(payload, "comment")
    if _made_by(comment) == own_app_id:
        return None
    repository, number, made = repository_of(payload), number_of(issue, "number"), number_of(comment, "id")
    body, author = text_of(comment, "body"), text_of(inner(comment, "user"), "login")
    # Only an issue that is a pull request has this.
    there = payload.get("action") == "created" and isinstance(issue.get("pull_request"), Mapping)
    if not there or repository is None or number is None or made is None or not author or not has_command(body or ""):
        return []
    return [Commented(repository, number, made, body or "", author)]


def _deployment(payload: Payload, own_app_id: int) -> list[Event] | None:
    """Others may ask for something else than a deploy, such as `deploy:migrations`; that is for somebody else."""
    found = inner(payload, "deployment")
    if _made_by(found) == own_app_id:
        return None
    repository, number, sha = repository_of(payload), number_of(found, "id"), sha_of(found, "sha")
    ref, environment = text_of(found, "ref"), text_of(found, "environment")
    wanted = payload.get("action") == "created" and found.get("task", "deploy") == "deploy"
    if not wanted or repository is None or number is None or sha is None or not environment:
        return []
    creator = text_of(inner(found, "creator"), "login") or actor_of(payload)
    return [DeploymentRequested(repository, number, sha, ref or sha, environment, creator)]


def _hook(payload: Payload, _: int) -> list[Event] | None:
    asked, repository = text_of(payload, "request_id"), number_of(payload, "repository_id")
    service = number_of(payload, "service_id")
    if not asked or repository is None or service is None:
        return []
    ref, image, clear = text_of(payload, "ref"), text_of(payload, "image_url"), payload.get("clear_cache") is True
    return [HookCalled(asked, repository, service, ref, image, clear)]


def _freeze(payload: Payload, _: int) -> list[Event] | None:
    asked, repository = text_of(payload, "request_id"), number_of(payload, "repository_id")
    actor = text_of(payload, "actor")
    if not asked or repository is None or not actor:
        return []
    service, environment, reason = (text_of(payload, name) for name in ("service", "environment", "reason"))
    return [FreezeAsked(asked, repository, service, environment, reason, actor)]


def _variable(payload: Payload, _: int) -> list[Event] | None:
    asked, environment, actor = (text_of(payload, each) for each in ("request_id", "environment", "actor"))
    repository, service = number_of(payload, "repository_id"), number_of(payload, "service_id")
    listed = payload.get("names")
    names = tuple(each for each in listed if isinstance(each, str)) if isinstance(listed, list) else ()
    if not asked or not environment or not names or not actor or repository is None or service is None:
        return []
    removed = payload.get("removed") is True
    return [VariableChanged(asked, repository, service, environment, names, actor, removed)]


def _preview(payload: Payload, _: int) -> list[Event] | None:
    asked, actor = text_of(payload, "request_id"), text_of(payload, "actor")
    repository, number = number_of(payload, "repository_id"), number_of(payload, "number")
    if not asked or not actor or repository is None or number is None:
        return []
    is_wanted, force = (payload.get(name) is True for name in ("wanted", "force"))
    return [PreviewAsked(asked, repository, number, is_wanted, actor, force)]


def _order(payload: Payload, _: int) -> list[Event] | None:
    asked, environment, action, actor = (
        text_of(payload, each) for each in ("request_id", "environment", "action", "actor")
    )
    repository, service = number_of(payload, "repository_id"), number_of(payload, "service_id")
    known = action in set(Action)
    if not asked or not environment or not known or not actor or repository is None or service is None:
        return []
    commit, deployment = text_of(payload, "commit"), text_of(payload, "deployment")
    clear_cache, force, disks = (payload.get(name) is True for name in ("clear_cache", "force", "disks"))
    what = Action(str(action))
    image = text_of(payload, "image")
    of = (asked, repository, service, environment, what, actor, commit, deployment)
    return [Ordered(*of, clear_cache=clear_cache, force=force, disks=disks, image_url=image)]


_READERS: dict[str, Callable[[Payload, int], list[Event] | None]] = {
    "push": _push,
    "delete": _delete,
    "check_run": _check_run,
    "check_suite": _check_suite,
    "status": _status,
    "pull_request": _pull_request,
    "issue_comment": _issue_comment,
    "deployment": _deployment,
    "repository": lambda payload, _: whereabouts.repository(payload),
    "installation": lambda payload, _: whereabouts.installation(payload),
    "installation_repositories": lambda payload, _: whereabouts.installation_repositories(payload),
    request.DEPLOY_HOOK: _hook,
    request.FREEZE: _freeze,
    request.VARIABLE: _variable,
    request.PREVIEW: _preview,
    request.ORDER: _order,
}


def _made_by(thing: Payload) -> int | None:
    """The App through which a comment or a deployment was made."""
    return number_of(inner(thing, "performed_via_github_app"), "id")


def _is_zero(sha: str) -> bool:
    return not sha.strip("0")
