"""The commands about one service, which the person at the workers' machine gives: their words and what they run."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from tidegate.permission import Action
from tidegate.repository import PRODUCTION

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 - it has no other name

Run = Callable[[Mapping[str, str], argparse.Namespace], int]
_SERVICE = "its name, as owner/repository/name where several repositories have one"
_ENVIRONMENT = "pr-7 for the preview of pull request 7"
#: Lines that `tidegate logs` prints.
_LINES = 200


def add_to(commands: Commands) -> None:
    deploy = _about(commands, "deploy", "deploy the linked branch's latest commit", _order(Action.DEPLOY), placed=False)
    deploy.add_argument("--commit", help="this one (a SHA, a branch, a tag) instead; it turns auto-deploy off")
    redeploy = _about(commands, "redeploy", "deploy what is live again, with today's values", _order(Action.REDEPLOY))
    restart = _about(commands, "restart", "start new instances of exactly what is live", _order(Action.RESTART))
    rollback = _about(commands, "rollback", "back to what was live before, built by nobody", _order(Action.ROLLBACK))
    for each in (redeploy, rollback):
        each.add_argument("deployment", nargs="?", help="the id of one of its deployments")
    for each in (deploy, redeploy):
        each.add_argument("--clear-cache", action="store_true", help="build anew, whatever was built from the same")
    for each in (deploy, redeploy, restart, rollback):
        each.add_argument("--force", action="store_true", help="past a freeze")
    _about(commands, "cancel", "cancel what waits or is being deployed", _cancel)
    remove = _about(commands, "remove", "remove a service, or one of its deployments", _remove, placed=False)
    remove.add_argument("deployment", nargs="?", help="the id of one that has ended, out of the history")
    remove.add_argument("--confirm", metavar="NAME", help="the service's name, to remove all that it runs")
    remove.add_argument("--disks", action="store_true", help="the service's disks go, too, with all that is on them")
    logs = _about(commands, "logs", "print what was deployed last has printed", _logs)
    logs.add_argument("--lines", type=int, default=_LINES, help=f"of the end ({_LINES})")
    turn = _about(commands, "auto-deploy", "turn automatic deploys on or off", _auto_deploy, placed=False)
    turn.add_argument("turn", choices=("on", "off"))
    status = commands.add_parser("status", help="tell what is live and how it is, environment by environment")
    status.add_argument("service", nargs="?", help="only of its repository")
    status.set_defaults(run=_status)
    _add_variables(commands)


def _add_variables(commands: Commands) -> None:
    shown = _about(commands, "variables", "list, set and remove a service's variables", _variables)
    shown.add_argument("verb", nargs="?", choices=("set", "unset"), help="left out, they are listed")
    shown.add_argument("names", nargs="*", help="NAME, whose value is asked for or read from stdin; or NAME=value")
    shown.add_argument("--plain", action="store_true", help="no secrets: their values are shown")


def _about(commands: Commands, name: str, what: str, run: Run, *, placed: bool = True) -> argparse.ArgumentParser:
    """`placed`: it is about one environment of the service."""
    made = commands.add_parser(name, help=what)
    made.add_argument("service", help=_SERVICE)
    if placed:
        made.add_argument("--environment", default=PRODUCTION, help=_ENVIRONMENT)
    made.set_defaults(run=run)
    return made


def _order(action: Action) -> Run:
    def run(environment: Mapping[str, str], told: argparse.Namespace) -> int:
        from cli.order import order

        fields = ("commit", "deployment", "clear_cache", "force")
        what = {each: getattr(told, each) for each in fields if getattr(told, each, None)}
        return order(environment, action, told.service, getattr(told, "environment", PRODUCTION), what)

    return run


def _cancel(environment: Mapping[str, str], told: argparse.Namespace) -> int:
    from cli.order import cancel

    return cancel(environment, told.service, told.environment)


def _auto_deploy(environment: Mapping[str, str], told: argparse.Namespace) -> int:
    from cli.order import auto_deploy

    return auto_deploy(environment, told.service, on=told.turn == "on")


def _remove(environment: Mapping[str, str], told: argparse.Namespace) -> int:
    from cli.order import remove

    return remove(environment, told.service, told.deployment, told.confirm, disks=told.disks)


def _logs(environment: Mapping[str, str], told: argparse.Namespace) -> int:
    from cli.status import logs

    return logs(environment, told.service, told.environment, told.lines)


def _status(environment: Mapping[str, str], told: argparse.Namespace) -> int:
    from cli.status import status

    return status(environment, told.service)


def _variables(environment: Mapping[str, str], told: argparse.Namespace) -> int:
    from cli import variables

    if told.verb is None:
        return variables.show(environment, told.service, told.environment)
    if not told.names:
        print(f"Say which: tidegate variables {told.service} {told.verb} NAME", file=sys.stderr)
        return 1
    if told.verb == "unset":
        return variables.unset(environment, told.service, told.environment, told.names)
    return variables.put(environment, told.service, told.environment, told.names, plain=told.plain, source=sys.stdin)
