"""`tidegate status` and `tidegate logs`: what runs, and what it prints, on the machine of the workers."""

from __future__ import annotations

from collections.abc import Mapping

from cli.onstore import NotDone, meant, on_store
from tidegate import wording
from tidegate.repository import Repository
from tidegate.settings import Settings
from tidegate.store import Store
from tidegate.store.wellbeing import Member, environments
from tidegate.wellbeing import Wellbeing

_NOTHING = "Nothing can be told"


def logs(environment: Mapping[str, str], name: str, place: str, lines: int) -> int:
    """The last `lines` lines of what was deployed there last. The exit code."""

    def act(_: Settings, store: Store) -> None:
        service = meant(store, name)
        row = store.deployments.last(service.id, place)
        row = row if row and row.started_at else store.deployments.live(service.id, place) or row
        if row is None:
            raise NotDone(f"{name}: it was never deployed to `{place}`")
        for line in store.logs.tail(row.id, lines):
            print(f"{line.at:%Y-%m-%d %H:%M:%S} {line.step}: {line.text}")

    return on_store(environment, _NOTHING, act)


def status(environment: Mapping[str, str], name: str | None) -> int:
    """Of all repositories, or of the one that has the service. The exit code."""

    def act(_: Settings, store: Store) -> None:
        only = meant(store, name).repository_id if name else None
        for repository in store.repositories.all():
            if only in {None, repository.id}:
                _tell(store, repository)

    return on_store(environment, _NOTHING, act)


def _tell(store: Store, repository: Repository) -> None:
    gone = f" is no longer served: {repository.gone}" if repository.gone else ""
    print(f"{repository.full_name}{gone}")
    for each in environments(store, repository.id):
        print(f"  {each.name}: {_how(each.wellbeing)}")
        for member in each.members:
            print(f"    {_line(member)}")


def _line(member: Member) -> str:
    live = member.live
    what = f"{live.sha[:7]} since {live.live_at:%Y-%m-%d %H:%M} UTC, " if live and live.live_at else ""
    notes = (member.service.auto_deploy_off, member.service.unlisted and wording.unlisted(member.service.unlisted))
    return "; ".join((f"{member.service.name}: {what}{_how(member.wellbeing)}", *filter(None, notes)))


def _how(found: Wellbeing) -> str:
    if found.health is None:
        return "nothing is live"
    return f"{found.health}, {found.reason}" if found.reason else str(found.health)
