"""A check run as GitHub takes it: our `CheckOutput` within GitHub's limits, its annotations split into requests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from worker.github import limits
from worker.ports import Annotation, CheckOutput

Json = dict[str, Any]


def bodies(output: CheckOutput, marker: str, annotated: int) -> tuple[Json, Sequence[Json]]:
    """The request that shows `output`, and those after it that append the annotations which didn't fit.

    GitHub adds each request's annotations to what is there, so the first `annotated` ones, which it has, are not sent.
    """
    fresh = output.annotations[annotated:]
    parts = [fresh[at : at + limits.ANNOTATIONS] for at in range(0, len(fresh), limits.ANNOTATIONS)]
    first = {**_state(output), "external_id": marker, "output": _shown(output, parts[0] if parts else ())}
    return first, [{"output": _shown(output, part)} for part in parts[1:]]


def _state(output: CheckOutput) -> Json:
    state: Json = {"name": output.name, "status": output.status, "details_url": output.details_url}
    if output.started_at is not None:
        state["started_at"] = output.started_at
    if output.status == "completed":
        state["conclusion"] = output.conclusion
        state["actions"] = [_action(*action) for action in output.actions[: limits.ACTIONS]]
        if output.completed_at is not None:
            state["completed_at"] = output.completed_at
    return state


def _action(label: str, description: str, identifier: str) -> Json:
    return {
        "label": limits.short(label, limits.ACTION_LABEL),
        "description": limits.short(description, limits.ACTION_DESCRIPTION),
        "identifier": identifier,
    }


def _shown(output: CheckOutput, annotations: Sequence[Annotation]) -> Json:
    shown: Json = {"title": limits.short(output.title, limits.TITLE), "summary": limits.tail(output.summary)}
    if output.text:
        shown["text"] = limits.tail(output.text)
    if annotations:
        shown["annotations"] = [_annotation(each) for each in annotations]
    return shown


def _annotation(annotation: Annotation) -> Json:
    return {
        "path": annotation.path,
        "start_line": annotation.line,
        "end_line": annotation.line,
        "annotation_level": annotation.level,
        "message": limits.tail(annotation.message, limits.MESSAGE_BYTES),
        "title": limits.short(annotation.title, limits.TITLE),
    }
