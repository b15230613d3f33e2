"""`tidegate deploy`, `redeploy`, `restart`, `rollback`: asked for, and waited for where that is wanted. `tidegate
deploys` has the same words below it."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from cli.command import Shown, Told
from cli.remote import waiting
from cli.remote.ask import by_api
from cli.remote.services import PATH as SERVICES
from cli.remote.services import chosen, meant
from cli.trouble import Exit, Refused
from cli.words import SERVICE, add_environment, add_service
from tidegate.markdown import clip

if TYPE_CHECKING:
    from cli.command import Commands
    from cli.remote.api import Answer, Api

_SENTENCE = 500


def add_to(commands: Commands) -> None:
    add_create(commands, "deploy")
    add_again(commands)


def add_create(commands: Commands, name: str) -> None:
    create = commands.add_parser(name, help="deploy the linked branch's latest commit, or what the options say")
    create.add_argument("service", nargs="?", help=f"{SERVICE}; chosen from a menu, if it is left out")
    create.add_argument("--commit", metavar="SHA", help="this one (or a branch, a tag); it turns auto-deploy off")
    create.add_argument("--image", metavar="URL", help="for `runtime: image`: another tag or digest of it")
    create.add_argument("--clear-cache", action="store_true", help="build anew, whatever was built from the same")
    _add_more(create)
    create.set_defaults(run=by_api(_create))


#: (verb, what it does, whether a deployment may be named)
_AGAIN = (
    ("redeploy", "deploy what is live, or ID, once more with today's values", True),
    ("restart", "start new instances of exactly what is live, with its values", False),
    ("rollback", "go back to what was live before, or to ID, without a build; it turns auto-deploy off", True),
)


def add_again(commands: Commands) -> None:
    for verb, does, of_one in _AGAIN:
        again = commands.add_parser(verb, help=does)
        add_service(again)
        if of_one:
            again.add_argument("deployment", metavar="ID", nargs="?", help="a deployment's id")
        if verb == "redeploy":
            again.add_argument("--clear-cache", action="store_true", help="build anew, whatever was built already")
        add_environment(again)
        _add_more(again)
        again.set_defaults(verb=verb, deployment=None, clear_cache=False, run=by_api(_again))


def _add_more(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--force", action="store_true", help="past a freeze; for admins")
    parser.add_argument("--wait", action="store_true", help="until it is live; fails where it ends otherwise")


def _create(api: Api, told: Told) -> Shown:
    typed = "deploys create" if told.command == "deploys" else told.command
    service = chosen(api, told.service, f"tidegate {typed} SERVICE")
    return _ordered(api, told, service, "deploys", {"commitId": told.commit, "imageUrl": told.image})


def _again(api: Api, told: Told) -> Shown:
    asked = {"deployId": told.deployment, "environment": told.environment}
    return _ordered(api, told, meant(api, told.service), told.verb, asked)


def _ordered(api: Api, told: Told, service: Answer, what: str, asked: dict[str, str | None]) -> Shown:
    """`what`: the end of the address that is posted to."""
    flags = {"clearCache": told.clear_cache or None, "force": told.force or None}
    made = api.post(f"{SERVICES}/{service['id']}/{what}", {**asked, **flags})
    said = [f"{service['name']}: {clip(made['detail'], _SENTENCE)}", made["url"]]
    if not told.wait:
        return Shown(made, said)
    print("\n".join(said), file=sys.stderr if told.json else sys.stdout, flush=True)
    if "deployment" not in made:
        again = f"tidegate deploys list {service['repository']}/{service['name']}"
        raise Refused(f"No worker has answered yet, so there is nothing to wait for. It goes on by itself: {again}")
    return awaited(api, told, made["deployment"])


def awaited(api: Api, told: Told, deployment: str) -> Shown:
    """Fails where the deploy does."""
    out = sys.stderr if told.json else sys.stdout
    ended, verdict = waiting.wait(api, deployment, out)
    if verdict.well:
        return Shown(ended, [verdict.text])
    print(f"{verdict.text}\nIts log: tidegate deploys logs {deployment}", file=sys.stderr)
    return Shown(ended, [], Exit.FAILED)
