"""`tidegate freeze` and `tidegate unfreeze`: what deploys by itself is stopped, of a service or a whole repository."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.command import Shown, Told
from cli.remote import repositories, services
from cli.remote.ask import by_api

if TYPE_CHECKING:
    from cli.command import Commands
    from cli.remote.api import Api

_TARGET = "a service's name, or owner/name: all of a repository; owner/name/service where several have one"


def add_to(commands: Commands) -> None:
    freeze = commands.add_parser("freeze", help="stop what deploys by itself")
    unfreeze = commands.add_parser("unfreeze", help="let it deploy again, as it was frozen")
    for each in (freeze, unfreeze):
        each.add_argument("target", metavar="SERVICE|OWNER/NAME", help=_TARGET)
        each.add_argument("--environment", help="production or pr-7 only; all, if it is left out")
    freeze.add_argument("--reason", required=True, help="why, for those whose commits stay where they are")
    freeze.set_defaults(run=by_api(_freeze))
    unfreeze.set_defaults(run=by_api(_unfreeze))


def _freeze(api: Api, told: Told) -> Shown:
    where, scope = _scope(api, told)
    answer = api.put(where, {**scope, "reason": told.reason})
    return Shown(answer, [f"{told.target}: {answer['detail']}"])


def _unfreeze(api: Api, told: Told) -> Shown:
    where, scope = _scope(api, told)
    answer = api.delete(where, scope)
    return Shown(answer, [f"{told.target}: {answer['detail']}"])


def _scope(api: Api, told: Told) -> tuple[str, dict[str, str | None]]:
    """The repository's freezes, and which of them. Raises Refused."""
    if told.target.count("/") == 1:
        number, service = repositories.meant(api, told.target)["id"], None
    else:
        found = services.meant(api, told.target)
        number, service = found["repository_id"], found["name"]
    return f"/api/v1/repositories/{number}/freeze", {"service": service, "environment": told.environment}
