"""`tidegate run`: a cron service's run by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.command import Shown, Told
from cli.remote.ask import by_api
from cli.remote.services import PATH, meant
from cli.words import add_environment, add_service

if TYPE_CHECKING:
    from cli.command import Commands
    from cli.remote.api import Api


def add_to(commands: Commands) -> None:
    run = commands.add_parser("run", help="run a cron service now; an active run of it is stopped first")
    add_service(run)
    add_environment(run)
    run.set_defaults(run=by_api(_run))


def _run(api: Api, told: Told) -> Shown:
    """The watcher starts it."""
    made = api.post(f"{PATH}/{meant(api, told.service)['id']}/runs", {"environment": told.environment})
    begins = "begins at once, or as soon as the one before it was stopped"
    return Shown(made, [f"{told.service}: run {made['run']['id']} {begins}"])
