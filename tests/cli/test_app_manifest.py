"""app-manifest.yml asks for exactly what the product uses: one permission more would be asked of every user."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from webapp import oauth, webhooks

MANIFEST = Path(__file__).parents[2] / "app-manifest.yml"


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(MANIFEST.read_text())
    return loaded


def test_the_permissions_are_exactly_these(manifest: dict[str, Any]) -> None:
    assert manifest["default_permissions"] == {
        "metadata": "read",
        "contents": "read",
        "checks": "write",
        "statuses": "write",
        "deployments": "write",
        "pull_requests": "write",
        "issues": "read",
    }


def test_the_events_are_exactly_these(manifest: dict[str, Any]) -> None:
    about_code = {"push", "check_run", "check_suite", "status", "pull_request", "deployment"}
    assert set(manifest["default_events"]) == about_code | {"issue_comment", "delete", "repository"}
    assert len(manifest["default_events"]) == 9


def test_the_addresses_are_those_that_are_served(manifest: dict[str, Any]) -> None:
    assert manifest["hook_attributes"]["url"] == f"TIDEGATE_URL{webhooks.PATH}"
    assert manifest["callback_urls"] == [f"TIDEGATE_URL{oauth.CALLBACK}"]


def test_events_that_always_come_are_not_asked_for(manifest: dict[str, Any]) -> None:
    # GitHub refuses a manifest that lists them.
    always = {"installation", "installation_repositories", "github_app_authorization"}
    assert not always & set(manifest["default_events"])


def test_the_app_is_private_until_somebody_decides_otherwise(manifest: dict[str, Any]) -> None:
    assert manifest["public"] is False
