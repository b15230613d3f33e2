"""Why is my commit not live? One answer for each service and environment, from what the store has of the commit.

The words are those that GitHub's check run and the timeline have (SEMANTICS 10).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from tidegate import surfaces, wording
from tidegate.deployment import ACTIVE, Deployment, Status, Trigger
from tidegate.freeze import Freeze
from tidegate.freeze import told as frozen_told
from tidegate.hostname import SHORT_SHA
from tidegate.instance import PhaseRecord
from tidegate.markdown import clip, code, sentence
from tidegate.repository import DEPLOY_FILE, Repository, Service

#: Characters of a commit's message that are told.
_MESSAGE = 200


class Kind(StrEnum):
    """What the answer is, for scripts."""

    LIVE = "live"
    CRASHED = "crashed"
    COMPLETED = "completed"
    REPLACED = "replaced"
    ROLLED_BACK = "rolled back"
    UNDER_WAY = "under way"
    QUEUED = "queued"
    CHECKS = "waiting for checks"
    APPROVAL = "waiting for approval"
    CHECKS_FAILED = "checks failed"
    PHRASE = "skip phrase"
    FILTERED = "filtered"
    AUTO_DEPLOY_OFF = "auto-deploy off"
    FROZEN = "frozen"
    NO_DEPLOY_FILE = "no deploy file"
    BROKEN_DEPLOY_FILE = "broken deploy file"
    SUPERSEDED = "superseded"
    CANCELED = "canceled"
    FAILED = "failed"
    OTHER_BRANCH = "branch not linked"
    UNLISTED = "not in the deploy file"
    GONE = "repository gone"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Facts:
    """Of one service in one environment. `row` is the commit's last deployment there, with its `phases`; `live` and
    `active` are what is there now, whatever commit that is of. `others` are the commit's rows elsewhere in the
    repository; `linked` is the service's branch."""

    repository: Repository
    service: Service
    environment: str
    sha: str
    linked: str
    row: Deployment | None = None
    phases: Sequence[PhaseRecord] = ()
    live: Deployment | None = None
    active: Deployment | None = None
    freeze: Freeze | None = None
    others: Sequence[Deployment] = ()


@dataclass(frozen=True)
class Answer:
    """`headline` is a sentence, `evidence` are, too. `todo` says what can be done, "" where nothing has to be.
    `deployment` is the one that tells more, by its id."""

    service: str
    environment: str
    kind: Kind
    headline: str
    evidence: tuple[str, ...] = ()
    todo: str = ""
    deployment: str | None = None

    @property
    def live(self) -> bool:
        return self.kind is Kind.LIVE


def why(facts: Facts) -> Answer:
    """Never fails: where nothing is known, that is the answer."""
    if facts.live is not None and facts.live.sha == facts.sha:
        return _live(facts, facts.live)
    if facts.row is None:
        return _unseen(facts)
    kind = _kind(facts, facts.row)
    told = _evidence(facts, facts.row, kind)
    todo = surfaces.what_next(facts.row, facts.phases) or _TODO.get(kind, "")
    return _answer(facts, kind, _headline(facts, facts.row, kind), told, todo, facts.row.id)


def _live(facts: Facts, live: Deployment) -> Answer:
    told = [f"It came live at {_at(live.live_at)}."] if live.live_at else []
    if live.health_reason:
        told.append(f"It is {live.health}: {live.health_reason}.")
    row = facts.row
    if row is not None and row.id != live.id and row.created_at > live.created_at:
        told.append(f"A later deployment of it: {surfaces.headline(row)}.")
    if live.status is Status.CRASHED:
        todo = "It is started again by its `restartPolicy`; its log says more."
        return _answer(facts, Kind.CRASHED, f"Live, but it crashed: {live.reason}.", told, todo, live.id)
    return _answer(facts, Kind.LIVE, f"{surfaces.whether_live(live)}.", told, "", live.id)


def _headline(facts: Facts, row: Deployment, kind: Kind) -> str:
    if kind not in {Kind.ROLLED_BACK, Kind.REPLACED}:
        return f"{surfaces.whether_live(row)}."
    live = facts.live
    if live is None:
        return f"Not live any more: {row.reason}."
    back = kind is Kind.ROLLED_BACK
    return (
        f"Not live any more: {wording.rolled_back_by(live.actor, live.sha) if back else wording.replaced_by(live.sha)}."
    )


def _kind(facts: Facts, row: Deployment) -> Kind:
    """Of a commit that is not live, but was looked at."""
    if row.status is Status.SKIPPED:
        return _skipped(row)
    if row.status is Status.FAILED and row.service == DEPLOY_FILE:
        return Kind.BROKEN_DEPLOY_FILE
    if row.status is Status.WAITING and row.needs_approval:
        return Kind.APPROVAL
    if row.status in {Status.DRAINING, Status.REMOVED, Status.LIVE, Status.CRASHED}:
        return Kind.ROLLED_BACK if _rolled_back(row, facts.live) else Kind.REPLACED
    return Kind.UNDER_WAY if row.status in ACTIVE else _KINDS[row.status]


def _rolled_back(row: Deployment, live: Deployment | None) -> bool:
    """Whether what is live came in the place of `row`, which was live until then."""
    if live is None or live.trigger is not Trigger.ROLLBACK:
        return False
    return row.ended_at is None or live.live_at is None or row.ended_at >= live.live_at


