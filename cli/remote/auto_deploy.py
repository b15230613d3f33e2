"""`tidegate auto-deploy`: whether a service's pushes deploy by themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.command import Shown, Told
from cli.remote.ask import by_api
from cli.remote.services import PATH, meant
from cli.words import add_service

if TYPE_CHECKING:
    from cli.command import Commands
    from cli.remote.api import Api


def add_to(commands: Commands) -> None:
    turn = commands.add_parser("auto-deploy", help="turn automatic deploys on or off")
    add_service(turn)
    turn.add_argument("turn", choices=("on", "off"))
    turn.set_defaults(run=by_api(_turn))


def _turn(api: Api, told: Told) -> Shown:
    where = f"{PATH}/{meant(api, told.service)['id']}/auto-deploy"
    turned = api.put(where, {"on": told.turn == "on"})
    return Shown(turned, [f"{told.service}: {turned['detail']}"])
