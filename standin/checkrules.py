"""What GitHub accepts in a check run: pure, so that the limits can be read and tested in one place.

https://docs.github.com/rest/checks/runs
"""

from __future__ import annotations

from standin.records import Json, Run
from standin.refusals import malformed

STATUSES = {"queued", "in_progress", "completed", "waiting", "requested", "pending"}
CONCLUSIONS = {"action_required", "cancelled", "failure", "neutral", "success", "skipped", "stale", "timed_out"}
LEVELS = {"notice", "warning", "failure"}
ACTION_LIMITS = {"label": 20, "description": 40, "identifier": 20}
ANNOTATIONS, ACTIONS, TITLE, TEXT, MESSAGE = 50, 3, 255, 65_535, 65_536
# Worst first: the suite's conclusion is the worst of its runs'.
WORST = [
    "action_required",
    "timed_out",
    "cancelled",
    "failure",
    "startup_failure",
    "stale",
    "success",
    "neutral",
    "skipped",
]


def check_body(body: Json, *, creating: bool) -> None:
    """Refuse what GitHub refuses."""
    if creating:
        for name in ("name", "head_sha"):
            if not isinstance(body.get(name), str) or not body[name]:
                raise malformed(f'"{name}" wasn\'t supplied.')
    if body.get("status", "queued") not in STATUSES:
        raise malformed(f"{body['status']} is not a member of {sorted(STATUSES)}.")
    conclusion = body.get("conclusion")
    if conclusion is not None and conclusion not in CONCLUSIONS - {"stale"}:
        raise malformed(f"{conclusion} is not a member of {sorted(CONCLUSIONS)}.")
    if body.get("status") == "completed" and conclusion is None:
        raise malformed('"conclusion" wasn\'t supplied. It is needed when status is "completed".')
    _check_output(body.get("output"), creating=creating)
    _check_actions(body.get("actions"))


def _check_output(output: Json | None, *, creating: bool) -> None:
    if output is None:
        return
    for name in ("title", "summary") if creating else ("summary",):
        if not isinstance(output.get(name), str):
            raise malformed(f'"{name}" wasn\'t supplied in output.')
    for name, limit in (("title", TITLE), ("summary", TEXT), ("text", TEXT)):
        if len(output.get(name) or "") > limit:
            raise malformed(f"output.{name} exceeds the limit of {limit} characters.")
    notes = output.get("annotations") or []
    if len(notes) > ANNOTATIONS:
        raise malformed(f"Only {ANNOTATIONS} items are allowed; {len(notes)} were supplied.")
    for note in notes:
        _check_annotation(note)


def _check_annotation(note: Json) -> None:
    for name, kind in (("path", str), ("start_line", int), ("end_line", int), ("message", str)):
        if not isinstance(note.get(name), kind):
            raise malformed(f'"{name}" wasn\'t supplied in an annotation.')
    if note.get("annotation_level") not in LEVELS:
        raise malformed(f"{note.get('annotation_level')} is not a member of {sorted(LEVELS)}.")
    if len(note["message"].encode()) > MESSAGE:
        raise malformed("An annotation's message is larger than 64 KB.")
    if len(note.get("title") or "") > TITLE:
        raise malformed(f"An annotation's title is longer than {TITLE} characters.")
    columns = note.get("start_column") is not None or note.get("end_column") is not None
    if columns and note["start_line"] != note["end_line"]:
        raise malformed("Columns can't be set where start_line and end_line differ.")


def _check_actions(actions: list[Json] | None) -> None:
    if actions is None:
        return
    if len(actions) > ACTIONS:
        raise malformed(f"Only {ACTIONS} items are allowed; {len(actions)} were supplied.")
    for action in actions:
        for name, limit in ACTION_LIMITS.items():
            if not isinstance(action.get(name), str) or not action[name]:
                raise malformed(f'"{name}" wasn\'t supplied in an action.')
            if len(action[name]) > limit:
                raise malformed(f"An action's {name} is longer than {limit} characters.")


def latest(runs: list[Run]) -> list[Run]:
    """filter=latest: the newest run of each name in each suite, newest first."""
    newest: dict[tuple[int, str], Run] = {}
    for run in runs:
        key = (run.suite.id, run.name)
        if key not in newest or run.id > newest[key].id:
            newest[key] = run
    return sorted(newest.values(), key=lambda run: run.id, reverse=True)


def verdict(runs: list[Run]) -> tuple[str, str | None]:
    """(status, conclusion) of a suite with these runs."""
    shown = latest(runs)
    if not shown:
        return "queued", None
    if all(run.status == "completed" for run in shown):
        reached = {run.conclusion for run in shown}
        return "completed", next((each for each in WORST if each in reached), "neutral")
    started = any(run.status in {"in_progress", "completed"} for run in shown)
    return ("in_progress" if started else "queued"), None
