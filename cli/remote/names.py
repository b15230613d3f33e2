"""`tidegate names`: what a shell completes a word by, from the server where one is signed in, soon."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import takewhile
from time import monotonic
from typing import TYPE_CHECKING

from cli.command import Shown, Told
from cli.remote.ask import by_api
from cli.remote.repositories import repositories
from cli.remote.services import every, full_name

if TYPE_CHECKING:
    from cli.command import Commands
    from cli.remote.api import Api

#: Seconds after which what has come by then must do: somebody has pressed a key.
_LONGEST = 1.0
#: Of the newest.
_DEPLOYMENTS = 30
#: bash expands once more what it completes by: https://www.gnu.org/software/bash/manual/bash.html#index-compgen
_PLAIN = re.compile(r"\w[\w./-]*")


def add_to(commands: Commands) -> None:
    names = commands.add_parser("names", help="print what a shell completes a word by")
    names.add_argument("kinds", nargs="+", choices=tuple(_KINDS), metavar="KIND", help=", ".join(_KINDS))
    names.set_defaults(run=by_api(_names, hurried=True))


def _names(api: Api, told: Told) -> Shown:
    until = monotonic() + _LONGEST
    every_one = (each for kind in told.kinds for each in _KINDS[kind](api))
    in_time = takewhile(lambda _: monotonic() < until, every_one)
    found = list(dict.fromkeys(each for each in in_time if _PLAIN.fullmatch(each)))
    return Shown({"names": found}, found)


def _services(api: Api) -> Iterable[str]:
    """As one has to type them."""
    found = list(every(api))
    of_name = Counter(each["name"] for each in found)
    return [each["name"] if of_name[each["name"]] == 1 else full_name(each) for each in found]


def _repositories(api: Api) -> Iterator[str]:
    return (each["full_name"] for each in repositories(api))


def _environments(api: Api) -> Iterator[str]:
    for each in repositories(api):
        for place in api.get(f"/api/v1/repositories/{each['id']}/environments")["environments"]:
            yield place["name"]


def _deployments(api: Api) -> Iterator[str]:
    return (each["id"] for each in api.get("/api/v1/deployments", {"limit": _DEPLOYMENTS})["deployments"])


_KINDS: dict[str, Callable[[Api], Iterable[str]]] = {
    "services": _services,
    "environments": _environments,
    "deployments": _deployments,
    "repositories": _repositories,
}
