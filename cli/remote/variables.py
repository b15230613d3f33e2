"""A service's variables listed, set and removed by the API. Each that is changed is a request."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

from cli.command import Shown, Told
from cli.remote.services import PATH, meant
from cli.trouble import Refused, Usage
from cli.values import key, values

if TYPE_CHECKING:
    from cli.remote.api import Answer, Api


def act(api: Api, told: Told) -> Shown:
    """Raises Trouble."""
    demand_names(told)
    where = f"{PATH}/{meant(api, told.service)['id']}/variables"
    if told.verb == "list":
        found = api.get(where, {"environment": told.environment})
        return Shown(found, [line(each) for each in found["variables"]])
    changed = list(_set(api, told, where) if told.verb == "set" else _unset(api, told, where))
    done = "set" if told.verb == "set" else "removed"
    return Shown({"changed": changed}, [f"{told.service}: {each['name']} {done}; {each['detail']}" for each in changed])


def demand_names(told: Told) -> None:
    """Raises Usage where there are none, or too many."""
    if (told.verb == "list") == bool(told.names):
        wrong = f"tidegate {told.command} {told.service} {told.verb}"
        raise Usage(f"{wrong} takes no names" if told.names else f"Say which: {wrong} NAME")


def _set(api: Api, told: Told, where: str) -> list[Answer]:
    """Raises Refused before anything is set where a name or a value is missing."""
    given = values(told.names, sys.stdin)
    more = {"secret": not told.plain, "environment": told.environment}
    return [{"name": name, **api.put(where, {"name": name, "value": value, **more})} for name, value in given.items()]


def _unset(api: Api, told: Told, where: str) -> list[Answer]:
    """Raises Refused before anything is removed where one isn't set."""
    wanted = [key(each) for each in told.names]
    known = {each["name"] for each in api.get(where, {"environment": told.environment})["variables"]}
    missing = [each for each in wanted if each not in known]
    if missing:
        raise Refused(f"{told.service}: it isn't set: {', '.join(missing)}")
    scope = {"environment": told.environment}
    return [{"name": each, **api.delete(where, {"name": each, **scope})} for each in wanted]


def line(variable: Mapping[str, str | None]) -> str:
    name, kind, value = variable["name"], variable["kind"], variable["value"]
    return f"{name} ({kind})" if value is None else f"{name}={value}"
