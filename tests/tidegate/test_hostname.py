"""Host names of services and deployments."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.hostname import default_host, deployment_host


@pytest.mark.parametrize(
    ("service", "environment", "host"),
    [
        ("web", "production", "web.apps.example.com"),
        ("web", "pr-12", "web-pr-12.apps.example.com"),
    ],
)
def test_default_hosts(service: str, environment: str, host: str) -> None:
    assert default_host(service, environment, "apps.example.com") == host


def test_each_deployment_has_its_own() -> None:
    assert deployment_host("web", "ABC1234567", "Apps.example.com") == "web-abc1234.apps.example.com"


@given(st.from_regex(r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?", fullmatch=True), st.integers(1, 10**9))
def test_labels_fit_into_dns(service: str, pull_request: int) -> None:
    for host in (default_host(service, f"pr-{pull_request}", "x"), deployment_host(service, "0" * 40, "x")):
        assert len(host.removesuffix(".x")) <= 63
