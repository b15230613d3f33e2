"""Installing an App on an account, and all that changes about it later; each told to the App."""

from __future__ import annotations

from standin import hooks
from standin.clock import stamp
from standin.records import App, Installation, Repo, User
from standin.world import World


def install(world: World, app: App, account: User, repos: list[Repo] | None) -> Installation:
    """On the chosen repositories, or on all when `repos` is None."""
    made = world.install(app, account, repos)
    hooks.emit_installation(world, made, "created", account)
    return made


def add_to(world: World, app: App, repo: Repo) -> None:
    """Make sure that the App is installed on this repository."""
    mine = [each for each in world.installations.values() if each.app is app and each.account is repo.owner]
    if not mine:
        install(world, app, repo.owner, [repo])
    elif not mine[0].covers(repo):
        mine[0].repository_ids.add(repo.id)
        hooks.emit_repositories(world, mine[0], [repo], [], repo.owner)


def remove_from(world: World, installation: Installation, repo: Repo) -> None:
    if repo.id in installation.repository_ids:
        installation.repository_ids.discard(repo.id)
        hooks.emit_repositories(world, installation, [], [repo], repo.owner)


def transfer(world: World, repo: Repo, owner: User) -> None:
    """It leaves the installations of its old owner; those of the new one that are on all repositories have it."""
    before = list(world.installations_on(repo))
    world.transfer_repo(repo, owner)
    for each in before:
        each.repository_ids.discard(repo.id)
        hooks.emit_repositories(world, each, [], [repo], owner)
    for each in world.installations_on(repo):
        hooks.emit_repositories(world, each, [repo], [], owner)


def suspend(world: World, installation: Installation, *, suspended: bool) -> None:
    installation.suspended_at = stamp() if suspended else None
    hooks.emit_installation(world, installation, "suspend" if suspended else "unsuspend", installation.account)


def uninstall(world: World, installation: Installation) -> None:
    """Its tokens stop working at once."""
    hooks.emit_installation(world, installation, "deleted", installation.account)
    del world.installations[installation.id]
