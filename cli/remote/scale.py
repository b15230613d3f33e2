"""`tidegate scale`: more or fewer instances of what is live, without a deploy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.command import Shown, Told
from cli.remote.ask import by_api
from cli.remote.services import PATH, meant
from cli.words import add_environment, add_service
from tidegate.scaling import MOST

if TYPE_CHECKING:
    from cli.command import Commands
    from cli.remote.api import Api


def add_to(commands: Commands) -> None:
    scale = commands.add_parser("scale", help="run so many instances of a service, without a deploy")
    add_service(scale)
    scale.add_argument("count", type=int, help=f"from 1 to {MOST}")
    add_environment(scale)
    scale.set_defaults(run=by_api(_scale))


def _scale(api: Api, told: Told) -> Shown:
    where = f"{PATH}/{meant(api, told.service)['id']}/instances"
    scaled = api.put(where, {"count": told.count, "environment": told.environment})
    return Shown(scaled, [f"{told.service}: {scaled['detail']}"])
