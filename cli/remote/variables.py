"""`tidegate env`, or `tidegate variables`: a service's variables listed, set and removed. A value stands in no list of
processes unless it is typed so: it is read from stdin, or asked for. Those of one command are one request."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

from cli.command import Shown, Told
from cli.remote.ask import by_api
from cli.remote.services import PATH, meant
from cli.trouble import Refused, Usage
from cli.values import values
from cli.words import add_environment, add_service

if TYPE_CHECKING:
    from cli.command import Commands
    from cli.remote.api import Answer, Api


def add_to(commands: Commands) -> None:
    for name in ("env", "variables"):
        env = commands.add_parser(name, help="list, set and remove a service's variables")
        add_service(env)
        env.add_argument("verb", nargs="?", choices=("list", "set", "unset"), default="list", help="list, if left out")
        env.add_argument("names", nargs="*", help="NAME, whose value is asked for or read from stdin; or NAME=value")
        add_environment(env)
        env.add_argument("--plain", action="store_true", help="no secrets: their values are shown")
        env.set_defaults(run=by_api(_variables))


def _variables(api: Api, told: Told) -> Shown:
    if (told.verb == "list") == bool(told.names):
        wrong = f"tidegate {told.command} {told.service} {told.verb}"
        raise Usage(f"{wrong} takes no names" if told.names else f"Say which: {wrong} NAME")
    where = f"{PATH}/{meant(api, told.service)['id']}/variables"
    if told.verb == "list":
        found = api.get(where, {"environment": told.environment})
        return Shown(found, [_line(each) for each in found["variables"]] or ["There are none."])
    names, answer = _set(api, told, where) if told.verb == "set" else _unset(api, told, where)
    said = f"{told.service}: {', '.join(names)} {'set' if told.verb == 'set' else 'removed'}; {answer['detail']}"
    return Shown({"changed": [{"name": each, **answer} for each in names]}, [said])


def _set(api: Api, told: Told, where: str) -> tuple[list[str], Answer]:
    """Raises Refused before anything is set where a value is missing."""
    given = values(told.names, sys.stdin)
    asked = {"values": given, "secret": not told.plain, "environment": told.environment}
    return list(given), api.put(where, asked)


def _unset(api: Api, told: Told, where: str) -> tuple[list[str], Answer]:
    """Raises Refused before anything is removed where one isn't set."""
    known = {each["name"] for each in api.get(where, {"environment": told.environment})["variables"]}
    missing = [each for each in told.names if each not in known]
    if missing:
        raise Refused(f"{told.service}: it isn't set: {', '.join(missing)}")
    return told.names, api.delete(where, {"name": ",".join(told.names), "environment": told.environment})


def _line(variable: Mapping[str, str | None]) -> str:
    name, kind, value = variable["name"], variable["kind"], variable["value"]
    return f"{name} ({kind})" if value is None else f"{name}={value}"
