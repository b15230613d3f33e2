"""`tidegate why SHA`: why a commit is not live, or since when it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cli.command import Shown, Told
from cli.remote import services
from cli.remote.ask import by_api
from cli.remote.repositories import repositories
from cli.trouble import Absent, Refused
from tidegate.why import Kind

if TYPE_CHECKING:
    from cli.command import Commands
    from cli.remote.api import Answer, Api

_SHA = re.compile(r"[0-9a-f]{4,40}")


def add_to(commands: Commands) -> None:
    why = commands.add_parser("why", help="tell why a commit is not live, or since when it is")
    why.add_argument("sha", help="the commit, by its SHA or the beginning of it")
    why.add_argument("--service", help="only of this one; as owner/repository/name where several have one")
    why.set_defaults(run=by_api(_why))


def _why(api: Api, told: Told) -> Shown:
    found = _found(api, told)
    return Shown(found, ["\n\n".join(_told(each) for each in found["answers"])])


def _found(api: Api, told: Told) -> Answer:
    """{repository, sha, answers}. Raises Refused. A commit that nobody has heard of is told by its whole SHA, and by
    its service where there are several repositories."""
    given = told.sha.lower()
    if not _SHA.fullmatch(given):
        raise Refused(f"{given}: that is no commit's SHA, of 4 to 40 hexadecimal digits")
    if told.service:
        service = services.meant(api, told.service)
        return _in(api, service["repository_id"], service["repository"], given, service["name"])
    known = repositories(api)
    found = [each for each in (_heard(api, repository, given) for repository in known) if each]
    if len(found) > 1:
        several = ", ".join(f"{each['sha'][:12]} of {each['repository']}" for each in found)
        raise Refused(f"{given}: which one? {several}; say --service")
    if found:
        return found[0]
    if len(known) == 1:
        return _in(api, known[0]["id"], known[0]["full_name"], given, None)
    raise Refused(f"{given}: nothing was heard of it; for one that is new, give its whole SHA and --service")


def _heard(api: Api, repository: Answer, given: str) -> Answer | None:
    """None where nothing was heard of it there."""
    try:
        found = _in(api, repository["id"], repository["full_name"], given, None)
    except Absent:
        return None
    return found if any(each["kind"] != Kind.UNKNOWN for each in found["answers"]) else None


def _in(api: Api, number: int, repository: str, given: str, service: str | None) -> Answer:
    """Raises Absent also where the repository has no service yet: a whole SHA is answered there, by nothing."""
    found = api.get(f"/api/v1/repositories/{number}/commits/{given}/why", {"service": service})
    if not found["answers"]:
        raise Absent(f"{repository}: nothing of it was ever looked at")
    return {"repository": repository, **found}


def _told(answer: Answer) -> str:
    place = f"{answer['service']} ({answer['environment']})"
    more = [*answer["evidence"], *([answer["todo"]] if answer["todo"] else [])]
    return "\n".join([f"{place}: {answer['headline']}", *(f"  {each}" for each in more)])
