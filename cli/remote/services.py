"""`tidegate services`, and which service is meant by a name, or by the number that somebody types at a menu."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from cli.command import Shown, Told
from cli.remote.ask import by_api, columns
from cli.trouble import Refused, Usage
from cli.words import SERVICE
from tidegate import wording
from tidegate.markdown import clip

if TYPE_CHECKING:
    from cli.command import Commands
    from cli.remote.api import Answer, Api

PATH = "/api/v1/services"
#: Characters of a SHA, and of a sentence in a list.
SHORT, _SENTENCE = 7, 200


def add_to(commands: Commands) -> None:
    services = commands.add_parser("services", help="list the services, or show one")
    services.add_argument("service", nargs="?", help=f"{SERVICE}; all, if it is left out")
    services.set_defaults(run=by_api(_services))


def meant(api: Api, name: str) -> Answer:
    """By its name, as owner/repository/name where several repositories have one. Raises Refused."""
    where, _, short = name.rpartition("/")
    found = every(api, {"name": short, "repository": where or None}) if short else []
    if not found:
        raise Refused(f"{name}: {wording.no_such_service(name, map(full_name, every(api)))}")
    if len(found) > 1:
        raise Refused(f"{name}: which one? {', '.join(sorted(map(full_name, found)))}")
    return found[0]


def one(api: Api, name: str) -> Answer:
    """All that is known of it. Raises Refused."""
    return api.get(f"{PATH}/{meant(api, name)['id']}")


def chosen(api: Api, name: str | None, usage: str) -> Answer:
    """As meant; from a menu where no name is told and somebody is there to choose. Raises Refused, Usage."""
    if name is not None:
        return meant(api, name)
    found = every(api)
    if not found:
        raise Refused("There are no services that this token may see.")
    if not sys.stdin.isatty():
        raise Usage(f"Say which service: {usage}\n" + "\n".join(f"  {full_name(each)}" for each in found))
    for number, line in enumerate(columns([_row(each) for each in found]), 1):
        print(f"{number:>3}  {line}", file=sys.stderr)
    return _picked(found)


def full_name(service: Answer) -> str:
    return f"{service['repository']}/{service['name']}"


def _picked(found: Sequence[Answer]) -> Answer:
    """Raises Usage where nothing more is typed."""
    while True:
        # Not input(), which asks on stdout, where a program may read JSON.
        print(f"Which one? (1 to {len(found)}) ", end="", file=sys.stderr, flush=True)
        typed = sys.stdin.readline()
        if not typed.strip():
            raise Usage("None was chosen.")
        if typed.strip().isdecimal() and 1 <= int(typed) <= len(found):
            return found[int(typed) - 1]


def every(api: Api, query: dict[str, str | None] | None = None) -> list[Answer]:
    return list(api.each(PATH, "services", "after", query))


def _services(api: Api, told: Told) -> Shown:
    if told.service is None:
        found = every(api)
        return Shown({"services": found}, columns([_row(each) for each in found]))
    found_one = one(api, told.service)
    return Shown(found_one, _whole(found_one))


def _row(service: Answer) -> list[str]:
    state = f"{service['health'] or 'live'} at {service['sha'][:SHORT]}" if service["live"] else "nothing is live"
    return [full_name(service), service["type"], state, service["url"] or ""]


def _whole(service: Answer) -> Iterator[str]:
    yield "  ".join(_row(service)).rstrip()
    for name in ("unlisted", "auto_deploy_off"):
        if service[name]:
            yield f"  {clip(service[name], _SENTENCE)}"
    for each in service["freezes"]:
        yield f"  {clip(each['detail'], _SENTENCE)}"
    for place in service["environments"]:
        live = place["live"]
        yield f"{place['environment']}: " + (_live(live) if live else "nothing is live")
        for each in place["instances"]:
            yield f"  {told_instance(each)}"
        for each in place["coming"]:
            reason = clip(each["reason"], _SENTENCE)
            yield f"  coming: {each['sha'][:SHORT]} {each['status']}, {reason} ({each['id']})"


def told_instance(each: Answer) -> str:
    said = f"instance {each['index'] + 1} on {each['host']}: {each['state']}"
    return f"{said} {clip(each['reason'], _SENTENCE)}".rstrip()


def _live(live: Answer) -> str:
    how = ", ".join(clip(each, _SENTENCE) for each in (live["health"] or "live", live["health_reason"]) if each)
    return f"{live['sha'][:SHORT]} {how} ({live['id']})"
