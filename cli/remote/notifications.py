"""`tidegate notifications`: who is told of what happens, and what was sent to them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING
from urllib.parse import quote

from cli.command import Shown, Told
from cli.remote import repositories, services
from cli.remote.ask import by_api
from cli.trouble import Absent, Forbidden, Refused
from cli.words import add_service
from tidegate.notification import Channel, Wants

if TYPE_CHECKING:
    from cli.command import Commands
    from cli.remote.api import Answer, Api

_SHOWN = 20
_DEFAULT = "default"
_EACH = "what each address wants"

#: What one command does with the address that is at a path of the API.
_Do = Callable[["Api", str, Told], Shown]


def add_to(commands: Commands) -> None:
    parser = commands.add_parser("notifications", help="who is told of what happens: webhooks, Slack, e-mail")
    actions = parser.add_subparsers(required=True)
    listed = actions.add_parser("list", help="tell which addresses there are, without what may be secret in them")
    listed.set_defaults(run=by_api(_list))
    listed.add_argument("repository", metavar="OWNER/NAME")
    add = actions.add_parser("add", help="set one; it is read from a pipe, if it isn't given, since `ps` shows it")
    add.set_defaults(run=by_api(_add))
    add.add_argument("repository", metavar="OWNER/NAME")
    add.add_argument("channel", choices=[*Channel])
    add.add_argument("address", nargs="?", help="a URL, or an e-mail address")
    add.add_argument("--wants", choices=[*Wants], default=Wants.ALL)
    _add_about(actions)
    service = actions.add_parser("service", help="what is told of one service, whatever the addresses want")
    service.set_defaults(run=by_api(_service))
    add_service(service)
    service.add_argument("wants", choices=[*Wants, _DEFAULT])


def _add_about(actions: Commands) -> None:
    for name, does, do in (
        ("enable", "send again to one that was given up", _enable),
        ("remove", "forget one, with what was sent there", _remove),
        ("rotate", "give a webhook a new secret; the old one signs too for a day", _rotate),
        ("test", "send something there", _test),
        ("log", "tell what was sent there last, and what became of it", _log),
        ("wants", "change what one is told", _want),
    ):
        action = actions.add_parser(name, help=does)
        action.set_defaults(run=by_api(_about(do)))
        action.add_argument("id", help="as `list` tells it")
        if do is _want:
            action.add_argument("wants", choices=[*Wants])


def _list(api: Api, told: Told) -> Shown:
    number = repositories.meant(api, told.repository)["id"]
    found = api.get(_of_repository(number))["endpoints"]
    theirs = [each for each in services.every(api, {"repository": told.repository}) if each["repository_id"] == number]
    choices = [{"service": each["name"], **api.get(_of_service(each["id"]))} for each in theirs]
    chosen = [each for each in choices if each["wants"] != _DEFAULT]
    lines = [*map(_line, found), *(f"of {each['service']}: {each['wants']}" for each in chosen)]
    return Shown({"endpoints": found, "services": chosen}, lines or ["There are none."])


def _add(api: Api, told: Told) -> Shown:
    number = repositories.meant(api, told.repository)["id"]
    address = told.address or sys.stdin.readline().strip()
    asked = {"channel": told.channel, "address": address or None, "wants": told.wants}
    made = api.post(_of_repository(number), asked)
    secret = [f"Its secret, shown this once: {made['secret']}"] if "secret" in made else []
    return Shown(made, [f"{made['id']}: {made['address']}", *secret])


def _service(api: Api, told: Told) -> Shown:
    chosen = api.put(_of_service(services.meant(api, told.service)["id"]), {"wants": told.wants})
    return Shown(chosen, [f"{told.service}: {_EACH if chosen['wants'] == _DEFAULT else chosen['wants']}"])


def _about(do: _Do) -> Callable[[Api, Told], Shown]:
    def act(api: Api, told: Told) -> Shown:
        return do(api, _found(api, told.id), told)

    return act


def _found(api: Api, wanted: str) -> str:
    """Where it is. Raises Refused."""
    for each in repositories.repositories(api):
        where = _of_repository(each["id"])
        if any(one["id"] == wanted for one in _there(api, where)):
            return f"{where}/{quote(wanted, safe='')}"
    raise Refused(f"{wanted}: there is no such address; `tidegate notifications list` tells which there are")


def _there(api: Api, where: str) -> list[Answer]:
    """None where the asker isn't an admin. Raises Trouble where it can't be told."""
    try:
        found: list[Answer] = api.get(where)["endpoints"]
    except (Absent, Forbidden):
        return []
    return found


def _enable(api: Api, path: str, told: Told) -> Shown:
    said = "what happens from now on is sent there; what was given up isn't"
    return Shown(api.put(path, {"enabled": True}), [f"{told.id}: {said}"])


def _remove(api: Api, path: str, told: Told) -> Shown:
    return Shown(api.delete(path, {}), [f"{told.id}: removed"])


def _rotate(api: Api, path: str, _: Told) -> Shown:
    made = api.post(f"{path}/secret", {})
    return Shown(made, [made["secret"], f"The old one signs too until {_moment(made['until'])[:16]} UTC."])


def _test(api: Api, path: str, told: Told) -> Shown:
    sent = api.post(f"{path}/test", {})
    return Shown(sent, [f"{sent['message']}; `tidegate notifications log {told.id}` tells what became of it"])


def _want(api: Api, path: str, told: Told) -> Shown:
    return Shown(api.put(path, {"wants": told.wants}), [f"{told.id}: {told.wants}"])


def _log(api: Api, path: str, _: Told) -> Shown:
    found = api.get(f"{path}/deliveries", {"limit": _SHOWN})
    return Shown(found, [line for each in found["deliveries"] for line in _sent(each)])


def _sent(each: Answer) -> Iterator[str]:
    yield f"{_moment(each['at'])} {each['type']} {each['state']} {each['id']}"
    for attempt in each["attempts"]:
        yield f"    {_moment(attempt['at'])} {attempt['detail']} ({attempt['seconds']:.1f} s)"


def _line(each: Answer) -> str:
    state = f"; given up, since {each['disabled']}" if each["disabled"] else ""
    return f"{each['id']}: {each['channel']} {each['address']} ({each['wants']}){state}"


def _moment(told: str) -> str:
    return told[:19].replace("T", " ")


def _of_repository(number: int) -> str:
    return f"/api/v1/repositories/{number}/notifications"


def _of_service(number: int) -> str:
    return f"/api/v1/services/{number}/notifications"
