"""`tidegate cancel` and `tidegate logs` of a service: what comes to one of its environments, and what came last."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING

from cli.command import Shown, Told
from cli.remote import following
from cli.remote.ask import by_api
from cli.remote.deployment import path
from cli.remote.deploys import cancel, canceled
from cli.remote.services import PATH, meant, one
from cli.trouble import Refused
from cli.words import add_environment, add_service
from tidegate.markdown import plain

if TYPE_CHECKING:
    from cli.command import Commands
    from cli.remote.api import Answer, Api

#: Lines that are printed.
_LINES = 200


def add_to(commands: Commands) -> None:
    stop = commands.add_parser("cancel", help="cancel what waits or is being deployed")
    logs = commands.add_parser("logs", help="print what was deployed last has printed")
    for each, run in ((stop, _cancel), (logs, _logs)):
        add_service(each)
        add_environment(each)
        each.set_defaults(run=by_api(run))
    logs.add_argument("--lines", type=int, default=_LINES, help=f"of the end ({_LINES})")


def _cancel(api: Api, told: Told) -> Shown:
    """Whatever of the service may still come live there. Raises Refused where none could be canceled."""
    places = one(api, told.service)["environments"]
    coming = [each for place in places if place["environment"] == told.environment for each in place["coming"]]
    if not coming:
        raise Refused(f"{told.service}: nothing is waiting or being deployed to `{told.environment}`")
    ended = _ended(api, coming)
    return Shown({"canceled": ended}, [canceled(each) for each in ended])


def _ended(api: Api, coming: Sequence[Answer]) -> list[Answer]:
    """One that has come live meanwhile keeps none of those behind it from being canceled."""
    ended: list[Answer] = []
    refused: dict[str, Refused] = {}
    for each in coming:
        try:
            ended.append(cancel(api, each["id"]))
        except Refused as why:
            refused[each["id"]] = why
    if refused and not ended:
        raise [*refused.values()][-1]
    for deployment, said in refused.items():
        print(f"{deployment}: {said}", file=sys.stderr)
    return ended


def _logs(api: Api, told: Told) -> Shown:
    last = _last(api, told.service, told.environment)
    lines = deque(following.kept(api, path(last["id"])), maxlen=max(told.lines, 0))
    printed = [f"{each['at'][:19].replace('T', ' ')} {each['step']}: {plain(each['text'])}" for each in lines]
    return Shown({"deployment": last["id"], "lines": list(lines)}, printed)


def _last(api: Api, name: str, environment: str) -> Answer:
    """Of which anything may have been printed, if there is one. Raises Refused where there was never any."""
    found: Answer | None = None
    for each in api.each(f"{PATH}/{meant(api, name)['id']}/deploys", "deployments", "before"):
        if each["environment"] == environment:
            found = found or each
            if each["started_at"]:
                return each
    if found is None:
        raise Refused(f"{name}: it was never deployed to `{environment}`")
    return found
