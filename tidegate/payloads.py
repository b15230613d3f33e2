"""GitHub's webhook payloads → events. Only the fields used are read; an odd shape yields nothing, never an error.

Shapes: https://docs.github.com/en/webhooks/webhook-events-and-payloads
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from tidegate.deployment import Trigger
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
from tidegate.gate import OWN_PREFIX

Payload = Mapping[str, object]

_SHA = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_BRANCH = "refs/heads/"
#: Identifiers of the buttons on a check run (wording.ACTIONS) → what they ask for.
_BUTTONS = {"redeploy": Trigger.REDEPLOY, "rollback": Trigger.ROLLBACK, "restart": Trigger.RESTART}


def parse(event: str, payload: Payload, own_app_id: int) -> list[Event]:
    """What a delivery of `event` (the header X-GitHub-Event) says. RepositorySeen comes first where it can be told.

    Our own checks and statuses come back as events: those are dropped, unless somebody asks for something through them.
    """
    read = _READERS.get(event)
    if read is None:
        return []
    events = read(payload, own_app_id)
    if events is None:
        return []
    seen = _seen(payload)
    return [seen, *events] if seen else events


def _push(payload: Payload, _: int) -> list[Event] | None:
    repository, ref, after = _repository_id(payload), _text(payload, "ref"), _sha(payload, "after")
    if repository is None or ref is None or not ref.startswith(_BRANCH) or after is None:
        return []
    branch, actor = ref.removeprefix(_BRANCH), _actor(payload)
    if payload.get("deleted") is True or _is_zero(after):
        return [BranchDeleted(repository, branch, actor)]
    before = _sha(payload, "before")
    known = None if before is None or _is_zero(before) else before
    return [BranchPushed(repository, branch, known, after, payload.get("forced") is True, actor)]


def _check_run(payload: Payload, own_app_id: int) -> list[Event] | None:
    run = _object(payload, "check_run")
    repository, sha, number = _repository_id(payload), _sha(run, "head_sha"), _number(run, "id")
    if repository is None or sha is None:
        return []
    if _number(_object(run, "app"), "id") != own_app_id:
        return [ChecksChanged(repository, sha, payload.get("action") == "completed")]
    trigger = _asked(payload)
    if trigger is None or number is None:
        return None
    return [DeployAsked(repository, sha, trigger, _actor(payload), number)]


def _asked(payload: Payload) -> Trigger | None:
    match payload.get("action"):
        case "rerequested":
            return Trigger.RERUN
        case "requested_action":
            return _BUTTONS.get(_text(_object(payload, "requested_action"), "identifier") or "")
        case _:
            return None


def _check_suite(payload: Payload, own_app_id: int) -> list[Event] | None:
    suite = _object(payload, "check_suite")
    repository, sha = _repository_id(payload), _sha(suite, "head_sha")
    if repository is None or sha is None:
        return []
    if _number(_object(suite, "app"), "id") != own_app_id:
        return [ChecksChanged(repository, sha, payload.get("action") == "completed")]
    if payload.get("action") != "rerequested":
        return None
    return [DeployAsked(repository, sha, Trigger.RERUN, _actor(payload))]


def _status(payload: Payload, _: int) -> list[Event] | None:
    repository, sha = _repository_id(payload), _sha(payload, "sha")
    if repository is None or sha is None:
        return []
    # Contexts are case-insensitive at GitHub.
    ours = (_text(payload, "context") or "").lower().startswith(OWN_PREFIX)
    return None if ours else [ChecksChanged(repository, sha, payload.get("state") != "pending", status=True)]


def _repository(payload: Payload, _: int) -> list[Event] | None:
    repository = _repository_id(payload)
    if repository is None or payload.get("action") != "deleted":
        return []
    return [RepositoryGone(repository, f"the repository was deleted by {_actor(payload)}")]


def _only_seen(_: Payload, __: int) -> list[Event] | None:
    return []


def _installation(payload: Payload, _: int) -> list[Event] | None:
    """Its lists of repositories lack the default branch: they are seen by their own events, and by the sweep."""
    number = _number(_object(payload, "installation"), "id")
    verb = {"deleted": "uninstalled", "suspend": "suspended"}.get(_text(payload, "action") or "")
    if number is None or verb is None:
        return []
    return [InstallationGone(number, f"the App was {verb} by {_actor(payload)}")]


def _installation_repositories(payload: Payload, _: int) -> list[Event] | None:
    removed = payload.get("repositories_removed")
    if payload.get("action") != "removed" or not isinstance(removed, list):
        return []
    reason = f"the repository was taken out of the App's installation by {_actor(payload)}"
    numbers = [_number(each, "id") for each in removed if isinstance(each, Mapping)]
    return [RepositoryGone(number, reason) for number in numbers if number is not None]


_READERS: dict[str, Callable[[Payload, int], list[Event] | None]] = {
    "push": _push,
    "check_run": _check_run,
    "check_suite": _check_suite,
    "status": _status,
    "pull_request": _only_seen,
    "repository": _repository,
    "installation": _installation,
    "installation_repositories": _installation_repositories,
}


def _seen(payload: Payload) -> RepositorySeen | None:
    repository = _object(payload, "repository")
    installation = _number(_object(payload, "installation"), "id")
    number, name, branch = _number(repository, "id"), _text(repository, "name"), _text(repository, "default_branch")
    owner = _object(repository, "owner")
    login = _text(owner, "login") or _text(owner, "name")
    if installation is None or number is None or not name or not branch or not login:
        return None
    return RepositorySeen(number, installation, login, name, branch, repository.get("private") is True)


def _repository_id(payload: Payload) -> int | None:
    return _number(_object(payload, "repository"), "id")


def _actor(payload: Payload) -> str:
    return _text(_object(payload, "sender"), "login") or _text(_object(payload, "pusher"), "name") or "someone"


def _object(payload: Payload, name: str) -> Payload:
    value = payload.get(name)
    return value if isinstance(value, Mapping) else {}


def _text(payload: Payload, name: str) -> str | None:
    value = payload.get(name)
    return value if isinstance(value, str) else None


def _number(payload: Payload, name: str) -> int | None:
    value = payload.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _sha(payload: Payload, name: str) -> str | None:
    value = _text(payload, name)
    return value if value and _SHA.fullmatch(value) else None


def _is_zero(sha: str) -> bool:
    return not sha.strip("0")
