"""How a deployment shows on GitHub: its deployment's state, its commit status, its check run (SEMANTICS 9).

A check run answers, in this order: is this commit live? If not, why not? What next?
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tidegate import wording
from tidegate.deployment import Deployment, Fault, Health, Status, Step
from tidegate.hostname import SHORT_SHA
from tidegate.instance import PhaseRecord
from tidegate.markdown import clip, code, duration, fenced, plain, sentence, table
from tidegate.preview import number_of
from tidegate.repository import DEPLOY_FILE

# GitHub's limits.
_DESCRIPTION = 140
_TITLE = 255
_TEXT = 65_535
# What keeps a summary within _TEXT, whatever it tells of.
_LINE = 500
_PLACE, _QUOTE = 150, 300
_MOST_FINDINGS = 25

#: Lets a fork's commit run; whoever presses it needs write permission.
APPROVE = ("Approve", "Build and run this commit", "approve")
#: Buttons of a completed check run: label (at most 20 characters), description (40), identifier (20).
ACTIONS = (
    ("Redeploy", "Deploy this commit again", "redeploy"),
    ("Rollback", "Go back to the version live before", "rollback"),
    ("Restart", "Start this version's instances anew", "restart"),
)

_IN_PROGRESS = {Status.INITIALIZING, Status.BUILDING, Status.PRE_DEPLOY, Status.DEPLOYING}
_DEPLOYMENT_STATES = {
    Status.QUEUED: "queued",
    **dict.fromkeys(_IN_PROGRESS, "in_progress"),
    Status.LIVE: "success",
    Status.CRASHED: "failure",
    Status.COMPLETED: "success",
    Status.DRAINING: "success",
    Status.REMOVED: "inactive",
    Status.SKIPPED: "inactive",
    Status.SUPERSEDED: "inactive",
    Status.CANCELED: "inactive",
    Status.FAILED: "failure",
}
_COMMIT_STATES = {
    Status.SKIPPED: "success",
    Status.WAITING: "pending",
    Status.QUEUED: "pending",
    **dict.fromkeys(_IN_PROGRESS, "pending"),
    Status.LIVE: "success",
    Status.COMPLETED: "success",
    Status.SUPERSEDED: "success",
    Status.CANCELED: "error",
    Status.FAILED: "failure",
}
_CONCLUSIONS = {
    Status.SKIPPED: "skipped",
    Status.LIVE: "success",
    Status.COMPLETED: "success",
    Status.SUPERSEDED: "neutral",
    Status.CANCELED: "cancelled",
    Status.FAILED: "failure",
}
_TIMED_OUT = re.compile(rf"(?:{'|'.join(Step)}) timed out\b")


def deployment_state(deployment: Deployment) -> tuple[str, str] | None:
    """(state, description) of GitHub's deployment; None: it has none. `inactive` is for one that exists already."""
    state = "pending" if deployment.needs_approval else _DEPLOYMENT_STATES.get(deployment.status)
    if state is None:
        return None
    if deployment.status is Status.LIVE and deployment.health is Health.UNHEALTHY:
        return "failure", clip(f"Unhealthy: {_one_line(deployment.health_reason)}", _DESCRIPTION)
    return _blamed(state, deployment), clip(headline(deployment), _DESCRIPTION)


def commit_status(deployment: Deployment) -> tuple[str, str] | None:
    """(state, description); None: what it shows stays as it is."""
    state = _COMMIT_STATES.get(deployment.status)
    if state is None:
        return None
    return _blamed(state, deployment), clip(headline(deployment), _DESCRIPTION)


@dataclass(frozen=True)
class CheckView:
    """A check run's words. `conclusion` and `actions` only once completed; `text` is Markdown, may be empty."""

    status: str
    conclusion: str | None
    title: str
    summary: str
    text: str
    actions: tuple[tuple[str, str, str], ...]


def check(
    deployment: Deployment, phases: Sequence[PhaseRecord], tail: Sequence[str], log_url: str, url: str | None
) -> CheckView | None:
    """None: what it shows stays as it is. `tail`: the log's last lines, masked. `url`: where it serves, if it does."""
    title = clip(headline(deployment), _TITLE)
    summary = _summary(deployment, phases, log_url, url)
    text = fenced(tail, _TEXT)
    if deployment.status is Status.WAITING and deployment.needs_approval:
        return CheckView("completed", "action_required", title, summary, text, (APPROVE,))
    if deployment.status in _CONCLUSIONS:
        return CheckView("completed", _conclusion(deployment), title, summary, text, ACTIONS)
    if deployment.status in _IN_PROGRESS:
        return CheckView("in_progress", None, title, summary, text, ())
    if deployment.status in {Status.WAITING, Status.QUEUED}:
        return CheckView("queued", None, title, summary, text, ())
    return None


def headline(deployment: Deployment) -> str:
    """The status and its reason in one line."""
    reason = _reason(deployment)
    return f"Skipped: {reason}" if deployment.status is Status.SKIPPED else sentence(reason)


def _reason(deployment: Deployment) -> str:
    return _one_line(deployment.reason) or deployment.status.replace("_", "-")


def _one_line(text: str) -> str:
    return " ".join(plain(text).split())


def as_it_came_live(deployment: Deployment) -> Deployment:
    """What the check run and the commit status tell of: whether the commit came live, not what became of it since."""
    if deployment.status is not Status.CRASHED:
        return deployment
    return replace(deployment, status=Status.LIVE, reason=wording.LIVE)


def _blamed(state: str, deployment: Deployment) -> str:
    """A failure that is the platform's is an error, not a failure."""
    platform = deployment.status is Status.FAILED and deployment.fault is Fault.PLATFORM
    return "error" if platform else state


