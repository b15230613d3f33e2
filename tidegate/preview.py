"""Previews of pull requests: the record of one, and whether a pull request shall have one now (SEMANTICS 8)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from tidegate.facts import PullRequest
from tidegate.hostname import SHORT_SHA
from tidegate.markdown import code


class Generation(StrEnum):
    """Which pull requests get a preview: each, those that ask for one, or only those for which `/preview` was said."""

    AUTOMATIC = "automatic"
    MANUAL = "manual"
    OFF = "off"


class Rules(Protocol):
    """What the deploy file says of previews (blueprint.Previews)."""

    @property
    def generation(self) -> Generation: ...
    @property
    def expire_after_days(self) -> int | None: ...


@dataclass(frozen=True)
class Preview:
    """A pull request's preview, by repository and number alone: branches are renamed, deleted and stacked."""

    repository_id: int
    number: int
    #: As of the last look; `fork`: its commits come from another repository.
    head_sha: str
    head_branch: str
    fork: bool
    open: bool
    #: When its head last moved.
    pushed_at: datetime
    #: Why it doesn't exist; None while it does, or is being made.
    absent: str | None = None
    #: Who asked for it by a comment, whatever the deploy file says.
    asked_by: str | None = None
    #: The head at which somebody removed it, or it expired: it returns with another head.
    removed_sha: str | None = None
    #: The head of a fork that somebody with write permission let run.
    approved_sha: str | None = None
    approved_by: str | None = None
    #: GitHub's id of our comment, whether one was sent, and the fingerprint of what it shows.
    comment: int | None = None
    comment_attempted: bool = False
    comment_shown: str = ""
    #: The comment may show less than is recorded.
    comment_due: bool = False
    #: Counts what made it due, so that what happens while the comment is being written isn't taken for shown.
    touched: int = 0

    @property
    def environment(self) -> str:
        return environment_of(self.number)


def environment_of(number: int) -> str:
    """The name of a preview's environment."""
    return f"pr-{number}"


def number_of(environment: str) -> int | None:
    """The pull request whose preview an environment is; None for production."""
    number = environment.removeprefix("pr-")
    return int(number) if number != environment and number.isdecimal() else None


@dataclass(frozen=True)
class Wanted:
    """It is to be as its head is now."""

    reason: str


@dataclass(frozen=True)
class Unwanted:
    """There is to be none; one that there is goes."""

    reason: str


@dataclass(frozen=True)
class Unapproved:
    """Wanted, but nothing of this head is built or run before somebody with write permission has approved it. What runs
    of a head that was approved before may go on."""

    reason: str


def judge(
    pull: PullRequest,
    record: Preview | None,
    rules: Rules,
    *,
    fork: bool,
    others: int,
    limit: int,
    now: datetime,
) -> Wanted | Unwanted | Unapproved:
    """Whether a pull request shall have a preview now. Reasons are clauses.

    `rules` must come from the repository itself: a fork's file says nothing about it. `others` counts the repository's
    previews without this one; whoever has one keeps it when `limit` is lowered. Against which branch the pull request
    is makes no difference, so stacked ones have theirs. Drafts count like others, as on the hosted systems: what is not
    ready yet is what one wants to look at. `/preview` counts as a push: whoever records it sets `pushed_at` and
    `asked_by`, and clears `removed_sha`.
    """
    present = record is not None and record.absent is None
    refusal = _ended(pull) or _declined(pull) or (record and _withdrawn(pull, record, rules, now))
    if refusal:
        return Unwanted(refusal)
    wish = _wished(pull, record, rules)
    if isinstance(wish, Unwanted):
        return wish
    if not present and others >= limit:
        return Unwanted(_too_many(others, limit))
    if fork and (record is None or record.approved_sha != pull.head_sha):
        return Unapproved(
            f"pull request #{pull.number} comes from a fork: somebody with write permission must approve "
            f"{pull.head_sha[:SHORT_SHA]} before it is built"
        )
    return wish


_WANTING_LABELS = frozenset({"tidegate-preview", "render-preview"})
_SKIPPING_LABELS = frozenset({"tidegate-preview-skip", "render-preview-skip"})
_WANTING = re.compile(r"\[\s*(?:tidegate|render)\s+preview\s*\]", re.IGNORECASE)
_SKIPPING = re.compile(r"\[\s*(?:skip\s+preview|preview\s+skip)\s*\]", re.IGNORECASE)


def _ended(pull: PullRequest) -> str | None:
    if pull.open:
        return None
    return f"pull request #{pull.number} was {'merged' if pull.merged else 'closed'}"


def _declined(pull: PullRequest) -> str | None:
    """Skipping beats every wish, `/preview` too: it stands there for all to see, and is taken away as easily."""
    return _said(pull, _SKIPPING_LABELS, _SKIPPING)


def _withdrawn(pull: PullRequest, record: Preview, rules: Rules, now: datetime) -> str | None:
    """It was there at this head, and is to stay away until another."""
    if record.head_sha == pull.head_sha and rules.expire_after_days is not None:
        days = rules.expire_after_days
        if now >= record.pushed_at + timedelta(days=days):
            return f"it expired after {days} day{'' if days == 1 else 's'} without a push; {_BACK}"
    if record.removed_sha == pull.head_sha:
        return f"it was removed at {pull.head_sha[:SHORT_SHA]}; {_BACK}"
    return None


_BACK = "another push or the comment `/preview` brings it back"


def _wished(pull: PullRequest, record: Preview | None, rules: Rules) -> Wanted | Unwanted:
    if record is not None and record.asked_by:
        return Wanted(f"{record.asked_by} asked for it with `/preview`")
    match rules.generation:
        case Generation.AUTOMATIC:
            return Wanted("every pull request has one (`previews.generation: automatic`)")
        case Generation.OFF:
            return Unwanted("previews are off (`previews.generation: off`); the comment `/preview` makes one")
        case Generation.MANUAL:
            said = _said(pull, _WANTING_LABELS, _WANTING)
            return Wanted(said) if said else Unwanted(f"nobody asked for it: {_ASK}")


_ASK = "add the label `tidegate-preview`, write `[tidegate preview]` into the title, or comment `/preview`"


def _said(pull: PullRequest, labels: frozenset[str], phrase: re.Pattern[str]) -> str | None:
    """By a label, or by words in the title. Case doesn't matter, as for GitHub's labels."""
    found = sorted(label for label in pull.labels if label.strip().lower() in labels)
    if found:
        return f"it has the label {code(found[0])}"
    words = phrase.search(pull.title)
    return f"its title says {code(words.group())}" if words else None


def _too_many(others: int, limit: int) -> str:
    there = "there is 1 other preview" if others == 1 else f"there are {others} other previews"
    return (
        f"{there}, and this server allows a repository {limit} (`TIDEGATE_PREVIEW_LIMIT`): close a pull request or "
        "comment `/remove` on one, then push or comment `/preview` here"
    )
