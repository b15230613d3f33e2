"""`tidegate status`: what is live and how it is, environment by environment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from cli.command import Shown, Told
from cli.remote import services
from cli.remote.ask import by_api
from cli.remote.repositories import repositories
from cli.remote.services import SHORT
from tidegate.markdown import clip

if TYPE_CHECKING:
    from cli.command import Commands
    from cli.remote.api import Answer, Api

_SENTENCE = 200


def add_to(commands: Commands) -> None:
    status = commands.add_parser("status", help="tell what is live and how it is, environment by environment")
    status.add_argument("service", nargs="?", help="only of its repository")
    status.set_defaults(run=by_api(_status))


def _status(api: Api, told: Told) -> Shown:
    """Of all repositories, or of the one that has the service."""
    only = services.meant(api, told.service)["repository_id"] if told.service else None
    found = [
        {**each, **api.get(f"/api/v1/repositories/{each['id']}/environments")}
        for each in repositories(api)
        if only in {None, each["id"]}
    ]
    notes = {each["id"]: [each["auto_deploy_off"], each["unlisted"]] for each in services.every(api)}
    return Shown({"repositories": found}, [line for each in found for line in _lines(each, notes)])


def _lines(repository: Answer, notes: Mapping[int, list[str | None]]) -> Iterator[str]:
    yield repository["full_name"]
    for place in repository["environments"]:
        yield f"  {place['name']}: {_how(place)}"
        for each in place["services"]:
            yield "    " + "; ".join((_line(each), *filter(None, notes.get(each["id"], []))))


def _line(member: Answer) -> str:
    since = f" since {member['live_at'][:16].replace('T', ' ')} UTC" if member["live_at"] else ""
    what = f"{member['sha'][:SHORT]}{since}, " if member["sha"] else ""
    return f"{member['name']}: {what}{_how(member)}"


def _how(found: Answer) -> str:
    if found["health"] is None:
        return "nothing is live"
    return ", ".join(clip(each, _SENTENCE) for each in (found["health"], found["reason"]) if each)