def _conclusion(deployment: Deployment) -> str:
    timed_out = deployment.status is Status.FAILED and _TIMED_OUT.match(deployment.reason)
    if timed_out and deployment.fault is not Fault.PLATFORM:
        return "timed_out"
    return _CONCLUSIONS[deployment.status]


def _summary(deployment: Deployment, phases: Sequence[PhaseRecord], log_url: str, url: str | None) -> str:
    trigger = clip(f"{deployment.trigger} by {deployment.actor}", _LINE)
    branch = clip(deployment.branch, _LINE)
    parts = [
        f"**{clip(whether_live(deployment), _LINE)}**",
        f"Serves at {url}" if url and deployment.status is Status.LIVE else "",
        what_next(deployment, phases),
        _findings(deployment),
        table(("Step", "Result", "Took"), (_row(phase) for phase in phases)) if phases else "",
        f"Commit {code(deployment.sha[:SHORT_SHA])} on {code(branch)} ({trigger}) · [log]({log_url})",
    ]
    return "\n\n".join(part for part in parts if part)


def _findings(deployment: Deployment) -> str:
    """All but the one that the headline tells. Those in the deploy file are our own words; others are a tool's."""
    if deployment.service == DEPLOY_FILE:
        told = [f"line {found.line}: {clip(found.message, _LINE)}" for found in deployment.findings]
    else:
        others = (found for found in deployment.findings if f"({found.place})" not in deployment.reason)
        told = [f"{code(clip(found.place, _PLACE))}: {code(clip(found.message, _QUOTE))}" for found in others]
    more = len(told) - _MOST_FINDINGS
    lines = [f"- {each}" for each in told[:_MOST_FINDINGS]]
    return "\n".join([*lines, f"- and {more} more"] if more > 0 else lines)


def _row(phase: PhaseRecord) -> tuple[str, str, str]:
    result = phase.outcome or "running"
    took = duration(phase.ended_at - phase.started_at) if phase.ended_at else ""
    return phase.step, f"{result}: {clip(phase.detail, _LINE)}" if phase.detail else result, took


def whether_live(deployment: Deployment) -> str:
    """Is it live, and if not, why not?"""
    reason = _reason(deployment)
    if deployment.status is Status.LIVE:
        return "Live" if reason == wording.LIVE else f"Live: {reason}"
    under_way = deployment.status in _IN_PROGRESS or deployment.status in {Status.WAITING, Status.QUEUED}
    return f"Not live yet: {reason}" if under_way else f"Not live: {reason}"


def what_next(deployment: Deployment, phases: Sequence[PhaseRecord]) -> str:
    """What the reader can do about it, or what happens by itself."""
    match deployment.status:
        case Status.FAILED:
            stopped = any(phase.step == Step.START for phase in phases) and (deployment.definition or {}).get("disk")
            before = "is started again" if stopped else "keeps serving"
            return f"{_remedy(deployment, phases)} The version that was live before {before}."
        case Status.SKIPPED if deployment.reason == wording.NO_DEPLOY_FILE:
            return _first_file(deployment.definition or {})
        case Status.SKIPPED if deployment.gated:
            return "A check that is re-run to success deploys it after all; *Redeploy* deploys it as it is."
        case Status.SKIPPED | Status.CANCELED if number_of(deployment.environment) is not None:
            return "Press *Redeploy*, or comment `/preview`, to see this commit all the same."
        case Status.SKIPPED | Status.CANCELED:
            return "Press *Redeploy* to deploy this commit all the same."
        case Status.SUPERSEDED:
            return "The newer commit's check tells more. *Rollback* there, or *Redeploy* here, brings this one."
        case Status.WAITING if deployment.needs_approval:
            return (
                "Look at the changes, then press *Approve*: exactly this commit is built and run, without any secret. "
                "A later push needs an approval of its own."
            )
        case Status.WAITING:
            return "It deploys by itself once they have passed."
        case Status.QUEUED:
            return "It starts by itself as soon as the deploy before it has ended."
        case _:
            return ""


def _first_file(proposed: Mapping[str, object]) -> str:
    """`proposed` is worker.proposing's, or empty."""
    text, url = proposed.get("proposal"), proposed.get("url")
    if isinstance(text, str) and isinstance(url, str):
        return (
            f"[Add the one that its files suggest]({url}), as it is or changed:\n\n{fenced(text.splitlines(), _TEXT)}"
        )
    return f"Add one, with at least:\n\n{fenced(['services:', '  - type: web', '    name: web'], _TEXT)}"


def _remedy(deployment: Deployment, phases: Sequence[PhaseRecord]) -> str:
    if deployment.service == DEPLOY_FILE:
        return "Correct these lines and push."
    if deployment.fault is Fault.PLATFORM:
        return "It was not your code: press *Redeploy*. If it happens again, ask whoever runs this server."
    failed = next((phase.step for phase in reversed(phases) if phase.outcome == "failed"), "")
    return _REMEDIES.get(failed, "The log says more. Push a correction, or press *Redeploy*.")


_REMEDIES: dict[str, str] = {
    Step.FETCH: "See that the commit still exists and that the App may read the repository, then press *Redeploy*.",
    Step.BUILD: "The end of its log says why; `docker build` on your machine should show the same. Push a correction.",
    Step.PRE_DEPLOY: "Its log ends with what the command printed. Correct it, or press *Redeploy* to run it again.",
    Step.START: "Its log ends with what the new instance printed. Correct it, or press *Redeploy* to try again.",
    Step.SWITCH: "Press *Redeploy* to try again.",
}
