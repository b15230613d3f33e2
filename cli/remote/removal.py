"""`tidegate remove`: a service with all that it runs, or one of its deployments out of the history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.command import Shown, Told
from cli.remote.ask import by_api
from cli.remote.deployment import path
from cli.remote.services import PATH, meant
from cli.trouble import Refused
from cli.words import add_service

if TYPE_CHECKING:
    from cli.command import Commands
    from cli.remote.api import Answer, Api


def add_to(commands: Commands) -> None:
    remove = commands.add_parser("remove", help="remove a service, or one of its deployments")
    add_service(remove)
    remove.add_argument("deployment", nargs="?", help="the id of one that has ended, out of the history")
    remove.add_argument("--confirm", metavar="NAME", help="the service's name, to remove all that it runs")
    remove.add_argument("--disks", action="store_true", help="the service's disks go, too, with all that is on them")
    remove.set_defaults(run=by_api(_remove))


def _remove(api: Api, told: Told) -> Shown:
    service = meant(api, told.service)
    if told.deployment is not None:
        gone = api.delete(path(_of(api, service, told.deployment)), {})
    elif told.confirm != service["name"]:
        raise Refused(_warning(api, told, service))
    else:
        asked = {"confirm": told.confirm, "disks": told.disks or None}
        gone = api.delete(f"{PATH}/{service['id']}", asked)
    return Shown(gone, [f"{told.service}: {gone['detail']}"])


def _of(api: Api, service: Answer, deployment: str) -> str:
    """The same, where it is of that service. Raises Refused."""
    if api.get(path(deployment))["service_id"] != service["id"]:
        raise Refused(f"{service['name']}: that deployment is of another service")
    return deployment


def _warning(api: Api, told: Told, service: Answer) -> str:
    disk = api.get(f"{PATH}/{service['id']}/usage")["disk"]
    again = f"tidegate remove {told.service} --confirm {service['name']}{' --disks' if told.disks else ''}"
    return (
        f"{told.service}: it would be removed with all that it runs, in every environment; its history stays."
        f"{_of_disk(disk, going=told.disks)} To do so: {again}"
    )


def _of_disk(disk: Answer | None, *, going: bool) -> str:
    if disk is None:
        return ""
    named = f" Its disk `{disk['name']}` (at {disk['mount_path']})"
    return f"{named} would go, with all that is on it." if going else f"{named} stays, unless you add --disks."
