"""Limits, missing permissions and missing things are told apart, and each sentence says what to do."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from githubkit.exception import RequestError, RequestTimeout

from worker.github.errors import Answered, failed, told
from worker.ports import Unavailable

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
REQUEST = httpx.Request("GET", "https://api.github.test/repos/octo/web/commits/abc")


def answer(status: int, message: str, headers: dict[str, str] | None = None, **more: Any) -> httpx.Response:
    return httpx.Response(status, headers=headers, json={"message": message, **more}, request=REQUEST)


def reset(seconds: int) -> dict[str, str]:
    return {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(NOW.timestamp()) + seconds)}


SECONDARY = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."


@pytest.mark.parametrize(
    ("response", "seconds"),
    [
        (answer(403, "API rate limit exceeded for installation ID 1.", reset(600)), 601),
        (answer(429, "API rate limit exceeded.", reset(600)), 601),
        (answer(403, "API rate limit exceeded.", reset(-5)), 1),
        (answer(403, SECONDARY, {"retry-after": "47"}), 47),
        (answer(403, SECONDARY), 60),
        (answer(429, "Slow down"), 60),
        (answer(429, "Slow down", {"retry-after": "Sun, 01 Mar 2026 12:01:00 GMT"}), 60),
        (answer(403, "You have triggered an abuse detection mechanism."), 60),
        (answer(503, "Unavailable", {"retry-after": "30"}), 30),
        (answer(502, "Server Error"), None),
        (httpx.Response(504, text="<html>timeout</html>", request=REQUEST), None),
        (answer(408, "Request timeout"), None),
    ],
)
def test_limits_and_outages_are_waited_for(response: httpx.Response, seconds: float | None) -> None:
    raised = failed(response, NOW)
    assert isinstance(raised, Unavailable)
    assert raised.retry_after == seconds


@pytest.mark.parametrize(
    ("response", "says"),
    [
        (answer(401, "A JSON web token could not be decoded"), "GITHUB_PRIVATE_KEY"),
        (answer(404, "Integration not found"), "GITHUB_APP_ID"),
        (answer(403, "Resource not accessible by integration"), "Accept the App's permissions"),
        (answer(403, "This installation has been suspended"), "Unsuspend"),
        (answer(403, "Repository was archived so is read-only."), "until somebody opens it again"),
        (answer(403, "Unable to create comment because issue is locked."), "until somebody opens it again"),
        (answer(403, "The organization has an IP allow list enabled, and 9.9.9.9 is not permitted."), "this machine's"),
        (answer(404, "Not Found"), "may access it"),
        (answer(410, "Issues are disabled for this repo"), "disabled"),
        (answer(451, "Repository access blocked"), "blocked"),
        (answer(409, "Git Repository is empty."), "Git Repository is empty."),
        (answer(422, "Validation Failed", errors=[{"field": "sha", "code": "bad"}]), "Validation Failed. sha bad."),
        (answer(422, "Validation Failed", errors=["Too many statuses"]), "Too many statuses"),
        (answer(422, "Validation Failed", errors=[{"message": "No commit found"}]), "No commit found"),
    ],
)  # fmt: skip
def test_what_github_denies_is_refused_with_what_to_do(response: httpx.Response, says: str) -> None:
    raised = failed(response, NOW)
    assert isinstance(raised, Answered)
    assert raised.status == response.status_code
    assert says in str(raised)


def test_a_permission_that_is_missing_while_requests_are_left_is_no_limit() -> None:
    left = {"x-ratelimit-remaining": "12", "x-ratelimit-reset": "1"}
    assert isinstance(failed(answer(403, "Resource not accessible by integration", left), NOW), Answered)


@pytest.mark.parametrize(
    "trouble",
    [
        RequestTimeout(httpx.ReadTimeout("slow", request=REQUEST)),
        RequestError(httpx.ConnectError("refused", request=REQUEST)),
        RequestError(httpx.RemoteProtocolError("Server disconnected", request=REQUEST)),
        RequestError(OSError("no route")),
        ValueError("Expecting value"),
    ],
)
def test_what_never_became_an_answer_is_unavailable(trouble: Any) -> None:
    assert isinstance(told(trouble, NOW), Unavailable)


#: How each kind begins, in the words that a user reads.
BEGINS: dict[str, tuple[str, ...]] = {
    "not found": ("GitHub has no such thing",),
    "no access": ("GitHub refused", "The App's installation is suspended"),
    "limited": ("GitHub limits our requests",),
    "down": ("GitHub answered 5", "GitHub answered 408", "GitHub answered 425"),
    "rejected": ("GitHub rejected", "GitHub answered 4"),
}
LIMITED = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(NOW.timestamp()) + 60)}


@pytest.mark.parametrize(
    ("kind", "answers"),
    {
        "not found": [(404, "Not Found", {}), (410, "Gone", {}), (451, "Blocked", {})],
        "no access": [
            (401, "Bad credentials", {}),
            (403, "Resource not accessible by integration", {}),
            (403, "Resource not accessible by integration", {"x-ratelimit-remaining": "4999"}),
            (403, "This installation has been suspended", {}),
            (403, "Repository was archived so is read-only.", {}),
            (404, "Integration not found", {}),
        ],
        "limited": [
            (403, "API rate limit exceeded", LIMITED),
            (403, "Forbidden", LIMITED),
            (403, SECONDARY, {}),
            (403, "Forbidden", {"retry-after": "60"}),
            (429, "Too Many Requests", {}),
            # A limit is told before whether there is such a repository.
            (429, "Not Found", LIMITED),
        ],
        "down": [(status, "Server Error", {}) for status in (408, 425, 500, 502, 503, 504)],
        "rejected": [(status, "No", {}) for status in (400, 405, 406, 409, 411, 413, 415, 422)],
    }.items(),
)
def test_every_kind_of_no_is_told_apart(kind: str, answers: list[tuple[int, str, dict[str, str]]]) -> None:
    for status, message, headers in answers:
        raised = failed(answer(status, message, headers), NOW)
        assert str(raised).startswith(BEGINS[kind]), (status, message, headers)
        assert isinstance(raised, Unavailable) == (kind in ("limited", "down")), (status, message, headers)
        assert (getattr(raised, "retry_after", None) is not None) == (kind == "limited"), (status, message, headers)


@pytest.mark.parametrize("status", range(400, 600))
def test_whatever_is_answered_is_one_of_the_two_words(status: int) -> None:
    raised = failed(answer(status, "x"), NOW)
    assert isinstance(raised, (Answered, Unavailable))
    assert str(raised)
