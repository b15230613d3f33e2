"""`tidegate deploys`: made, listed, shown, waited for and canceled; their logs, also as they grow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cli.command import Shown, Told
from cli.remote import following, orders
from cli.remote.ask import by_api, columns
from cli.remote.deployment import named, path, whole
from cli.remote.services import PATH as SERVICES
from cli.remote.services import SHORT, meant
from cli.trouble import Usage
from cli.words import SERVICE
from tidegate.markdown import clip, plain

if TYPE_CHECKING:
    from cli.command import Commands
    from cli.remote.api import Answer, Api

_LIST = 30
_SENTENCE = 200


def add_to(commands: Commands) -> None:
    deploys = commands.add_parser("deploys", help="make, list, show, wait for and cancel deploys")
    verbs = deploys.add_subparsers(required=True)
    orders.add_create(verbs, "create")
    orders.add_again(verbs)
    listed = verbs.add_parser("list", help="the newest first")
    listed.add_argument("service", nargs="?", help=f"{SERVICE}; all, if it is left out")
    listed.add_argument("--limit", type=int, default=_LIST, help=f"how many at most, up to 100 ({_LIST})")
    listed.set_defaults(run=by_api(_list))
    one = {
        "show": ("one, with its steps and instances", _show),
        "wait": ("until it is live; fails where it ends otherwise", _wait),
        "cancel": ("unless it is live or has ended", _cancel),
        "logs": ("print its log", _logs),
    }
    made = {verb: verbs.add_parser(verb, help=does) for verb, (does, _) in one.items()}
    for verb, parser in made.items():
        parser.add_argument("deployment", metavar="ID", help="a deployment's id")
        parser.set_defaults(run=by_api(one[verb][1]))
    made["logs"].add_argument("-f", "--follow", action="store_true", help="go on as it grows, until the deploy ends")


def _wait(api: Api, told: Told) -> Shown:
    return orders.awaited(api, told, told.deployment)


def _list(api: Api, told: Told) -> Shown:
    if not 1 <= told.limit <= 100:
        raise Usage("--limit is from 1 to 100")
    where = f"{SERVICES}/{meant(api, told.service)['id']}/deploys" if told.service else "/api/v1/deployments"
    page = api.get(where, {"limit": told.limit})
    rows = [[*named(each), _at(each["created_at"]), clip(each["reason"], _SENTENCE)] for each in page["deployments"]]
    return Shown(page, columns(rows))


def _at(moment: str) -> str:
    """As the API has it, for people."""
    return f"{moment[:19].replace('T', ' ')} UTC"


def _show(api: Api, told: Told) -> Shown:
    one = api.get(path(told.deployment))
    return Shown(one, whole(one))


def _cancel(api: Api, told: Told) -> Shown:
    one = cancel(api, told.deployment)
    return Shown(one, [canceled(one)])


def cancel(api: Api, deployment: str) -> Answer:
    return api.post(f"{path(deployment)}/cancel", {})


def canceled(one: Answer) -> str:
    how = "is canceled" if one["status"] == "canceled" else "is canceled as soon as its worker hears of it"
    return f"{one['service']}: {one['sha'][:SHORT]} {how} ({one['id']})"


def _logs(api: Api, told: Told) -> Shown:
    """Lines come out as they come in."""
    if told.follow and told.json:
        raise Usage("-f prints lines as they come, --json all of them at once: say one of both")
    if told.json:
        return Shown({"lines": list(following.kept(api, path(told.deployment)))}, [])
    return Shown(None, _printed(api, told))


def _printed(api: Api, told: Told) -> Iterator[str]:
    where = f"{path(told.deployment)}/logs/stream"
    lines = following.follow(api, where) if told.follow else following.kept(api, path(told.deployment))
    for line in lines:
        yield plain(line["text"])
