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
