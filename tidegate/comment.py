"""The two comments that we write on a pull request, in Markdown: its preview's state, and the answer to a command."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tidegate.deployment import Deployment, Status
from tidegate.hostname import SHORT_SHA
from tidegate.markdown import clip, code, sentence, table
from tidegate.preview import Preview
from tidegate.surfaces import headline

_LINE = 300
_COMMANDS = "`/redeploy`, `/restart`, `/rollback`, `/cancel` and `/remove` in a comment act on this preview."
_SIGNS = {
    Status.LIVE: "🟢",
    Status.COMPLETED: "🟢",
    Status.FAILED: "🔴",
    Status.CRASHED: "🔴",
    Status.SKIPPED: "⚪",
    Status.SUPERSEDED: "⚪",
    Status.CANCELED: "⚪",
    Status.REMOVED: "⚪",
    Status.DRAINING: "⚪",
}
_UNDER_WAY = "🟡"


@dataclass(frozen=True)
class Line:
    """One deployment with where its log is, and where it serves, if it does."""

    deployment: Deployment
    log_url: str
    url: str | None


def of_preview(record: Preview, lines: Sequence[Line]) -> str:
    """The state of each service; where the preview is gone, why, and how it comes back."""
    if record.absent is not None:
        return f"### Preview\n\n{sentence(record.absent)}"
    rows = [
        (
            code(line.deployment.service),
            f"{_sign(line.deployment)} {clip(headline(line.deployment), _LINE)}",
            code(line.deployment.sha[:SHORT_SHA]),
            line.url or "",
            f"[log]({line.log_url})",
        )
        for line in lines
    ]
    told = table(("Service", "Status", "Commit", "Preview", "Log"), rows) if rows else "It has no services yet."
    return f"### Preview\n\n{told}\n\n{_COMMANDS}"


def of_reply(author: str, said: Sequence[str], lines: Sequence[Line]) -> str:
    """What was said at once, then how each deployment that came of it stands."""
    parts = [f"@{author}", *(f"- {sentence(each)}" for each in said)]
    parts += [
        f"- {_sign(line.deployment)} {code(line.deployment.service)} at {code(line.deployment.sha[:SHORT_SHA])}: "
        f"{clip(headline(line.deployment), _LINE)}"
        + (f" · {line.url}" if line.url and line.deployment.status is Status.LIVE else "")
        + f" · [log]({line.log_url})"
        for line in lines
    ]
    return "\n".join([parts[0], "", *parts[1:]])


def settled(deployment: Deployment) -> bool:
    """Nothing more comes of it by itself."""
    return deployment.status in _SIGNS


def _sign(deployment: Deployment) -> str:
    return _SIGNS.get(deployment.status, _UNDER_WAY)