_KINDS = {
    Status.WAITING: Kind.CHECKS,
    Status.QUEUED: Kind.QUEUED,
    Status.COMPLETED: Kind.COMPLETED,
    Status.SUPERSEDED: Kind.SUPERSEDED,
    Status.CANCELED: Kind.CANCELED,
    Status.FAILED: Kind.FAILED,
}


def _skipped(row: Deployment) -> Kind:
    """By the recorded reason, which is the first "no" of the decisions."""
    if row.gated:
        return Kind.CHECKS_FAILED
    if row.reason == wording.NO_DEPLOY_FILE:
        return Kind.NO_DEPLOY_FILE
    if row.reason.startswith("frozen by "):
        return Kind.FROZEN
    if row.reason in {wording.AUTO_DEPLOY_OFF, wording.PREBUILT_BY_HAND} or row.reason.startswith("auto-deploy "):
        return Kind.AUTO_DEPLOY_OFF
    if row.reason.startswith(wording.skip_phrase("").rstrip("`")):
        return Kind.PHRASE
    return Kind.FILTERED


def _evidence(facts: Facts, row: Deployment, kind: Kind) -> list[str]:
    told: list[str] = []
    if kind in {Kind.QUEUED, Kind.CHECKS} and facts.active:
        told.append(f"{code(facts.active.sha[:SHORT_SHA])} is being deployed before it: {facts.active.reason}.")
    told += [f"The step {code(each.step)} failed." for each in facts.phases if each.outcome == "failed"]
    told += [f"{each.place}: {each.message}" for each in row.findings]
    if kind is Kind.PHRASE:
        told.append(f"Its message: {code(clip(row.message, _MESSAGE))}.")
    if row.live_at:
        until = f" until {_at(row.ended_at)}" if row.ended_at else ""
        told.append(f"It was live from {_at(row.live_at)}{until}.")
    if facts.service.auto_deploy_off and kind is not Kind.AUTO_DEPLOY_OFF:
        told.append(f"{sentence(facts.service.auto_deploy_off)}.")
    return told + _around(facts, frozen=kind is not Kind.FROZEN)


def _around(facts: Facts, *, frozen: bool = True) -> list[str]:
    """What is there instead, and what stops others, too."""
    told = [f"{sentence(frozen_told(facts.freeze))}."] if facts.freeze is not None and frozen else []
    live = facts.live
    told.append(f"{code(live.sha[:SHORT_SHA])} is live there." if live else "Nothing is live there.")
    return told


def _unseen(facts: Facts) -> Answer:
    """No deployment of the commit there: why not, from what else is known."""
    file = next((each for each in facts.others if each.service == DEPLOY_FILE), None)
    elsewhere = next((each for each in facts.others if each.branch != facts.linked), None)
    if facts.repository.gone:
        headline = f"Not live: nothing of the repository is deployed: {facts.repository.gone}."
        return _answer(facts, Kind.GONE, headline, _around(facts), "Give it to the App again, on GitHub.")
    if file is not None:
        kind = Kind.NO_DEPLOY_FILE if file.status is Status.SKIPPED else Kind.BROKEN_DEPLOY_FILE
        told = [f"{each.place}: {each.message}" for each in file.findings]
        headline, todo = f"{surfaces.whether_live(file)}.", surfaces.what_next(file, ())
        return _answer(facts, kind, headline, [*told, *_around(facts)], todo, file.id)
    if facts.service.unlisted:
        headline = f"Not live: {wording.unlisted(facts.service.unlisted)}."
        return _answer(facts, Kind.UNLISTED, headline, _around(facts), f"Put it back into `{DEPLOY_FILE}`, and push.")
    if elsewhere is not None:
        linked, branch = code(facts.linked), code(elsewhere.branch)
        headline = f"Not live: it was pushed to {branch}, and {code(facts.service.name)} is linked to {linked}."
        todo = f"Merge it into {linked}, or set `branch` in `{DEPLOY_FILE}`."
        return _answer(facts, Kind.OTHER_BRANCH, headline, _around(facts), todo)
    return _unknown(facts)


def _unknown(facts: Facts) -> Answer:
    linked = code(facts.linked)
    told = [f"Of a push to {linked}, only the last commit is deployed, with all that the others changed."]
    if facts.service.auto_deploy_off:
        told.append(f"{sentence(facts.service.auto_deploy_off)}.")
    todo = (
        f"Was it pushed to {linked}, as the last commit? Then no webhook has come yet, and the branch is looked at by "
        "itself within minutes. `tidegate deploy SERVICE --commit SHA` deploys it now."
    )
    return _answer(
        facts, Kind.UNKNOWN, f"Nothing was heard of this commit on {linked}.", [*told, *_around(facts)], todo
    )


def _answer(
    facts: Facts, kind: Kind, headline: str, told: Sequence[str], todo: str, deployment: str | None = None
) -> Answer:
    return Answer(facts.service.name, facts.environment, kind, headline, tuple(told), todo, deployment)


_TODO = {
    Kind.UNDER_WAY: "It comes live by itself, unless a step fails.",
    Kind.REPLACED: "*Rollback*, or `tidegate rollback`, brings it back without a build.",
    Kind.ROLLED_BACK: "`tidegate auto-deploy SERVICE on` lets pushes deploy again; *Redeploy* brings this commit back.",
    Kind.COMPLETED: "Press *Redeploy* to start it again.",
}


def _at(time: datetime | None) -> str:
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if time else "?"
