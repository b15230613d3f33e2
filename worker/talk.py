"""Our comments on pull requests, brought to what is recorded: one per preview, and one per command. Edited in place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import structlog

from tidegate import comment
from tidegate.comment import Line
from tidegate.deployment import Deployment, Status
from tidegate.preview import Preview
from tidegate.reply import Reply
from tidegate.repository import DEPLOY_FILE, Repository
from worker.fingerprint import fingerprint
from worker.parts import Parts
from worker.ports import Refused, Unavailable

#: A preview's deployments that are looked through for the newest of each service.
_LOOKED_THROUGH = 200

log = structlog.get_logger(__name__)


def talk(parts: Parts) -> None:
    """What can't be said now is said at the next call; the sweep sees to one."""
    due: list[Preview | Reply] = [*parts.store.previews.comments_due(), *parts.store.replies.due()]
    for told in due:
        repository = parts.store.repositories.get(told.repository_id)
        if repository is None or repository.gone:
            continue
        try:
            if isinstance(told, Preview):
                _comment(parts, repository, told)
            else:
                _answer(parts, repository, told)
        except Unavailable as trouble:
            log.info("a comment waits", repository=repository.full_name, number=told.number, trouble=str(trouble))
        except Refused as refusal:
            log.warning("GitHub refused a comment", repository=repository.full_name, reason=str(refusal))
            if isinstance(told, Preview):
                _note(parts, told, due=False)
            else:
                parts.store.replies.save(replace(told, due=False))


def _comment(parts: Parts, repository: Repository, record: Preview) -> None:
    """A pull request that never had a preview is left in peace."""
    body = comment.of_preview(record, _lines(parts, _newest(parts, record)))
    mark, attempted = fingerprint(body), record.comment_attempted
    if mark != record.comment_shown and (record.absent is None or attempted):
        record = replace(record, comment_attempted=True)
        if not attempted:
            _note(parts, record, due=True)
        marker = f"preview:{record.number}"
        made = parts.reports.write_comment(repository, record.number, record.comment, body, marker, attempted=attempted)
        record = replace(record, comment=made, comment_shown=mark)
    _note(parts, record, due=False)


def _note(parts: Parts, record: Preview, *, due: bool) -> None:
    parts.store.previews.commented(
        record.repository_id,
        record.number,
        record.comment,
        record.comment_shown,
        attempted=record.comment_attempted,
        due=due,
        touched=record.touched,
    )


def _answer(parts: Parts, repository: Repository, reply: Reply) -> None:
    """The reaction first: it is what the author sees beside their own words."""
    if not reply.reacted:
        parts.reports.react(repository, reply.comment_id, reply.reaction)
        reply = replace(reply, reacted=True)
        parts.store.replies.save(reply)
    rows = [row for each in reply.deployments if (row := parts.store.deployments.get(each)) is not None]
    body = comment.of_reply(reply.author, reply.lines, _lines(parts, rows))
    mark, attempted = fingerprint(body), reply.answer_attempted
    if mark != reply.answer_shown:
        reply = replace(reply, answer_attempted=True)
        parts.store.replies.save(reply)
        marker = f"reply:{reply.comment_id}"
        made = parts.reports.write_comment(repository, reply.number, reply.answer, body, marker, attempted=attempted)
        reply = replace(reply, answer=made, answer_shown=mark)
    parts.store.replies.save(replace(reply, due=not all(comment.settled(row) for row in rows)))


def _newest(parts: Parts, record: Preview) -> list[Deployment]:
    """Of each service that has been deployed there, by name: what runs, or else what was tried last."""
    newest: dict[str, Deployment] = {}
    for row in parts.store.deployments.of_environment(record.repository_id, record.environment, _LOOKED_THROUGH):
        shown = newest.setdefault(row.service, row)
        if shown.status in {Status.SKIPPED, Status.SUPERSEDED} and row.status is Status.LIVE:
            newest[row.service] = row
    mistakes = newest.get(DEPLOY_FILE)
    if mistakes is not None and mistakes.sha != record.head_sha:
        del newest[DEPLOY_FILE]  # corrected since
    return [newest[name] for name in sorted(newest)]


def _lines(parts: Parts, rows: Sequence[Deployment]) -> list[Line]:
    return [_line(parts, row) for row in rows]


def _line(parts: Parts, row: Deployment) -> Line:
    url = parts.settings.public_url(row.service, row.environment, row.definition) if row.live_at else None
    return Line(row, f"{parts.settings.url}/deployments/{row.id}", url)
