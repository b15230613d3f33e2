"""Where the App is installed, and which repositories it was given there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tidegate.installation import Scope
from tidegate.repository import Repository
from worker.github.auth import LIST_PERMISSIONS
from worker.github.client import PAGE, Client

#: 50,000 of each: beyond that something turns in circles.
PAGES = 500


def repositories(client: Client) -> Iterator[Repository]:
    """Of every installation that isn't suspended; an archived one can't be reported to, and changes no more."""
    for installation in _installations(client):
        yield from _repositories(client, installation)


def _installations(client: Client) -> Iterator[int]:
    for number in range(1, PAGES + 1):
        page = _installation_page(client, number)
        yield from (installation["id"] for installation in page if not installation.get("suspended_at"))
        if len(page) < PAGE:
            return


def _repositories(client: Client, installation: int) -> Iterator[Repository]:
    for number in range(1, PAGES + 1):
        page = _repository_page(client, installation, number)
        yield from (repository_of(found, installation) for found in page if not found["archived"])
        if len(page) < PAGE:
            return


def _installation_page(client: Client, number: int) -> Sequence[Mapping[str, Any]]:
    page, _ = client.ask_as_app(
        lambda rest, headers: rest.apps.list_installations(per_page=PAGE, page=number, headers=headers)
    )
    return page


def _repository_page(client: Client, installation: int, number: int) -> Sequence[Mapping[str, Any]]:
    page = client.ask(
        Scope.of(installation, None, LIST_PERMISSIONS),
        lambda rest, headers: rest.apps.list_repos_accessible_to_installation(
            per_page=PAGE, page=number, headers=headers
        ),
        spare=True,
    )
    return page["repositories"]


def repository_of(found: Mapping[str, Any], installation: int) -> Repository:
    return Repository(
        id=found["id"],
        installation_id=installation,
        owner=found["owner"]["login"],
        name=found["name"],
        default_branch=found["default_branch"],
        private=found["private"],
    )
