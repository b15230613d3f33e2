"""Where repositories are, as payloads tell it: seen, gone, archived, and what the App's installation holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tidegate.events import Event, InstallationChanged, InstallationGone, RepositoryGone, RepositorySeen
from tidegate.fields import Payload, actor_of, inner, number_of, repository_of, text_of


def seen(payload: Payload) -> RepositorySeen | None:
    repository = inner(payload, "repository")
    installation = number_of(inner(payload, "installation"), "id")
    number, name = number_of(repository, "id"), text_of(repository, "name")
    branch, owner = text_of(repository, "default_branch"), inner(repository, "owner")
    login = text_of(owner, "login") or text_of(owner, "name")
    if installation is None or number is None or not name or not branch or not login:
        return None
    return RepositorySeen(number, installation, login, name, branch, repository.get("private") is True)


def archived(payload: Payload, events: Sequence[Event]) -> list[Event]:
    """Of an archived repository: that it is gone, as the event itself tells it if it does."""
    number = repository_of(payload)
    if number is None or inner(payload, "repository").get("archived") is not True:
        return []
    told: list[Event] = [each for each in events if isinstance(each, RepositoryGone)]
    return told or [RepositoryGone(number, "the repository is archived")]


def repository(payload: Payload) -> list[Event]:
    """Renamed, transferred, edited and the like: that it is seen says all of it."""
    repository, installation = repository_of(payload), number_of(inner(payload, "installation"), "id")
    if repository is None:
        return []
    match payload.get("action"):
        case "deleted" | "archived" as action:
            return [RepositoryGone(repository, f"the repository was {action} by {actor_of(payload)}")]
        case "unarchived" if installation is not None:
            return [InstallationChanged(installation)]
        case _:
            return []


def installation(payload: Payload) -> list[Event]:
    """Its lists of repositories lack the default branch, so GitHub is asked for them."""
    number = number_of(inner(payload, "installation"), "id")
    if number is None:
        return []
    match payload.get("action"):
        case "created" | "unsuspend" | "new_permissions_accepted":
            return [InstallationChanged(number)]
        case "deleted":
            return [InstallationGone(number, f"the App was uninstalled by {actor_of(payload)}")]
        case "suspend":
            return [InstallationGone(number, f"the App was suspended by {actor_of(payload)}")]
        case _:
            return []


def installation_repositories(payload: Payload) -> list[Event]:
    installation, removed = number_of(inner(payload, "installation"), "id"), payload.get("repositories_removed")
    if payload.get("action") == "added" and installation is not None:
        return [InstallationChanged(installation)]
    if payload.get("action") != "removed" or not isinstance(removed, list):
        return []
    reason = f"the repository was taken out of the App's installation by {actor_of(payload)}"
    numbers = [number_of(each, "id") for each in removed if isinstance(each, Mapping)]
    return [RepositoryGone(number, reason) for number in numbers if number is not None]
