"""Tells an operator's address something: one POST, within its time."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus

from worker.ports import Reading


class HttpCaller:
    """The port `Caller`. Redirects are answers, not followed."""

    def post(self, url: str, body: Mapping[str, str], timeout: float) -> Reading:
        # Not before it is needed: few have such an address, and it takes megabytes of every process that loads it.
        import httpx

        content, headers = json.dumps(body), {"Content-Type": "application/json", "User-Agent": "tidegate"}
        try:
            with httpx.stream("POST", url, content=content, headers=headers, timeout=timeout) as answer:
                status = answer.status_code
                detail = f"{status} {answer.reason_phrase}".strip()
        except httpx.TimeoutException:
            return Reading(ok=False, detail=f"no answer within {timeout:g} s")
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            return Reading(ok=False, detail=type(error).__name__)  # its words may hold the address, which may be secret
        return Reading(ok=HTTPStatus.OK <= status < HTTPStatus.BAD_REQUEST, detail=detail)
