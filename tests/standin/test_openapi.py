"""The judge itself: it must find what is wrong, else everything that it lets pass means nothing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.standin.openapi import Violation, judge

WRONG_REQUESTS: list[tuple[str, str, dict[str, str], Any, str]] = [
    ("GET", "/no/such/path", {}, None, "GitHub has no"),
    ("GET", "/repos/o/r/commits/main/check-runs", {"filter": "newest"}, None, "filter"),
    ("GET", "/repos/o/r/commits/main/check-runs", {"colour": "red"}, None, "colour"),
    ("GET", "/repos/o/r/commits/main/check-runs", {"per_page": "many"}, None, "per_page"),
    ("POST", "/repos/o/r/check-runs", {}, {"head_sha": "a"}, "name"),
    ("POST", "/repos/o/r/deployments", {}, {"ref": "main", "autoMerge": False}, "autoMerge"),
    ("POST", "/repos/o/r/statuses/abc", {}, {"state": "green"}, "state"),
    ("POST", "/repos/o/r/deployments", {}, None, "needs a body"),
    ("POST", "/repos/o/r/check-runs/1/rerequest", {}, {"x": 1}, "takes no body"),
]


@pytest.mark.parametrize(("method", "path", "query", "body", "reason"), WRONG_REQUESTS)
def test_a_wrong_request_is_found(method: str, path: str, query: dict[str, str], body: Any, reason: str) -> None:
    with pytest.raises(Violation, match=reason):
        judge().request(method, path, query, body)


def test_a_right_request_passes() -> None:
    judge().request(
        "GET", "/repos/o/r/commits/feature/x/check-runs", {"filter": "latest", "per_page": "100", "page": "2"}
    )
    judge().request("POST", "/repos/o/r/deployments", {}, {"ref": "main", "auto_merge": False, "required_contexts": []})


def test_a_wrong_answer_is_found() -> None:
    with pytest.raises(Violation, match="required property"):
        judge().response("GET", "/repos/o/r", 200, {"id": 1})
    with pytest.raises(Violation, match="never gives this status"):
        judge().response("GET", "/repos/o/r", 203, {})


def test_a_wrong_webhook_is_found() -> None:
    with pytest.raises(Violation, match="required property"):
        judge().webhook("push", {"ref": "refs/heads/main"})
    with pytest.raises(Violation, match="sends no"):
        judge().webhook("pushed", {})
