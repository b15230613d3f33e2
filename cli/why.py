"""`tidegate why SHA`: why a commit is not live, on the machine of the workers."""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING

from cli.onstore import NotDone, meant, on_store
from tidegate import why
from tidegate.repository import Repository
from tidegate.settings import Settings
from tidegate.store import Store
from tidegate.store.commit_facts import facts

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 - it has no other name

_NOTHING = "Nothing can be told"
_SHA = re.compile(r"[0-9a-f]{4,40}")


def add_to(commands: Commands) -> None:
    parser = commands.add_parser("why", help="tell why a commit is not live, or since when it is")
    parser.add_argument("sha", help="the commit, by its SHA or the beginning of it")
    parser.add_argument("--service", help="only of this one; as owner/repository/name where several have one")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=_why)


def _why(environment: Mapping[str, str], told: argparse.Namespace) -> int:
    def act(_: Settings, store: Store) -> None:
        service = meant(store, told.service) if told.service else None
        repository, sha = _commit(store, told.sha.lower(), service.repository_id if service else None)
        answers = [why.why(each) for each in facts(store, repository, sha, service.name if service else None)]
        if not answers:
            raise NotDone(f"{repository.full_name}: nothing of it was ever looked at")
        if told.json:
            told_answers = [{**asdict(each), "live": each.live} for each in answers]
            print(json.dumps({"repository": repository.full_name, "sha": sha, "answers": told_answers}, indent=2))
        else:
            print("\n\n".join(_lines(each) for each in answers))

    return on_store(environment, _NOTHING, act)


def _commit(store: Store, given: str, repository_id: int | None) -> tuple[Repository, str]:
    """Raises NotDone. One that nobody has heard of is told by its whole SHA, and by its service where there are several
    repositories."""
    if not _SHA.fullmatch(given):
        raise NotDone(f"{given}: that is no commit's SHA, of 4 to 40 hexadecimal digits")
    known = {each.id: each for each in store.repositories.all() if repository_id in {None, each.id}}
    found = [(known[each], sha) for each, sha in store.commits.beginning(given) if each in known]
    if len(found) == 1:
        return found[0]
    if found:
        several = ", ".join(f"{sha[:12]} of {repository.full_name}" for repository, sha in found)
        raise NotDone(f"{given}: which one? {several}; give more of it, or --service")
    if len(given) == 40 and len(known) == 1:
        return next(iter(known.values())), given
    raise NotDone(f"{given}: nothing was heard of it; for one that is new, give its whole SHA and --service")


def _lines(answer: why.Answer) -> str:
    place = f"{answer.service} ({answer.environment})"
    more = [*answer.evidence, *([answer.todo] if answer.todo else [])]
    return "\n".join([f"{place}: {answer.headline}", *(f"  {each}" for each in more)])
