"""The end of an App's making: the code that GitHub gave the browser is exchanged for the App and its keys.

https://docs.github.com/rest/apps/apps#create-a-github-app-from-a-manifest
"""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import quote

from tidegate.github import OwnApp
from webapp.people import Unreachable

#: Seconds; GitHub makes a key meanwhile, and a person waits.
_TIMEOUT = 20.0


class CodeRefused(Exception):
    """It was used before, is older than an hour, or was never given."""


def convert(api_url: str, code: str) -> OwnApp:
    """The code counts once. Raises CodeRefused and Unreachable."""
    import httpx  # here, for memory, as in people.py

    url = f"{api_url}/app-manifests/{quote(code, safe='')}/conversions"
    headers = {"Accept": "application/vnd.github+json", "User-Agent": "tidegate"}
    try:
        answer = httpx.post(url, headers=headers, timeout=_TIMEOUT)
        if answer.status_code in {HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY}:
            raise CodeRefused
        if answer.status_code != HTTPStatus.CREATED:
            raise Unreachable(f"it answers {answer.status_code}")
        made = answer.json()
        return OwnApp(
            id=int(made["id"]),
            slug=str(made["slug"]),
            page=str(made["html_url"]),
            api_url=api_url,
            client_id=_text(made["client_id"]),
            private_key=_text(made["pem"]),
            webhook_secret=_text(made["webhook_secret"]),
            client_secret=_text(made["client_secret"]),
        )
    except (httpx.HTTPError, ValueError, TypeError, KeyError) as error:
        raise Unreachable(str(error) or type(error).__name__) from error


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("GitHub's answer lacks a key of the App")
    return value
