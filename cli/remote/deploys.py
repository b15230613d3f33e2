"""`tidegate deploys`: made, listed, shown, waited for and canceled by the API; their logs, also as they grow."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import quote

from cli.remote import following, waiting
from cli.remote.ask import Told, add_json, at_server, columns, show
from cli.remote.services import PATH as SERVICES
from cli.remote.services import SHORT, chosen, meant, told_instance
from cli.remote.step import told as told_step
from cli.remote.trouble import Exit, Refused, Usage
from tidegate.markdown import clip, plain

if TYPE_CHECKING:
    from cli.remote.api import Answer, Api

_SERVICE = "its name, as owner/repository/name where several repositories have one"
_LIST = 30
_SENTENCE = 200


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    deploys = commands.add_parser("deploys", help="make, list, show, wait for and cancel deploys (by the API)")
    verbs = deploys.add_subparsers(required=True)
    _add_create(verbs)
    for verb, does, of_one in _AGAIN:
        _add_again(verbs, verb, does, of_one=of_one)
    listed = verbs.add_parser("list", help="the newest first")
    listed.add_argument("service", nargs="?", help=f"{_SERVICE}; all, if it is left out")
    listed.add_argument("--limit", type=int, default=_LIST, help=f"how many at most, up to 100 ({_LIST})")
    listed.set_defaults(run=at_server(_list))
    one = {
        "show": ("one, with its steps and instances", _show),
        "wait": ("until it is live; fails where it ends otherwise", _wait),
        "cancel": ("unless it is live or has ended", _cancel),
        "logs": ("print its log", _logs),
    }
    made = {verb: verbs.add_parser(verb, help=does) for verb, (does, _) in one.items()}
    for verb, parser in made.items():
        parser.add_argument("deployment", metavar="ID", help="a deployment's id")
        parser.set_defaults(run=at_server(one[verb][1]))
    made["logs"].add_argument("-f", "--follow", action="store_true", help="go on as it grows, until the deploy ends")
    add_json(listed, *made.values())


def _add_create(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    create = verbs.add_parser("create", help="deploy the linked branch's latest commit, or what the options say")
    create.add_argument("service", nargs="?", help=f"{_SERVICE}; chosen from a menu, if it is left out")
    create.add_argument("--commit", metavar="SHA", help="this one (or a branch, a tag); it turns auto-deploy off")
    create.add_argument("--image", metavar="URL", help="for `runtime: image`: another tag or digest of it")
    create.add_argument("--clear-cache", action="store_true", help="build anew, whatever was built from the same")
    create.add_argument("--force", action="store_true", help="past a freeze; for admins")
    create.add_argument("--wait", action="store_true", help="until it is live; fails where it ends otherwise")
    add_json(create)
    create.set_defaults(run=at_server(_create))


#: (verb, what it does, whether a deployment may be named)
_AGAIN = (
    ("redeploy", "deploy what is live, or ID, once more with today's values", True),
    ("restart", "start new instances of exactly what is live, with its values", False),
    ("rollback", "go back to what was live before, or to ID, without a build; it turns auto-deploy off", True),
)


def _add_again(
    verbs: argparse._SubParsersAction[argparse.ArgumentParser], verb: str, does: str, *, of_one: bool
) -> None:
    again = verbs.add_parser(verb, help=does)
    again.add_argument("service", help=_SERVICE)
    if of_one:
        again.add_argument("deployment", metavar="ID", nargs="?", help="a deployment's id")
    if verb == "redeploy":
        again.add_argument("--clear-cache", action="store_true", help="build anew, whatever was built from the same")
    again.add_argument("--environment", help="such as pr-7, the preview of pull request 7; without it, production")
    again.add_argument("--force", action="store_true", help="past a freeze; for admins")
    again.add_argument("--wait", action="store_true", help="until it is live; fails where it ends otherwise")
    add_json(again)
    again.set_defaults(verb=verb, deployment=None, clear_cache=False, run=at_server(_again))


def path(deployment: str) -> str:
    return f"/api/v1/deployments/{quote(deployment, safe='')}"


def _create(api: Api, told: Told) -> Exit | None:
    service = chosen(api, told.service, "tidegate deploys create SERVICE")
    return _ordered(api, told, service, "deploys", {"commitId": told.commit, "imageUrl": told.image})


def _again(api: Api, told: Told) -> Exit | None:
    asked = {"deployId": told.deployment, "environment": told.environment}
    return _ordered(api, told, meant(api, told.service), told.verb, asked)


def _ordered(api: Api, told: Told, service: Answer, what: str, asked: dict[str, str | None]) -> Exit | None:
    """`what`: the end of the address that is posted to."""
    flags = {"clearCache": told.clear_cache or None, "force": told.force or None}
    made = api.post(f"{SERVICES}/{service['id']}/{what}", {**asked, **flags})
    said = [f"{service['name']}: {clip(made['detail'], _SENTENCE)}", made["url"]]
    if not told.wait:
        show(told, made, said)
        return None
    print("\n".join(said), file=sys.stderr if told.json else sys.stdout, flush=True)
    if "deployment" not in made:
        again = f"tidegate deploys list {service['repository']}/{service['name']}"
        raise Refused(f"No worker has answered yet, so there is nothing to wait for. It goes on by itself: {again}")
    return _awaited(api, told, made["deployment"])


def _wait(api: Api, told: Told) -> Exit:
    return _awaited(api, told, told.deployment)


def _awaited(api: Api, told: Told, deployment: str) -> Exit:
    ended, verdict = waiting.wait(api, path(deployment), deployment, sys.stderr if told.json else sys.stdout)
    show(told, ended, [verdict.text] if verdict.well else [])
    if not verdict.well:
        print(f"{verdict.text}\nIts log: tidegate deploys logs {deployment}", file=sys.stderr)
    return Exit.DONE if verdict.well else Exit.FAILED


def _list(api: Api, told: Told) -> None:
    if not 1 <= told.limit <= 100:
        raise Usage("--limit is from 1 to 100")
    where = f"{SERVICES}/{meant(api, told.service)['id']}/deploys" if told.service else "/api/v1/deployments"
    page = api.get(where, {"limit": told.limit})
    rows = [[*_named(each), each["created_at"][:19], clip(each["reason"], _SENTENCE)] for each in page["deployments"]]
    show(told, page, columns(rows) if rows else ["There are none."])


def _show(api: Api, told: Told) -> None:
    one = api.get(path(told.deployment))
    show(told, one, _whole(one))


def _cancel(api: Api, told: Told) -> None:
    one = api.post(f"{path(told.deployment)}/cancel", {})
    how = "is canceled" if one["status"] == "canceled" else "is canceled as soon as its worker hears of it"
    show(told, one, [f"{one['service']}: {one['sha'][:SHORT]} {how}"])


def _logs(api: Api, told: Told) -> None:
    """Lines come out as they come in."""
    if told.follow and told.json:
        raise Usage("-f prints lines as they come, --json all of them at once: say one of both")
    if told.json:
        show(told, {"lines": list(following.kept(api, path(told.deployment)))}, [])
        return
    where = f"/deployments/{quote(told.deployment, safe='')}/log/stream"
    lines = following.follow(api, where) if told.follow else following.kept(api, path(told.deployment))
    for line in lines:
        print(plain(line["text"]), flush=told.follow)


def _named(one: Answer) -> list[str]:
    return [one["id"], one["service"], one["environment"], one["sha"][:SHORT], one["status"]]


def _whole(one: Answer) -> Iterator[str]:
    yield "  ".join(_named(one))
    yield f"  {clip(one['message'], _SENTENCE)} ({clip(one['author'], _SENTENCE)})"
    yield f"  {one['trigger']} by {clip(one['actor'], _SENTENCE)}: {clip(one['reason'], _SENTENCE)}"
    for each in one["steps"]:
        yield f"  {told_step(each)}"
    for each in one["instances"]:
        yield f"  {told_instance(each)}"
