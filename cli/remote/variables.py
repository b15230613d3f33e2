"""`tidegate env`: a service's variables listed, set and removed by the API. Each that is changed is a request."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from cli.onstore import NotDone
from cli.remote.ask import Told, add_json, at_server, show
from cli.remote.services import PATH, meant
from cli.remote.trouble import Refused, Usage
from cli.values import key, values
from tidegate.repository import PRODUCTION

if TYPE_CHECKING:
    from cli.remote.api import Answer, Api


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    env = commands.add_parser("env", help="list, set and remove a service's variables (by the API)")
    env.add_argument("service", help="its name, as owner/repository/name where several repositories have one")
    env.add_argument("verb", nargs="?", choices=("list", "set", "unset"), default="list", help="list, if left out")
    env.add_argument("names", nargs="*", help="NAME, whose value is asked for or read from stdin; or NAME=value")
    env.add_argument("--environment", default=PRODUCTION, help="pr-7 for the preview of pull request 7")
    env.add_argument("--plain", action="store_true", help="no secrets: their values are shown")
    add_json(env)
    env.set_defaults(run=at_server(_env))


def _env(api: Api, told: Told) -> None:
    if (told.verb == "list") == bool(told.names):
        wrong = f"tidegate env {told.service} {told.verb}"
        raise Usage(f"{wrong} takes no names" if told.names else f"Say which: {wrong} NAME")
    where = f"{PATH}/{meant(api, told.service)['id']}/variables"
    if told.verb == "list":
        found = api.get(where, {"environment": told.environment})
        show(told, found, [_line(each) for each in found["variables"]])
        return
    changed = list(_set(api, told, where) if told.verb == "set" else _unset(api, told, where))
    done = "set" if told.verb == "set" else "removed"
    show(told, {"changed": changed}, [f"{told.service}: {each['name']} {done}; {each['detail']}" for each in changed])


def _set(api: Api, told: Told, where: str) -> list[Answer]:
    """Raises Refused before anything is set where a name or a value is missing."""
    try:
        given = values(told.names, sys.stdin)
    except NotDone as why:
        raise Refused(str(why)) from None
    more = {"secret": not told.plain, "environment": told.environment}
    return [{"name": name, **api.put(where, {"name": name, "value": value, **more})} for name, value in given.items()]


def _unset(api: Api, told: Told, where: str) -> list[Answer]:
    """Raises Refused before anything is removed where one isn't set."""
    try:
        wanted = [key(each) for each in told.names]
    except NotDone as why:
        raise Refused(str(why)) from None
    known = {each["name"] for each in api.get(where, {"environment": told.environment})["variables"]}
    missing = [each for each in wanted if each not in known]
    if missing:
        raise Refused(f"{told.service}: it isn't set: {', '.join(missing)}")
    scope = {"environment": told.environment}
    return [{"name": each, **api.delete(where, {"name": each, **scope})} for each in wanted]


def _line(variable: Answer) -> str:
    name, kind, value = variable["name"], variable["kind"], variable["value"]
    return f"{name} ({kind})" if value is None else f"{name}={value}"
