"""Every way in which a call to GitHub goes wrong, told in the ports' two words and in sentences that say what to do.

A limit, a permission that is missing and a thing that is gone all come as 403 or 404, and a limit must never read as
"repository not found". Sources: docs.github.com, "Rate limits for the REST API" and "Troubleshooting the REST API".
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import httpx
from githubkit.exception import GitHubException, RequestError, RequestFailed, RequestTimeout

from worker.ports import Refused, Unavailable

#: GitHub asks for at least a minute where it names no time.
UNTOLD_WAIT = 60.0
#: Client errors that mean "later".
LATER = frozenset({408, 425})


class Answered(Refused):
    """GitHub's own no: `status` as answered and `said`, its message, for whoever can tell more from them."""

    def __init__(self, message: str, status: int, said: str) -> None:
        super().__init__(message)
        self.status = status
        self.said = said


def told(trouble: GitHubException | ValueError, now: datetime) -> Unavailable | Refused:
    """What to raise instead of githubkit's own exception."""
    match trouble:
        case RequestFailed():
            return failed(trouble.response.raw_response, now)
        case RequestTimeout():
            return Unavailable(f"GitHub did not answer in time ({_asked(trouble.request)}).")
        case RequestError(exc=httpx.HTTPError() as cause):
            return Unavailable(f"GitHub cannot be reached: {str(cause) or type(cause).__name__}.")
        case RequestError(exc=cause):
            return Unavailable(f"The call to GitHub broke off: {cause!r}.")
        case ValueError():
            return Unavailable("GitHub's answer was not JSON; something between us and GitHub may have answered.")
        case _:
            return Unavailable(f"The call to GitHub broke off: {trouble!r}.")


def failed(response: httpx.Response, now: datetime) -> Unavailable | Refused:
    """What to raise for an answer of 4xx or 5xx."""
    status, said, asked = response.status_code, _message(response), _asked(response.request)
    wait = limited(status, response.headers, said, now)
    if wait is not None:
        return Unavailable(f"GitHub limits our requests: {said}", wait)
    if status >= 500 or status in LATER:
        return Unavailable(f"GitHub answered {status} ({asked}): {said}", _seconds(response.headers.get("retry-after")))
    return Answered(_refusal(status, said, asked), status, said)


def limited(status: int, headers: Mapping[str, str], said: str, now: datetime) -> float | None:
    """Seconds to wait where the answer is a primary or a secondary limit; None where it is something else."""
    if status not in (403, 429):
        return None
    wait = _seconds(headers.get("retry-after"))
    if wait is not None:
        return wait
    if headers.get("x-ratelimit-remaining") == "0":
        reset = _seconds(headers.get("x-ratelimit-reset"))
        # A second more, since GitHub's clock and ours differ and a call that is early counts against us.
        return UNTOLD_WAIT if reset is None else max(1.0, reset - now.timestamp() + 1)
    about_limits = "rate limit" in said.lower() or "abuse detection" in said.lower()
    return UNTOLD_WAIT if status == 429 or about_limits else None


def _refusal(status: int, said: str, asked: str) -> str:
    unknown_app = status == 404 and "integration not found" in said.lower()
    match status:
        case _ if status == 401 or unknown_app:
            return (
                f"GitHub refused the App's credentials ({said}). Check GITHUB_APP_ID and GITHUB_PRIVATE_KEY, and that "
                "this machine's clock is right."
            )
        case 403 if "suspended" in said.lower():
            return "The App's installation is suspended. Unsuspend it in the account's settings on GitHub."
        case 403 if "archived" in said.lower() or "locked" in said.lower():
            return f"GitHub refused permission ({asked}): {said} It is read-only until somebody opens it again."
        case 403 if "ip allow list" in said.lower():
            return f"GitHub refused permission ({asked}): {said} Add this machine's address to the organization's list."
        case 403:
            return (
                f"GitHub refused permission ({asked}): {said} Accept the App's permissions in the account's settings "
                "on GitHub, under Installed GitHub Apps."
            )
        case 404 | 410 | 451:
            return (
                f"GitHub has no such thing, or hides it from the App ({asked}): {said} Check that the repository still "
                "exists and that the App's installation may access it."
            )
        case 422:
            return f"GitHub rejected the request ({asked}): {said}"
        case _:
            return f"GitHub answered {status} ({asked}): {said}"


def _message(response: httpx.Response) -> str:
    """GitHub's own words, with the details of each field that it rejected."""
    try:
        told = response.json()
    except ValueError:
        return response.reason_phrase or f"status {response.status_code}"
    if not isinstance(told, dict):
        return str(told)[:300]
    parts = [str(told.get("message") or response.reason_phrase)]
    parts.extend(_detail(detail) for detail in told.get("errors") or ())
    return " ".join(part if part.endswith(".") else f"{part}." for part in parts)[:1000]


def _detail(detail: object) -> str:
    if not isinstance(detail, dict):
        return str(detail)
    return str(detail.get("message") or " ".join(str(detail[key]) for key in ("field", "code") if key in detail))


def _seconds(value: str | None) -> float | None:
    try:
        return None if value is None else float(value)
    except ValueError:
        return UNTOLD_WAIT


def _asked(request: httpx.Request) -> str:
    return f"{request.method} {request.url.path}"
